"""A run, from what is left to make to its manifests: batches made by every process, rows written by one."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any, Final, NamedTuple

from spinefairbench.errors import OutputError
from spinefairbench.generator.contact_sheet import write_contact_sheet
from spinefairbench.generator.failed_pairs import NOT_WRITTEN, Failure, NotMade
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.manifests import Pair
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.overlap import in_stages
from spinefairbench.generator.pair_maker import Made, Making, PairMaker
from spinefairbench.generator.preparing import Log, Session, on_every_process
from spinefairbench.generator.released import FAIL, INCOMPLETE, PASS
from spinefairbench.generator.resuming import plan_of
from spinefairbench.generator.squares import Squares

__all__ = ["Outcome", "run"]

_MOST_UNWRITTEN: Final = 16
"""After so many edits in a row that could not be written, a disk is taken for full for good."""


class Outcome(NamedTuple):
    """What a finished run made: verdicts of the pairs, and how many radiographs and pairs could not be made."""

    pairs: int
    passed: int
    failed: int
    incomplete: int
    kept: int
    made: int
    unusable_radiographs: int
    not_made: int
    judged_by: tuple[str, ...]
    arm: str
    seconds: float


def _outcome(
    session: Session, rows: Iterable[Mapping[str, Any]], failures: Sequence[Failure], kept: int, seconds: float
) -> Outcome:
    verdicts = [row["qc_verdict"] for row in rows]
    not_made = NotMade.of(failures)
    return Outcome(
        pairs=len(verdicts),
        passed=verdicts.count(PASS),
        failed=verdicts.count(FAIL),
        incomplete=verdicts.count(INCOMPLETE),
        kept=kept,
        made=len(verdicts) - kept,
        unusable_radiographs=not_made.radiographs,
        not_made=not_made.edits,
        judged_by=session.required,
        arm=session.request.arm.name,
        seconds=seconds,
    )


class _Round(NamedTuple):
    """What one process made of one batch."""

    rows: list[dict[str, Any]]
    failures: list[Failure]
    messages: list[str]


def run(session: Session, log: Log, progress: Log | None = None) -> Outcome:
    """Make every pair that is not there yet, and write the manifests.

    Each process makes its own batches and writes their images; after each round the writing process alone appends
    the rows. Raises OutputError, DeviceError, InputError or LaunchError; files already written stay whole.
    """
    started = time.monotonic()
    request, processes = session.request, session.processes
    folder = OutputFolder(request.output)
    pairs = tuple(Pair(source_id, label) for source_id in session.sources for label in request.edit_labels)
    # Batches are of the whole list, whatever is left to do, so that a resumed run groups as the first one did.
    size = request.runtime.batch_size
    batches = tuple(pairs[start : start + size] for start in range(0, len(pairs), size))
    # The messages of other processes come back with their rows.
    messages: list[str] = []
    making = Making(
        request.config, request.arm, size, request.strict, session.sources, session.sampler, session.lpips, session.required,
        session.provenance, Squares(request.output) if request.save_squares else None,
    )  # fmt: skip
    maker = PairMaker(making, folder, log if processes.is_writer else messages.append)

    def make_round(made: Iterator[Made]) -> _Round:
        rows, failed = next(made, Made([], []))
        logged = messages.copy()
        messages.clear()
        return _Round(rows, failed, logged)

    def finish() -> None:
        if processes.is_writer:
            # Sources and edits are sorted, as those of the radiographs that could be read are.
            folder.finish_manifests(sorted((*pairs, *apart)), rows, failures, session.provenance)

    plan = on_every_process(
        processes, lambda: plan_of(session, maker, folder, pairs, batches) if processes.is_writer else None
    )[0]
    assert plan is not None
    rows, apart = plan.rows, plan.apart
    expected = len(pairs) + len(apart)
    failures = [*session.failures, *plan.failures]
    kept = len(rows)
    if kept:
        log(f"resuming: keeping {kept} of {expected} pairs, which are whole")
    for failure in plan.failures:
        log(f"failed before, not tried again: {failure}")
    mine = [batches[index] for index in processes.split(plan.to_make)]
    rounds = max(on_every_process(processes, lambda: len(mine)))
    recorder = _Recorder(folder, log)
    with closing(in_stages(mine, maker.load, maker.sample, maker.finish, request.overlap)) as made:
        for _ in range(rounds):
            parts = on_every_process(processes, lambda: make_round(made))
            for message in (message for part in parts for message in part.messages):
                log(message)
            new = [row for part in parts for row in part.rows]
            failed = [failure for part in parts for failure in part.failures]
            for failure in failed:
                log(f"failed: {failure}")
            rows.update({row["pair_id"]: row for row in new})
            failures += failed
            recorder.take(new, failed, writes=processes.is_writer, strict=request.strict)
            if progress is not None:
                done = len(rows) + NotMade.of(failures).edits
                rate = (done - kept - len(plan.failures)) / max(time.monotonic() - started, 1e-9)
                left = (expected - done) / max(rate, 1e-9)
                progress(f"{done}/{expected} pairs, {rate:.2f} images/s, {left:.0f} s left")
    on_every_process(processes, finish)
    if request.save_squares:
        wanted = sorted({row["source_id"] for row in rows.values()} & session.sources.keys())
        places = processes.split(range(len(wanted)))
        on_every_process(processes, lambda: _save_missing_squares(session, [wanted[place] for place in places]))
    if request.contact_sheet and processes.is_writer:
        write_contact_sheet(request.output)
    return _outcome(session, rows.values(), failures, kept, time.monotonic() - started)


def _save_missing_squares(session: Session, source_ids: Sequence[str]) -> None:
    """Save the squares that are not there: of what was kept, or what a full disk did not take. Raises OutputError."""
    squares = Squares(session.request.output)
    for source_id in source_ids:
        if not squares.square(source_id).is_file():
            # A radiograph that has changed since then has no square any more.
            with suppress(InputError):
                squares.save(source_id, session.sources[source_id].load(session.request.config))


class _Recorder:
    """Appends rows while a run goes on, and tells a disk that is full for a moment from one that stays so."""

    def __init__(self, folder: OutputFolder, log: Log) -> None:
        self._folder = folder
        self._log = log
        self._unwritten = 0

    def take(self, rows: Sequence[Mapping[str, Any]], failed: Sequence[Failure], *, writes: bool, strict: bool) -> None:
        """Record a round; every process counts, so that all stop together. Raises OutputError."""
        lost = [failure for failure in failed if failure.kind == NOT_WRITTEN]
        self._unwritten = 0 if rows else self._unwritten + len(lost)
        if self._unwritten >= _MOST_UNWRITTEN:
            raise OutputError(f"{self._unwritten} edits in a row could not be written; the last one: {lost[-1].reason}")
        if not writes:
            return
        try:
            self._folder.append_rows(rows, failed)
        except OutputError as error:
            if strict:
                raise
            # All is written once more at the end; until then, a killed run would make these pairs again.
            self._log(f"warning: {error}")
