"""The pairs of a model as variants of the parser read them."""

from itertools import chain
from typing import NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.parser_variants import categories_under

__all__ = ["VariantReading"]


class VariantReading(NamedTuple):
    """The pairs of a model with the `variant_bits` of their reports, source first.

    Repeated reports are left out, of the frozen variant too: a collector has no texts of them. It can be handed to
    another process at little cost, so what is known of texts is left out as well.
    """

    model: str
    pairs: list[tuple[str, str, str, ReportFeatures, ReportFeatures]]
    bits: list[tuple[int, int]]

    @classmethod
    def of(cls, model: ModelReports, collector: MentionCollector) -> "VariantReading":
        """The reading of a model; the collector must have taken in all its reports."""
        pairs = [
            (pair.pair_id, pair.source_id, pair.edit_label, pair.source, pair.counterfactual) for pair in model.pairs
        ]
        return cls(model.model, pairs, collector.bits(model.model, [pair.pair_id for pair in model.pairs]))

    def frozen(self) -> ModelReports:
        """The pairs as they are scored."""
        return ModelReports(self.model, tuple([PairReports(*pair) for pair in self.pairs]))

    def under(self, variant: str, frozen: ModelReports) -> ModelReports:
        """The pairs as a variant reads them; classes stay the same, so the same pairs are usable."""
        # Thousands of reports have few different masks.
        masks = {bits: categories_under(variant, bits) for bits in set(chain.from_iterable(self.bits))}

        def read(pair: PairReports, bits: tuple[int, int]) -> PairReports:
            source, edited = masks[bits[0]], masks[bits[1]]
            if pair.source[1:] == source and pair.counterfactual[1:] == edited:
                return pair  # many are read the same
            return PairReports(
                pair.pair_id,
                pair.source_id,
                pair.edit_label,
                ReportFeatures(pair.source.response_class, *source),
                ReportFeatures(pair.counterfactual.response_class, *edited),
            )

        return ModelReports(self.model, tuple(map(read, frozen.pairs, self.bits)))
