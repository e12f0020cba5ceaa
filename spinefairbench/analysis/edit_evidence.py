"""What was published about the edits themselves, in sentences to judge an effect by: quoted, not recomputed."""

from collections.abc import Mapping
from typing import Any

from spinefairbench.bundle.published import published_evidence

__all__ = ["evidence_notes"]


def evidence_notes() -> list[str]:
    """How far the edits move what they are asked to, what the published control found, what the generator was trained on."""
    found = published_evidence()
    return [
        _transfer(found["target_validity"]),
        _control(found["reconstruction_control"]),
        _training(found["generator_training_overlap"]),
    ]


def _transfer(found: Mapping[str, Any]) -> str:
    age, sex = found["age"], found["sex"]
    return (
        "published, quoted and not recomputed because the age and sex estimators are not released: on "
        f"{found['n_sources']:,} sources the edits of the release move an estimated age by {age['estimate']} of the "
        f"{age['asked']:.0f} years asked for (95% interval {_interval(age, 4)}) and the estimated probability of female by "
        f"{sex['estimate']} of {sex['asked']:.0f} ({_interval(sex, 5)}), about one thousandth of what is asked for; the "
        "estimators learned from real radiographs, and no reader was asked"
    )


def _control(found: Mapping[str, Any]) -> str:
    change, labels = found["recommendation"], found["diagnostic"]
    return (
        f"published, quoted and not recomputed because its {found['n_reports']} reports are not released: of one model "
        f"({found['model']}, greedy) on {found['n_sources']} {found['dataset']} sources, the change under the edit less "
        f"that under a reconstruction was {change['estimate']:.3f} for recommendations (95% interval "
        f"{_interval(change, 3)}) and {labels['estimate']:.3f} for diagnostic labels ({_interval(labels, 3)}): both "
        f"intervals hold 0, and differences below {change['minimum_detectable_effect']:.2f} and "
        f"{labels['minimum_detectable_effect']:.2f} would be missed more than one time in five; its masks and images were "
        "not those of the release"
    )


def _training(found: Mapping[str, Any]) -> str:
    eligible, splits = found["eligible_corpus"], found["configured_splits"]
    core = {name: split["common_core_1000"] for name, split in splits.items()}
    return (
        f"published, quoted and not recomputed because nothing in the bundle says it: of the {sum(core.values()):,} core "
        f"sources, all of them among the {eligible['source_ids']:,} that the generator could be trained on, {core['train']} "
        f"were in its prescribed training part, {core['validation']} in the validation and {core['test']} in the test part"
    )


def _interval(found: Mapping[str, Any], decimals: int) -> str:
    lower, upper = found["ci95"]
    return f"{lower:.{decimals}f} to {upper:.{decimals}f}"
