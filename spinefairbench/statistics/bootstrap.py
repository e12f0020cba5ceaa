"""The source-clustered percentile bootstrap, with exact sums and shared draws.

Whole clusters are resampled with replacement (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their
Application", 1997, section 3.8). The statistic of a resample is its total sum divided by its total count. The indices
are those of NumPy's `default_rng(seed).integers(0, n, size=(iterations, n))`, row by row.

Samples with the same number of clusters use the same draws, and all samples use the same raw stream. So the stream is
generated once for all of them and the indices once for each number of clusters, and one addition per drawn cluster
serves every sample, because their sums and counts are packed side by side into one long integer.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.draws import BoundedDraws
from spinefairbench.statistics.pcg64 import packed_words
from spinefairbench.statistics.percentiles import percentile_interval

__all__ = [
    "FROZEN",
    "Bootstrap",
    "Progress",
    "bootstrap_replicates",
    "percentile_intervals",
    "source_clustered_bootstrap_ci",
]

#: Called now and then with the number of resamples done and their total number.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Bootstrap:
    """How resampling is done: the settings that every interval of one run shares.

    `iterations` resamples of the stream of `seed` (any non-negative integer). `jobs` processes may share the work and
    `progress` is told of it; neither changes a number. The defaults are the frozen settings of the published
    intervals. Raises ValueError for fewer than one iteration.
    """

    iterations: int = 10_000
    seed: int = 42
    jobs: int = field(default=1, compare=False)
    progress: Progress | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.iterations < 1:
            raise ValueError(f"there must be at least one iteration, got {self.iterations}")

    @property
    def is_frozen(self) -> bool:
        """Whether these are the settings of the published intervals."""
        return self == FROZEN

    @property
    def for_one_process(self) -> "Bootstrap":
        """The same draws without workers and progress, as a worker process is given them."""
        return Bootstrap(self.iterations, self.seed)


FROZEN: Final = Bootstrap()
"""The settings of the published intervals: 10,000 iterations, seed 42."""

# Outputs generated at a time: long integers of this size still fit in a processor's cache.
_BLOCK_WORDS = 4096
# Resamples whose statistics are unpacked together: enough to make the cost of starting negligible.
_ROWS = 256


def source_clustered_bootstrap_ci(
    values: Sequence[float | Fraction],
    source_ids: Sequence[str],
    *,
    iterations: int = FROZEN.iterations,
    seed: int = FROZEN.seed,
) -> tuple[float, float]:
    """The 95% source-clustered percentile interval (lower, upper) of the mean of `values`.

    `values` has one value per pair, and `source_ids` the source of each pair. Floats that are fractions of the benchmark
    (see `spinefairbench.statistics.exact`) are summed exactly, so the order of the values does not matter. Raises
    ValueError for no values, sequences of different lengths, a NaN or an infinity, fewer than one iteration, or a seed
    that is not a non-negative integer.
    """
    exact = [value for value in values if isinstance(value, int | Fraction)]
    if len(exact) == len(values):
        totals = ClusterTotals.from_fractions(exact, source_ids)
    else:
        totals = ClusterTotals.from_floats([float(value) for value in values], source_ids)
    return percentile_intervals([totals], Bootstrap(iterations, seed))[0]


def percentile_intervals(samples: Sequence[ClusterTotals], bootstrap: Bootstrap = FROZEN) -> list[tuple[float, float]]:
    """The 95% percentile interval (lower, upper) of each sample's ratio mean, all from the same seed and draws.

    Raises ValueError for a seed that is not a non-negative integer.
    """
    return [percentile_interval(statistics) for statistics in bootstrap_replicates(samples, bootstrap)]


def bootstrap_replicates(samples: Sequence[ClusterTotals], bootstrap: Bootstrap = FROZEN) -> list["array[float]"]:
    """The statistic of every resample, in the order of the draws: one array of `iterations` floats per sample.

    Replicate i of two samples with the same clusters comes from the same resample, so the differences of the two
    arrays, item by item, are a paired bootstrap. Raises ValueError as `percentile_intervals` does.
    """
    by_size: dict[int, list[int]] = {}
    for position, sample in enumerate(samples):
        by_size.setdefault(sample.n, []).append(position)
    groups = [
        _Group([samples[position] for position in positions], bootstrap.iterations) for positions in by_size.values()
    ]
    _run(groups, bootstrap)
    results: dict[int, array[float]] = {}
    for group, positions in zip(groups, by_size.values(), strict=True):
        results.update(zip(positions, group.statistics, strict=True))
    return [results[position] for position in range(len(samples))]


def _run(groups: Sequence["_Group"], bootstrap: Bootstrap) -> None:
    """Feeds the stream to every group until each has all its resamples."""
    iterations, progress = bootstrap.iterations, bootstrap.progress
    needed_words = max((group.n * iterations for group in groups), default=0) // 2 + 1
    words = min(_BLOCK_WORDS, needed_words + -needed_words % 4)
    stream = packed_words(bootstrap.seed, words)
    waiting = {group.n: (group, BoundedDraws(group.n, words)) for group in groups}
    for lanes in stream:
        for n, (group, draws) in list(waiting.items()):
            group.add(draws.below(lanes))
            if group.remaining == 0:
                del waiting[n]
        if progress is not None:
            done = sum(iterations - group.remaining for group in groups)
            progress(done, iterations * len(groups))
        if not waiting:
            return


class _Field(NamedTuple):
    """The position of a quantity in the packed integers: value = base + step * (packed >> shift & mask)."""

    shift: int
    mask: int
    step: int
    base: int

    def column(self, packed: Sequence[int]) -> Sequence[int]:
        """The values in all the packed integers."""
        shift, mask, step, base = self
        if not mask:
            return [base] * len(packed)
        return [base + step * (each >> shift & mask) for each in packed]


class _Group:
    """Samples with the same number of clusters, and the statistics of their resamples so far."""

    def __init__(self, samples: Sequence[ClusterTotals], iterations: int) -> None:
        self.n = samples[0].n
        self.remaining = iterations
        self.statistics: list[array[float]] = [array("d") for _ in samples]
        self._packed = [0] * self.n
        self._pending: array[int] = array("I")
        self._totals: list[int] = []
        self._width = 0
        fields: dict[tuple[int, ...], _Field] = {}
        self._ratios = [
            (self._field(sample.sums, fields), self._field(sample.counts, fields), sample.scale) for sample in samples
        ]

    def _field(self, values: tuple[int, ...], fields: dict[tuple[int, ...], _Field]) -> _Field:
        """Packs one integer per cluster next to those already packed; identical values are packed once."""
        if values not in fields:
            lowest = min(values)
            # Offset to be non-negative and divided by the common factor: short fields make additions fast.
            step = math.gcd(*(value - lowest for value in values)) or 1
            reduced = [(value - lowest) // step for value in values]
            width = (max(reduced) * self.n).bit_length()
            for index, value in enumerate(reduced):
                self._packed[index] |= value << self._width
            fields[values] = _Field(self._width, (1 << width) - 1, step, lowest * self.n)
            self._width += width
        return fields[values]

    def add(self, indices: "array[int]") -> None:
        """Adds drawn cluster indices and computes the resamples that they complete."""
        self._pending.extend(indices)
        n, packed_at = self.n, self._packed.__getitem__
        rows = min(len(self._pending) // n, self.remaining)
        with memoryview(self._pending) as drawn:
            totals = [sum(map(packed_at, drawn[row * n : row * n + n])) for row in range(rows)]
        del self._pending[: rows * n]
        self.remaining -= rows
        self._totals += totals
        if len(self._totals) >= _ROWS or not self.remaining:
            self._read_totals()

    def _read_totals(self) -> None:
        """Computes the statistics of the resamples whose packed totals are waiting."""
        totals, self._totals = self._totals, []
        columns = {field: field.column(totals) for ratio in self._ratios for field in ratio[:2]}
        for statistics, (sums, counts, scale) in zip(self.statistics, self._ratios, strict=True):
            # A single division of integers, so the quotient is correctly rounded.
            statistics.extend([total / (n * scale) for total, n in zip(columns[sums], columns[counts], strict=True)])
