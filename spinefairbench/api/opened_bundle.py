"""An open bundle, as a program holds it: what it is, its models, and its reports as rows."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.bundle.reports import panel_models, read_pair_texts, select_models
from spinefairbench.bundle.scopes import COMMON_CORE
from spinefairbench.release.templates import template_pairs

__all__ = ["OpenBundle"]


@dataclass(frozen=True, repr=False, eq=False)
class OpenBundle:
    """A bundle; what is read of its panel is kept for further questions. `open_bundle` gives one."""

    _inputs: Inputs

    @property
    def path(self) -> Path:
        """The root folder, absolute."""
        return self._inputs.bundle.root.absolute()

    @property
    def kind(self) -> str:
        """`release`, `demo` (synthetic) or `other`."""
        return self._inputs.bundle.kind

    @property
    def models(self) -> tuple[str, ...]:
        """The models of the panel. Raises BundleError."""
        return tuple(panel_models(self._inputs.bundle))

    def pairs(self, scope: str = COMMON_CORE) -> list[str]:
        """The ids of the pairs to report on, sorted. Raises UsageError for an unknown scope, BundleError."""
        return template_pairs(self._inputs.bundle, scope)

    def reports(self, model: str) -> list[dict[str, str]]:
        """The saved reports of a model of the panel, as rows that `score` takes. Raises UsageError or BundleError."""
        select_models(panel_models(self._inputs.bundle), [model])
        [found] = self._inputs.panels_of([model], marks=False).models
        texts = read_pair_texts(self._inputs.bundle, [(model, pair.pair_id) for pair in found.pairs])
        return [
            {"pair_id": pair_id, "source_report": both.source, "counterfactual_report": both.counterfactual}
            for (_, pair_id), both in texts.items()
        ]

    def asked(self, jobs: int = 1, **options: object) -> Inputs:
        """The inputs of a check with these options; what other checks of this bundle have read need not be read again."""
        return replace(self._inputs, options=SimpleNamespace(**options), jobs=jobs)

    def __repr__(self) -> str:
        return f"OpenBundle({str(self.path)!r}, kind={self.kind!r})"
