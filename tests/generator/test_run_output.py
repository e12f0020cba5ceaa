"""What a run has written is read again pair by pair: no more than one sidecar is held, and a damaged one is named."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.generator import run_output
from spinefairbench.generator.contact_sheet import write_contact_sheet
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.manifests import Pair, fingerprint
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.run_output import sources_of, written_pairs

PAIRS = [Pair(f"s{number:02}", label) for number in range(30) for label in ("elderly_male", "young_female")]
SIDECAR_BYTES = 40_000


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """An output folder with a sidecar for each of PAIRS, and one saved square."""
    for pair in PAIRS:
        _write(tmp_path, pair)
    (tmp_path / "squares").mkdir()
    (tmp_path / "squares/s00.png").write_bytes(b"")
    return tmp_path


def _write(output: Path, pair: Pair) -> None:
    made_from: dict[str, Any] = {name: {} for name in ("base_model", "checkpoint", "config", "libraries", "source")}
    # Of many values, as the tensors of a checkpoint are.
    made_from["checkpoint"] = {"tensors": [f"{number:020}" for number in range(SIDECAR_BYTES // 24)]}
    made_from |= {"source_id": pair.source_id, "edit_label": pair.edit_label}
    row = {
        "pair_id": pair.pair_id, "qc_verdict": "fail", "qc_required": ["ssim"], "qc_not_measured": {},
        "ssim": 0.5, "lpips": None, "edge_preservation": None,
    }  # fmt: skip
    record = {"made_from": made_from, "fingerprint": fingerprint(made_from), "image": {}, "row": row}
    path = output / "rejected" / pair.source_id / f"{pair.edit_label}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def test_pairs_come_in_the_order_of_the_manifests_with_their_sidecars(written: Path) -> None:
    found = written_pairs(OutputFolder(written))
    assert list(found) == [Pair(source, label) for source, label in PAIRS]
    assert len(found) == len(PAIRS) and PAIRS[3] in found and Pair("s99", "young_male") not in found
    assert found.get(Pair("s99", "young_male")) is None
    assert found[PAIRS[3]].sidecar["row"]["pair_id"] == PAIRS[3].pair_id
    assert [pair for pair, each in found.items() if each.image.parent.name == pair.source_id] == PAIRS


def _all_sidecars(output: Path) -> None:
    assert sum(1 for _ in written_pairs(OutputFolder(output)).values()) == len(PAIRS)


@pytest.mark.parametrize("read", [_all_sidecars, write_contact_sheet])
def test_the_sidecars_of_a_run_are_not_held_together(written: Path, read: Callable[[Path], Any]) -> None:
    read(written)  # so that what is imported or kept once is not counted
    tracemalloc.start()
    read(written)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Decoded, parsed and written once more for its fingerprint, one of them takes about ten times its bytes; all
    # together took 8 MB.
    assert peak < 20 * SIDECAR_BYTES < len(PAIRS) * SIDECAR_BYTES / 2


def test_every_damaged_sidecar_is_named_and_one_that_is_lost_later_too(written: Path) -> None:
    found = written_pairs(OutputFolder(written))
    for pair in PAIRS[:2]:
        (written / "rejected" / pair.source_id / f"{pair.edit_label}.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=f"{PAIRS[1].pair_id}: its sidecar is missing or damaged"):
        found[PAIRS[1]]
    with pytest.raises(InputError) as caught:
        written_pairs(OutputFolder(written))
    assert [str(problem).partition(":")[0] for problem in caught.value.problems] == [pair.pair_id for pair in PAIRS[:2]]


def test_a_folder_without_an_image_is_refused_unless_there_may_be_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no image that a run has written"):
        written_pairs(OutputFolder(tmp_path))
    assert not written_pairs(OutputFolder(tmp_path), or_none=True)


def test_the_radiograph_of_several_edits_is_hashed_once(
    written: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    radiographs = tmp_path_factory.mktemp("radiographs")
    for source_id in {pair.source_id for pair in PAIRS}:
        (radiographs / f"{source_id}.png").write_bytes(b"\x89PNG")
    hashed: list[str] = []

    def recorded(path: Path) -> str:
        hashed.append(path.stem)
        return "0" * 64

    monkeypatch.setattr(run_output, "sha256_of_file", recorded)
    with pytest.raises(InputError) as error:
        sources_of(written_pairs(OutputFolder(written)), radiographs, None, written)
    # Their sidecars name no radiograph, so each is another one; that is still told.
    assert "s00.png: is not the radiograph that the edits of s00 were made from" in str(error.value)
    assert sorted(hashed) == sorted({pair.source_id for pair in PAIRS})
