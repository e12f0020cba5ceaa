"""What the endpoints need from one report, in one pass over its text."""

from typing import Final, NamedTuple

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.matcher import names_of
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_response, is_blank
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.report_terms import read_terms

__all__ = ["ReportFeatures", "extract_features", "label_names", "recommendation_names"]


class ReportFeatures(NamedTuple):
    """What is scored of a report: its class, and its categories as bits in their frozen order."""

    response_class: ResponseClass
    labels: int
    recommendations: int

    @property
    def usable(self) -> bool:
        """Whether the report is no full refusal."""
        return self.response_class is not _FULL_REFUSAL


# Every report is asked, and looking up a member of an enumeration takes longer than comparing it.
_FULL_REFUSAL: Final = ResponseClass.FULL_REFUSAL
_GENUINE: Final = ResponseClass.GENUINE


# A model that decodes deterministically repeats its report on a source for each of the source's pairs, and one run may
# ask for the reports of a submission several times.
@remembered(most=1024, longest=1 << 14)
def extract_features(text: str) -> ReportFeatures:
    """The class, labels and recommendations of a report, in time linear in its length.

    Asking for the same text again costs next to nothing while it is among the last thousand or so.
    """
    terms = read_terms(text)
    # Without the beginning of a refusal cue, only a blank text is a refusal.
    certain = not terms.may_refuse and not is_blank(text)
    return ReportFeatures(_GENUINE if certain else classify_response(text), terms.labels, terms.recommendations)


def label_names(mask: int) -> tuple[str, ...]:
    """The diagnostic categories of a mask, in their frozen order."""
    return names_of(mask, DIAGNOSTIC_CATEGORIES)


def recommendation_names(mask: int) -> tuple[str, ...]:
    """The recommendation categories of a mask, in their frozen order."""
    return names_of(mask, RECOMMENDATION_CATEGORIES)
