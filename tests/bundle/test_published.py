"""The published figures: counted, compared through a ledger, and each either compared or quoted with a reason."""

from spinefairbench.bundle.published import QUOTED, Figures, Ledger, Tally, published, published_numbers
from spinefairbench.problems import TOLERANCE


def test_a_number_is_an_integer_a_float_or_a_fraction() -> None:
    numbers = published_numbers()
    assert ("mitigation", "stage1_gate", "included", "gpt-5.4") in numbers  # 193/200
    assert ("table2", "gpt-5.4", "frozen_ci95", "recommendation_change", "1") in numbers
    assert ("mitigation", "condition_b_rule_pass", "gpt-5.4") not in numbers  # no number: false
    assert not [path for path in numbers if "origin" in path]


def test_what_is_compared_is_noted_with_whether_it_held() -> None:
    ledger = Ledger()
    figures = Figures({"a": {"rate": 0.5, "ci95": [0.1, 0.9], "name": "x"}, "count": 3}, ledger, ("section",))
    within = figures["a"]
    assert isinstance(within, Figures)
    assert within["rate"] == 0.5
    assert ledger.compared == frozenset()  # looked at, not compared
    assert within.expect("rate", 0.5 + 1e-13, TOLERANCE) == []
    assert [str(each) for each in within.expect("ci95", (0.1, 0.8), TOLERANCE, name="interval", place="m")] == [
        "m: interval is [0.1, 0.8]; the published value is [0.1, 0.9]"
    ]
    assert within.expect_each(("name",), {"name": "x"}) == []
    assert ledger.compared == {("section", "a", "rate"), ("section", "a", "ci95", "0"), ("section", "a", "ci95", "1")}


def test_a_number_that_once_did_not_hold_stays_so() -> None:
    ledger = Ledger()
    path = ("counts", "evaluation_pair_count")
    ledger.note(path, 7996, False)
    ledger.note(path, 7996, True)
    tally = ledger.tally()
    assert (tally.held, tally.differed) == (0, 1)
    assert tally.numbers == len(published_numbers()) == tally.differed + tally.quoted + tally.not_checked
    assert tally.sentence().endswith(" not checked, 1 differ")


def test_the_tally_in_words() -> None:
    assert (
        Tally(1200, 1000, 0, 150, 50).sentence() == "1,000 of 1,200 published numbers held, 150 quoted, 50 not checked"
    )


def test_what_is_quoted_exists_and_has_a_reason() -> None:
    for prefix, reason in QUOTED.items():
        assert any(path[: len(prefix)] == prefix for path in published_numbers()), prefix
        assert len(reason) > 20


def test_what_is_compared_without_a_ledger_is_compared_all_the_same_and_noted_with_one() -> None:
    assert Figures({"pairs": 2}).expect("pairs", 2) == []
    ledger = Ledger()
    figures = Figures(published("both_empty_diagnostic"), ledger, ("both_empty_diagnostic",))
    figures.expect("pairs", figures["pairs"])
    figures.expect("rate", -1.0, 1e-6)
    assert (ledger.tally().held, ledger.tally().differed) == (1, 1)
