"""Data files that are part of the program, wherever Python has it from: a folder, or a ZIP file."""

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["data_names", "files_below", "package_folder", "read_data"]


def package_folder(package: str) -> Traversable:
    """The folder of a package."""
    return resources.files(package)


def read_data(package: str, name: str) -> bytes:
    """The bytes of a data file that lies beside the modules of `package`."""
    return package_folder(package).joinpath(name).read_bytes()


def data_names(package: str, suffix: str) -> list[str]:
    """The names, sorted, of the data files of `package` that end with `suffix`."""
    return sorted(each.name for each in package_folder(package).iterdir() if each.name.endswith(suffix))


def files_below(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Every file below a package's folder but compiled modules: its path from the parent of `folder`, and the file."""
    for each in folder.iterdir():
        if each.is_file():
            yield f"{folder.name}/{each.name}", each
        elif each.is_dir() and each.name != "__pycache__":
            yield from ((f"{folder.name}/{path}", file) for path, file in files_below(each))
