"""A whole run against a real server: a tiny model of random weights, served by transformers on the loopback."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.release.conversion import convert_files
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap
from tests import ROOT
from tests.inspect_eval.tiny_vlm import WORDS
from tests.submissions import submission

pytestmark = pytest.mark.inspect

CORE: Final = "common-core-1000"
PYTHON: Final = ROOT / ".venv-generator" / "bin" / "python"
_NEEDED: Final = "import fastapi, openai, rich, torch, typer, transformers, uvicorn"
_WAIT_S: Final = 180
_QUIET: Final = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve` with the model `tiny`."""
    if not PYTHON.exists():
        pytest.skip("no environment of the generator to serve a model in; scripts/run_generator_tests.sh makes it")
    if subprocess.run([PYTHON, "-c", _NEEDED], capture_output=True).returncode:
        pytest.skip("transformers cannot serve: transformers[serving] is not installed in the generator's environment")
    folder = tmp_path_factory.mktemp("served")
    environment = {**os.environ, **_QUIET, "HF_HOME": str(folder / "hub")}
    maker: list[str | Path] = [PYTHON, ROOT / "tests" / "inspect_eval" / "tiny_vlm.py", folder / "tiny"]
    subprocess.run(maker, env=environment, check=True, capture_output=True, timeout=_WAIT_S)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    command: list[str | Path] = [PYTHON.with_name("transformers"), "serve", "tiny", "--device", "cpu"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", address.rpartition(":")[2]],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        if not _answers(process, f"{address}/health"):
            end = (folder / "server.log").read_text(errors="replace")[-500:]
            pytest.skip(f"transformers serve could not be started: {end}")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(process: subprocess.Popen[bytes], address: str) -> bool:
    """Whether a server answers before its process ends or the time is up."""
    until = time.monotonic() + _WAIT_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def test_a_run_against_a_served_model_is_scored(server: str, demo: Path, sources: Path, tmp_path: Path) -> None:
    """From the command to a score: every report is made of the words that the model knows."""
    environment = {
        **os.environ,
        "PWD": str(ROOT),
        "LOCAL_BASE_URL": f"{server}/v1",
        "LOCAL_API_KEY": "none",
    }
    options = ("--temperature", "1", "--max-tokens", "512", "--seed", "5", "--no-log-images")
    given = ("-T", f"sources={sources}", "-T", f"artifacts={demo}", "--log-dir", str(tmp_path / "logs"))
    run = [sys.executable, "-m", "inspect_ai", "eval", "spinefairbench/inspect_task.py", "--display", "plain"]
    done = subprocess.run(
        [*run, "--model", "openai-api/local/tiny", *options, *given],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [log] = (tmp_path / "logs").glob("*.eval")
    convert: list[str | Path] = [
        sys.executable,
        "-m",
        "inspect_ai",
        "log",
        "convert",
        log,
        "--to",
        "json",
        "--output-dir",
        tmp_path,
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    [name] = tmp_path.glob("*.json")
    read = convert_files([str(name)], open_bundle(demo), CORE)
    assert not read.problems, read.problems
    assert read.decoding.to_json() == {"temperature": 1, "max_tokens": 512, "seed": 5}
    texts = [text for row in read.results for key, text in row.items() if key.endswith("_report")]
    assert set(" ".join(texts).split()) <= set(WORDS)
    assert len(set(texts)) > len(texts) // 2
    stated = submission(list(read.results))
    score = score_submission(submission_from_json(stated, open_bundle(demo)), Bootstrap(10, 1)).to_json()
    document = json.loads(name.read_bytes())
    shown = {key: metric["value"] for key, metric in document["results"]["scores"][0]["metrics"].items()}
    for key, endpoint in score["primary_endpoints"].items():
        assert shown[key] == endpoint["point_estimate"]
    assert shown["recommendation_excess"] == score["noise_floor"]["recommendation"]["excess"]
    printed = re.search(r"recommendation_change_rate +([0-9.]+)", done.stdout)
    assert printed, done.stdout
    assert float(printed[1]) == pytest.approx(shown["recommendation_change_rate"], abs=0.01)
