"""One line that says all that a score depends on, short enough for a footnote.

The idea is that of sacreBLEU (Post 2018, "A call for clarity in reporting BLEU scores"): a number without its
signature cannot be compared with another.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.version import __version__

__all__ = ["comparison_problems", "panel_signature", "score_signature", "signature_of", "signature_parts"]

_MUST_AGREE: Final = ("bench", "scope", "refusals", "registry", "v")
"""What two scores must have in common. Pairs need not agree, since only common ones are compared; neither need
iterations and seed, since both sides are resampled anew."""


def _pairs_hash(pair_ids: Iterable[str]) -> str:
    """Eight hexadecimal digits of the SHA-256 of the sorted pair ids, a line each."""
    text = "".join(f"{pair_id}\n" for pair_id in sorted(pair_ids))
    return sha256_of_bytes(text.encode("utf-8", "surrogatepass"))[:8]


def score_signature(
    scope: str,
    submitted: Iterable[str],
    expected: int,
    bootstrap: Bootstrap,
    repeats: Iterable[str] = (),
    controls: Iterable[str] = (),
    blank_reports: int = 0,
) -> str:
    """`key:value` parts joined by bars, in a fixed order.

    `repeats` names each repeated report and `controls` each report on a control image, if there are any: the noise
    floor and the control arms depend on them. `blank_reports` counts those that were taken for full refusals.
    """
    ids, repeated, controlled = list(submitted), list(repeats), list(controls)
    parts = {
        "bench": "spinefairbench",
        "scope": scope,
        "pairs": f"{len(ids)}/{expected}#{_pairs_hash(ids)}",
        **({"repeats": f"{len(repeated)}#{_pairs_hash(repeated)}"} if repeated else {}),
        **({"controls": f"{len(controlled)}#{_pairs_hash(controlled)}"} if controlled else {}),
        "refusals": "full-excluded,partial-kept",
        **({"blank": f"{blank_reports}-as-refusal"} if blank_reports else {}),
        "ci": "source-percentile",
        "iter": bootstrap.iterations,
        "seed": bootstrap.seed,
        "rng": "numpy-pcg64",
        "registry": registries_sha256()[:8],
        "v": __version__,
    }
    return signature_of(parts)


def panel_signature(scope: str, pair_ids: Iterable[str], bootstrap: Bootstrap = FROZEN) -> str:
    """What the signature of a panel model would be, had it been submitted for `scope`."""
    ids = list(pair_ids)
    return score_signature(scope, ids, len(ids), bootstrap)


def signature_of(parts: Mapping[str, object]) -> str:
    """The signature of these parts; `signature_parts` takes it apart again."""
    return "|".join(f"{key}:{value}" for key, value in parts.items())


def signature_parts(signature: str) -> dict[str, str]:
    """{key: value} of a signature; a part without a colon has an empty value."""
    return {key: value for key, _, value in (part.partition(":") for part in signature.split("|"))}


def comparison_problems(named: Collection[tuple[str, str]], keys: Iterable[str] = _MUST_AGREE) -> list[str]:
    """A sentence for each of the `keys` in which signatures differ; `named` are (name, signature) pairs."""
    problems = []
    for key in keys:
        names: dict[str, list[str]] = {}
        for name, signature in named:
            names.setdefault(signature_parts(signature).get(key, "nothing"), []).append(name)
        if len(names) > 1:
            said = "; ".join(f"{value} in {', '.join(dict.fromkeys(where))}" for value, where in names.items())
            problems.append(f"not comparable: the signatures differ in {key}: {said}")
    return problems
