"""Reasoning within a text: found by its tags, whatever their kind, and never half of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.release.runners.reasoning_blocks import without_reasoning


@pytest.mark.parametrize(
    ("text", "left", "blocks"),
    [
        ("Normal.", "Normal.", 0),
        (" a < b \n", " a < b \n", 0),
        ("<think>Hm.</think>\n\nNormal.", "Normal.", 1),
        ("<THINK>Hm.</Think >Normal.", "Normal.", 1),
        ("<thinking>Hm.</thinking>Normal.<reasoning>So.</reasoning> Stable.", "Normal. Stable.", 2),
        ("<think>a<think>b</think>c</think>Normal.", "Normal.", 1),
        ("The film shows\n</think>\nNormal.", "Normal.", 1),
        ("\u25c1think\u25b7Hm.\u25c1/think\u25b7Normal.", "Normal.", 1),
        ("[THINK]Hm.[/THINK]Normal.", "Normal.", 1),
        ("<think>Hm.</think>Normal.</think>", "Normal.", 1),
        ("<think></think>", "", 1),
        ("I think <thinks> so.", "I think <thinks> so.", 0),
    ],
)
def test_what_is_left_is_the_report(text: str, left: str, blocks: int) -> None:
    found = without_reasoning(text)
    assert (found.text, found.blocks, found.is_unclosed) == (left, blocks, False)


@pytest.mark.parametrize("text", ["<think>Hm.", "Normal.<think>", "<think>a<think>b</think>c"])
def test_reasoning_without_end_is_said(text: str) -> None:
    assert without_reasoning(text).is_unclosed


@given(st.lists(st.sampled_from(["<think>", "</think>", "a", " ", "\n", "<", "think>"]), max_size=30).map("".join))
def test_nothing_is_invented(text: str) -> None:
    found = without_reasoning(text)
    rest = iter(text)
    assert all(character in rest for character in found.text)
