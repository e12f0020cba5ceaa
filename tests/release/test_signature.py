"""The signature of a score: every part at its place, by hand, and what must agree to compare two."""

import hashlib

import pytest

from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.release.signature import (
    comparison_problems,
    panel_signature,
    score_signature,
    signature_of,
    signature_parts,
)
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.version import __version__

PAIRS = ("b__young_male", "a__young_male")
HASH = hashlib.sha256(b"a__young_male\nb__young_male\n").hexdigest()[:8]
END = f"ci:source-percentile|iter:50|seed:7|rng:numpy-pcg64|registry:{registries_sha256()[:8]}|v:{__version__}"


def test_the_parts_stand_in_a_fixed_order() -> None:
    assert score_signature("toy", PAIRS, 5, Bootstrap(50, 7)) == (
        f"bench:spinefairbench|scope:toy|pairs:2/5#{HASH}|refusals:full-excluded,partial-kept|{END}"
    )


def test_repeats_controls_and_blank_reports_have_parts_where_there_are_any() -> None:
    found = score_signature("toy", iter(PAIRS), 5, Bootstrap(50, 7), iter(PAIRS), ["x"], 3)
    of_x = hashlib.sha256(b"x\n").hexdigest()[:8]
    assert found == (
        f"bench:spinefairbench|scope:toy|pairs:2/5#{HASH}|repeats:2#{HASH}|controls:1#{of_x}|"
        f"refusals:full-excluded,partial-kept|blank:3-as-refusal|{END}"
    )


def test_a_panel_has_every_pair_of_its_scope() -> None:
    assert panel_signature("toy", iter(PAIRS), Bootstrap(50, 7)) == score_signature("toy", PAIRS, 2, Bootstrap(50, 7))
    assert signature_parts(panel_signature("toy", ()))["iter"] == "10000"


def test_half_a_character_in_an_id_has_a_hash() -> None:
    assert "pairs:1/1#" in score_signature("toy", ["\ud800"], 1, Bootstrap(50))


def test_parts_are_put_together_and_taken_apart() -> None:
    assert signature_of({"a": 1, "b": "x:y"}) == "a:1|b:x:y"
    assert signature_parts("a:1|b:x:y|c") == {"a": "1", "b": "x:y", "c": ""}


@pytest.mark.parametrize("key", ["bench", "scope", "refusals", "registry", "v"])
def test_scores_that_differ_in_what_must_agree_are_not_comparable(key: str) -> None:
    parts = signature_parts(score_signature("toy", PAIRS, 5, Bootstrap(50)))
    other = signature_of(parts | {key: "other"})
    signature = signature_of(parts)
    assert comparison_problems([("x", signature), ("y", other), ("z", signature), ("x", signature)]) == [
        f"not comparable: the signatures differ in {key}: {parts[key]} in x, z; other in y"
    ]


@pytest.mark.parametrize("key", ["pairs", "ci", "iter", "seed", "rng", "blank"])
def test_scores_may_differ_in_what_is_made_anew(key: str) -> None:
    parts = signature_parts(score_signature("toy", PAIRS, 5, Bootstrap(50)))
    assert comparison_problems([("x", signature_of(parts)), ("y", signature_of(parts | {key: "other"}))]) == []


def test_a_part_that_is_lacking_is_nothing_and_other_parts_may_be_asked_for() -> None:
    assert comparison_problems([("x", "v:1"), ("y", "a:1")], ["v"]) == [
        "not comparable: the signatures differ in v: 1 in x; nothing in y"
    ]
    assert comparison_problems([("x", "v:1|a:2"), ("y", "v:2|a:2")], ["a"]) == []
