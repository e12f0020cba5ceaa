"""Jobs in batches of what fits into memory."""

from collections.abc import Callable, Sequence
from typing import Protocol

from spinefairbench.generator.devices import free_memory, is_out_of_memory
from spinefairbench.generator.failures import DeviceError, one_line
from spinefairbench.generator.libraries import FloatImage
from spinefairbench.generator.sampler import EditJob

__all__ = ["BatchedSampler", "EditSampler"]


class EditSampler(Protocol):
    """Anything that makes a batch of edits."""

    def generate(self, jobs: Sequence[EditJob]) -> list[FloatImage | None]:
        """The edits, one a job; None for an image with values that are not numbers."""


class BatchedSampler:
    """Makes any number of jobs in batches, and halves the batch for good, with a message, if memory runs out."""

    def __init__(self, sampler: EditSampler, batch_size: int, log: Callable[[str], None]) -> None:
        self.batch_size = batch_size
        self._sampler = sampler
        self._log = log

    def generate(self, jobs: Sequence[EditJob]) -> list[tuple[FloatImage | None, range]]:
        """Each job's edit, and the indices in `jobs` of those that shared its batch.

        Raises DeviceError if a single image does not fit into memory.
        """
        edits: list[tuple[FloatImage | None, range]] = []
        while len(edits) < len(jobs):
            indices = range(len(edits), min(len(edits) + self.batch_size, len(jobs)))
            batch = jobs[indices.start : indices.stop]
            try:
                edits += [(edit, indices) for edit in self._sampler.generate(batch)]
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                said = one_line(error)
            # Outside the handler, so that the traceback no longer holds the failed batch's tensors.
            if len(batch) == 1:
                raise DeviceError(
                    f"out of memory with one image; use a smaller image_size or --dtype bfloat16 ({said})"
                )
            self.batch_size = len(batch) // 2
            self._log(f"out of memory with {len(batch)} images in a batch; continuing with {self.batch_size}")
            free_memory()
        return edits
