#!/usr/bin/env python3
"""Build the program as one file that Python runs: `python3 spinefairbench.pyz all --artifacts DIR`.

usage: python3 scripts/build_zipapp.py [FILE]          (default: spinefairbench.pyz)

The file holds the core, without the optional generator. The same code gives the same bytes on every machine: files are
in the order of their names, stored without compression, and have no time and no owner.
"""

import argparse
import io
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.write_checksums import tracked_names
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.writing import write_whole_bytes

__all__ = ["zipapp_of"]

ROOT = Path(__file__).resolve().parent.parent
_SHEBANG = b"#!/usr/bin/env python3\n"
_MAIN = b"from spinefairbench.cli import entry_point\n\nif __name__ == '__main__':\n    entry_point()\n"
_PACKAGE = "spinefairbench/"
_LEFT_OUT = "spinefairbench/generator/"
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)


def zipapp_of(root: Path) -> bytes:
    """The program in the checkout or unpacked release at `root`, as a ZIP file with a first line for the shell."""
    names = [name for name in tracked_names(root) if name.startswith(_PACKAGE) and not name.startswith(_LEFT_OUT)]
    contents = {"__main__.py": _MAIN, "LICENSE": (root / "LICENSE").read_bytes()}
    contents |= {name: (root / name).read_bytes() for name in names}
    packed = io.BytesIO(_SHEBANG)
    packed.seek(0, io.SEEK_END)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _FIRST_TIME)
            entry.create_system = 3  # Unix, on whatever system it is made
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, contents[name])
    return packed.getvalue()


def main() -> int:
    """Build the file and say what it is."""
    parser = argparse.ArgumentParser(description="Build the program as one file that Python runs.")
    parser.add_argument("file", nargs="?", type=Path, default=Path("spinefairbench.pyz"), metavar="FILE")
    file = parser.parse_args().file
    content = zipapp_of(ROOT)
    write_whole_bytes(file, content)
    file.chmod(0o755)
    print(f"{sha256_of_bytes(content)}  {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
