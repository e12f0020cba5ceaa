"""The rules of the parser audit have a hash."""

from types import ModuleType

import pytest

from spinefairbench.metrics import advice_lexicon, lexicon
from spinefairbench.metrics.rules import rules_sha256


@pytest.mark.parametrize(("module", "name"), [(lexicon, "NEGATORS"), (advice_lexicon, "FORWARD_CUES")])
def test_the_hash_changes_with_each_list(module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_sha256()
    monkeypatch.setattr(module, name, (*getattr(module, name), "hardly any"))
    assert rules_sha256() != before


def test_the_hash_does_not_depend_on_the_order_of_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_sha256()
    monkeypatch.setattr(lexicon, "AUXILIARIES", frozenset(sorted(lexicon.AUXILIARIES, reverse=True)))
    assert rules_sha256() == before
