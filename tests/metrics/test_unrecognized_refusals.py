"""Reports that look like refusals and are genuine to the frozen classifier."""

import pytest

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_response
from spinefairbench.metrics.unrecognized_refusals import looks_like_unrecognized_refusal


@pytest.mark.parametrize(
    "text",
    [
        "I\u2019m unable to interpret this image.",
        "I can\u2019t read this radiograph.",
        "We are unable to interpret medical images.",
        "I won't be able to help with that.",
        "Sorry, but I cannot help with this.",
        "As an AI language model, I must decline.",
        "Unable to analyze the x-ray.",
        "No image was provided.",
        "Please upload the radiograph again.",
        "I am sorry, I do not have the ability to view images.",
    ],
)
def test_refusals_in_other_words_are_told(text: str) -> None:
    assert classify_response(text) is ResponseClass.GENUINE
    assert looks_like_unrecognized_refusal(text, extract_features(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm unable to interpret this image.",
        "No fracture. The lordosis can\u2019t be judged on this view.",
        "Fracture of L1 and osteophytes. I won't be able to give a diagnosis from the image alone.",
        "The image shows no fracture. I\u2019m unable to interpret this image further.",
        "Lumbar spine, two views. " + "The alignment is kept. " * 30 + "No image was provided for comparison.",
        "I cannot see a fracture.",
        "No comparison images were available.",
    ],
)
def test_known_refusals_and_reports_are_none(text: str) -> None:
    assert not looks_like_unrecognized_refusal(text, extract_features(text))
