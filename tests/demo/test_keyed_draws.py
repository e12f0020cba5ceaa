"""Draws that depend on their key alone."""

from spinefairbench.demo.keyed_draws import Draws


def test_draws_depend_on_their_key_alone_and_never_end() -> None:
    first, second = Draws("key", 1), Draws("key", 1)
    numbers = [first.next() for _ in range(500)]
    assert numbers == [second.next() for _ in range(500)]
    assert numbers != [Draws("key", 2).next() for _ in range(500)]
    assert min(numbers) >= 0
    assert max(numbers) < 65536


def test_draws_stay_within_what_was_asked() -> None:
    draws = Draws("bounds")
    assert {draws.choice("abc") for _ in range(200)} == set("abc")
    assert {draws.between(3, 5) for _ in range(200)} == {3, 4, 5}
    assert all(0.2 <= draws.decimal(0.2, 0.4) <= 0.4 for _ in range(200))
    assert not any(draws.chance(0.0) for _ in range(200))
    assert all(draws.chance(1.0) for _ in range(200))
