"""The source-clustered percentile bootstrap, with exact sums and shared draws.

Whole clusters are resampled with replacement (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their
Application", 1997, section 3.8). The statistic of a resample is its total sum divided by its total count. The indices
are those of NumPy's `default_rng(seed).integers(0, n, size=(iterations, n))`, row by row.

Samples with the same number of clusters use the same draws, and all samples use the same raw stream. So the stream is
generated once for all of them and the indices once for each number of clusters, and one addition per drawn cluster
serves every sample, because their sums and counts are packed side by side into one long integer.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import truediv
from typing import Final

from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.draws import BoundedDraws
from spinefairbench.statistics.packed_totals import PackedTotals
from spinefairbench.statistics.pcg64 import packed_words
from spinefairbench.statistics.percentiles import percentile_interval

__all__ = [
    "FROZEN",
    "Bootstrap",
    "Progress",
    "Resampled",
    "bootstrap_replicates",
    "percentile_intervals",
    "source_clustered_bootstrap_ci",
]

Resampled = ClusterTotals | PartialTotals
"""What can be resampled: a sum and a count for each cluster."""

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


def percentile_intervals(samples: Sequence[Resampled], bootstrap: Bootstrap = FROZEN) -> list[tuple[float, float]]:
    """The 95% percentile interval (lower, upper) of each sample's ratio mean, all from the same seed and draws.

    Raises ValueError for a seed that is not a non-negative integer.
    """
    groups = _drawn(samples, bootstrap)
    intervals = {sample: groups[sample.n].interval(sample) for sample in dict.fromkeys(samples)}
    return [intervals[sample] for sample in samples]


def bootstrap_replicates(samples: Sequence[Resampled], bootstrap: Bootstrap = FROZEN) -> list["array[float]"]:
    """The statistic of every resample, in the order of the draws: one array of `iterations` floats per sample.

    Replicate i of two samples with the same clusters comes from the same resample, so the differences of the two
    arrays, item by item, are a paired bootstrap. A resample without a value, which only `PartialTotals` can have, is left
    out. Raises ValueError as `percentile_intervals` does.
    """
    groups = _drawn(samples, bootstrap)
    return [array("d", groups[sample.n].replicates(sample)) for sample in samples]


def _drawn(samples: Sequence[Resampled], bootstrap: Bootstrap) -> dict[int, "_Group"]:
    """The samples by their numbers of clusters, with all their resamples."""
    by_size: dict[int, list[Resampled]] = {}
    for sample in samples:
        by_size.setdefault(sample.n, []).append(sample)
    groups = {n: _Group(of_size, bootstrap.iterations) for n, of_size in by_size.items()}
    _run(list(groups.values()), bootstrap)
    return groups


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


class _Group:
    """Samples with the same number of clusters, and the totals of their resamples so far."""

    def __init__(self, samples: Sequence[Resampled], iterations: int) -> None:
        self.n = samples[0].n
        self.remaining = iterations
        self._pending: array[int] = array("I")
        self._totals = PackedTotals((values for sample in samples for values in (sample.sums, sample.counts)), self.n)
        self._last_divisors: tuple[tuple[tuple[int, ...], int], list[int]] = ((), 0), []

    def add(self, indices: "array[int]") -> None:
        """Adds drawn cluster indices and sums up the resamples that they complete."""
        self._pending.extend(indices)
        n, packed_at = self.n, self._totals.packed.__getitem__
        rows = min(len(self._pending) // n, self.remaining)
        with memoryview(self._pending) as drawn:
            self._totals.add([sum(map(packed_at, drawn[row * n : row * n + n])) for row in range(rows)])
        del self._pending[: rows * n]
        self.remaining -= rows

    def replicates(self, sample: Resampled) -> list[float]:
        """The statistic of every resample that has a value."""
        totals, divisors = self._totals.column(sample.sums).totals, self._divisors(sample.counts, sample.scale)
        # A single division of integers, so the quotient is correctly rounded.
        if all(divisors):
            return list(map(truediv, totals, divisors))
        return [total / divisor for total, divisor in zip(totals, divisors, strict=True) if divisor]

    def _divisors(self, counts: tuple[int, ...], scale: int) -> list[int]:
        """What every total of a sample is divided by; kept, since samples that follow each other often share it."""
        if self._last_divisors[0] != (counts, scale):
            self._last_divisors = (counts, scale), [total * scale for total in self._totals.column(counts).totals]
        return self._last_divisors[1]

    def interval(self, sample: Resampled) -> tuple[float, float]:
        """The percentile interval of a sample."""
        if not self._totals.is_constant(sample.counts):
            return percentile_interval(self.replicates(sample))
        sums, divisor = self._totals.column(sample.sums), sum(sample.counts) * sample.scale
        # The statistics are in the order of the totals, so only those that count are divided.
        return percentile_interval(sums.reduced, lambda reduced: (sums.base + sums.step * reduced) / divisor)
