"""The version of the rules of the parser audit, and their hash: what an audit's figures depend on but the reports."""

from types import ModuleType
from typing import Final

from spinefairbench.metrics import advice_lexicon, lexicon
from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS
from spinefairbench.metrics.registry import registry_sha256

__all__ = ["RULES_VERSION", "rules_sha256"]

RULES_VERSION: Final = "2"


def _lists_of(module: ModuleType) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, tuple | frozenset):
            lists[name] = tuple(sorted(value)) if isinstance(value, frozenset) else value
    return lists


def rules_sha256() -> str:
    """SHA-256 (hex) of all the word lists and their version, for the signature of an audit."""
    rules = {
        **_lists_of(lexicon),
        **_lists_of(advice_lexicon),
        **{f"other number: {name}": terms for name, terms in OTHER_NUMBER_TERMS.items()},
        "numbers": (RULES_VERSION, str(lexicon.SCOPE_WORDS)),
    }
    return registry_sha256(rules)
