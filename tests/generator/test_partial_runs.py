"""What cannot be made neither ends a run nor spoils it: it is recorded with its reason, and the rest goes on."""

import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import infer
from spinefairbench.generator.failed_pairs import Failure, read_failures, write_failures
from spinefairbench.generator.sampler import Sampler

from .conftest import Tiny, dataset_check, dicom, run_command, tree
from .test_infer import options, refused, rows, torchrun

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


def failures(out: Path) -> list[tuple[str, str | None, str]]:
    return [(found.source_id, found.edit_label, found.kind) for found in read_failures(out)]


def spoil(monkeypatch: pytest.MonkeyPatch, *spoilt: int) -> list[int]:
    """Let the model give no numbers for some of the images that it is asked for, counted from 1; return their count."""
    generate = Sampler.generate
    asked: list[int] = []

    def spoiling(sampler: Sampler, jobs: Sequence[Any]) -> list[Any]:
        made = []
        for edit in generate(sampler, jobs):
            asked.append(1)
            made.append(None if len(asked) in spoilt else edit)
        return made

    monkeypatch.setattr(Sampler, "generate", spoiling)
    return asked


def test_one_broken_radiograph_is_one_line_and_the_others_are_made(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, clean = tmp_path / "out", tmp_path / "clean"
    assert infer.main(options(tiny, radiographs, clean)) == 0
    capsys.readouterr()
    (radiographs / "broken.png").write_bytes((radiographs / "a.png").read_bytes()[:300])
    assert infer.main(options(tiny, radiographs, out)) == 1
    captured = capsys.readouterr()
    assert [line for line in captured.err.splitlines() if "broken" in line] == [
        "failed: broken.png: is damaged or truncated: image file is truncated"
    ]
    assert "8 pairs: " in captured.out and "all edits of 1 radiograph; see " in captured.out
    assert failures(out) == [("broken", None, "unreadable")]
    assert dataset_check(out).returncode == 0
    made = tree(out)
    for name, data in tree(clean).items():
        if "release_manifest" not in name and "SHA256SUMS" not in name:
            assert made[name] == data
    assert json.loads((out / "dataset/release_manifest.json").read_text())["not_made"] == {"edits": 0, "radiographs": 1}
    # Once it is mended or gone, nothing is left of the fault.
    (radiographs / "broken.png").unlink()
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert tree(out) == tree(clean)


def test_a_radiograph_without_a_mask_costs_its_own_edits_alone(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    full_mask.rename(masks / "a.png")
    out = tmp_path / "out"
    arguments = options(tiny, radiographs, out, "--mask", masks, "--demographic", "young_male")
    assert "no mask has the name of b.png" in refused([*arguments, "--strict"], capsys) and not out.exists()
    assert infer.main(arguments) == 1
    assert failures(out) == [("b", None, "unreadable")] and [row["source_id"] for row in rows(out)] == ["a"]
    (masks / "b.png").write_bytes((masks / "a.png").read_bytes())
    assert infer.main([*arguments, "--resume"]) == 0 and not failures(out)


def test_what_was_made_of_a_radiograph_that_cannot_be_read_any_more_is_kept_when_the_run_is_resumed(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert infer.main(options(tiny, radiographs, out)) == 0
    before = tree(out)
    whole = (radiographs / "a.png").read_bytes()
    (radiographs / "a.png").write_bytes(b"")
    (out / "rejected/b/young_male.png").unlink()
    (out / "rejected/a/young_female.png").write_bytes(b"torn")
    capsys.readouterr()
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 1
    assert "7 pairs: 0 passed, 7 failed, 0 incomplete (1 made, 6 kept" in capsys.readouterr().out
    assert failures(out) == [("a", None, "unreadable")] and not (out / "rejected/a/young_female.json").exists()
    assert [row["pair_id"] for row in rows(out)][:4] == [
        "a__elderly_female",
        "a__elderly_male",
        "a__young_male",
        "b__elderly_female",
    ]
    assert dataset_check(out).returncode == 0
    said = refused(options(tiny, radiographs, out, "--resume", "--seed", 7), capsys)
    assert "made with other settings" in said and "config.seed 42, now 7" in said
    (radiographs / "a.png").write_bytes(whole)
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert tree(out) == before


@pytest.mark.parametrize("batch", [1, 3])
def test_an_image_without_numbers_is_recorded_and_passed_when_the_run_is_resumed(
    tiny: Tiny, radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs, out, "--batch-size", batch)
    with monkeypatch.context() as patch:
        spoil(patch, 2)
        assert infer.main(arguments) == 1
    assert failures(out) == [("a", "elderly_male", "not-numbers")] and len(rows(out)) == 7
    assert dataset_check(out).returncode == 0
    before = tree(out)
    with monkeypatch.context() as patch:
        asked = spoil(patch)
        assert infer.main([*arguments, "--resume"]) == 1
    assert not asked and tree(out) == before
    # It is known as soon as its batch is finished, also where the run is stopped later.
    with monkeypatch.context() as patch:
        spoil(patch, 2)
        generate = Sampler.generate

        def stopping(sampler: Sampler, jobs: Sequence[Any]) -> list[Any]:
            if "stopped/failures.jsonl" in tree(tmp_path):
                raise KeyboardInterrupt
            return generate(sampler, jobs)

        patch.setattr(Sampler, "generate", stopping)
        assert infer.main([*arguments, "--output", str(tmp_path / "stopped"), "--overlap", "0"]) == 130
    assert failures(tmp_path / "stopped") == [("a", "elderly_male", "not-numbers")]
    assert infer.main([*arguments, "--output", str(tmp_path / "stopped"), "--resume"]) == 1
    # With another dtype it would be another image; the folder is refused as for any other setting.
    assert infer.main([*arguments, "--resume", "--dtype", "bfloat16"]) == 2


def test_a_strict_run_stops_at_the_first_image_without_numbers(
    tiny: Tiny, radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(monkeypatch, 2)
    said = refused(options(tiny, radiographs, tmp_path / "out", "--strict"), capsys)
    assert said.splitlines()[-1].startswith("a__elderly_male: the model gave values that are not numbers")


def test_a_radiograph_that_changes_while_the_run_goes_on_costs_its_own_edits_alone(
    tiny: Tiny, radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate = Sampler.generate
    whole = (radiographs / "b.png").read_bytes()

    def changing(sampler: Sampler, jobs: Sequence[Any]) -> list[Any]:
        # At once, as radiographs are read while others are sampled.
        (tmp_path / "other").write_bytes((radiographs / "a.png").read_bytes())
        (tmp_path / "other").replace(radiographs / "b.png")
        return generate(sampler, jobs)

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Sampler, "generate", changing)
        assert infer.main(options(tiny, radiographs, out)) == 1
        said = "failed: b__young_male: b.png: changed during the run"
        assert said in capsys.readouterr().err and len(rows(out)) == 4
        assert {kind for *_, kind in failures(out)} == {"changed"}
        (radiographs / "b.png").write_bytes(whole)
        strict = refused(options(tiny, radiographs, tmp_path / "strict", "--strict", "--quiet"), capsys)
        assert strict == "b.png: changed during the run\n"
    (radiographs / "b.png").write_bytes(whole)
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert infer.main(options(tiny, radiographs, tmp_path / "whole")) == 0
    assert tree(out) == tree(tmp_path / "whole")


def fill(monkeypatch: pytest.MonkeyPatch, first: int, last: float) -> None:
    """Let the disk be full from one of the files that are written to another, counted from 1."""
    sync, calls = os.fsync, list[int]()

    def filling(handle: int) -> None:
        calls.append(handle)
        if first <= len(calls) <= last:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", filling)


def test_a_disk_that_is_full_for_a_while_costs_what_was_written_then_and_resuming_makes_it(
    tiny: Tiny, radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert infer.main(options(tiny, radiographs, tmp_path / "whole")) == 0
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        # Two files begin the manifests; then each pair has two. The second pair's sidecar and the third's image fail.
        fill(patch, 6, 7)
        assert infer.main(options(tiny, radiographs, out)) == 1
    assert failures(out) == [("a", "elderly_male", "not-written"), ("a", "young_female", "not-written")]
    assert dataset_check(out).returncode == 0 and len(rows(out)) == 6
    assert not [name for name in tree(out) if ".part" in name or ("elderly_male" in name and "/a/" in name)]
    assert str(tmp_path) not in (out / "failures.jsonl").read_text()
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert tree(out) == tree(tmp_path / "whole")


@pytest.mark.parametrize("more", [(), ("--strict",)])
def test_a_disk_that_stays_full_is_a_sentence_and_the_run_can_go_on(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...],
) -> None:  # fmt: skip
    assert infer.main(options(tiny, radiographs, tmp_path / "whole")) == 0
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        fill(patch, 9, float("inf"))
        assert "no space left" in refused(options(tiny, radiographs, out, *more), capsys)
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert tree(out) == tree(tmp_path / "whole")


def test_sixteen_edits_in_a_row_that_cannot_be_written_end_a_run(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        (radiographs / f"more{number}.png").write_bytes((radiographs / "a.png").read_bytes())
    fill(monkeypatch, 3, float("inf"))
    said = refused(options(tiny, radiographs, tmp_path / "out"), capsys)
    assert "16 edits in a row could not be written; the last one: " in said and said.count("failed: ") == 16


def test_added_radiographs_are_added_byte_for_byte_one_image_at_a_time(
    tiny: Tiny, radiographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (radiographs / "b.png").rename(tmp_path / "b.png")
    assert infer.main(options(tiny, radiographs, out, "--demographic", "young_male")) == 0
    (tmp_path / "b.png").rename(radiographs / "0.png")
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert infer.main(options(tiny, radiographs, tmp_path / "whole")) == 0
    assert tree(out) == tree(tmp_path / "whole")


def test_two_processes_read_each_radiograph_once_and_record_what_one_does(
    tiny: Tiny, radiographs: Path, tmp_path: Path
) -> None:
    (radiographs / "c.png").write_bytes(b"no image")
    (radiographs / "d.png").write_bytes(b"")
    assert infer.main(options(tiny, radiographs, tmp_path / "one")) == 1
    result = run_command(torchrun(*options(tiny, radiographs, tmp_path / "two", "--processes", 2)))
    assert result.stderr.count("failed: c.png: ") == result.stderr.count("failed: d.png: ") == 1
    assert "8 pairs: " in result.stdout and tree(tmp_path / "two") == tree(tmp_path / "one")


def test_a_failure_is_read_back_as_it_was_written_and_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    found = (
        Failure("a", None, "unreadable", "a.png: is empty"),
        Failure("b", "young_male", "not-numbers", "x", "f" * 64),
    )
    write_failures(tmp_path, reversed(found))
    assert read_failures(tmp_path) == found
    with (tmp_path / "failures.jsonl").open("a") as file:
        file.write('{"source_id": 7}\n{"source_id": "c", "edit_l')
    assert read_failures(tmp_path) == found
    write_failures(tmp_path, ())
    assert not list(tmp_path.iterdir()) and read_failures(tmp_path) == ()


def test_the_main_command_on_a_mixed_folder_with_a_broken_file_ends_in_a_dataset(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Grayscale JPEG, 16-bit PNG, DICOM with and without a suffix, and pydicom's own files, plain and compressed."""
    import numpy
    from PIL import Image

    pydicom = pytest.importorskip("pydicom")

    folder = tmp_path / "radiographs"
    folder.mkdir()
    ramp = numpy.linspace(0, 65535, 96 * 128).reshape(128, 96)
    Image.fromarray((ramp / 257).astype(numpy.uint8)).save(folder / "0001-F-037Y0.jpg")
    Image.fromarray(ramp.astype(numpy.uint16)).save(folder / "deep.png")
    dicom(folder / "plain.dcm", ramp.astype(numpy.uint16) >> 4, WindowCenter=2000, WindowWidth=3000)
    dicom(folder / "1.2.840.7", ramp.astype(numpy.uint16) >> 4, PhotometricInterpretation="MONOCHROME1")
    files = Path(pydicom.__file__).parent / "data/test_files"
    for name in ("CT_small.dcm", "MR_small_RLE.dcm", "MR_truncated.dcm"):
        (folder / name).write_bytes((files / name).read_bytes())
    values = json.loads(tiny.config_file.read_text()) | {"tsxr_mask_blend": 1.0}
    (tmp_path / "passing.yaml").write_text(json.dumps(values))
    masks = tmp_path / "masks"
    masks.mkdir()
    for path in folder.iterdir():
        name = path.name if path.name[0] == "1" else path.stem
        shape = (128, 128) if name == "CT_small" else (64, 64) if name.startswith("MR") else (128, 96)
        Image.fromarray(numpy.full(shape, 20, dtype=numpy.uint8)).save(masks / f"{name}.png")
    out = tmp_path / "edits"
    arguments = options(
        tiny._replace(config_file=tmp_path / "passing.yaml"), folder, out, "--mask", masks, "--mask-labels", "19-21"
    )
    assert infer.main(arguments) == 1
    captured = capsys.readouterr()
    assert len([line for line in captured.err.splitlines() if line.startswith("failed: ")]) == 1
    assert "failed: MR_truncated.dcm: " in captured.err
    assert captured.out.startswith("24 pairs: 24 passed, 0 failed, 0 incomplete")
    check = dataset_check(out)
    assert check.returncode == 0, check.stdout + check.stderr
    assert json.loads(check.stdout)["results"][0]["released_pngs"] == 24
