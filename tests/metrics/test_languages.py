"""Which texts are taken for another language than English: none that a radiologist writes, however terse."""

import pytest

from spinefairbench.metrics.languages import probably_not_english

OTHERS = {
    "german": "Die Wirbelk\u00f6rper sind normal hoch. Kein Nachweis einer Fraktur, die Stellung ist regelrecht.",
    "german, terse": "Normal. Keine Fraktur und kein Gleitwirbel.",
    "french": "Rachis lombaire normal, sans fracture ni tassement. Une IRM est conseill\u00e9e dans les semaines qui viennent.",
    "spanish": "Columna lumbar normal, sin fracturas. Se recomienda control en los pr\u00f3ximos meses.",
    "italian": "Colonna lombare normale, senza segni di frattura. Si consiglia un controllo alla fine del mese.",
    "portuguese": "Coluna lombar normal, sem fraturas. N\u00e3o h\u00e1 sinais de doen\u00e7a, mas uma consulta \u00e9 \u00fatil.",
    "dutch": "De lumbale wervelkolom is normaal. Er is geen fractuur en het advies is niet veranderd.",
    "lorem ipsum": "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
    "more of it": "Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip.",
    "chinese": "\u8170\u690e\u690e\u4f53\u9ad8\u5ea6\u6b63\u5e38",
    "japanese": "\u9aa8\u6298\u306f\u8a8d\u3081\u3089\u308c\u307e\u305b\u3093",
    "arabic": "\u0644\u0627 \u064a\u0648\u062c\u062f \u0643\u0633\u0631",
    "russian": "\u041f\u0435\u0440\u0435\u043b\u043e\u043c\u043e\u0432 \u043d\u0435\u0442",
}
ENGLISH = (
    "Normal.",
    "L4-L5 disc space narrowing. Osteophytes. MRI.",
    "Levoscoliosis, apex L2. Atherosclerotic calcification abdominal aorta. Osteopenia.",
    "- Mild DDD L4/5\n- Grade 1 anterolisthesis L4 on L5\n- No acute fx",
    "Fracture: no\nOsteophytes: yes\nDisc narrowing: L4-L5\nRecommendation: monitoring",
    "De novo scoliosis, sans fracture; et al. S/P ORIF. SI joints normal. LE pain. W/O contrast.",
    "Von Hippel-Lindau, de Quervain, os acetabuli, en bloc resection, contrast per os: disc calcification.",
    "The vertebral bodies are of normal height, and there is no fracture. \u201cStable\u201d \u2013 as before \u00b1 2 mm.",
    "Kyphosis of 45\u00b0 \u2192 unchanged \u2022 osteophytes \u2022 MRI",
    "",
)


@pytest.mark.parametrize("name", OTHERS)
def test_another_language_is_recognized_in_a_sentence_or_two(name: str) -> None:
    assert probably_not_english(OTHERS[name])


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_english_in_keywords_too(text: str) -> None:
    assert not probably_not_english(text)
    assert not probably_not_english(text.upper())


def test_a_quoted_word_does_not_make_a_text_foreign() -> None:
    assert not probably_not_english("The patient says \u201c\u9aa8\u6298\u201d. There is no fracture of the spine.")
    assert not probably_not_english("Der Patient? There is no fracture, and the discs are of normal height.")
