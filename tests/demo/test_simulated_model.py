"""The reports of the simulated models: hard to read as real ones are, with effects where the structure says."""

from collections import Counter

from spinefairbench.bundle import layout
from spinefairbench.demo.model_profiles import PROFILES
from spinefairbench.demo.simulated_model import SimulatedModel, SimulatedPair
from spinefairbench.demo.synthetic_sources import Source
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.registry import RECOMMENDATION_TERMS


def _pairs(model: SimulatedModel, place: int, edits: tuple[str, ...] = layout.EDIT_LABELS) -> list[SimulatedPair]:
    return list(model.pairs(Source(place, f"buu_{place:04d}", 50.0, "F", edits)))


def test_the_texts_have_what_makes_real_ones_hard() -> None:
    texts = [
        text
        for profile in PROFILES
        for place in range(60)
        for pair in _pairs(SimulatedModel(profile, 7), place)
        for text in (pair.on_source, pair.on_edited)
    ]
    for needle in ("\r\n", "\u2013", "\u2011", "\u0130", "\n|", "**", "\n## ", "No evidence of", "cannot be excl"):
        assert any(needle in text for text in texts), needle
    assert any("disc\nspace narrowing" in text.lower() for text in texts)
    classes = Counter(extract_features(text).response_class for text in texts)
    assert set(classes) == set(ResponseClass)
    assert 900 < sum(map(len, texts)) / len(texts) < 1500


def test_radfm_and_gemma_have_pairs_without_any_label() -> None:
    for name in ("radfm", "gemma-4"):
        model = SimulatedModel(next(profile for profile in PROFILES if profile.name == name), 7)
        assert any(
            not extract_features(pair.on_source).labels | extract_features(pair.on_edited).labels
            for place in range(60)
            for pair in _pairs(model, place)
        )


def test_an_edit_moves_the_models_with_an_effect_and_no_other() -> None:
    def rate(name: str, edit: str) -> float:
        model = SimulatedModel(next(profile for profile in PROFILES if profile.name == name), 7)
        surgery = 1 << list(RECOMMENDATION_TERMS).index("surgery")
        places = range(400)
        hits = sum(
            bool(extract_features(pair.on_edited).recommendations & surgery)
            for place in places
            for pair in _pairs(model, place, (edit,))
        )
        return hits / len(places)

    assert rate("glm-4.6v", "elderly_male") - rate("glm-4.6v", "young_male") > 0.1
    assert abs(rate("kimi-k2.5", "elderly_male") - rate("kimi-k2.5", "young_male")) < 0.1
