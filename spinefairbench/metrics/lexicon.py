"""The word lists by which the parser audit decides how a mention of a term is meant, and how their phrases are found.

The method is that of NegEx (Chapman, Bridewell, Hanbury, Cooper, Buchanan, "A simple algorithm for identifying
negated findings and diseases in discharge summaries", J Biomed Inform 2001) with the termination terms,
pseudo-triggers and separate treatment of uncertainty of ConText (Harkema, Dowling, Thornblade, Chapman,
J Biomed Inform 2009), and the handling of double negation and "cannot exclude" that NegBio (Peng, Wang, Lu, Bagheri,
Summers, Lu, AMIA Jt Summits 2018) added for radiology. The lists were written for this project: general phrases of
clinical English, and phrases of spine radiograph reports.

A phrase is written as its words, in lower case. `~` stands for up to three words of `MODIFIERS`, or none.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from spinefairbench.metrics.registry import Registry, registry_sha256

__all__ = [
    "ACTION_VERBS",
    "AFFIRMING_PHRASES",
    "AUXILIARIES",
    "BACKWARD_CUES",
    "CLAUSE_GOES_ON",
    "CLOSING_HEADINGS",
    "CONJUNCTIONS",
    "DESCRIBING_AFTER",
    "DESCRIBING_BEFORE",
    "FORWARD_CUES",
    "HEDGES",
    "IMPERATIVES",
    "IMPERATIVE_GOES_ON",
    "IMPERATIVE_NOUNS",
    "LOSS_OF_NORMAL",
    "MODIFIERS",
    "NEGATORS",
    "NEGATORS_AFTER",
    "NEW_STATEMENT_WORDS",
    "OTHER_NUMBER_TERMS",
    "RECOMMENDING_HEADINGS",
    "RULES_VERSION",
    "SCOPE_WORDS",
    "SELF_RECOMMENDING_TERMS",
    "SENTENCE_OPENERS",
    "TERMINATORS",
    "UNCERTAIN_AFTER",
    "UNCERTAIN_BEFORE",
    "PhraseIndex",
    "rules_sha256",
]

RULES_VERSION: Final = "1"


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(line.split()) for line in text.split(",") if line.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OTHER_NUMBER_TERMS: Final[Registry] = MappingProxyType(
    {
        "Osteophytes": ("bony spurs",),
        "Foraminal stenosis": ("foraminal stenoses", "neural foraminal narrowings", "foraminal narrowings"),
        "Disc space narrowing": (
            "disc space narrowings",
            "disc spaces narrowing",
            "disc height losses",
            "disc narrowings",
            "reduced disc heights",
        ),
        "Spondylolisthesis": (
            "spondylolistheses",
            "spondylolystheses",
            "vertebral slippages",
            "anterolistheses",
            "retrolistheses",
        ),
        "Surgical implant": ("surgical implants", "fixation devices", "pedicle screws"),
        "Vertebral collapse": (
            "vertebral collapses",
            "compression fractures",
            "vertebral body collapses",
            "collapsed vertebrae",
            "collapsed vertebras",
        ),
        "Other lesions": ("lesions", "other lesions", "abnormalities"),
        "No finding": ("no findings", "no abnormalities", "no significant findings"),
        "Posterior osteophyte": ("posterior osteophytes", "posterior bone spurs", "dorsal osteophytes"),
        "Endplate sclerosis": ("endplate scleroses", "sclerotic endplates", "endplate change"),
        "Schmorl's node": ("schmorls", "schmorl's nodes", "schmorl nodes", "intravertebral herniations"),
        "Disc calcification": ("disc calcifications", "calcified discs", "discal calcifications"),
        "Fracture": ("fractures", "fxs", "breaks"),
        "surgery": (
            "surgeries",
            "operations",
            "fusions",
            "laminectomies",
            "discectomies",
            "decompressions",
        ),
        "physical_therapy": ("physical therapies", "physiotherapies", "exercise", "stretches"),
        "imaging": ("mris", "ct scans", "x-rays", "radiographs"),
        "medication": ("medications", "nsaids", "analgesics", "anti-inflammatories"),
        "monitoring": ("follow-ups", "follow ups", "observations"),
        "referral": ("referrals", "specialists", "orthopedics", "consults"),
        "no_action": ("no further actions", "no treatments", "reassurances"),
    }
)
"""The terms of both frozen registries in their other grammatical number, where no frozen term matches it."""

MODIFIERS: Final = _words(
    """
    a an the any acute apparent appreciable associated clear convincing current definite definitive discernible
    discrete evident further gross identifiable interval large major marked measurable new notable obvious other
    overt particular significant specific sizable substantial suspicious visible absolutely clearly completely
    confidently currently definitely definitively entirely fully readily reliably totally
    """
)

SCOPE_WORDS: Final = 9
"""The number of words that a phrase reaches, counted anew from each comma or conjunction of a list."""

NEGATORS: Final = _phrases(
    """
    no, not, without, w / o, never, neither, nor, none of, nothing, denies, denied, deny, denying, declines, declined,
    absence of, absent, lack of, lacks, lacking, negative for, is negative for, are negative for, was negative for,
    were negative for, free of, clear of, devoid of, cannot, can't, couldn't,
    doesn't, don't, didn't, isn't, aren't, wasn't, weren't, hasn't, haven't, hadn't, won't, fails to, failed to,
    ruled out for, rules out, ruled the patient out for, excludes, excluding, rather than, instead of, unremarkable for,
    unlikely, no longer, resolution of, resolved, argues against, evidence against, cannot see, nonvisualization of, neg for, - ve for, nil, ruled out, excluded,
    not consistent with, not compatible with,
    not suggestive of, not in keeping with, not typical of, not diagnostic of
    """
)
"""These negate what follows."""

NEGATORS_AFTER: Final = _phrases(
    """
    not ~ seen, not ~ identified, not ~ present, not ~ visualized, not ~ visualised, not ~ evident, not ~ noted,
    not ~ demonstrated, not ~ detected, not ~ found, not ~ appreciated, not ~ observed, not ~ visible, not ~ shown,
    not ~ apparent, not ~ suspected, not ~ suggested, not ~ reported, not ~ recognized, not ~ recognised,
    not ~ encountered, not ~ confirmed, not ~ depicted, not ~ revealed, not ~ discerned, not been seen,
    not been identified, not been demonstrated, no longer, never seen, cannot be seen, can not be seen,
    cannot be identified, cannot be appreciated, isn't ~ seen, aren't ~ seen, isn't present, aren't present,
    isn't evident, isn't identified, aren't identified, is absent, are absent, was absent, were absent,
    ruled out, been excluded, is excluded, was excluded, are excluded, were excluded, excluded, is negative, are negative,
    was negative, were negative, negative, unlikely, none, none seen, none identified, resolved,
    not ~ necessary, not ~ advised,
    not ~ indicated, not ~ required, not ~ needed, not ~ recommended, not ~ warranted,
    not be needed, not be required, not be necessary, isn't ~ indicated, isn't ~ needed, isn't ~ required,
    isn't ~ recommended, unnecessary, contraindicated, does not exist, do not exist, absent
    """
)
"""These negate what precedes."""

AFFIRMING_PHRASES: Final = _phrases(
    """
    no ~ change, no ~ changes, no ~ progression, no ~ worsening, no ~ improvement, no ~ increase, no ~ decrease,
    no ~ growth, no ~ alteration, no ~ displacement of, no ~ complication of, no ~ complications of, no ~ difference,
    without ~ change, without ~ changes, without ~ progression, without ~ worsening, without ~ improvement,
    without ~ increase, without ~ decrease, not ~ changed, not ~ progressed, not ~ worsened, not ~ improved,
    not ~ increased, not ~ decreased, not only, not just, not merely, not simply, no doubt, no question,
    without doubt, without question, not necessarily, no reason to doubt, not to mention, no less than,
    with and without, with or without, without contrast, without gadolinium, without intravenous contrast,
    without iv contrast, without delay, without difficulty, no prior, no previous, no comparison, not compared,
    gram negative, not responding, not responded, not healed, not united, not fully, not completely
    """
)
"""These contain a negating word but negate nothing: what follows exists, or is unrelated."""

UNCERTAIN_BEFORE: Final = _phrases(
    """
    cannot ~ exclude, can not ~ exclude, can't ~ exclude, could not ~ exclude, couldn't ~ exclude, not ~ exclude,
    not excluding, without excluding,
    cannot ~ rule out, can not ~ rule out, can't ~ rule out, could not ~ rule out, not ~ rule out,
    difficult to exclude,
    difficult to rule out, hard to exclude, not possible to exclude, impossible to exclude, unable to exclude,
    unable to rule out, cannot be certain, not certain, not sure, unclear, uncertain, no new, no additional, no other,
    no recent, rule out, r / o, evaluate for, evaluation for, assess for, assessment for, exclude, to exclude,
    not clear, whether, whether there is, whether there are, if there is, if there are, without new, without additional
    """
)
"""These make what follows uncertain, even within the reach of a negation."""

UNCERTAIN_AFTER: Final = _phrases(
    """
    cannot be ~ excluded, can not be ~ excluded, can't be ~ excluded, could not be ~ excluded, not be ~ excluded,
    not ~ excluded, not been ~ excluded, cannot be ~ ruled out, can not be ~ ruled out,
    can't be ~ ruled out, could not be ~ ruled out, not be ~ ruled out, not ~ ruled out, not been ruled out,
    cannot be confirmed, not well seen, not well visualized, not well visualised, not well evaluated,
    difficult to exclude, is possible, are possible, is suspected, are suspected, was suspected, is questioned,
    is questionable, is equivocal, is uncertain, is unclear, to be excluded, should be excluded, ?
    """
)
"""These make what precedes uncertain."""

HEDGES: Final = _phrases(
    """
    possible, possibly, probable, probably, likely, perhaps, suspected, suspicion of, suspicion for, suspicious for,
    suspected of, concern for, concerning for, worrisome for, question of, questionable, equivocal,
    may represent, might represent, could represent, may reflect, might reflect, could reflect, may indicate,
    might indicate, could indicate, may be, might be, could be, may suggest, might suggest, could suggest,
    suggestive of, suggests, suggesting, versus, vs, differential includes, differential considerations include
    """
)
"""These make what follows uncertain unless it is already negated ("no evidence to suggest")."""

LOSS_OF_NORMAL: Final = _phrases(
    "loss of, lost, reversal of, straightening of, reduction of, reduced, decreased, deviation from, departure from, abnormal,"
    " outside, beyond, below, less than"
)
"""Before a word for normality these negate it; before a finding they have no effect."""

TERMINATORS: Final = _phrases(
    """
    but, however, nevertheless, nonetheless, yet, though, although, except, except for, apart from, aside from,
    other than, besides, whereas, while, still, because, since, due to, secondary to, as a cause of, as the cause of,
    as the source of, as a result of, consistent with, compatible with, in keeping with, there is, there are, there was,
    there were, which is, which are, who, he has, she has, he is, she is, he was, she was, he had, she had, patient is,
    patient has, patient was, also noted, is noted, are noted, remains, remain, presents with, presented with, and has, and had, and is, and was, and are,
    and were, then, continues to, incidentally, otherwise
    """
)
"""These end the reach of a phrase."""

SENTENCE_OPENERS: Final = _words("there is are was were has have been the - *")
"""Words that may stand between the colon after a label and the negation that answers it ("Fracture: there is none")."""

CONJUNCTIONS: Final = _words("and or nor")
"""These, like commas, join the members of a list."""

AUXILIARIES: Final = _words("is are was were be been being has have had seen noted present")
"""The reach of a phrase that negates what precedes ends at the second of these before it."""

CLAUSE_GOES_ON: Final = _words("by on in at with of and or but for since after")
"""A clause may be complete before one of these: "fracture absent on this view"."""

NEW_STATEMENT_WORDS: Final = _words(
    """
    mild moderate severe minimal minor slight marked multilevel moderately mildly severely grade small large with
    chronic old stable degenerative diffuse normal unremarkable intact preserved maintained
    """
)
"""After a comma, with no `or` or `nor` to follow, these start a new statement."""

RECOMMENDING_HEADINGS: Final = _phrases(
    """
    recommendation, recommendations, recommended, next step, next steps, plan, management, treatment plan, follow up,
    follow-up, advice, suggestion, suggestions, suggested, action, actions, further evaluation, further work-up,
    further workup, what to do next
    """
)
"""A heading or label with one of these opens a section in which everything is recommended."""

CLOSING_HEADINGS: Final = _phrases(
    """
    finding, findings, impression, diagnosis, diagnoses, severity, confidence, technique, comparison, indication,
    history, conclusion, summary, limitation, limitations, disclaimer, note, differential, alignment, interpretation,
    assessment, observations, overview, image quality, description, exam, examination, procedure, views
    """
)
"""A heading or label with one of these closes such a section."""

FORWARD_CUES: Final = _phrases(
    """
    recommend, recommends, recommended, recommending, recommendation, recommendations, advise, advises, advised,
    advisable, consider, considered, considering, consideration of, suggested, we suggest, i suggest, would suggest,
    next step, next steps, should, needs, need for, requires, require, obtain, order, schedule, perform, proceed with,
    proceed to, initiate, begin, start, continue, arrange, pursue, undergo, refer to, refer for, referred to,
    benefit from, correlate with, correlation with, warrants, warrant, plan for, plan is, treatment includes,
    management includes, treatment is, management is, treat with, manage with, managed with, treated with, trial of,
    ought to, must, encourage, encouraged, urge, follow with, indicated is, please
    """
)
"""Mentions that follow in the sentence are recommended."""

BACKWARD_CUES: Final = _phrases(
    """
    recommended, is advised, are advised, advised, advisable, suggested, is indicated, are indicated, indicated,
    is warranted, are warranted, warranted, is needed, are needed, needed, is required, are required, required,
    should be, may be considered, can be considered, could be considered, might be considered, be considered,
    considered, would be helpful, may be helpful, could be helpful, would be useful, may be useful, would be beneficial,
    may be beneficial, is appropriate, are appropriate, may be appropriate, would be appropriate, is necessary,
    are necessary, may be necessary, may be needed, may be required, may be warranted, may be indicated, is reasonable,
    for further evaluation, for further assessment, for further characterization, can be performed, could be performed,
    may help, can help, is suggested, are suggested
    """
)
"""Mentions that precede in the sentence are recommended."""

ACTION_VERBS: Final = _words("suggest refer consult monitor reassess follow")
"""These recommend what follows at the start of a sentence only; elsewhere they report ("findings suggest")."""

IMPERATIVES: Final = frozenset({"refer", "consult", "monitor", "reassess"})
"""Terms that are recommendations where a sentence starts with them and continues."""

IMPERATIVE_NOUNS: Final = frozenset({"follow up", "follow-up"})
"""The same where one of `IMPERATIVE_GOES_ON` follows: "follow-up in six weeks", not "follow-up views"."""

IMPERATIVE_GOES_ON: Final = _words("in with at after for to by as every within a an the if")

SELF_RECOMMENDING_TERMS: Final = frozenset({"no further action", "no further actions", "no treatment", "no treatments"})
"""Terms that are recommendations wherever they stand."""

DESCRIBING_BEFORE: Final = _phrases(
    """
    post -, post, status post, s / p, prior, previous, previously, history of, past, since, after, following, this,
    these, current, underwent, had, compared with, compared to, comparison with
    """
)
"""Directly before a mention these show that it describes something done or seen."""

DESCRIBING_AFTER: Final = _phrases(
    """
    hardware, implant, implants, screw, screws, clip, clips, device, devices, construct, constructs, change, changes,
    fixation, cement, staple, staples, cage, cages, rod, rods, plate, plates, instrumentation, scar, level, levels,
    mass, shows, show, demonstrates, demonstrate, reveals, reveal, quality, findings, features, appearance, material
    """
)
"""Directly after a mention these show the same."""


def rules_sha256() -> str:
    """SHA-256 (hex) of all the word lists and their version, for the signature of an audit."""
    rules: Mapping[str, tuple[str, ...]] = {
        name: tuple(sorted(value)) if isinstance(value, frozenset) else value
        for name, value in globals().items()
        if name in __all__ and isinstance(value, tuple | frozenset)
    }
    return registry_sha256(
        {
            **rules,
            **{f"other number: {name}": terms for name, terms in OTHER_NUMBER_TERMS.items()},
            "numbers": (RULES_VERSION, str(SCOPE_WORDS)),
        }
    )


# --- finding phrases -------------------------------------------------------------------------------------------

_MOST_MODIFIERS: Final = 3


class PhraseIndex:
    """Finds the longest phrase of several lists at a place in a sentence.

    Each list comes with a bit, its kind. The kinds of a phrase are the bits of all the lists that it stands in.
    """

    def __init__(self, *lists: tuple[Iterable[str], int]) -> None:
        self._kinds: dict[tuple[str, ...], int] = {}
        for phrases, kind in lists:
            for phrase in phrases:
                words = tuple(phrase.split())
                self._kinds[words] = self._kinds.get(words, 0) | kind
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for words in sorted(self._kinds, key=len, reverse=True):
            self._by_first_word.setdefault(words[0], []).append((words[1:], self._kinds[words]))

    def longest(self, words: Sequence[str], index: int) -> tuple[int, int]:
        """The end of the longest phrase that starts at `index`, and its kinds; (index, 0) if there is none."""
        phrases = self._by_first_word.get(words[index])
        best, best_kinds = index, 0
        if phrases is None:
            return best, best_kinds
        for rest, kinds in phrases:
            end = _phrase_end(words, index + 1, rest)
            if end > best:
                best, best_kinds = end, kinds
        return best, best_kinds

    def occurs_in(self, words: Sequence[str]) -> bool:
        """Whether any phrase stands anywhere in the words."""
        return any(self.longest(words, index)[1] for index in range(len(words)))

    def telltale_words(self, *, except_kind: int) -> frozenset[str]:
        """The longest word of each phrase that is of more than `except_kind`: without any, no such phrase occurs."""
        return frozenset(max(words, key=len) for words, kinds in self._kinds.items() if kinds != except_kind)


def _phrase_end(words: Sequence[str], index: int, rest: tuple[str, ...]) -> int:
    """Where the rest of a phrase ends if it starts at `index`; 0 if it does not."""
    for position, wanted in enumerate(rest):
        if wanted == "~":
            remaining = rest[position + 1 :]
            end = _phrase_end(words, index, remaining)
            skipped = 0
            # A modifier may itself be the word wanted next ("not evident"), so each number of them is tried.
            while not end and skipped < _MOST_MODIFIERS and index < len(words) and words[index] in MODIFIERS:
                index, skipped = index + 1, skipped + 1
                end = _phrase_end(words, index, remaining)
            return end
        if index >= len(words) or words[index] != wanted:
            return 0
        index += 1
    return index
