"""diagnostic-scoring: the definitions that it shows are those that score."""

from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    HEDGING_TERMS,
    RECOMMENDATION_TERMS,
    SEVERITY_TERMS,
    STRICT_DIAGNOSTIC_TERMS,
    registries_sha256,
    registry_sha256,
)
from tests.conftest import Run


def test_it_lists_the_terms_that_score_and_their_hashes(run: Run) -> None:
    done = run("diagnostic-scoring", "--format", "json").json
    assert {row["category"]: tuple(row["terms"]) for row in done["results"]} == DIAGNOSTIC_TERMS
    registries = {
        "diagnostic": DIAGNOSTIC_TERMS,
        "diagnostic_strict": STRICT_DIAGNOSTIC_TERMS,
        "recommendation": RECOMMENDATION_TERMS,
        "severity": SEVERITY_TERMS,
        "hedging": HEDGING_TERMS,
    }
    assert done["summary"] == {
        "categories": 13,
        "scoring_path": "lower-case, whole-word keyword match, label sets, Jaccard per pair, mean over usable pairs",
        "negation_aware": False,
        "both_empty_jaccard": 1.0,
        "registry_sha256": {name: registry_sha256(registry) for name, registry in registries.items()},
        "combined_sha256": registries_sha256(),
    }
    assert len(set(done["summary"]["registry_sha256"].values())) == 5
    assert done["notes"] == ["these are the code's own frozen definitions; no bundle was read"]
