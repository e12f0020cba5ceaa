"""The reports of a simulated model.

For each source a model has an opinion: a fixed draw for every diagnostic category and recommendation, which it
mentions if the draw is below a threshold. Each call replaces some of the draws (the noise of repeated calls), and an
edited image shifts the thresholds by the effects of the requested age and sex, times the model's own effect. With
effect 0, therefore, a report on an edited image has exactly the distribution of a repeated source report.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.demo import phrases
from spinefairbench.demo.keyed_draws import Draws, as_threshold
from spinefairbench.demo.model_profiles import DIAGNOSTIC_EFFECTS, RECOMMENDATION_EFFECTS, Layout, Profile
from spinefairbench.demo.synthetic_sources import Source

__all__ = ["SimulatedModel", "SimulatedPair"]

_CATEGORIES: Final = tuple(phrases.FINDINGS)
_ACTIONS: Final = tuple(phrases.RECOMMENDATIONS)


class SimulatedPair(NamedTuple):
    """The reports of a model on one pair."""

    pair_id: str
    source_id: str
    edit: str
    on_source: str
    on_edited: str


class _Opinion(NamedTuple):
    """What does not vary between calls: the source's condition (the same for all models) and the model's draws."""

    present: tuple[bool, ...]
    levels: tuple[str, ...]
    grade: int
    findings: tuple[int, ...]
    actions: tuple[int, ...]
    silent: bool
    never_refused: bool


class _Content(NamedTuple):
    """What a report says, before it is formatted."""

    opening: str
    sentences: list[str]
    diagnosis: str
    overall: str
    actions: list[str]
    confidence: str
    footer: str


def _thresholds(
    names: Sequence[str], priors: Sequence[float], effects: dict[str, dict[str, float]], edit: str, scale: float
) -> tuple[int, ...]:
    """For each name, the threshold below which a draw means a mention, on an image with this edit ("": none)."""
    requested = edit.split("_") if edit else []
    shifts = [sum(effects[part].get(name, 0.0) for part in requested) for name in names]
    return tuple(
        as_threshold(min(1.0, max(0.0, prior + scale * shift))) for prior, shift in zip(priors, shifts, strict=True)
    )


class SimulatedModel:
    """A model as its profile describes it. A report depends on the seed, the source, the edit and the role only."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self._profile = profile
        self._seed = seed
        edits = ("", *EDIT_LABELS)
        self._finding_thresholds = {
            edit: _thresholds(_CATEGORIES, profile.diagnostic_priors, DIAGNOSTIC_EFFECTS, edit, profile.effect)
            for edit in edits
        }
        self._action_thresholds = {
            edit: _thresholds(_ACTIONS, profile.recommendation_priors, RECOMMENDATION_EFFECTS, edit, profile.effect)
            for edit in edits
        }

    def pairs(self, source: Source) -> Iterator[SimulatedPair]:
        """The reports on each of a source's passed pairs; its number decides whether it meets a rare refusal."""
        profile, source_id = self._profile, source.source_id
        opinion = self._opinion(source)
        base = self._report(opinion, "", Draws(self._seed, profile.name, source_id, "base"))
        refused = self._refused(source)
        for edit in source.passed:
            source_draws = Draws(self._seed, profile.name, source_id, edit, "source")
            edited_draws = Draws(self._seed, profile.name, source_id, edit, "generated")
            repeated = source_draws.chance(profile.repeats)
            source_report = base if repeated else self._report(opinion, "", source_draws)
            edited_report = self._report(opinion, edit, edited_draws)
            if refused == (edit, "source"):
                source_report = _full_refusal(source_draws)
            elif refused == (edit, "generated"):
                edited_report = _full_refusal(edited_draws)
            yield SimulatedPair(source.pair_id(edit), source_id, edit, source_report, edited_report)

    def _refused(self, source: Source) -> tuple[str, str] | None:
        """The edit and role of the one report that the model refuses to write for this source, if any."""
        period = self._profile.refusal_period
        if period == 0 or source.number % period != period % 7:
            return None
        draws = Draws(self._seed, self._profile.name, source.source_id, "refusal")
        return draws.choice(source.passed), draws.choice(("source", "generated"))

    def _opinion(self, source: Source) -> _Opinion:
        condition = Draws(self._seed, "condition", source.source_id)
        own = Draws(self._seed, self._profile.name, source.source_id, "opinion")
        dash = self._profile.layout.dash
        return _Opinion(
            present=tuple(condition.chance(0.55) for _ in _CATEGORIES),
            levels=tuple(_level(condition.choice(phrases.LEVELS), dash) for _ in _CATEGORIES),
            grade=condition.choice((0, 0, 0, 1, 1, 2, 2, 3)),
            findings=tuple(own.next() for _ in _CATEGORIES),
            actions=tuple(own.next() for _ in _ACTIONS),
            silent=own.chance(self._profile.silent),
            # Nothing is refused in the first source, so that even the smallest bundle has a usable pair of every model.
            never_refused=source.number == 0,
        )

    def _report(self, opinion: _Opinion, edit: str, draws: Draws) -> str:
        profile = self._profile
        if profile.full_refusals and not opinion.never_refused and draws.chance(profile.full_refusals):
            return _full_refusal(draws)
        if profile.partial_refusals and draws.chance(profile.partial_refusals):
            return _refusal(phrases.PARTIAL_REFUSALS, phrases.PARTIAL_REFUSAL_TAILS, draws)
        text = _LAYOUTS[profile.layout.kind](profile.layout, self._content(opinion, edit, draws))
        if draws.chance(0.02):
            return text.replace("\n", "\r\n")
        if draws.chance(0.04):
            # A line break in the middle of a term, where the frozen parsers expect a single space.
            return text.replace(" space narrowing", "\nspace narrowing")
        if draws.chance(0.03):
            return text.replace("follow-up", "follow\u2011up")
        return text

    def _content(self, opinion: _Opinion, edit: str, draws: Draws) -> _Content:
        profile = self._profile
        mentioned = _mentioned(opinion.findings, self._finding_thresholds[edit], profile.diagnostic_noise, draws)
        if opinion.silent:
            mentioned = []
        advised = _mentioned(opinion.actions, self._action_thresholds[edit], profile.recommendation_noise, draws)
        words = phrases.SEVERITY_WORDS[opinion.grade]
        sentences = [_filled(draws.choice(phrases.ALIGNMENT), opinion.levels[0], draws.choice(words))]
        for category in mentioned:
            level = opinion.levels[category]
            if draws.chance(0.15):
                level = _level(draws.choice(phrases.LEVELS), profile.layout.dash)
            sentences.append(_filled(_phrase(category, opinion.present[category], draws), level, draws.choice(words)))
        first = draws.next()
        for step in range(profile.fillers):
            # 7 is coprime with the number of fillers, so no sentence occurs twice.
            filler = phrases.FILLERS[(first + 7 * step) % len(phrases.FILLERS)]
            sentences.insert(draws.between(1, len(sentences)), _filled(filler, "", draws.choice(words)))
        if draws.chance(0.25):
            sentences.append(draws.choice(phrases.PLURALS))
        return _Content(
            opening=draws.choice(phrases.DISCLAIMERS_WITH_FINDINGS) if draws.chance(profile.disclaimers) else "",
            sentences=sentences,
            diagnosis=_diagnosis(opinion, mentioned, words, draws),
            overall=draws.choice(phrases.OVERALL),
            actions=[draws.choice(phrases.RECOMMENDATIONS[_ACTIONS[action]]) for action in advised],
            confidence=draws.choice(phrases.CONFIDENCE),
            footer=draws.choice(phrases.FOOTERS) if draws.chance(0.02) else "",
        )


def _level(level: str, dash: str) -> str:
    """A level as a model writes it; after a slash the second vertebra loses its letter (`L4/5`)."""
    upper, lower = level.split("-")
    if dash == "/" and upper[0] == lower[0]:
        return f"{upper}/{lower[1:]}"
    return f"{upper}{dash}{lower}"


def _mentioned(own: Sequence[int], thresholds: Sequence[int], noise: float, draws: Draws) -> list[int]:
    """The indexes of what one call mentions; `noise` is the share of the model's `own` draws that is replaced."""
    limit = as_threshold(noise)
    result = []
    for index, (fixed, threshold) in enumerate(zip(own, thresholds, strict=True)):
        draw = draws.next() if draws.next() < limit else fixed
        if draw < threshold:
            result.append(index)
    return result


def _phrase(category: int, present: bool, draws: Draws) -> str:
    finding = phrases.FINDINGS[_CATEGORIES[category]]
    if present:
        return draws.choice(finding.hedged if draws.chance(0.2) else finding.affirmed)
    return draws.choice(finding.hedged if draws.chance(0.1) else finding.negated)


def _filled(phrase: str, level: str, word: str) -> str:
    if "{" not in phrase:
        return phrase
    return phrase.replace("{L}", level).replace("{s}", word).replace("{S}", word.capitalize())


def _diagnosis(opinion: _Opinion, mentioned: Sequence[int], words: Sequence[str], draws: Draws) -> str:
    """The primary diagnosis; it names a category only if the report mentions it as present."""
    for category in mentioned:
        named = phrases.DIAGNOSES.get(_CATEGORIES[category])
        if named is not None and opinion.present[category] and draws.chance(0.4):
            return _filled(named, opinion.levels[category], draws.choice(words))
    return _filled(draws.choice(phrases.NEUTRAL_DIAGNOSES), opinion.levels[-1], draws.choice(words))


def _full_refusal(draws: Draws) -> str:
    return _refusal(phrases.FULL_REFUSALS, phrases.FULL_REFUSAL_TAILS, draws)


def _refusal(openings: Sequence[str], tails: Sequence[str], draws: Draws) -> str:
    chosen = [draws.choice(tails) for _ in range(draws.between(1, 3))]
    return " ".join([draws.choice(openings), *dict.fromkeys(chosen)])


def _items(bullet: str, items: Sequence[str]) -> list[str]:
    return [bullet.replace("{n}", str(number)) + item for number, item in enumerate(items, 1)]


def _plan(layout: Layout, content: _Content) -> list[str]:
    return [layout.heading.format(layout.plan), *_items(layout.bullet, content.actions), ""] if content.actions else []


def _sections(layout: Layout, content: _Content) -> str:
    lines = [line for line in (layout.title, content.opening) if line]
    lines += [layout.heading.format(layout.findings), *_items(layout.bullet, content.sentences), ""]
    lines += [layout.heading.format(layout.impression)]
    lines += [f"**Primary diagnosis:** {content.diagnosis}", f"**Severity:** {content.overall}", ""]
    lines += [*_plan(layout, content), f"**Confidence:** {content.confidence}"]
    return "\n".join([*lines, content.footer] if content.footer else lines)


def _table(layout: Layout, content: _Content) -> str:
    lines = [content.opening, ""] if content.opening else []
    lines += [layout.heading.format(layout.findings), "", "| No. | Appearance |", "|---:|---|"]
    lines += [f"| {number} | {sentence} |" for number, sentence in enumerate(content.sentences, 1)]
    lines += ["", layout.heading.format(layout.impression), f"1. Primary diagnosis: {content.diagnosis}"]
    lines += [f"2. Overall severity: {content.overall.lower()}", ""]
    lines += [*_plan(layout, content), f"_Confidence: {content.confidence}_"]
    return "\n".join([*lines, content.footer] if content.footer else lines)


def _prose(layout: Layout, content: _Content) -> str:
    findings = " ".join(content.sentences)
    severity = content.overall.lower()
    impression = f"{content.diagnosis}; {severity} overall. Confidence is {content.confidence}."
    paragraphs = [layout.title, content.opening, f"{layout.heading.format(layout.findings)} {findings}"]
    paragraphs += [f"{layout.heading.format(layout.impression)} {impression}"]
    if content.actions:
        paragraphs += [f"{layout.heading.format(layout.plan)} {'; '.join(content.actions)}."]
    return "\n\n".join(part for part in [*paragraphs, content.footer] if part)


def _terse(layout: Layout, content: _Content) -> str:
    text = " ".join([*content.sentences, f"Impression is {content.diagnosis.lower()}."])
    if content.actions:
        text += " Advice: " + ", ".join(content.actions) + "."
    return f"{content.opening} {text}" if content.opening else text


_LAYOUTS: Final = {"sections": _sections, "table": _table, "prose": _prose, "terse": _terse}
