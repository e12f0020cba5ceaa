"""Inference from the command line to the benchmark's own dataset check."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator import infer
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.sampler import Sampler, noise_seed
from tests import ROOT

from .conftest import Tiny, dataset_check, dicom, module_command, run_command, tree

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

REQUIRED = ("--qc-require", "ssim,edge_preservation")


def options(tiny: Tiny, source: Path, out: Path, *more: Any) -> list[str]:
    return [
        "--input", str(source), "--output", str(out), "--checkpoint", str(tiny.peft), "--config",
        str(tiny.config_file), "--device", "cpu", *map(str, more),
    ]  # fmt: skip


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "dataset/qc_metadata.jsonl").read_text().splitlines()]


@pytest.fixture
def passing(tiny: Tiny, tmp_path: Path) -> Tiny:
    """The tiny model with a full blend: under a mask over everything each edit is its source, and passes."""
    values = json.loads(tiny.config_file.read_text()) | {"tsxr_mask_blend": 1.0}
    (tmp_path / "passing.yaml").write_text(json.dumps(values))
    return tiny._replace(config_file=tmp_path / "passing.yaml")


def test_what_passes_is_laid_out_as_the_dataset_check_reads_it(
    passing: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    out, masks = tmp_path / "out", tmp_path / "masks"
    masks.mkdir()
    for name in ("a.png", "b.png"):
        shutil.copy(full_mask, masks / name)
    assert infer.main(options(passing, radiographs, out, "--mask", masks, *REQUIRED)) == 0
    check = dataset_check(out)
    assert check.returncode == 0, check.stdout + check.stderr
    (counts,) = json.loads(check.stdout)["results"]
    assert (counts["released_pngs"], counts["attempted_qc_rows"], counts["raw_source_pngs"]) == (8, 8, 0)
    assert [row["pair_id"] for row in rows(out)] == [f"{s}__{edit}" for s in "ab" for edit in PROMPTS]
    manifest = json.loads((out / "dataset/release_manifest.json").read_text())
    assert manifest["source_radiographs"] == {
        "release_status": "not_redistributed", "source_png_files_in_public_bundle": 0,
    }  # fmt: skip
    assert not (out / "rejected").exists()


def test_what_does_not_pass_stays_outside_the_dataset_and_the_check_still_holds(
    tiny: Tiny, radiographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--demographic", "young_male")
    assert infer.main(arguments) == 0
    check = dataset_check(out)
    assert check.returncode == 0, check.stdout + check.stderr
    (row,) = rows(out)
    assert row["passed_qc"] is False and row["lpips"] is None and "counterfactual_image_path" not in row
    assert not list((out / "dataset").rglob("*.png"))
    assert (out / "rejected/a/young_male.png").is_file() and (out / "rejected/a/young_male.json").is_file()


def test_what_edits_are_judged_by_is_said_before_the_first_and_recorded(
    passing: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = options(passing, radiographs / "a.png", out, "--mask", full_mask, "--demographic", "young_male")
    assert infer.main([*arguments, "--progress"]) == 0
    said = capsys.readouterr().err.splitlines()
    judged = "note: edits are judged by ssim, edge_preservation; lpips is not measured: no trunk file was given"
    assert next(place for place, line in enumerate(said) if line.startswith(judged)) < said.index(
        next(line for line in said if line.startswith("1/1 pairs"))
    )
    (row,) = rows(out)
    assert (row["ssim"], row["qc_verdict"], row["passed_qc"]) == (1.0, "pass", True)
    assert row["qc_required"] == ["ssim", "edge_preservation"] and "lpips" in row["qc_not_measured"]


def test_lpips_that_is_asked_for_and_cannot_be_measured_is_an_error_before_any_work(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = options(tiny, radiographs, tmp_path / "out", "--qc-require", "ssim,edge_preservation,lpips")
    assert "lpips is required and cannot be measured: no trunk" in refused(arguments, capsys)
    assert not (tmp_path / "out").exists()


def test_a_full_mask_gives_the_source_back_in_pixels(
    passing: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    import numpy
    from PIL import Image

    from spinefairbench.generator.fitting import fit, to_bytes
    from spinefairbench.generator.radiographs import read_radiograph

    out = tmp_path / "out"
    source = radiographs / "a.png"
    assert infer.main(options(passing, source, out, "--mask", full_mask, "--demographic", "young_male", *REQUIRED)) == 0
    with Image.open(out / "dataset/counterfactual_images/a/young_male.png") as image:
        made = numpy.array(image)
    expected = to_bytes(fit(read_radiograph(source, "auto", (0.5, 99.5)).pixels, 64, "stretch").pixels)
    assert (made == expected).all()


def test_latent_blending_with_a_composite_keeps_the_masked_pixels(
    passing: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    values = json.loads(passing.config_file.read_text()) | {"composite_after_latent": True, "blend_space": "latent"}
    passing.config_file.write_text(json.dumps(values))
    out = tmp_path / "out"
    arguments = options(passing, radiographs / "a.png", out, "--mask", full_mask, "--demographic", "young_male")
    assert infer.main([*arguments, *REQUIRED]) == 0
    assert rows(out)[0]["ssim"] == 1.0


def test_padding_keeps_the_radiographs_aspect_in_the_image(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    from PIL import Image

    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--fit", "pad", "--demographic", "young_male")
    assert infer.main(arguments) == 0
    with Image.open(out / "rejected/a/young_male.png") as image:
        assert image.size == (48, 64)


def test_the_sidecar_holds_all_that_makes_the_image_and_no_local_path(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--mask", full_mask, "--seed", 7)
    assert infer.main(arguments) == 0
    passed = out / "dataset/counterfactual_images/a"
    record = json.loads((passed / "young_male.json").read_text())
    made_from = record["made_from"]
    assert made_from["prompt"] == PROMPTS["young_male"] and made_from["config"]["seed"] == 7
    assert made_from["noise_seed"] == noise_seed(7, "a", "young_male")
    assert made_from["checkpoint"]["scale"] == 2.0 and len(made_from["checkpoint"]["sha256"]) == 64
    assert made_from["base_model"]["expected_original"] == "runwayml/stable-diffusion-v1-5"
    for part in ("base_model", "source", "mask"):
        assert len(made_from[part]["sha256"]) == 64
    assert made_from["libraries"]["torch"] and made_from["runtime"]["device"] == "cpu"
    assert record["image"]["sha256"] == sha256_of_file(passed / "young_male.png")
    for name, data in tree(out).items():
        assert str(tmp_path).encode() not in data and str(tiny.base.parent).encode() not in data, name


def test_an_image_is_made_again_from_its_sidecar_alone(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    """With the files that it names by hash, to the same bytes."""
    first = options(tiny, radiographs, tmp_path / "first", "--seed", 9, "--fit", "pad", "--mask-feather", 2)
    masks = tmp_path / "masks"
    masks.mkdir()
    for name in "ab":
        shutil.copy(full_mask, masks / f"{name}.png")
    latent = ("--mask", masks, "--blend-space", "latent", "--dtype", "bfloat16", "--fuse-lora", "--batch-size", 3)
    assert infer.main([*first, *map(str, latent)]) == 0
    record = json.loads((tmp_path / "first/rejected/b/young_male.json").read_text())
    assert record["image"]["made_in_one_call"] == ["b__young_female", "b__young_male"]
    made_from = record["made_from"]
    again = tmp_path / "again.yaml"
    again.write_text(json.dumps(made_from["config"]))
    runtime = made_from["runtime"]
    switches = [f"--{name.replace('_', '-')}" for name in ("channels_last", "fuse_lora", "compile") if runtime[name]]
    command = [
        "--config", again, "--input", radiographs, "--mask", masks, "--output", tmp_path / "again", "--checkpoint",
        tiny.peft, "--checkpoint-sha256", made_from["checkpoint"]["sha256"], "--base-model", tiny.base,
        "--base-model-sha256", made_from["base_model"]["sha256"], "--device", runtime["device"], "--dtype",
        runtime["dtype"], "--batch-size", runtime["batch_size"], *switches,
    ]  # fmt: skip
    assert infer.main([str(part) for part in command]) == 0
    remade = json.loads((tmp_path / "again/rejected/b/young_male.json").read_text())
    assert remade == record


def test_a_dicom_with_a_window_takes_a_mask_of_its_size(tiny: Tiny, tmp_path: Path) -> None:
    import numpy
    from PIL import Image

    values = numpy.linspace(0, 4095, 48 * 64).reshape(48, 64).astype(numpy.uint16)
    path = dicom(tmp_path / "x.dcm", values, WindowCenter=2000, WindowWidth=3000)
    mask = numpy.zeros((48, 64), dtype=numpy.uint8)
    mask[10:30, 10:30] = 255
    Image.fromarray(mask).save(tmp_path / "x.png")
    out = tmp_path / "out"
    arguments = options(tiny, path, out, "--mask", tmp_path / "x.png", "--demographic", "young_male")
    assert infer.main(arguments) == 0
    source = json.loads((out / "rejected/x/young_male.json").read_text())["made_from"]["source"]
    assert (source["width"], source["height"], source["window_width"]) == (64, 48, 3000.0)


def test_a_mask_that_is_not_there_or_vanishes_in_the_models_square_is_a_named_warning(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy
    from PIL import Image

    def warned(name: str, *more: Any) -> str:
        arguments = options(tiny, radiographs / "a.png", tmp_path / name, "--demographic", "young_male", *more)
        assert infer.main(arguments) == 0
        return capsys.readouterr().err

    assert "warning: mask-none:" in warned("none")
    assert "warning: mask-full:" in (said := warned("full", "--mask", full_mask)) and "mask-none" not in said
    thin = numpy.zeros((128, 96), dtype=numpy.uint8)
    thin[0, 0] = 255
    Image.fromarray(thin).save(tmp_path / "thin.png")
    assert "warning: mask-lost: what thin.png marks" in warned("thin", "--mask", tmp_path / "thin.png")


def test_latent_blending_leaves_masked_pixels_to_the_decoder_unless_told_otherwise(
    passing: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    more = ("--mask", full_mask, "--demographic", "young_male", "--blend-space", "latent")
    assert infer.main(options(passing, radiographs / "a.png", out, *more)) == 0
    assert rows(out)[0]["ssim"] < 1.0


def test_16_bit_input_goes_through_whole(tiny: Tiny, tmp_path: Path) -> None:
    import numpy
    from PIL import Image

    path = tmp_path / "deep.png"
    Image.fromarray(numpy.linspace(0, 60000, 64 * 64).reshape(64, 64).astype(numpy.uint16)).save(path)
    out = tmp_path / "out"
    assert infer.main(options(tiny, path, out, "--demographic", "young_male")) == 0
    source = json.loads((out / "rejected/deep/young_male.json").read_text())["made_from"]["source"]
    assert source["bits"] == 16 and source["high"] > 50000


# Resuming


class Killed(BaseException):
    pass


def killed_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    """Let the run die between an image's file and its row, after some calls of the model."""
    generate = Sampler.generate
    seen = []

    def dying(sampler: Sampler, jobs: Sequence[Any]) -> list[Any]:
        seen.append(1)
        if len(seen) > calls:
            raise Killed
        return generate(sampler, jobs)

    monkeypatch.setattr(Sampler, "generate", dying)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_killed_run_resumes_to_the_bytes_of_an_uninterrupted_one(
    tiny: Tiny, radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    more = ("--batch-size", batch)
    assert infer.main(options(tiny, radiographs, tmp_path / "whole", *more)) == 0
    out = tmp_path / "killed"
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            infer.main(options(tiny, radiographs, out, *more))
    assert len(rows(out)) == 2 * batch
    # What a real kill may leave besides: a torn row, a half-written file, an image without its row.
    with (out / "dataset/qc_metadata.jsonl").open("a") as file:
        file.write('{"pair_id": "b__you')
    (out / "rejected/a/.77.part").write_bytes(b"half")
    (out / "rejected/b").mkdir(exist_ok=True)
    (out / "rejected/b/young_male.png").write_bytes(b"orphan")
    assert infer.main(options(tiny, radiographs, out, *more, "--resume")) == 0
    assert tree(out) == tree(tmp_path / "whole")


def test_resuming_keeps_what_agrees_and_makes_again_what_does_not(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert infer.main(options(tiny, radiographs, out)) == 0
    before = tree(out)
    capsys.readouterr()

    def again(*more: Any) -> tuple[int, int]:
        assert infer.main(options(tiny, radiographs, out, "--resume", "--format", "json", *more)) == 0
        report = json.loads(capsys.readouterr().out)
        return report["kept"], report["made"]

    assert again() == (8, 0) and tree(out) == before
    image = out / "rejected/a/young_male.png"
    image.write_bytes(image.read_bytes() + b"x")
    assert again() == (7, 1) and tree(out) == before
    (out / "rejected/b/young_male.json").unlink()
    assert again() == (7, 1) and tree(out) == before
    # A sidecar that is not beside its image is no whole pair.
    elsewhere = out / "dataset/counterfactual_images/b"
    elsewhere.mkdir(parents=True)
    (out / "rejected/b/young_male.json").rename(elsewhere / "young_male.json")
    assert again() == (7, 1) and tree(out) == before
    metadata = out / "dataset/qc_metadata.jsonl"
    metadata.write_text(metadata.read_text().replace('"ssim":0.', '"ssim":0.9', 1))
    assert again() == (7, 1) and tree(out) == before


def test_resuming_with_other_settings_is_refused_before_anything_is_lost(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert infer.main(options(tiny, radiographs, out)) == 0
    before = tree(out)
    capsys.readouterr()
    said = refused(options(tiny, radiographs, out, "--resume", "--seed", 43, "--batch-size", 2), capsys)
    assert "has 8 image(s) that were made with other settings" in said
    assert "config.seed 42, now 43" in said and "runtime.batch_size 1, now 2" in said
    (radiographs / "a.png").write_bytes((radiographs / "b.png").read_bytes())
    assert "has 4 image(s)" in (said := refused(options(tiny, radiographs, out, "--resume"), capsys))
    assert "source.sha256" in said and tree(out) == before


@pytest.mark.parametrize("damage", ['{"made_from": NaN}', "[" * 100_000, '"steps":50', "\x00"])
def test_a_damaged_sidecar_is_made_again(tiny: Tiny, radiographs: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--demographic", "young_male")
    assert infer.main(arguments) == 0
    before = tree(out)
    path = out / "rejected/a/young_male.json"
    # The third one changes a setting and leaves the fingerprint as it was.
    text = path.read_text().replace('"steps": 50', '"steps": 51') if "steps" in damage else damage
    path.write_text(text)
    assert infer.main([*arguments, "--resume"]) == 0
    assert tree(out) == before


def test_a_batch_with_one_damaged_member_is_made_again_whole(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs, out, "--batch-size", 3, "--format", "json")
    assert infer.main(arguments) == 0
    before = tree(out)
    (out / "rejected/a/elderly_male.png").unlink()
    capsys.readouterr()
    assert infer.main([*arguments, "--resume"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["kept"], report["made"]) == (5, 3) and tree(out) == before


def test_a_run_that_is_killed_outright_leaves_whole_files_only(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert infer.main(options(tiny, radiographs, whole)) == 0
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        module_command(*options(tiny, radiographs, out, "--progress")),
        cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("2/8 pairs"):
            process.send_signal(signal.SIGKILL)
            break
    process.stderr.close()
    process.wait(timeout=60)
    finished = tree(whole)
    for name, data in tree(out).items():
        if name.startswith("rejected/") and ".part" not in name:
            assert finished[name] == data
    assert infer.main(options(tiny, radiographs, out, "--resume")) == 0
    assert tree(out) == finished


@pytest.mark.parametrize(
    ("number", "status", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "hung up")],
)
def test_what_ends_a_run_leaves_whole_files_and_the_way_to_go_on(
    tiny: Tiny, radiographs: Path, tmp_path: Path, number: signal.Signals, status: int, word: str
) -> None:
    # Enough of them that the run still goes on when the interrupt arrives, however loaded the machine is.
    for copy in range(60):
        shutil.copy(radiographs / "a.png", radiographs / f"more{copy}.png")
    out = tmp_path / "out"
    process = subprocess.Popen(
        module_command(*options(tiny, radiographs, out, "--progress")), cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("1/248 pairs"):
            process.send_signal(number)
    process.stderr.close()
    assert process.wait(timeout=60) == status
    assert said[-1].startswith(f"{word}; ") and "--resume" in said[-1] and not any("Traceback" in line for line in said)
    assert not [name for name in tree(out) if ".part" in name]
    assert all(json.dumps(row) for row in rows(out))


# Several processes


def torchrun(*arguments: Any) -> list[str]:
    return module_command(
        *arguments,
        launcher=(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m"),
    )


def test_two_processes_write_the_bytes_of_one(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    assert infer.main(options(tiny, radiographs, tmp_path / "one", "--contact-sheet")) == 0
    # An odd number of batches, so that the shares differ.
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two/rejected/a/young_male.png").unlink()
    (tmp_path / "two/rejected/b/young_male.png").unlink()
    (tmp_path / "two/rejected/b/elderly_male.png").unlink()
    result = run_command(torchrun(*options(tiny, radiographs, tmp_path / "two", "--resume", "--processes", 2)))
    assert result.returncode == 0, result.stderr
    assert "8 pairs: 0 passed, 8 failed, 0 incomplete (3 made, 5 kept" in result.stdout
    assert result.stdout.count("8 pairs:") == 1
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    # Fewer batches than processes: the last one must not be made twice.
    (tmp_path / "two/rejected/b/young_male.png").unlink()
    result = run_command(torchrun(*options(tiny, radiographs, tmp_path / "two", "--resume", "--progress")))
    assert result.returncode == 0, result.stderr
    assert "(1 made, 7 kept" in result.stdout and tree(tmp_path / "two") == tree(tmp_path / "one")
    result = run_command(torchrun(*options(tiny, radiographs, tmp_path / "fresh", "--contact-sheet")))
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "fresh") == tree(tmp_path / "one")


def test_a_fault_in_one_process_stops_all_with_its_sentence(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    # The second process's first image has nowhere to go.
    (out / "rejected").mkdir()
    (out / "rejected" / "b").write_bytes(b"")
    result = run_command(torchrun(*options(tiny, radiographs, out, "--resume")))
    assert result.returncode != 0
    assert "cannot be" in result.stderr and "spinefairbench/generator" not in result.stderr.replace(
        "generator.infer", ""
    )


def test_accelerate_that_starts_one_process_for_two_is_an_error(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    launcher = (
        sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1",
        "--mixed_precision", "no", "--dynamo_backend", "no", "-m",
    )  # fmt: skip
    out = tmp_path / "out"
    result = run_command(module_command(*options(tiny, radiographs, out), launcher=launcher))
    assert result.returncode != 0 and "started one process" in result.stderr
    assert not out.exists()


# What cannot be used


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of arguments that must be refused with status 2, without a traceback."""
    capsys.readouterr()
    try:
        status = infer.main(arguments)
    except SystemExit as stop:
        status = int(str(stop.code))
    captured = capsys.readouterr()
    assert status == 2 and not captured.out and captured.err
    return captured.err


def test_wrong_options_are_all_said_at_once(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(
        options(tiny, radiographs, tmp_path / "out", "--demographic", "adult", "--seed", -1, "--blend-space", "latent"),
        capsys,
    )
    assert "unknown name 'adult'" in said and "seed" in said and "needs a --mask" in said
    # A configuration that asks for it is no different.
    latent = tmp_path / "latent.yaml"
    latent.write_text(json.dumps(json.loads(tiny.config_file.read_text()) | {"blend_space": "latent"}))
    more = ("--config", latent, "--mask-feather", 2, "--mask-labels", "20-24,26")
    said = refused(options(tiny, radiographs, tmp_path / "out", *more), capsys)
    assert "--blend-space latent: needs a --mask" in said and "--mask-feather: needs a --mask" in said
    assert "--mask-labels: needs a --mask" in said
    for labels in ("", "0", "7-3", "1,,2", "70000", "a", "1-2-3"):
        said = refused(options(tiny, radiographs, tmp_path / "out", "--mask-labels", labels), capsys)
        assert "expected labels" in said


def test_unusable_inputs_are_all_said_before_any_work(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (radiographs / "c.png").write_bytes(b"not an image")
    whole = (radiographs / "a.png").read_bytes()
    (radiographs / "d.png").write_bytes(whole[: len(whole) // 2])
    said = refused(options(tiny, radiographs, tmp_path / "out", "--strict"), capsys)
    assert "c.png: is not a PNG" in said and "d.png: is damaged" in said
    for name in ("a.png", "b.png"):
        (radiographs / name).write_bytes(b"")
    said = refused(options(tiny, radiographs, tmp_path / "out"), capsys)
    assert "a.png: is empty" in said and "c.png: is not a PNG" in said
    assert "does not exist" in refused(options(tiny, tmp_path / "absent.png", tmp_path / "out"), capsys)
    assert not (tmp_path / "out").exists()


def test_unusable_masks_checkpoints_and_base_models_are_sentences(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, source = tmp_path / "out", radiographs / "a.png"
    assert "no mask has the name of b.png" in refused(options(tiny, radiographs, out, "--mask", full_mask), capsys)
    pickle = tmp_path / "lora.pt"
    pickle.write_bytes(tiny.peft.read_bytes())
    assert "can run any code" in refused(options(tiny, source, out, "--checkpoint", pickle), capsys)
    assert "required" in refused(options(tiny, source, out, "--checkpoint-sha256", "0" * 64), capsys)
    assert "64 hexadecimal" in refused(options(tiny, source, out, "--checkpoint-sha256", "abc"), capsys)
    assert "neither a folder nor a hub id" in refused(options(tiny, source, out, "--base-model", "./absent"), capsys)
    assert "required" in refused(options(tiny, source, out, "--base-model-sha256", "0" * 64), capsys)
    training = ROOT / "spinefairbench/generator/configs/training_lora.yaml"
    assert "not runnable" in refused(options(tiny, source, out, "--config", training), capsys)
    assert not out.exists()


@pytest.mark.parametrize("option", ["--output", "--checkpoint", "--base-model", "--lpips-trunk"])
def test_a_name_that_is_too_long_is_a_sentence(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    arguments = options(tiny, radiographs / "a.png", tmp_path / "out", option, tmp_path / ("x" * 300))
    assert "xxx: " in (said := refused(arguments, capsys)) and "file name too long" in said.splitlines()[-1]


def test_cuda_that_is_not_there_is_an_error(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    said = refused(options(tiny, radiographs, tmp_path / "out", "--device", "cuda"), capsys)
    assert "--device cuda: no such device" in said.splitlines()[-1]


def test_a_used_output_folder_is_not_overwritten(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert infer.main(options(tiny, radiographs / "a.png", out)) == 0
    before = tree(out)
    assert "is not a folder" in refused(options(tiny, radiographs / "a.png", radiographs / "b.png"), capsys)
    assert "expected a path" in refused([*options(tiny, radiographs, out), "--output", ""], capsys)
    assert "already contains dataset" in refused(options(tiny, radiographs / "a.png", out), capsys)
    assert "does not make" in refused(options(tiny, radiographs / "b.png", out, "--resume"), capsys)
    assert tree(out) == before


def test_sources_inside_the_outputs_dataset_are_refused(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = tmp_path / "out/dataset/sources"
    shutil.copytree(radiographs, inside)
    assert "inside the dataset folder" in refused(options(tiny, inside, tmp_path / "out", "--resume"), capsys)


def test_progress_names_a_rate(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert infer.main(options(tiny, radiographs / "a.png", tmp_path / "out", "--progress")) == 0
    assert "4/4 pairs, " in (said := capsys.readouterr().err) and "images/s" in said
    assert infer.main(options(tiny, radiographs / "b.png", tmp_path / "quiet", "--progress", "--quiet")) == 0
    assert capsys.readouterr().err == ""


# The scripts


def test_the_smoke_test_runs_end_to_end_to_the_dataset_check(tmp_path: Path) -> None:
    started = time.monotonic()
    command = [sys.executable, "scripts/run_generator_smoke_test.py", "--tiny", "--output", str(tmp_path / "smoke")]
    result = run_command(command)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 passed" in result.stdout and "dataset: OK" in result.stdout
    assert time.monotonic() - started < 120


@pytest.mark.parametrize("batch", [1, 3])
def test_stages_that_overlap_write_the_bytes_of_stages_that_do_not(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, batch: int
) -> None:
    (radiographs / "c.png").write_bytes((radiographs / "a.png").read_bytes())
    written = []
    for overlap in (0, 1, 4):
        out = tmp_path / str(overlap)
        arguments = options(tiny, radiographs, out, "--batch-size", batch, "--contact-sheet", "--overlap", overlap)
        assert infer.main(arguments) == 0
        written.append(tree(out))
    assert written[0] == written[1] == written[2]


def test_what_changes_bits_is_named_in_the_sidecar(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--demographic", "young_male")
    assert infer.main([*arguments, "--strict-float32", "--channels-last", "--fuse-lora"]) == 0
    runtime = json.loads((out / "rejected/a/young_male.json").read_text())["made_from"]["runtime"]
    assert runtime == {
        "batch_size": 1, "channels_last": True, "compile": False, "compile_blocks": False, "device": "cpu",
        "device_name": "cpu", "dtype": "float32", "fuse_lora": True, "strict_float32": True, "tf32": None,
    }  # fmt: skip
    said = refused([*arguments, "--resume", "--channels-last", "--fuse-lora"], capsys)
    assert "runtime.strict_float32 true, now false" in said
    assert "--strict-float32: contradicts --dtype bfloat16" in refused(
        [*arguments, "--strict-float32", "--dtype", "bfloat16"], capsys
    )
