"""What a kill leaves is removed by the next run; what another run is writing is not."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spinefairbench.files.unfinished import held_new, remove_abandoned
from spinefairbench.files.writing import write_whole, write_whole_bytes
from tests import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="advisory locks")

_WRITE = (
    "import sys, time\nfrom pathlib import Path\nfrom spinefairbench.files.writing import write_whole\n"
    "with write_whole(Path(sys.argv[1])) as handle:\n    print('there', flush=True)\n    time.sleep(3600)\n"
)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_is_being_written_stays_until_its_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spinefairbench.files.writing._cleared", set())
    command = [sys.executable, "-c", _WRITE, str(tmp_path / "slow.txt")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as slow:
        assert slow.stdout is not None
        slow.stdout.readline()
        with write_whole(tmp_path / "one.txt") as handle:
            handle.write("1")
        assert len(_names(tmp_path)) == 2
        slow.kill()
    assert len(_names(tmp_path)) == 2
    monkeypatch.setattr("spinefairbench.files.writing._cleared", set())
    with write_whole(tmp_path / "two.txt") as handle:
        handle.write("2")
    assert _names(tmp_path) == ["one.txt", "two.txt"]


def test_only_what_is_so_named_and_not_held_is_removed(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
        return tmp_path / name

    folder("a-1")
    folder("b-1")
    (tmp_path / "a-link").symlink_to("b-1")
    with held_new(lambda: folder("a-2")) as held:
        assert held == tmp_path / "a-2"
        remove_abandoned(tmp_path, "a-", "")
        assert _names(tmp_path) == ["a-2", "a-link", "b-1"]
    remove_abandoned(tmp_path, "a-", "")
    assert _names(tmp_path) == ["a-link", "b-1"]
    remove_abandoned(tmp_path / "none", "a-", "")


def test_what_is_removed_before_it_is_held_is_made_again(tmp_path: Path) -> None:
    made: list[Path] = []

    def make() -> Path:
        made.append(tmp_path / f"{len(made)}.part")
        made[-1].touch()
        if len(made) < 3:
            remove_abandoned(tmp_path, "", ".part")
        return made[-1]

    with held_new(make) as held:
        assert held == tmp_path / "2.part" and _names(tmp_path) == ["2.part"]


def test_threads_that_write_to_one_folder_do_not_remove_what_the_others_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first writer of a folder looks for what a kill has left there, and finds what the second has just made.
    class Never(set[Path]):
        def __contains__(self, folder: object) -> bool:
            return False

    monkeypatch.setattr("spinefairbench.files.writing._cleared", Never())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write_whole_bytes(tmp_path / str(number), b"x"), range(100)))
    assert len(_names(tmp_path)) == 100
