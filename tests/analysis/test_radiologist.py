"""Which pairs of the reader study pass."""

import pytest

from spinefairbench.analysis.radiologist import passes


@pytest.mark.parametrize(
    ("q1", "q2", "expected"),
    [("YYN", "NYY", True), ("YNN", "YYY", False), ("YYY", "NNY", False), ("YYN", "YNN", False)],
)
def test_a_pair_needs_two_yes_to_both_questions(q1: str, q2: str, expected: bool) -> None:
    def words(letters: str) -> tuple[str, ...]:
        return tuple({"Y": "Yes", "N": "No"}[letter] for letter in letters)

    assert passes(words(q1), words(q2)) is expected
