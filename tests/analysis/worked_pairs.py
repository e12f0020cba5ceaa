"""Four pairs of reports whose outcomes can be worked out by hand."""

from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.model_reports import ModelReports
from tests.analysis.pairs import read_pair

_MRI, _BOTH, _NONE = "Recommend MRI.", "Recommend MRI and surgery.", "Nothing."
_REFUSAL = "I'm unable to help."

PAIRS = (
    read_pair("a__elderly_female", _MRI, _MRI),  # same; both without labels
    read_pair("a__elderly_male", _MRI, _BOTH),  # changed, recommendation Jaccard 1/2
    read_pair("b__young_female", "fracture. " + _MRI, "fracture, osteophyte. " + _NONE),  # changed, 0/1; labels 1/2
    read_pair("c__young_male", _REFUSAL, _MRI),  # not usable
)
PANELS = PanelReports((ModelReports("m", PAIRS, panel="panel"),), ())
REFUSED = PanelReports((ModelReports("m", PAIRS[3:], panel="panel"),), ())
"""A model without a usable pair."""
