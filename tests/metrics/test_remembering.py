"""What is remembered, and what is not."""

from spinefairbench.metrics.remembering import remembered


def test_texts_are_remembered_with_the_other_arguments_unless_they_are_long() -> None:
    calls = []

    @remembered(most=2, longest=3)
    def twice(text: str, flag: bool) -> str:
        calls.append((text, flag))
        return text * 2

    for _ in range(2):
        for text in ("abc", "abcd"):
            assert twice(text, True) == text * 2
    assert calls == [("abc", True), ("abcd", True), ("abcd", True)]
    twice("abc", False)
    twice("x", False)
    twice("abc", True)
    assert calls[3:] == [("abc", False), ("x", False), ("abc", True)]


def test_what_is_remembered_can_be_forgotten() -> None:
    calls = []

    @remembered(most=2, longest=3)
    def length(text: str) -> int:
        """How long it is."""
        calls.append(text)
        return len(text)

    assert (length.__name__, length.__doc__) == ("length", "How long it is.")
    assert length("abc") == length("abc") == 3
    vars(length)["cache_clear"]()
    assert length("abc") == 3
    assert calls == ["abc", "abc"]
