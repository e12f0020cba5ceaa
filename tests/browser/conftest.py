"""One browser a run, and the pages that it looks at."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.cli import main
from tests.browser.chromium import Chromium, Tab, chromium_path, running_chromium
from tests.submissions import submission


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A running browser, or a skip with its reason."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium browser is installed")
    with running_chromium(path) as browser:
        yield browser


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Tab]:
    """A new page in a light scheme, 1400 pixels wide."""
    page = chromium.new_tab()
    page.view(1400)
    yield page
    page.close()


HOSTILE_NAME = "<img src=x onerror=\"window.ran='name'\">&amp;"
HOSTILE_TEXTS = (
    "<script>window.ran='script'</script> There is no fracture.",
    "</div></details></main></script><h1>fracture</h1><img src='https://example.org/x.png' onerror=\"window.ran='image'\">",
    "before\u2028after\u2029end <style>body{display:none}</style> osteophyte",
    "\x00\x01\x1b[31m fracture \x7f\u202e desrever \ufeff",
    "]]><!-- --><svg onload=\"window.ran='svg'\"></svg>&lt;b&gt; &amp; mri",
    "x" * 20_000 + " fracture",
    "mri fracture " * 400,
    "javascript:window.ran='link' {{7*7}} ${window.ran='template'} `fracture`",
)


@pytest.fixture(scope="session")
def hostile_page(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a submission whose every text tries to be more than a text."""
    folder = tmp_path_factory.mktemp("hostile")
    pairs = sorted(passed_pairs(Bundle(demo)))[: len(HOSTILE_TEXTS)]
    results = [
        {"pair_id": pair, "source_report": text, "counterfactual_report": "An unremarkable spine. " + text}
        for pair, text in zip(pairs, HOSTILE_TEXTS, strict=True)
    ]
    model = {"name": HOSTILE_NAME, "version": "</title><script>window.ran='version'</script>"}
    value = submission(results, scope="toy", model=model)
    (folder / "submission.json").write_text(json.dumps(value), encoding="utf-8")
    page = folder / "report.html"
    arguments = [
        "score",
        "--artifacts",
        demo,
        "--submission",
        folder / "submission.json",
        "--output",
        folder / "score.json",
    ]
    arguments += ["--report", page, "--bootstrap-iterations", "200", "--quiet"]
    assert main([str(argument) for argument in arguments]) == 0
    return page


@pytest.fixture(scope="session")
def board_page(demo: Path, core_pairs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo panel beside a submission with a hostile name, and a part of one."""
    folder = tmp_path_factory.mktemp("leaderboard")
    scores: list[str] = []
    for name, count in ((HOSTILE_NAME + "x" * 200, None), ("a part", 7)):
        results = [
            {"pair_id": pair, "source_report": "Fracture. MRI.", "counterfactual_report": "Fracture."}
            for pair in core_pairs[:count]
        ]
        (folder / "submission.json").write_text(json.dumps(submission(results, name)), encoding="utf-8")
        scores.append(str(folder / f"{len(scores)}.json"))
        arguments = [
            "score",
            "--submission",
            str(folder / "submission.json"),
            "--output",
            scores[-1],
            "--allow-partial",
        ]
        arguments += ["--artifacts", str(demo), "--bootstrap-iterations", "200", "--quiet"]
        assert main(arguments) == 0
    output = folder / "board"
    arguments = [
        "leaderboard",
        "build",
        *scores,
        "--panel",
        "--artifacts",
        str(demo),
        "--output",
        str(output),
        "--quiet",
    ]
    assert main(arguments) == 0
    return output / "leaderboard.html"
