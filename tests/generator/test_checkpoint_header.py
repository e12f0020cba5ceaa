"""What a header says of alpha and rank is read from either of its places, and contradictions are refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.checkpoint_header import Stated, stated, stated_by_peft
from spinefairbench.generator.failures import CheckpointError


def of_diffusers(**values: Any) -> dict[str, str]:
    return {"lora_adapter_metadata": json.dumps({f"unet.{key}": value for key, value in values.items()})}


def test_alpha_and_rank_are_read_from_either_place() -> None:
    assert stated("x", {}) == Stated(None, None, None)
    assert stated("x", {"lora_alpha": "6", "lora_rank": "2"}) == Stated(6.0, 2.0, None)
    found = stated("x", of_diffusers(lora_alpha=6, r=2, target_modules=["to_v", "to_q"], use_dora=True))
    assert found == Stated(6, 2, ("to_q", "to_v"), dora=True)
    assert stated("x", {**of_diffusers(lora_alpha=6), "lora_rank": "2"}) == Stated(6, 2.0, None)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({**of_diffusers(lora_alpha=6), "lora_alpha": "4"}, "says alpha 6 and alpha 4"),
        ({"lora_adapter_metadata": "[" * 60000}, "is not a JSON object"),
        (of_diffusers(rank_pattern={"to_q": 4}), "rank_pattern asks for a scale other than alpha / rank"),
        (
            {"lora_adapter_metadata": json.dumps({"unet.r": 2, "text_encoder.r": 4})},
            "several values of r or lora_alpha",
        ),
        (of_diffusers(r=True), "not a number above 0"),
        (of_diffusers(lora_alpha=-1), "not a number above 0"),
        ({"lora_rank": "0"}, "lora_rank is '0', expected a number above 0"),
    ],
)
def test_a_header_that_contradicts_itself_or_says_no_number_is_refused(metadata: dict[str, str], said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        stated("x", metadata)


def test_a_peft_file_must_say_both_in_its_header_or_in_the_file_beside_it(tmp_path: Path) -> None:
    header = {"format": "pt", "lora_rank": "2", "lora_alpha": "4"}
    assert stated_by_peft("x", header, None) == Stated(4.0, 2.0, None)
    with pytest.raises(CheckpointError, match="the header lacks format, lora_alpha"):
        stated_by_peft("x", {"lora_rank": "2"}, None)
    beside = tmp_path / "adapter_config.json"
    beside.write_text(json.dumps({"peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["to_q"]}))
    found = stated_by_peft("x", header, beside)
    assert (found.rank, found.alpha, found.targets) == (8, 16, ("to_q",))
