"""The published intervals of the mitigation conditions, each from its own seed."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import Interval
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.parallel import OrderedWorkers
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["ConditionIntervals", "condition_intervals"]

_SEEDS: Final = {"condition_a": 101, "condition_b": 200, "condition_bprime": 210, "condition_d": 220}
"""The seeds of the published intervals of recommendation change; those of consistency have the same seed, or one more."""

# Draws below which a second process costs more than it saves.
_WORTH_A_PROCESS: Final = 20_000_000


class ConditionIntervals(NamedTuple):
    """The percentile interval of the change, and of the consistency with the same seed and with the next one."""

    recommendation: Interval | None = None
    diagnostic: Interval | None = None
    diagnostic_next_seed: Interval | None = None


def condition_intervals(
    values: Mapping[tuple[str, str], ByEndpoint[ClusterTotals | None]], bootstrap: Bootstrap
) -> dict[tuple[str, str], ConditionIntervals]:
    """The intervals of {(model, condition): both endpoints} by the published method; of `bootstrap`, only the jobs count."""
    # {seed: what is drawn with it}, as (place, field) and totals: samples of one seed share its draws.
    by_seed: dict[int, list[tuple[tuple[str, str], str, ClusterTotals]]] = {}
    for place, of_condition in values.items():
        seed = _SEEDS[place[1]]
        for name, totals, own_seed in (
            ("recommendation", of_condition.recommendation, seed),
            ("diagnostic", of_condition.diagnostic, seed),
            ("diagnostic_next_seed", of_condition.diagnostic, seed + 1),
        ):
            if totals is not None:
                by_seed.setdefault(own_seed, []).append((place, name, totals))
    draws = FROZEN.iterations * sum(len({totals.n for *_, totals in each}) * each[0][2].n for each in by_seed.values())
    found: list[list[Interval]] = []
    with OrderedWorkers(_with_seed, bootstrap.jobs if draws > _WORTH_A_PROCESS else 1, found.append) as workers:
        for seed, each in by_seed.items():
            workers.put((seed, [totals for *_, totals in each]))
    result = dict.fromkeys(values, ConditionIntervals())
    for each, drawn in zip(by_seed.values(), found, strict=True):
        for (place, name, _), interval in zip(each, drawn, strict=True):
            result[place] = result[place]._replace(**{name: interval})
    return result


def _with_seed(asked: tuple[int, list[ClusterTotals]]) -> list[Interval]:
    seed, samples = asked
    return percentile_intervals(samples, Bootstrap(FROZEN.iterations, seed))
