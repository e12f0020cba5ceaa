"""The word lists by which the parser audit decides how a mention of a finding is meant.

The method is that of NegEx (Chapman, Bridewell, Hanbury, Cooper, Buchanan, "A simple algorithm for identifying
negated findings and diseases in discharge summaries", J Biomed Inform 2001) with the termination terms,
pseudo-triggers and separate treatment of uncertainty of ConText (Harkema, Dowling, Thornblade, Chapman,
J Biomed Inform 2009), and the handling of double negation and "cannot exclude" that NegBio (Peng, Wang, Lu, Bagheri,
Summers, Lu, AMIA Jt Summits 2018) added for radiology. The lists were written for this project: general phrases of
clinical English, and phrases of spine radiograph reports.

A phrase is written as its words and signs, in lower case, with `{a|b}` for alternatives. `~` stands for up to three
words of `MODIFIERS` or adverbs in -ly, or none.
"""

from types import MappingProxyType
from typing import Final

from spinefairbench.metrics.registry import Registry
from spinefairbench.metrics.word_lists import phrase_list, word_set

__all__ = [
    "ABSENCE",
    "AFFIRMING_AFTER",
    "AFFIRMING_ANSWERS",
    "AFFIRMING_PHRASES",
    "ANSWER_OPENERS",
    "AUXILIARIES",
    "BOTH_WAYS",
    "CLAUSE_GOES_ON",
    "CLAUSE_OPENERS",
    "CLAUSE_STOPS",
    "CLAUSE_VERBS",
    "CLOSING_SIGNS",
    "COMPLICATIONS",
    "CONDITIONS",
    "CONJUNCTIONS",
    "DEFINING_AFTER",
    "DEFINING_NOUNS",
    "DISPUTES",
    "DOUBTS",
    "FINITE_VERBS",
    "GENERAL_AFTER",
    "GENERAL_BEFORE",
    "GENERAL_NOUNS",
    "HABITUAL_ADVERBS",
    "HEDGES",
    "LOOKED_FOR",
    "LOSS_OF_NORMAL",
    "MODIFIERS",
    "NEGATORS",
    "NEGATORS_AFTER",
    "NEW_CLAUSE_VERBS",
    "NEW_STATEMENT_WORDS",
    "NOT_ADVERBS",
    "OTHER_NUMBER_TERMS",
    "PARTICULAR_NOUNS",
    "PARTICULAR_WORDS",
    "PASSED_OVER",
    "POINTING_WORDS",
    "REPLY_OPENERS",
    "SCOPE_WORDS",
    "SHORT_ANSWERS",
    "TERMINATORS",
    "UNCERTAIN_AFTER",
    "UNCERTAIN_ANSWERS",
    "UNCERTAIN_BEFORE",
    "VERBAL_NEGATORS",
    "WHOLE_ANSWERS",
]

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

MODIFIERS: Final = word_set(
    """
    a an the any acute apparent appreciable associated clear convincing current definite definitive discernible
    discrete evident further gross identifiable interval large major marked measurable new notable obvious other
    overt particular significant specific sizable substantial suspicious visible absolutely clearly completely
    confidently currently definitely definitively entirely fully readily reliably totally routinely generally typically
    immediately yet usually presently strictly really felt considered thought deemed judged believed be being still quite
    very safely always
    """
)

NOT_ADVERBS: Final = word_set("only likely unlikely possibly probably anomaly rarely hardly scarcely barely")
"""Words in -ly that are none of the modifiers: they decide something themselves."""

SCOPE_WORDS: Final = 9
"""The number of words that a phrase reaches, counted anew from each comma or conjunction of a list."""

NEGATORS: Final = phrase_list(
    """
    no, not, never, neither, nor, none of, nothing, denies, denied, deny, denying, declines, declined,
    cannot, can't, couldn't, doesn't, don't, didn't, isn't, aren't, wasn't, weren't, hasn't, haven't, hadn't, won't,
    wouldn't, shouldn't, needn't, fails to, failed to, failure to,
    ruled out for, rules out, ruled the patient out for, excludes, excluding, rather than, instead of, in lieu of,
    as opposed to, unremarkable for, unlikely, no longer, resolution of, resolved, argues against, evidence against,
    cannot see, nonvisualization of, neg for, - ve for, nil, ruled out, excluded, not consistent with,
    not compatible with, not suggestive of, not in keeping with, not typical of, not diagnostic of, [ ], \u2610, ( - ),
    {recommend|recommends|recommended|recommending|recommendation|advise|advises|advised|advising|advice|counsel|caution|decided|decide}
    against, avoid, avoids, avoiding, avoidance of, refrain from, refraining from, hold off on, holding off on, withhold,
    discourage, discourages, stay away from, steer clear of, little need for, contraindication to, contraindications to,
    rarely needs, rarely requires,
    {|is ~ |are ~ |be ~ |was ~ }{inappropriate|unwise|unreasonable|unnecessary|premature|inadvisable|unhelpful|imprudent|unsafe} to, defer, deferring, postpone,
    rarely, seldom, hardly, scarcely, barely
    """
)
"""These negate what follows."""

ABSENCE: Final = phrase_list(
    """
    without, w / o, absence of, absent, lack of, lacks, lacking, {|is |are |was |were }negative for, free of, clear of,
    devoid of
    """
)
"""These do so too; a negation of one of them affirms what follows ("not without osteophytes")."""

NEGATORS_AFTER: Final = phrase_list(
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
    isn't ~ recommended, unnecessary, contraindicated, does not exist, do not exist, absent,
    no, nil, n / a, neg, - ve, ( - ), {is|are|was|were} nonexistent, nowhere {seen|to be seen},
    {should|can|could|may|must|might|to|best|better} {|be }avoided, {is|are} {best|better} avoided,
    {is|are} {|generally |usually |typically |strongly |actively }discouraged, inadvisable, unwarranted, unjustified,
    not ~ {an|the} {|right |best |preferred |good |appropriate |viable |reasonable }{option|choice|answer|solution|treatment},
    {should|need|must} not be ~ {performed|done|obtained|ordered|pursued|used|given|offered|undertaken|considered|prescribed|taken},
    {is|are|have|has} {|of }no {role|benefit|indication|value},
    {is|are|be} ~ {inappropriate|unwise|premature|excessive|futile|pointless|superfluous|redundant|unhelpful|low yield|low - yield|overkill},
    {is|are|be|of} {|of }{limited|little|no|minimal|doubtful} {value|benefit|use|help|utility|yield}, {adds|add} {little|nothing},
    {can|may|should|could} be ~ {deferred|omitted|postponed|withheld|excluded|ruled out|dismissed|eliminated|skipped},
    {would|will|does} not ~ {change|alter|affect} {|the |his |her }{management|treatment|course|plan}
    """
)
"""These negate what precedes."""

AFFIRMING_PHRASES: Final = phrase_list(
    """
    no ~ change, no ~ changes, no ~ progression, no ~ worsening, no ~ improvement, no ~ increase, no ~ decrease,
    no ~ growth, no ~ alteration, no ~ displacement of, no ~ complication of, no ~ complications of, no ~ difference,
    without ~ change, without ~ changes, without ~ progression, without ~ worsening, without ~ improvement,
    without ~ increase, without ~ decrease, not ~ changed, not ~ progressed, not ~ worsened, not ~ improved,
    not ~ increased, not ~ decreased, not only, not just, not merely, not simply, no doubt, no question,
    without doubt, without question, not necessarily, no reason to doubt, not to mention, no less than,
    with and without, with or without, without contrast, without gadolinium, without intravenous contrast,
    without iv contrast, without delay, without difficulty, no prior, no previous, no comparison, not compared,
    gram negative, not responding, not responded, not healed, not united, not fully, not completely,
    ( + ), [ x ], \u2611, \u2612, no denying, no mistaking, no disputing, cannot ~ deny, can't ~ deny, without ~ doubt,
    {not|never} ~ be ~ {delayed|deferred|postponed|neglected|omitted|skipped}, {do|should|must} not ~ {delay|defer|postpone|neglect|omit|skip},
    {don't|shouldn't} ~ {delay|defer|postpone|neglect|omit|skip}, not uncommon, not unusual,
    of {uncertain|unclear|unknown|indeterminate|questionable} {significance|etiology|aetiology|age|origin|chronicity|cause|nature|importance},
    {uncertain|unclear|unknown|indeterminate} {significance|etiology|aetiology|age|origin|chronicity|cause}
    """
)
"""These contain a negating word but negate nothing: what follows exists, or is unrelated."""

UNCERTAIN_BEFORE: Final = phrase_list(
    """
    cannot ~ exclude, can not ~ exclude, can't ~ exclude, could not ~ exclude, couldn't ~ exclude, not ~ exclude,
    not excluding, without excluding,
    cannot ~ rule out, can not ~ rule out, can't ~ rule out, could not ~ rule out, not ~ rule out,
    difficult to exclude,
    difficult to rule out, hard to exclude, not possible to exclude, impossible to exclude, unable to exclude,
    unable to rule out, no new, no additional, no other,
    no recent, rule out, r / o, evaluate for, evaluation for, assess for, assessment for, exclude, to exclude, whether, whether there is, whether there are, if there is, if there are, without new, without additional,
    unable to ~ {exclude|rule out}, not able to ~ {exclude|rule out}, {can|could|would} {i|we|one|it|you} ~ {exclude|rule out},
    {|is |was |be |remains }~ {difficult|hard|impossible|not possible} to ~ {exclude|rule out}, {doesn't|don't|wouldn't|didn't} ~ {exclude|rule out},
    {possibility|likelihood|chance|suspicion} of, it is {possible|conceivable} that, in {case|cases} of, in the event of,
    {concerned|worried} {about|for|that}, no way to ~ {exclude|rule out}, too {limited|blurry|poor|degraded|dark|bright|noisy} to ~ {exclude|rule out}
    """
)
"""These make what follows uncertain, even within the reach of a negation."""

UNCERTAIN_AFTER: Final = phrase_list(
    """
    cannot be ~ excluded, can not be ~ excluded, can't be ~ excluded, could not be ~ excluded, not be ~ excluded,
    not ~ excluded, not been ~ excluded, cannot be ~ ruled out, can not be ~ ruled out,
    can't be ~ ruled out, could not be ~ ruled out, not be ~ ruled out, not ~ ruled out, not been ruled out,
    cannot be confirmed, not well seen, not well visualized, not well visualised, not well evaluated,
    is possible, are possible, is suspected, are suspected, was suspected, is questioned,
    is questionable, is equivocal, is uncertain, is unclear, to be excluded, should be excluded, ?,
    ( ? ), {may|might|could} {|not |well |also |still }be ~ {present|seen|visible|apparent|there|missed|obscured|overlooked|hidden|masked|occult|underlying|concealed|invisible|undetected|suspected|suggested|excluded|difficult to|hard to},
    {may|might|could|can} {be|go|have gone|have been|remain} ~ {missed|undetected|unnoticed|unrecognized|unseen|obscured|overlooked|hidden|masked|occult},
    {may|might|could} {exist|coexist|escape detection|also exist}, {may|might|could} have been ~ {present|missed|obscured|overlooked|hidden},
    {cannot|can't|can not|could not|couldn't} be ~ {confirmed|assessed|evaluated|determined|ascertained|established|verified|judged|characterized|dismissed|discounted|ruled in},
    {cannot|can't|can not|could not|couldn't} ~ be ~ {excluded|ruled out},
    not ~ {well|adequately|fully|reliably|clearly|optimally} {assessed|evaluated|shown|demonstrated|characterized},
    not ~ {assessed|evaluated|assessable|evaluable|evaluated for|determined|unlikely|impossible|unreasonable},
    {is|are|was|were|be|remains|remain} ~ {difficult|hard|impossible} to ~ {exclude|rule out|confirm|assess|evaluate|see|identify|detect|judge|determine|say},
    {remains|remain|seems|seem|appears|appear} ~ {possible|likely|probable|doubtful|uncertain|unclear|questionable|equivocal|suspicious},
    {is|are|was|were|be} ~ {likely|probable|doubtful|indeterminate|conceivable|suspicious|unproven|unconfirmed|favored|favoured|queried|raised},
    {is|are|remains|remain} ~ {possibility|possibilities|consideration|considerations|concern}, {is|are|remains|remain} in the differential,
    {is|are|was|were} {felt|thought|considered|believed|judged} {|to be }{possible|likely|probable},
    {is|are|was|were} {probably|possibly|likely|perhaps|maybe} {present|seen|there|visible}, {is|are|was|were} suggested, if present, if any,
    {should|must|needs to|need to} be {considered|suspected|excluded|ruled out|kept in mind|borne in mind},
    versus, vs, likely, probable, probably, possible, possibly, suspected, questionable, equivocal, doubtful, indeterminate,
    {is|are|remains|remain} {within|part of|on|high on|low on} the differential, {would|could|may|might} be {better|best} {assessed|evaluated|characterized|seen|appreciated|demonstrated|shown},
    {may|might|could} ~ {be|go|have been} ~ {missed|overlooked|obscured|hidden|masked|occult|undetected|present|seen|visible},
    {less|more|most|quite|very|somewhat} likely
    """
)
"""These make what precedes uncertain."""

HEDGES: Final = phrase_list(
    """
    possible, possibly, probable, probably, likely, perhaps, suspected, suspicion of, suspicion for, suspicious for,
    suspected of, concern for, concerning for, worrisome for, question of, questionable, equivocal,
    may represent, might represent, could represent, may reflect, might reflect, could reflect, may indicate,
    might indicate, could indicate, may be, might be, could be, may suggest, might suggest, could suggest,
    suggestive of, suggests, suggesting, versus, vs, differential includes, differential diagnosis includes, differential diagnoses include, differential considerations include, differential diagnosis would include, differential would include,
    maybe, presumed, presumptive, conceivable, conceivably, query, potential, raises the {possibility|question|suspicion} of,
    {may|might|could} {have|show|include|contain|suggest}
    """
)
"""These make what follows uncertain unless it is already negated ("no evidence to suggest")."""

CONDITIONS: Final = phrase_list("if, unless")
"""These make what follows uncertain up to the next comma."""

DISPUTES: Final = phrase_list(
    """
    {wrong|incorrect|inaccurate|false|untrue|not true|not correct|misleading|not the case|not accurate}
    {that|to say|to state|to claim|to conclude|to report|to think}
    """
)
"""These deny what follows, and affirm what is negated within it ("it is wrong to say that there are no osteophytes")."""

DOUBTS: Final = phrase_list(
    """
    {cannot|can't|can not|could not|couldn't|unable to|not able to|not possible to|impossible to|difficult to|hard to|would not|wouldn't|nor can i|nor can we|one cannot}
    ~ {say|state|claim|guarantee|conclude|assert|prove|be certain|be sure|be confident|assume|tell|ensure|promise|determine|confirm|establish},
    {do not|don't|does not|doesn't|did not|didn't|not} ~ {mean|imply|prove|guarantee},
    {not|isn't|aren't|cannot be|can't be} ~ {certain|sure|convinced|confident|clear|proof|a guarantee|conclusive},
    no {guarantee|proof|certainty|assurance}, not to say, not saying, unclear, uncertain,
    {cannot|can't|can not|could not|couldn't} ~ be ~ {said|assumed|claimed|concluded|stated|guaranteed},
    {is|are|was|were|be|remains|remain} ~ {difficult|hard|impossible} to ~ {confirm|assess|evaluate|see|identify|detect|judge|determine|say|tell}
    """
)
"""These make what follows uncertain, and even what is negated within it ("cannot say there is no fracture")."""

GENERAL_BEFORE: Final = phrase_list(
    """
    {risk|risks|risk factor|risk factors} {of|for}, {prevent|prevents|preventing|prevention of|protect against|predispose to|predisposes to},
    {family|familial|maternal|paternal} history {|is |was }{|notable |positive |significant |remarkable }{of|for|:|includes|with|-},
    {mother|father|sister|brother|sibling|parent|grandmother|grandfather|aunt|uncle|daughter|son|mother also|father also}
    {has|had|with|sustained|suffered|suffers from|was diagnosed with|developed},
    {definition|causes|types|prevalence|incidence|pathogenesis} of,
    {used|helpful|useful|taken|performed|obtained|able} to {detect|diagnose|identify|evaluate|assess|show|look for|visualize},
    {can|could|would|will|may} {|help |help to |also |often }{detect|diagnose|identify|reveal|look for|check for|visualize},
    {x - rays|x-rays|radiographs|radiography|imaging|ct|mri|it|they|this} can {show|demonstrate},
    {for|at|in|of} ~ {detecting|diagnosing|identifying|evaluating|assessing|revealing|excluding|screening for|looking for},
    {patients|people|individuals|those|adults|women|men|children|persons} with, {in|among} {older|elderly|young|younger|many|most|some|adult} {patients|people|adults|individuals|women|men},
    look for, looks for, check for, looking for, search for, the term, the word, what is, what are, what causes, in general, generally speaking,
    also {known as|called|termed|referred to as}, conditions such as, conditions like, {common|typical|usual|frequent} {findings|causes|signs|features|symptoms}
    """
)
"""What follows is spoken of in general, or is a relative's, and says nothing of this patient."""

GENERAL_AFTER: Final = phrase_list(
    """
    in {|her |his |the |their |a |patient's |patient ' s }{mother|father|sister|brother|sibling|parent|parents|relative|relatives|grandmother|grandfather|family},
    {runs|run} in the family, {generally|typically|often|usually|commonly|frequently} {indicates|indicate|suggests|suggest|reflects|reflect|implies|imply|signifies|mean|means}
    """
)
"""The same of what precedes."""

DEFINING_AFTER: Final = phrase_list(
    """
    also {known as|called|termed|referred to as}, {refers|refer} to, {is|are} ~ defined as, {describes|means|denotes},
    {is|are} ~ {common|rare|frequent|uncommon|prevalent}, can,
    {is|are} characterized,
    {commonly|often|usually|typically|frequently|generally|normally|sometimes|rarely|mostly}
    {occur|occurs|form|forms|develop|develops|cause|causes|result|results|arise|arises|appear|represent|represents|affect|affects|lead|leads},
    {occur|occurs|form|forms|develop|develops|arise|arises|happen|happens|result|results} {when|as|with age|with aging|because|in response|due|after|along|from|over time|in people|in patients},
    {is|are} when, {is|are} {caused by|graded|classified}, {tend|tends} to,
    may ~ {develop|form|occur|arise|result|happen|lead}
    """
)
"""The same, if what precedes is named as a kind: without an article that points, a number or a place."""

HABITUAL_ADVERBS: Final = word_set("commonly often usually typically frequently generally normally sometimes mostly")
"""The same of what precedes "is" or "are" with one of these after it ("spurs are often asymptomatic")."""

PARTICULAR_NOUNS: Final = word_set(
    """
    finding findings abnormality abnormalities diagnosis feature impression possibility consideration concern cause
    source reason issue problem candidate
    """
)
"""What "is the" or "is a" says of a finding with one of these is said of this patient's ("is the main finding")."""

PARTICULAR_WORDS: Final = word_set("this here he she patient's image film examination study view again")
"""A sentence with one of these, like one with a level of the spine, says nothing in general."""

DEFINING_NOUNS: Final = word_set(
    """
    condition conditions disorder term outgrowth outgrowths overgrowth overgrowths growths projections protrusions
    displacement slippage slipping herniations break breaks type form kind deposits complication consequence
    """
)
"""The same of what precedes "is" or "are" with one of these soon after ("osteophytes are bony outgrowths")."""

GENERAL_NOUNS: Final = word_set("risk risks prevention prophylaxis precautions threshold clinic part")
"""Directly after a finding these show the same ("fracture risk")."""

POINTING_WORDS: Final = word_set(
    """
    the this these those that her his their its my our your some several multiple many numerous few large small mild
    moderate severe minimal marked there new old anterior posterior of at with no not to in on seen noted
    """
)
"""Before a finding these show that it is not named as a kind."""

LOSS_OF_NORMAL: Final = phrase_list(
    "loss of, lost, reversal of, straightening of, reduction of, reduced, decreased, deviation from, departure from, abnormal,"
    " outside, beyond, below, less than"
)
"""Before a word for normality these negate it; before a finding they have no effect."""

PASSED_OVER: Final = phrase_list(
    """
    rather than, instead of, in lieu of, as opposed to, without, w / o, with or without, with and without,
    without {|iv |intravenous }contrast, without gadolinium,
    of {uncertain|unclear|unknown|indeterminate|questionable} {significance|etiology|aetiology|age|origin|chronicity|cause|nature|importance}
    """
)
"""What follows these is an aside, which phrases that decide on what precedes pass over."""

TERMINATORS: Final = phrase_list(
    """
    but, however, nevertheless, nonetheless, yet, though, although, except, except for, apart from, aside from,
    other than, besides, whereas, while, still, because, since, due to, secondary to, as a cause of, as the cause of,
    as the source of, as a result of, consistent with, compatible with, in keeping with, there is, there are, there was,
    there were, which is, which are, who, he has, she has, he is, she is, he was, she was, he had, she had, patient is,
    patient has, patient was, also noted, is noted, are noted, remains, remain, presents with, presented with, and has, and had, and is, and was, and are,
    and were, then, continues to, incidentally, otherwise, given
    """
)
"""These end the reach of a phrase."""

AFFIRMING_AFTER: Final = phrase_list(
    """
    yes, ( + ), not ~ absent, {cannot|can't} be {denied|disputed|ignored}, {is|are|was|were} {undeniable|unmistakable|confirmed},
    {can|could} ~ be ~ {seen|noted|identified|appreciated|visualized|visualised|found|observed|detected|demonstrated|recognized}
    """
)
"""These affirm what precedes."""

ANSWER_OPENERS: Final = word_set("there is are was were has have been the - * _ ' ` ( [ \"")
"""Words and signs that may stand between a label and the answer to it ("Fracture: there is none")."""

REPLY_OPENERS: Final = word_set("i we it they that this a answer : do does did am can")
"""The same between a question and the answer to it ("Is there a fracture? I do not see one")."""

AFFIRMING_ANSWERS: Final = phrase_list("yes, present, positive, true, +, \u2713, \u2714, \u2705")
"""Answers to a label or question that affirm it."""

UNCERTAIN_ANSWERS: Final = phrase_list(
    """
    possible, possibly, probable, probably, maybe, perhaps, suspected, questionable, equivocal, indeterminate, unclear,
    uncertain, unknown, ?, undetermined, inconclusive, hard to say, difficult to say, cannot tell, can't tell
    """
)
"""Answers that leave it open."""

WHOLE_ANSWERS: Final = word_set("- \u2013 \u2014 0 n na false none no nil negative neg \u2717 \u2718 \u274c \u00d7")
"""Answers that deny it where nothing follows them in their field."""

COMPLICATIONS: Final = word_set(
    "failure loosening complication complications migration lucency breakage change changes"
)
"""What is denied by "no" and one of these soon after is not the label ("Hardware: no loosening")."""

BOTH_WAYS: Final = word_set("versus vs")
"""These decide on what precedes and on what follows."""

VERBAL_NEGATORS: Final = word_set(
    """
    not cannot never can't couldn't doesn't don't isn't aren't wasn't won't wouldn't shouldn't needn't rarely seldom
    hardly scarcely unlikely
    """
)
"""These negate a verb, and so what it says of its subject ("MRI is not felt to be needed")."""

SHORT_ANSWERS: Final = word_set(
    "no nil neg yes likely probable probably possible possibly suspected questionable equivocal"
)
"""These decide on what precedes only where their clause ends, and then not on what follows ("Fracture no, spurs yes")."""

CLOSING_SIGNS: Final = word_set(". , ; | ) ] * _ \" ' `")
"""Before one of these, as at the end of a sentence, a clause or field is complete."""

CONJUNCTIONS: Final = word_set("and or nor")
"""These, like commas, join the members of a list."""

AUXILIARIES: Final = word_set("is are was were be been being has have had seen noted present")
"""The reach of a phrase that negates what precedes ends at the second of these before it."""

CLAUSE_GOES_ON: Final = word_set("by on in at with of and or but for since after")
"""A clause may be complete before one of these: "fracture absent on this view"."""

FINITE_VERBS: Final = word_set(
    """
    bridge bridges cause causes abut abuts narrow narrows encroach encroaches form forms note see predominate predominates
    is are was were has have had show shows demonstrate demonstrates reveal reveals exhibit exhibits contain contains
    appear appears remain remains measure measures project projects extend extends persist persists involve involves
    suggest suggests indicate indicates lie lies exist exists occur occurs seem seems look looks do does did can could
    may might will would should
    """
)
"""With one of these, what follows a comma or conjunction is a clause of its own ("no fracture, and osteophytes are ...")."""

CLAUSE_VERBS: Final = FINITE_VERBS | word_set("seen identified noted identify detect find visible evident there's")
"""One of these before a comma or conjunction makes what it ends a clause too."""

LOOKED_FOR: Final = word_set(
    """
    seen identified evident visible detected demonstrated found appreciated observed visualized visualised apparent
    discernible suspected recognized
    """
)
"""What "no" introduces goes on to the verb where one of these follows it ("no fracture and dislocation is seen")."""

CLAUSE_STOPS: Final = word_set(", : | that which who no not without neither to but if when")
"""A clause that may follow a conjunction is looked for up to one of these."""

NEW_CLAUSE_VERBS: Final = word_set(
    """
    consider recommend suggest advise obtain order refer continue start begin proceed treat manage encourage use try
    initiate pursue offer arrange schedule favor favour
    """
)
"""After a comma or conjunction one of these, too, begins a clause of its own ("avoid surgery and consider ...")."""

CLAUSE_OPENERS: Final = word_set("instead then rather i we i'd we'd would please do")
"""Words that may stand before one of those."""

NEW_STATEMENT_WORDS: Final = word_set(
    """
    mild moderate severe minimal minor slight marked multilevel moderately mildly severely grade small large with
    chronic old stable degenerative diffuse normal unremarkable intact preserved maintained
    """
)
"""After a comma, with no `or` or `nor` to follow, these start a new statement."""
