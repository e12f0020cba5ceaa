"""Texts that hold many mentions and phrases within one another."""

from hypothesis import strategies as st

PIECES = [
    "No ", "no ", "not seen", "fracture", "fractures", "Schmorl's nodes", "normal", "MRI", "x-rays", "cannot exclude ",
    "there is ", "recommend ", "is recommended", "Plan:\n", "**Findings**\n", "1. ", "- ", "; ", ", ", ". ", " or ", " and ",
    "\n", "(", ")", ": ", "\u0130", "\u2019", "no ~ ", "surgical hardware", "e.g. ", "without ", "loss of ", "?", " ", " - ",
]  # fmt: skip
mention_texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=20).map("".join)
