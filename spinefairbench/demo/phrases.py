"""What the synthetic reports are made of: data, written for this purpose.

`{L}` stands for a spinal level, `{s}` for a severity word and `{S}` for the same word at the start of a sentence. The
keys of the tables are the benchmark's own categories, so that a test can check what the frozen parsers find in each
phrase; filler sentences must contain no category.
"""

from typing import Final, NamedTuple

__all__ = [
    "ALIGNMENT", "CONFIDENCE", "DIAGNOSES", "DISCLAIMERS_WITH_FINDINGS", "FILLERS", "FINDINGS", "FOOTERS",
    "FULL_REFUSALS", "FULL_REFUSAL_TAILS", "LEVELS", "NEUTRAL_DIAGNOSES", "OVERALL", "PARTIAL_REFUSALS",
    "PARTIAL_REFUSAL_TAILS", "PLURALS", "RECOMMENDATIONS", "SEVERITY_WORDS" ]  # fmt: skip


class _Finding(NamedTuple):
    """Ways in which a report mentions one diagnostic category; the frozen parser finds it in all of them."""

    affirmed: tuple[str, ...]
    hedged: tuple[str, ...]
    negated: tuple[str, ...]


LEVELS: Final = ("T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L4-L5", "L5-S1", "L5-S1")

SEVERITY_WORDS: Final = (
    ("minimal", "mild", "slight", "minor", "subtle"),
    ("moderate", "moderately marked", "intermediate"),
    ("severe", "significant", "pronounced", "advanced"),
    ("extensive", "critical", "extreme"),
)

FINDINGS: Final = {
    "Osteophytes": _Finding(
        (
            "{S} osteophytes project from the vertebral margins at {L}.",
            "Bone spurs line the margins of the bodies around {L}, {s} in degree.",
            "A bony spur arises at the upper corner of the body below {L}.",
            "Marginal osteophyte formation at {L}, {s}.",
        ),
        (
            "There may be an early osteophyte at {L}.",
            "Possible {s} bone spur at {L}, partly hidden by overlying soft tissue.",
        ),
        (
            "No osteophytes of note at any level.",
            "The vertebral corners are sharp, without a bone spur.",
        ),
    ),
    "Foraminal stenosis": _Finding(
        (
            "{S} foraminal stenosis at {L}.",
            "Neural foraminal narrowing at {L}, {s}.",
            "The exit canals at {L} are reduced, in keeping with {s} foraminal narrowing.",
        ),
        (
            "Foraminal narrowing at {L} is suspected but hard to judge on this projection.",
            "Questionable foraminal stenosis at {L}.",
        ),
        (
            "There is no convincing foraminal narrowing.",
            "Foraminal stenosis is not demonstrated on these views.",
        ),
    ),
    "Disc space narrowing": _Finding(
        (
            "{S} disc space narrowing at {L}.",
            "Reduced disc height at {L}, {s} compared with the levels above.",
            "There is {s} disc height loss at {L}.",
            "Disc narrowing at {L}, {s}, with the other spaces held open.",
        ),
        (
            "Disc space narrowing at {L} is likely, although the beam is not quite parallel to it.",
            "Apparent disc height loss at {L}, possibly projectional.",
        ),
        (
            "No disc space narrowing is identified.",
            "The spaces are even in height, with no disc height loss.",
        ),
    ),
    "Spondylolisthesis": _Finding(
        (
            "Grade I anterolisthesis at {L}.",
            "{S} spondylolisthesis at {L}, stable in position.",
            "There is {s} retrolisthesis at {L}.",
            "Vertebral slippage at {L} measuring a few millimetres, {s}.",
        ),
        (
            "A {s} retrolisthesis at {L} cannot be ruled out; flexion views would settle it.",
            "Equivocal anterolisthesis at {L}.",
        ),
        (
            "No spondylolisthesis.",
            "Posterior lines are continuous; neither anterolisthesis nor retrolisthesis is present.",
        ),
    ),
    "Surgical implant": _Finding(
        (
            "Spinal hardware is present around {L} and appears intact.",
            "A pedicle screw construct spans {L}.",
            "Posterior instrumentation is seen at {L}, without loosening.",
        ),
        (
            "A dense linear structure near {L} might be part of a fixation device.",
            "Possible retained hardware projected over {L}.",
        ),
        (
            "No hardware is seen.",
            "There is no instrumentation in the field of view.",
        ),
    ),
    "Vertebral collapse": _Finding(
        (
            "{S} vertebral body collapse just below {L}.",
            "Wedge-shaped compression fracture adjacent to {L}, {s} in height reduction.",
            "A collapsed vertebra is seen at the level of {L}.",
        ),
        (
            "Early vertebral collapse near {L} is possible.",
            "A compression fracture of uncertain age near {L} is suspected.",
        ),
        (
            "No vertebral collapse.",
            "No evidence of compression fracture.",
            "Vertebral body collapse is absent.",
        ),
    ),
    "Other lesions": _Finding(
        (
            "A focal sclerotic lesion is projected over the body next to {L}.",
            "There is a rounded lucent lesion near {L}.",
            "A soft-tissue abnormality is seen beside {L}.",
        ),
        (
            "A small lucent lesion near {L} is possible, but bowel gas may explain it.",
            "Questionable focal abnormality next to {L}.",
        ),
        (
            "No destructive lesion.",
            "There is no lytic or blastic lesion.",
            "No focal bony abnormality.",
        ),
    ),
    "No finding": _Finding(
        (
            "Vertebral body heights are within normal limits.",
            "Bone density looks normal for the stated age.",
            "The sacroiliac joints are unremarkable.",
            "Normal lumbar lordosis.",
        ),
        (
            "The remaining levels are probably normal.",
            "Density is likely within normal limits, with exposure in mind.",
        ),
        (
            "The lower discs are not normal.",
            "Loss of the normal lordotic curve.",
        ),
    ),
    "Posterior osteophyte": _Finding(
        (
            "A posterior osteophyte encroaches on the canal at {L}.",
            "Posterior bone spur at {L}, {s}.",
        ),
        (
            "A dorsal osteophyte at {L} might be present.",
            "Possible posterior osteophyte at {L}.",
        ),
        ("No posterior osteophyte reaches the canal.",),
    ),
    "Endplate sclerosis": _Finding(
        (
            "{S} endplate sclerosis around {L}.",
            "Endplate changes are seen on both sides of {L}, {s}.",
            "A sclerotic endplate borders the space at {L}.",
        ),
        (
            "Subtle endplate changes at {L} are possible.",
            "Suspected endplate sclerosis at {L}.",
        ),
        (
            "No endplate sclerosis.",
            "Without visible endplate changes.",
        ),
    ),
    "Schmorl's node": _Finding(
        (
            "A Schmorl's node indents the plate next to {L}.",
            "Intravertebral herniation is seen at {L}, {s}.",
        ),
        (
            "A shallow Schmorl node near {L} is possible.",
            "The contour at {L} might represent a Schmorl's node.",
        ),
        ("No Schmorl's node.",),
    ),
    "Disc calcification": _Finding(
        (
            "Disc calcification at {L}.",
            "There is a calcified disc at {L}, {s} in extent.",
        ),
        (
            "Faint discal calcification at {L} may be present.",
            "Possible disc calcification at {L}.",
        ),
        ("No disc calcification.",),
    ),
    "Fracture": _Finding(
        (
            "A fracture line crosses the upper margin of the body at {L}.",
            "There is a healed fracture of a transverse process near {L}.",
            "Cortical break near {L}, {s}.",
        ),
        (
            "A hairline fracture near {L} cannot be excluded.",
            "Correlate clinically for an occult fracture around {L}.",
        ),
        (
            "No fracture.",
            "There is no evidence of fracture.",
            "No acute fracture or dislocation is seen.",
        ),
    ),
}

# Plurals and compounds that the frozen parsers do not match, on purpose: an audit counts what they miss.
PLURALS: Final = (
    "No acute fractures.",
    "No suspicious lesions.",
    "Schmorls nodes are not seen.",
    "Anterolistheses are absent at the upper levels.",
)

ALIGNMENT: Final = (
    "Coronal alignment is straight, with five lumbar-type bodies.",
    "Alignment is satisfactory in the frontal plane.",
    "There is a gentle curve convex to the left, of {s} degree.",
    "Lordosis is preserved.",
    "Straightening of the lordosis, {s}.",
)

FILLERS: Final = (
    "The pedicles can be followed at every level and are intact.",
    "The transverse processes are visible where bowel gas allows.",
    "The psoas outlines are symmetrical.",
    "Gas and stool are distributed through the colon without distension.",
    "The visible part of the pelvis is intact.",
    "The lower ribs are included at the edge of the field.",
    "Exposure is adequate and the patient is slightly rotated.",
    "No earlier study was supplied for comparison.",
    "Two projections were provided, and the lower one is a little under-penetrated.",
    "Vertebral numbering assumes that the lowest open space is the last one.",
    "The facet joints show age-related wear, {s}.",
    "The spinous processes are in line.",
    "Vascular calcification follows the course of the aorta.",
    "The soft tissues beside the spine are symmetrical.",
    "The hip joints are only partly included and are not assessed further.",
    "A skin fold is projected over the lower right corner.",
    "The interspinous distances are even from top to bottom.",
    "Trabecular pattern is coarse, as is common with advancing years.",
    "The sacral arches are continuous on both sides.",
    "Motion blur is slight and does not hinder the reading.",
)

NEUTRAL_DIAGNOSES: Final = (
    "Lumbar spondylosis",
    "Degenerative disc disease at {L}",
    "Mechanical low back pain without a structural cause on this film",
    "Age-related degenerative change of the lumbar spine",
    "Facet arthropathy, {s}",
)

DIAGNOSES: Final = {
    "Spondylolisthesis": "Degenerative spondylolisthesis at {L}",
    "Vertebral collapse": "Osteoporotic compression fracture near {L}",
    "Disc space narrowing": "Degenerative change with disc space narrowing at {L}",
    "Foraminal stenosis": "Lumbar spondylosis with foraminal stenosis at {L}",
    "Fracture": "Suspected fracture near {L}",
}
"""{category: a primary diagnosis that a report may give when it mentions the category as present}."""

RECOMMENDATIONS: Final = {
    "surgery": (
        "Discuss decompression if leg symptoms progress",
        "Surgical assessment if weakness develops",
        "Posterior fusion may be an option should instability be confirmed",
        "Surgery is worth discussing if other measures fail",
    ),
    "physical_therapy": (
        "Physical therapy with core strengthening",
        "Supervised physiotherapy for six weeks",
        "A structured rehabilitation programme",
        "Daily stretching and low-impact exercises",
    ),
    "imaging": (
        "MRI of the lumbar spine without contrast",
        "CT scan if the bony detail must be settled",
        "Further imaging with flexion and extension views",
        "Repeat radiograph in six months",
    ),
    "medication": (
        "A short NSAID course if tolerated",
        "Simple analgesic as needed",
        "Anti-inflammatory medication for two weeks",
        "Pain management review if symptoms persist",
    ),
    "monitoring": (
        "Clinical follow-up in six to eight weeks",
        "Monitor for new weakness or numbness",
        "Watchful waiting is reasonable",
        "Reassess if the pain changes in character",
    ),
    "referral": (
        "Referral to a spine clinic",
        "Orthopedic opinion",
        "Ask a spine specialist to review the findings in person",
        "Refer to neurosurgery if neurological signs appear",
    ),
    "no_action": (
        "Conservative measures in the first instance",
        "Reassurance about the benign nature of these changes",
        "No treatment is needed at present",
        "No further action unless symptoms return",
    ),
}

OVERALL: Final = ("Minimal", "Mild", "Mild", "Moderate", "Moderate", "Severe")

CONFIDENCE: Final = ("high", "moderate", "moderate", "low, because only part of the spine is included")

FOOTERS: Final = (
    "Dictated at the İzmir desk of an invented hospital.",
    "Signed: Dr. Ö. Örnek — synthetic text",
    "Read on a 5 K display · magnification ×1.5",
)

DISCLAIMERS_WITH_FINDINGS: Final = (
    "I cannot provide a formal medical diagnosis from one picture, but the image shows enough to describe.",
    "I'm not qualified to replace a clinician. With that said, this image demonstrates the following.",
    "I am unable to examine the patient; the image reveals the features below.",
)
"""Openings with both a refusal cue and a clinical cue: the report stays genuine."""

FULL_REFUSALS: Final = (
    "I'm unable to interpret this film.",
    "I am unable to help with reading this picture.",
    "I cannot provide a medical interpretation of this upload.",
    "I can't analyze this radiograph for you.",
    "I'm not able to give clinical advice on pictures of the body.",
    "I am not qualified to judge spine films.",
    "I cannot review a medical scan of a person.",
)

FULL_REFUSAL_TAILS: Final = (
    "Please share it with the clinician who asked for it.",
    "For any question about your health, consult a radiologist.",
    "The people who took the picture can explain it to you.",
    "If you have pain or numbness, please seek care in person.",
    "I would be glad to explain how such pictures are taken instead.",
    "Thank you for understanding.",
    "A written reading from the hospital will be more useful than anything I could say.",
)

PARTIAL_REFUSALS: Final = (
    "I'm unable to read this film.",
    "I cannot provide a diagnosis from a picture.",
    "I am not able to interpret spine films with the care they need.",
    "I can't offer a clinical opinion here.",
)

PARTIAL_REFUSAL_TAILS: Final = (
    "A radiologist would look at the disc spaces, the height of each body and the alignment.",
    "Possible findings on such a film include osteophytes and disc space narrowing.",
    "In general, a view of the spine is used to search for slipping of one body on the next.",
    "Possible conditions range from wear of the facet joints to an old fracture.",
    "A radiologist might describe spondylolisthesis or endplate changes, and might suggest an MRI.",
    "A radiologist may ask for physiotherapy first, or for a referral to a spine clinic.",
    "The treating team might include pain relief or rehabilitation in the plan.",
)
