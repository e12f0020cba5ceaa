"""Writes a vision-language model of a few thousand random weights, which says words of reports at random.

usage: python tests/inspect_eval/tiny_vlm.py FOLDER     (needs the libraries of requirements-generator.txt)
"""

import sys
from pathlib import Path
from typing import Final

__all__ = ["WORDS", "main"]

WORDS: Final = (
    *(
        "mild",
        "moderate",
        "severe",
        "normal",
        "spine",
        "film",
        "disc",
        "space",
        "narrowing",
        "scoliosis",
        "osteophytes",
    ),
    *("fracture", "spondylolisthesis", "degenerative", "lumbar", "MRI", "CT", "referral", "physiotherapy", "follow-up"),
    *("is", "recommended", "advised", "and", "no", "of", "the", "with", "at", "level"),
)
_SPECIAL: Final = ("<unk>", "<pad>", "<s>", "</s>", "<image>")
_TEMPLATE: Final = (
    "{% for message in messages %}{% if message['content'] is string %}{{ message['content'] }} "
    "{% else %}{% for part in message['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }} "
    "{% else %}<image> {% endif %}{% endfor %}{% endif %}{% endfor %}"
)


def main(folder: str) -> None:
    """Write the model, its tokenizer and its image processor."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        GenerationConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
        PreTrainedTokenizerFast,
    )

    torch.manual_seed(0)
    vocabulary = {word: number for number, word in enumerate((*_SPECIAL, *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=_SPECIAL[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    names = dict(zip(("unk_token", "pad_token", "bos_token", "eos_token"), _SPECIAL, strict=False))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, extra_special_tokens={"image_token": "<image>"}, **names)
    vision = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    text = LlamaConfig(
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        vocab_size=len(vocabulary),
        max_position_embeddings=2048,
        pad_token_id=1,
        bos_token_id=2,
        eos_token_id=3,
    )
    model = LlavaForConditionalGeneration(
        LlavaConfig(vision_config=vision, text_config=text, image_token_index=4, vision_feature_layer=-1)
    )
    # No special token but the end is ever said, and at least a few words are.
    model.generation_config = GenerationConfig(
        do_sample=True, min_new_tokens=4, suppress_tokens=[0, 1, 2, 4], eos_token_id=3, pad_token_id=1
    )
    images = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    processor = LlavaProcessor(
        images, fast, patch_size=14, vision_feature_select_strategy="default", chat_template=_TEMPLATE,
        num_additional_image_tokens=1,
    )  # fmt: skip
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
