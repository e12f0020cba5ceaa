"""What the pairs of a model come to as variants of the parser read them, in whole numbers."""

from typing import NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports
from spinefairbench.metrics.parser_variants import FROZEN_VARIANT, categories_of_reports

__all__ = ["VariantValues"]


class VariantValues(NamedTuple):
    """The usable pairs of a model: the source of each, its values as scored, and the `variant_bits` of its reports.

    The same pairs are usable under every variant, as classes of reports stay. It can be handed to another process at
    little cost.
    """

    model: str
    source_ids: list[str]
    scored: ByEndpoint[list[int]]
    source_bits: list[int]
    edited_bits: list[int]

    @classmethod
    def of(cls, model: ModelReports, collector: MentionCollector) -> "VariantValues":
        """Those of a model; the collector must have taken in all its reports."""
        pair_ids = [pair.pair_id for pair in model.usable]
        return cls(
            model.model,
            [pair.source_id for pair in model.usable],
            model.values,
            collector.bits(model.model, SOURCE_ROLE, pair_ids),
            collector.bits(model.model, GENERATED_ROLE, pair_ids),
        )

    def under(self, variant: str) -> ByEndpoint[list[int]]:
        """Both endpoints of each usable pair under a variant, in units of the endpoint's 1/`scale`."""
        if variant == FROZEN_VARIANT:
            return self.scored
        source, edited = (categories_of_reports(variant, bits) for bits in (self.source_bits, self.edited_bits))
        return ByEndpoint.of(
            lambda endpoint: list(map(endpoint.value_of_two, source.at(endpoint), edited.at(endpoint)))
        )
