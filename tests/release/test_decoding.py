"""Decoding settings: read back as they were written, and refused with every reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError
from spinefairbench.release.decoding import Decoding, decoding_from_json


@given(
    st.builds(
        Decoding,
        st.none() | st.floats(0, 10),
        st.none() | st.floats(0, 1),
        st.none() | st.integers(1, 10**6),
        st.none() | st.integers(0, 2**63 - 1),
    )
)
def test_settings_that_were_given_are_read_back(decoding: Decoding) -> None:
    value = decoding.to_json()
    assert None not in value.values()
    assert decoding_from_json(value, "$.decoding") == decoding


def test_every_fault_is_named_with_its_place() -> None:
    value = {"temperature": -1, "top_p": 1.5, "max_tokens": 1.0, "seed": True, "beams": 3}
    with pytest.raises(SubmissionError) as caught:
        decoding_from_json(value, "$.decoding")
    assert str(caught.value).splitlines() == [
        "$.decoding.temperature: expected a number from 0, found -1",
        "$.decoding.top_p: expected a number from 0 to 1, found 1.5",
        "$.decoding.max_tokens: expected a whole number from 1, found 1.0",
        "$.decoding.seed: expected a whole number from 0, found True",
        "$.decoding: unknown key 'beams'; expected temperature, top_p, max_tokens, seed",
    ]
    with pytest.raises(SubmissionError, match="expected an object, found 3"):
        decoding_from_json(3, "$.decoding")
