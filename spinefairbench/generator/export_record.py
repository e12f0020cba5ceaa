"""What is recorded of exported sources: the manifest of a finished run, and until then a line for each source.

OUTPUT/manifest.json            written last, when all are there
OUTPUT/manifest.partial.jsonl   the settings, then a row a source; gone when the run is finished
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from spinefairbench.errors import OutputError, UsageError
from spinefairbench.files.json_input import JsonFault, json_rows, parse_json
from spinefairbench.files.reading import reason
from spinefairbench.files.writing import remove_partial_files, write_whole_bytes
from spinefairbench.generator.failures import short_list
from spinefairbench.generator.manifests import append_line, json_lines, pretty_json
from spinefairbench.problems import counted

__all__ = ["MANIFEST", "ExportRecord"]

MANIFEST: Final = "manifest.json"
_PARTIAL: Final = "manifest.partial.jsonl"
_SCHEMA: Final = "spinefairbench-prepared-sources-v1"
_NOTICE: Final = (
    "Copies of radiographs, under the licenses of their collections. They are not part of the benchmark's bundle."
)


class ExportRecord:
    """The record in the folder `output` of a run; `made_with` is what determines an image beside its file."""

    def __init__(self, output: Path, made_with: Mapping[str, Any]) -> None:
        self._output = output
        self._manifest = output / MANIFEST
        self._partial = output / _PARTIAL
        self._made_with = made_with

    def refuse_earlier(self) -> None:
        """Raise OutputError where an earlier run has left a record."""
        for path in (self._manifest, self._partial):
            if path.exists():
                raise OutputError(f"--output: {path} is there; use --resume to continue or --force to start anew")

    def earlier(self, source_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """{source: its row} of a run to continue, empty where there is no record.

        Raises UsageError where that run had other settings, or sources that are not among `source_ids`.
        """
        documents = self._documents()
        if any(not isinstance(each, dict) or each.get("schema") != _SCHEMA for each in documents):
            raise UsageError(f"--resume: {self._output} was written by something else; use another folder")
        if any(each.get("made_with") != self._made_with for each in documents):
            raise UsageError(
                f"--resume: {self._output} has sources that were prepared with other settings or library versions; "
                "use --force to start anew, or another folder"
            )
        rows = [row for each in documents for row in each.get("sources", ()) if isinstance(row, dict)]
        found = {row["source_id"]: row for row in rows if isinstance(row.get("source_id"), str)}
        if strangers := found.keys() - set(source_ids):
            raise UsageError(
                f"--resume: {self._output} has {counted(len(strangers), 'source')} that this run does not find"
                f" ({short_list(strangers, 4)}); use another folder"
            )
        return found

    def _documents(self) -> list[Any]:
        documents: list[Any] = []
        try:
            if self._manifest.exists():
                documents.append(parse_json(self._manifest.read_bytes()))
            if self._partial.exists():
                # The incomplete last line of a killed run counts as not written.
                lines = [row for _, row in json_rows(_PARTIAL, self._partial.read_bytes().split(b"\n"), [])]
                documents.append({**lines[0], "sources": lines[1:]} if lines else None)
        except OSError as error:
            raise UsageError(f"--resume: {self._output}: cannot be read: {reason(error)}") from None
        except JsonFault:
            raise UsageError(f"--resume: {self._manifest} is damaged; use --force to start anew") from None
        return documents

    def start(self, kept: Iterable[Mapping[str, Any]]) -> None:
        """Begin with the rows of an earlier run; the manifest is gone until this one is finished. Raises OutputError."""
        head = {"schema": _SCHEMA, "made_with": self._made_with}
        write_whole_bytes(self._partial, json_lines([head, *kept]))
        try:
            remove_partial_files(self._output)
            self._manifest.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"--output: {self._output}: cannot be used: {reason(error)}") from None

    def add(self, row: Mapping[str, Any]) -> None:
        """Record a source whose image is written. Raises OutputError."""
        append_line(self._partial, row)

    def finish(self, rows: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> None:
        """Write the manifest; `missing` are sources of the bundle without a file. Raises OutputError."""
        manifest = {
            "schema": _SCHEMA,
            "notice": _NOTICE,
            "made_with": self._made_with,
            "sources": list(rows),
            "sources_without_file": list(missing),
        }
        write_whole_bytes(self._manifest, pretty_json(manifest))
        self._partial.unlink(missing_ok=True)
