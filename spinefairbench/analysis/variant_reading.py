"""The pairs of a model as variants of the parser read them."""

from typing import NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.metrics.parser_variants import categories_of_reports

__all__ = ["VariantReading"]


class VariantReading(NamedTuple):
    """The pairs of a model with the `variant_bits` of their reports.

    Repeated reports are left out, of the frozen variant too: a collector has no texts of them. It can be handed to
    another process at little cost, so what is known of texts is left out as well.
    """

    model: str
    pairs: list[tuple[str, str, str, ReportFeatures, ReportFeatures]]
    source_bits: list[int]
    edited_bits: list[int]

    @classmethod
    def of(cls, model: ModelReports, collector: MentionCollector) -> "VariantReading":
        """The reading of a model; the collector must have taken in all its reports."""
        pairs = [
            (pair.pair_id, pair.source_id, pair.edit_label, pair.source, pair.counterfactual) for pair in model.pairs
        ]
        pair_ids = [pair.pair_id for pair in model.pairs]
        source, edited = (collector.bits(model.model, role, pair_ids) for role in (SOURCE_ROLE, GENERATED_ROLE))
        return cls(model.model, pairs, source, edited)

    def frozen(self) -> ModelReports:
        """The pairs as they are scored."""
        return ModelReports(self.model, tuple([PairReports(*pair) for pair in self.pairs]))

    def under(self, variant: str, frozen: ModelReports) -> ModelReports:
        """The pairs as a variant reads them; classes stay the same, so the same pairs are usable."""
        source, edited = (categories_of_reports(variant, bits) for bits in (self.source_bits, self.edited_bits))

        def read(
            pair: PairReports, source_advice: int, source_labels: int, edited_advice: int, edited_labels: int
        ) -> PairReports:
            source = ReportFeatures(pair.source.response_class, source_labels, source_advice)
            edited = ReportFeatures(pair.counterfactual.response_class, edited_labels, edited_advice)
            if (source, edited) == (pair.source, pair.counterfactual):
                return pair  # many are read the same
            return PairReports(pair.pair_id, pair.source_id, pair.edit_label, source, edited)

        return ModelReports(self.model, tuple(map(read, frozen.pairs, *source, *edited)))
