"""Comparisons on common pairs, worked by hand on a few sources."""

import pytest

from spinefairbench.analysis.compare import common_pairs, compare, comparison_request
from spinefairbench.analysis.estimates import answer
from spinefairbench.errors import UsageError
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import REFUSED, model, pair, source


def test_only_pairs_that_all_have_usable_are_compared_and_the_lost_are_told() -> None:
    first = model("first", [*source("a", ("", "surgery"), ("", "")), *source("b", ("", ""))])
    second = model("second", [*source("a", ("", "surgery"), (REFUSED, ""))])
    found = common_pairs([first, second])
    assert [[each.pair_id for each in its.pairs] for its in found.models] == [["a__elderly_female"]] * 2
    assert (found.common, found.pairs_in_any) == (1, 3)
    told = {row.model: (row.not_reported, row.full_refusal, row.due_to_this_model_alone) for row in found.lost}
    assert told == {"first": (0, 0, 0), "second": (1, 1, 2)}


def test_a_difference_of_four_sources_by_hand() -> None:
    # On every source the first model changes its one pair, the second does not: the difference is 1 in each, and of
    # all 16 sign patterns two reach the observed total, so p is close to 2/16.
    first = [pair(f"s{place}", "young_male", "surgery", "") for place in range(4)]
    second = [pair(f"s{place}", "young_male", "", "") for place in range(4)]
    bootstrap = Bootstrap(4000)
    subjects = [model("x", first), model("y", second)]
    request = comparison_request(subjects, common_pairs(subjects), bootstrap)
    rows, differences, _ = answer(request, bootstrap)
    change = differences[0]
    assert (change.endpoint, change.a, change.b, change.difference) == ("recommendation_change", "x", "y", 1.0)
    assert change.p_value == pytest.approx(2 / 16, abs=0.02) and change.p_holm == change.p_value
    assert change.estimate.ci95 == (1.0, 1.0)
    assert change.estimate.adjusted_ci95 is not None and change.estimate.adjusted_ci95[0] < 1
    assert [row.ranks.recommendation.rank for row in rows] == [2, 1]
    # Four sources cannot separate two models at 0.05, so the range of both includes rank 1.
    assert all(row.ranks.recommendation.not_separated_from_best for row in rows)


def test_models_far_apart_are_separated_and_alike_ones_equivalent() -> None:
    steady = [each for place in range(80) for each in source(f"s{place:02}", ("surgery", "surgery"), ("", ""))]
    restless = [each for place in range(80) for each in source(f"s{place:02}", ("surgery", ""), ("", ""))]
    mixed = [
        each for place in range(80) for each in source(f"s{place:02}", ("", "surgery" if place % 40 else ""), ("", ""))
    ]
    subjects = [model("steady", steady), model("restless", restless), model("mixed", mixed)]
    result = compare(subjects, margin=0.1, bootstrap=Bootstrap(400))
    assert result.summary["not_separated_from_best"]["recommendation_change"] == ["steady"]
    found = {(row["endpoint"], row["a"], row["b"]): row for row in result.summary["differences"]}
    assert found["recommendation_change", "restless", "mixed"]["equivalent"]
    assert not found["recommendation_change", "steady", "restless"]["equivalent"]
    assert result.summary["family"].startswith("Holm over 3 pairs of models")


def test_models_without_a_common_pair_cannot_be_compared() -> None:
    first, second = model("x", source("a", ("", ""))), model("y", source("b", ("", "")))
    with pytest.raises(UsageError, match="no usable pair in common"):
        compare([first, second])
    with pytest.raises(UsageError, match="at least two"):
        compare([first])


def test_the_order_by_excess_stands_beside_the_ranks_and_is_of_the_common_pairs() -> None:
    # On the common pairs of the first source: T = 1 and F = 0 for one, T = 0 and F = 1 for the other. The second source,
    # which only one of them has usable, would change that.
    changed = model(
        "changed", [*source("a", *[("surgery", "imaging")] * 2), *source("b", *[("surgery", "surgery")] * 2)]
    )
    wavering = model(
        "wavering", [*source("a", ("surgery", "surgery"), ("imaging", "imaging")), *source("b", (REFUSED, ""))]
    )
    result = compare([changed, wavering], bootstrap=Bootstrap(50))
    rows = [row.to_json() for row in result.rows]
    assert [row["recommendation_excess"] for row in rows] == [1.0, -1.0]
    assert [row["recommendation_excess_rank"] for row in rows] == [2, 1]
    assert [row["diagnostic_excess_rank"] for row in rows] == [1, 1]
    assert any("not separated from the least change: " in note for note in result.notes)
    assert any("the order by excess (1: the smallest) is one of estimates alone" in note for note in result.notes)


def test_models_without_repeated_reports_have_no_excess_and_no_place() -> None:
    subjects = [model(name, source("a", ("", said))) for name, said in (("x", ""), ("y", "surgery"))]
    rows = [row.to_json() for row in compare(subjects, bootstrap=Bootstrap(50)).rows]
    assert [(row["recommendation_excess"], row["recommendation_excess_rank"]) for row in rows] == [(None, None)] * 2
