"""The source-clustered percentile bootstrap, with exact sums and shared draws.

Whole clusters are resampled with replacement (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their
Application", 1997, section 3.8). The statistic of a resample is its total sum divided by its total count. The indices
are those of NumPy's `default_rng(seed).integers(0, n, size=(iterations, n))`, row by row.

Samples with the same number of clusters use the same draws, and all samples use the same raw stream. So the stream is
generated once for all of them and the indices once for each number of clusters, and one addition per drawn cluster
serves every sample, because their sums and counts are packed side by side into one long integer.
"""

import math
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.draws import BoundedDraws
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
# Resamples whose statistics are unpacked together: enough to make the cost of starting negligible.
_ROWS = 256
# Bits of the machine integers that packed totals are read from.
_WORD = 64


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
    return [percentile_interval(statistics) for statistics in bootstrap_replicates(samples, bootstrap)]


def bootstrap_replicates(samples: Sequence[Resampled], bootstrap: Bootstrap = FROZEN) -> list["array[float]"]:
    """The statistic of every resample, in the order of the draws: one array of `iterations` floats per sample.

    Replicate i of two samples with the same clusters comes from the same resample, so the differences of the two
    arrays, item by item, are a paired bootstrap. A resample without a value, which only `PartialTotals` can have, is left
    out. Raises ValueError as `percentile_intervals` does.
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


class _Field:
    """One quantity of every cluster, in the lowest terms that add up: value = base + step * reduced.

    `bits` hold any total of the reduced values; they lie in the word at `word`, moved up by `shift`, or begin there.
    """

    def __init__(self, values: tuple[int, ...]) -> None:
        lowest = min(values)
        # Offset to be non-negative and divided by the common factor: short fields make additions fast.
        self.step = math.gcd(*(value - lowest for value in values)) or 1
        self.base = lowest * len(values)
        self.reduced = [(value - lowest) // self.step for value in values]
        self.bits = (max(self.reduced) * len(values)).bit_length()
        self.word = self.shift = 0

    def column(self, words: Sequence[Sequence[int]]) -> list[int]:
        """The totals of the reduced values, from the words of all rows."""
        shift, mask = self.shift, (1 << self.bits) - 1
        column = [word >> shift & mask for word in words[self.word]]
        for more in range(1, -(-self.bits // _WORD)):
            above = words[self.word + more]
            column = [low | high << more * _WORD for low, high in zip(column, above, strict=True)]
        return column


def _packed(fields: Sequence[_Field], clusters: int) -> tuple[list[int], int]:
    """One integer per cluster with its value in every field, and the number of words of such an integer.

    No field reaches across the end of a word but those that are longer than one, so a field is read from a word, not
    from the long integer.
    """
    filled: list[int] = []
    for each in sorted(fields, key=lambda field: field.bits, reverse=True):
        each.word = next((word for word, bits in enumerate(filled) if bits + each.bits <= _WORD), len(filled))
        if each.word == len(filled):
            # Of a long field, nothing shares the words.
            filled += [0] if each.bits <= _WORD else [_WORD] * -(-each.bits // _WORD)
        each.shift = filled[each.word] % _WORD
        filled[each.word] += each.bits
    packed = [0] * clusters
    for each in fields:
        shift = each.word * _WORD + each.shift
        packed = [known | value << shift for known, value in zip(packed, each.reduced, strict=True)]
    return packed, len(filled)


class _Group:
    """Samples with the same number of clusters, and the statistics of their resamples so far."""

    def __init__(self, samples: Sequence[Resampled], iterations: int) -> None:
        self.n = samples[0].n
        self.remaining = iterations
        self.statistics: list[array[float]] = [array("d") for _ in samples]
        self._pending: array[int] = array("I")
        self._totals: list[int] = []
        # Identical values are packed once.
        distinct = dict.fromkeys(values for sample in samples for values in (sample.sums, sample.counts))
        fields = {values: _Field(values) for values in distinct}
        self._ratios = [(fields[sample.sums], fields[sample.counts], sample.scale) for sample in samples]
        self._varying = [field for field in fields.values() if field.bits]
        self._packed, self._words = _packed(self._varying, self.n)

    def add(self, indices: "array[int]") -> None:
        """Adds drawn cluster indices and computes the resamples that they complete."""
        self._pending.extend(indices)
        n, packed_at = self.n, self._packed.__getitem__
        rows = min(len(self._pending) // n, self.remaining)
        with memoryview(self._pending) as drawn:
            self._totals += [sum(map(packed_at, drawn[row * n : row * n + n])) for row in range(rows)]
        del self._pending[: rows * n]
        self.remaining -= rows
        if len(self._totals) >= _ROWS or not self.remaining:
            self._read_totals()

    def _read_totals(self) -> None:
        """Computes the statistics of the resamples whose packed totals are waiting."""
        rows, width = len(self._totals), self._words * _WORD // 8
        block = array("Q", b"".join([total.to_bytes(width, "little") for total in self._totals]))
        if sys.byteorder == "big":
            block.byteswap()
        self._totals.clear()
        words = [block[word :: self._words] for word in range(self._words)]
        columns = {field: field.column(words) for field in self._varying}
        constant = [0] * rows
        for statistics, (sums, counts, scale) in zip(self.statistics, self._ratios, strict=True):
            base, step = sums.base, sums.step
            totals = columns.get(sums, constant)
            # A single division of integers, so the quotient is correctly rounded.
            if counts not in columns:
                divisor = counts.base * scale
                statistics.extend([(base + step * total) / divisor for total in totals])
                continue
            least, unit = counts.base * scale, counts.step * scale
            drawn = zip(totals, [least + unit * count for count in columns[counts]], strict=True)
            statistics.extend([(base + step * total) / divisor for total, divisor in drawn if divisor])
