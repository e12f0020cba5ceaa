"""What is left to make of a run: what an earlier one has left is kept where it is whole, and never replaced by another."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from spinefairbench.errors import UsageError
from spinefairbench.generator.failed_pairs import NOT_NUMBERS, Failure
from spinefairbench.generator.manifests import Pair, fingerprint
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.pair_maker import PairMaker
from spinefairbench.generator.preparing import Session

__all__ = ["Plan", "plan_of"]


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Key -> both values, for every value of two nested mappings that differs."""
    found: dict[str, str] = {}
    for key in sorted({*old, *new}):
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            found |= _differences(before, now, f"{path}{key}.")
        elif before != now:
            found[path + key] = f"{path}{key} {json.dumps(before)[:60]}, now {json.dumps(now)[:60]}"
    return found


def _whole_pairs(
    session: Session, maker: PairMaker, folder: OutputFolder, pairs: Sequence[Pair], recorded: Mapping[str, Any]
) -> set[str]:
    """The pairs whose recorded row, image and sidecar agree with each other and with this run.

    Raises UsageError if the folder has images that this run would make differently: continuing would replace them,
    and a mistyped seed would cost a run of days.
    """
    whole: set[str] = set()
    found: dict[str, str] = {}
    count = 0
    # Both are decided of one sidecar at a time: those of a large run do not fit into memory together.
    for pair in pairs:
        written, made_from = folder.written(pair), maker.made_from(pair)
        if written is None:
            continue
        if written.sidecar["fingerprint"] != fingerprint(made_from):
            count += 1
            found |= _differences(written.sidecar["made_from"], json.loads(json.dumps(made_from)))
        elif folder.is_whole(pair, recorded.get(pair.pair_id), written):
            whole.add(pair.pair_id)
    if count:
        raise _made_otherwise(session, count, found)
    return whole


def _made_otherwise(session: Session, count: int, found: Mapping[str, str]) -> UsageError:
    shown = "; ".join(list(found.values())[:6]) + ("; ..." if len(found) > 6 else "")
    return UsageError(
        f"--resume: {session.request.output.name} has {count} image(s) that were made with other settings and"
        f" would be lost; use another folder (it has {shown})"
    )


def _kept_apart(
    session: Session, folder: OutputFolder, unread: Collection[str], recorded: Mapping[str, Mapping[str, Any]]
) -> list[Pair]:
    """What an earlier run has made of radiographs that cannot be read now: kept where it is whole, removed where not.

    Raises UsageError as `_whole_pairs` does.
    """
    common = json.loads(json.dumps(session.provenance))
    kept = []
    for pair in sorted(pair for pair in folder.pairs() if pair.source_id in unread):
        written = folder.written(pair)
        if written is None or not folder.is_whole(pair, recorded.get(pair.pair_id), written):
            folder.discard(pair)
            continue
        made_from = {key: written.sidecar["made_from"].get(key) for key in common}
        if made_from != common:
            raise _made_otherwise(session, 1, _differences(made_from, common))
        kept.append(pair)
    return kept


class Plan(NamedTuple):
    """The batches that are left to make, the rows of the others, and the pairs that need not be tried again.

    `apart` are pairs with rows whose radiographs cannot be read now.
    """

    to_make: list[int]
    rows: dict[str, dict[str, Any]]
    failures: list[Failure]
    apart: list[Pair]


def plan_of(
    session: Session, maker: PairMaker, folder: OutputFolder, pairs: Sequence[Pair], batches: Sequence[Sequence[Pair]]
) -> Plan:
    """What a run has to do, with the folder prepared for it; for the writing process alone.

    Raises UsageError for a folder with images that this run would make otherwise, or would not make; OutputError.
    """
    resume = session.request.resume
    unread = {failure.source_id for failure in session.failures}
    recorded = folder.recorded_rows(pairs, unread, resume=resume)
    apart = _kept_apart(session, folder, unread, recorded)
    whole = _whole_pairs(session, maker, folder, pairs, recorded)
    failed = {
        failure.pair_id: failure
        for failure in (folder.recorded_failures() if resume else ())
        if failure.kind == NOT_NUMBERS
    }
    hopeless = {
        pair.pair_id: failed[pair.pair_id]
        for pair in pairs
        if pair.pair_id in failed and failed[pair.pair_id].fingerprint == fingerprint(maker.made_from(pair))
    }
    plan = Plan([], {pair.pair_id: recorded[pair.pair_id] for pair in apart}, [], apart)
    for index, batch in enumerate(batches):
        # A batch is kept whole or made again whole: its members share a call, and so their last bits.
        if all(pair.pair_id in whole or pair.pair_id in hopeless for pair in batch):
            plan.rows.update({pair.pair_id: recorded[pair.pair_id] for pair in batch if pair.pair_id in whole})
            plan.failures.extend(hopeless[pair.pair_id] for pair in batch if pair.pair_id not in whole)
        else:
            plan.to_make.append(index)
    folder.start_manifests([plan.rows[pair.pair_id] for pair in (*pairs, *apart) if pair.pair_id in plan.rows])
    return plan
