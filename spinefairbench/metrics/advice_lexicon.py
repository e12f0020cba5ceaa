"""The word lists by which the parser audit decides whether a mention of a recommendation recommends.

They are written as those of `lexicon` are, which decide whether one is negated.
"""

from typing import Final

from spinefairbench.metrics.word_lists import phrase_list, word_set

__all__ = [
    "ACTION_VERBS",
    "ADVISING_WORDS",
    "BACKWARD_CUES",
    "CLOSING_HEADINGS",
    "CUE_MODIFIERS",
    "DESCRIBING_AFTER",
    "DESCRIBING_BEFORE",
    "FOLLOW_UP_KINDS",
    "FORWARD_CUES",
    "IMPERATIVES",
    "IMPERATIVE_GOES_ON",
    "IMPERATIVE_NOUNS",
    "NUMBERS",
    "RECOMMENDING_HEADINGS",
    "SELF_RECOMMENDING_TERMS",
    "TIME_UNITS",
]

RECOMMENDING_HEADINGS: Final = phrase_list(
    """
    recommendation, recommendations, recommended, next step, next steps, plan, management, treatment plan, follow up,
    follow-up, advice, suggestion, suggestions, suggested, action, actions, further evaluation, further work-up,
    further workup, what to do next
    """
)
"""A heading or label with one of these opens a section in which everything is recommended."""

CLOSING_HEADINGS: Final = phrase_list(
    """
    finding, findings, impression, diagnosis, diagnoses, severity, confidence, technique, comparison, indication,
    history, conclusion, summary, limitation, limitations, disclaimer, note, differential, alignment, interpretation,
    assessment, observations, overview, image quality, description, exam, examination, procedure, views
    """
)
"""A heading or label with one of these closes such a section."""

FORWARD_CUES: Final = phrase_list(
    """
    recommend, recommends, recommended, recommending, recommendation, recommendations, advise, advises, advised,
    advisable, consider, considered, considering, consideration of, suggested, we suggest, i suggest, would suggest,
    next step, next steps, should, needs, need for, requires, require, obtain, order, schedule, perform, proceed with,
    proceed to, initiate, begin, start, continue, arrange, pursue, undergo, refer to, refer for, referred to,
    benefit from, correlate with, correlation with, warrants, warrant, plan for, plan is, treatment includes,
    management includes, treatment is, management is, treat with, manage with, managed with, treated with, trial of,
    ought to, must, encourage, encouraged, urge, follow with, indicated is, please,
    benefit from, return for, low threshold for, would get, to get, would favor, would favour, favor, favour, opt for,
    go ahead with, move on to, think about, look into, worth {considering|obtaining|getting|trying}, patient to,
    {reasonable|prudent|sensible|wise|worthwhile|appropriate|advisable|helpful|useful|best|necessary|important} to {obtain|get|have|order|perform|consider|try|pursue|proceed|start|begin|do|add|discuss|arrange|seek|refer|monitor},
    {may|can|could|might} try, best {managed|treated|evaluated|assessed} {with|by}, {manage|managed|treat|treated} conservatively,
    {first|best|logical|appropriate|sensible} step {is|would be}, {follow|followed} up with, followed by, would order, would add, would arrange,
    candidate for, option is, options are, options include, choice is, choice would be, priority is, make a referral, discuss,
    consideration {|may |should |could |can |must }{|be }given to, {do|does|doing} well with, profit from, respond to,
    if {|the |his |her |their }{|back }{symptoms|pain|complaints|deficits} {persist|persists|worsen|worsens|recur|recurs|continue|continues|progress|progresses|develop},
    {would|could|may|might} be {better|best} {assessed|evaluated|characterized|seen|appreciated|demonstrated|shown} {on|with|by}
    """
)
"""Mentions that follow in the sentence are recommended."""

BACKWARD_CUES: Final = phrase_list(
    """
    recommended, is advised, are advised, advised, advisable, suggested, is indicated, are indicated, indicated,
    is warranted, are warranted, warranted, is needed, are needed, needed, is required, are required, required,
    should be, may be considered, can be considered, could be considered, might be considered, be considered,
    considered, would be helpful, may be helpful, could be helpful, would be useful, may be useful, would be beneficial,
    may be beneficial, is appropriate, are appropriate, may be appropriate, would be appropriate, is necessary,
    are necessary, may be necessary, may be needed, may be required, may be warranted, may be indicated, is reasonable,
    for further evaluation, for further assessment, for further characterization, can be performed, could be performed,
    may help, can help, is suggested, are suggested,
    {is|are|be} ~ {preferred|prudent|wise|sensible|best|worthwhile|ideal|useful|helpful|beneficial|favored|favoured|desirable|preferable|reasonable|appropriate|indicated|warranted|needed|necessary|required|advised|advisable|recommended|suggested|sufficient|adequate|enough|in order|called for|worth considering|worth obtaining|worth trying|worth discussing|worth a try|worth it},
    {is|are|be|remains|remain} ~ {step|steps|test|study|investigation|option|options|choice|consideration|treatment|priority|mainstay|modality|examination|therapy|alternative},
    {is|are} {first|first - line|first line|next},
    {would|could|may|might|can|will} ~ {help|clarify|characterize|clear up|settle|resolve|confirm|add|provide|define|delineate|evaluate|improve|relieve|ease|speed},
    {would|could|may|might|can|should|will} be ~ {tried|trialed|trialled|offered|discussed|arranged|ordered|scheduled|obtained|pursued|continued|started|initiated|attempted|entertained|undertaken|used|given|prescribed|organized|sought|explored|planned|booked|done},
    {may|might|could|will|would} {become|prove} ~ {necessary|useful|helpful|advisable}, {would|could|may|might} be of {benefit|value|help|use},
    suffices, should suffice, will suffice, would suffice, remains an option, is an option, are options, to be {arranged|scheduled|ordered|obtained|considered|discussed|booked|planned},
    is planned, are planned, please, as needed, as tolerated, if needed, if necessary, if indicated, if desired, as indicated, as clinically indicated,
    if clinically {indicated|warranted|needed|necessary}, if {|the |his |her |their }{|back }{symptoms|pain|complaints|deficits} {persist|persists|worsen|worsens|recur|recurs|continue|continues|progress|progresses|develop|worsening},
    {should|must} not be {delayed|deferred|postponed|omitted|neglected|skipped}, for further {work - up|workup|investigation|clarification|management|delineation},
    should {review|see|evaluate|assess|follow|undergo}, if {appropriate|available|possible|required|warranted|symptomatic}
    """
)
"""Mentions that precede in the sentence are recommended."""

ACTION_VERBS: Final = word_set(
    """
    suggest refer consult monitor reassess follow manage treat try start continue use offer arrange return discuss add
    get plan begin seek trial ask contact involve send book request repeat prescribe give encourage take apply perform
    """
)
"""These recommend what follows at the start of a sentence only; elsewhere they report ("findings suggest")."""

IMPERATIVES: Final = frozenset({"refer", "consult", "monitor", "reassess"})
"""Terms that are recommendations where a sentence starts with them and continues."""

IMPERATIVE_NOUNS: Final = frozenset(
    {
        "follow up",
        "follow-up",
        "follow-ups",
        "observation",
        "watchful waiting",
        "nsaid",
        "nsaids",
        "analgesic",
        "analgesics",
        "physical therapy",
        "physiotherapy",
        "rehabilitation",
        "exercises",
        "stretching",
        "referral",
    }
)
"""The same where one of `IMPERATIVE_GOES_ON` follows: "follow-up in six weeks", not "follow-up views"."""

CUE_MODIFIERS: Final = word_set(
    """
    the an a best most more very also usually often generally probably likely still entirely perfectly next first line -
    preferred logical reasonable appropriate sensible obvious natural possible useful good viable valid further better
    recommended main usual certainly additional currently clinically medically
    """
)
"""What `~` stands for in `FORWARD_CUES` and `BACKWARD_CUES`: up to four of these, or none."""

ADVISING_WORDS: Final = word_set(
    """
    necessary appropriate helpful useful beneficial justified suitable worthwhile mandatory urgent advisable option
    choice answer solution called reasonable prudent ideal performed done obtained ordered pursued used given offered
    undertaken considered prescribed taken need needed require required warrant recommended indicated
    """
)
"""With a negated verb these advise against what precedes ("surgery is rarely necessary")."""

FOLLOW_UP_KINDS: Final = word_set(
    """
    routine clinical close interval outpatient regular periodic annual yearly early urgent prompt short term long - careful
    short-term ongoing continued further
    """
)
"""Words that may stand before one of `IMPERATIVE_NOUNS`, and make a sentence of it ("Routine follow-up.")."""

IMPERATIVE_GOES_ON: Final = word_set("in with at after for to by as every within a an the if")

TIME_UNITS: Final = word_set("day days week weeks month months year years")
"""With a number and "in" or "within" these recommend what precedes ("MRI in six months")."""

NUMBERS: Final = word_set(
    "one two three four five six seven eight nine ten twelve a few several to or - \u2013 the next"
)
"""The numbers and signs of such times that are not written in digits."""

SELF_RECOMMENDING_TERMS: Final = frozenset({"no further action", "no further actions", "no treatment", "no treatments"})
"""Terms that are recommendations wherever they stand."""

DESCRIBING_BEFORE: Final = phrase_list(
    """
    post -, post, status post, s / p, prior, previous, previously, history of, past, since, after, following, this,
    these, current, underwent, had, compared with, compared to, comparison with
    """
)
"""Directly before a mention these show that it describes something done or seen."""

DESCRIBING_AFTER: Final = phrase_list(
    """
    hardware, implant, implants, screw, screws, clip, clips, device, devices, construct, constructs, change, changes,
    fixation, cement, staple, staples, cage, cages, rod, rods, plate, plates, instrumentation, scar, level, levels,
    mass, shows, show, demonstrates, demonstrate, reveals, reveal, quality, findings, features, appearance, material
    """
)
"""Directly after a mention these show the same."""
