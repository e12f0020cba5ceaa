"""The bundle's machine-readable description, `croissant.json`: its structure, references, files and digests.

Source of the vocabulary: MLCommons Croissant format specification 1.0 (2024), http://mlcommons.org/croissant/1.0.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.croissant_files import DistributionFiles, Entry
from spinefairbench.problems import Problem, missing, shortened

__all__ = ["CroissantCheck", "check_croissant"]

_VOCABULARY: Final = "mlcommons.org/croissant"
_DISTRIBUTIONS: Final = ("FileObject", "FileSet")
_PARTS: Final = ("distribution", "recordSet")
_REFERENCES: Final = {
    "fileObject": "FileObject",
    "fileSet": "FileSet",
    "distribution": "distribution",
    "recordSet": "RecordSet",
    "field": "Field",
}
"""How a source or a reference names what it refers to, and what that is."""


class CroissantCheck(NamedTuple):
    """What the description holds, by name, what is wrong with it, and what could not be told."""

    counts: dict[str, int]
    problems: list[Problem]
    not_checked: list[str]


def check_croissant(bundle: Bundle) -> CroissantCheck:
    """Check `croissant.json` against the vocabulary, its own ids, and the bundle's files and manifest.

    Nothing is fetched: what has a URL is listed as not checked. A demo bundle's file that describes no files at all is
    listed so too. Raises BundleError where the file is missing or no JSON object.
    """
    value = bundle.json_object(layout.CROISSANT)
    if not bundle.held_to_release and not (value.keys() & set(_PARTS)) and not _names_croissant(value.get("@context")):
        said = f"{layout.CROISSANT}: it describes no files, and in a demo bundle need not"
        return CroissantCheck({}, [], [said])
    return _Description(bundle, value).check()


def _names_croissant(context: object) -> bool:
    """Whether a JSON-LD context, or an entry of it, is in Croissant's vocabulary."""
    entries = context if isinstance(context, list) else [context]
    texts = [text for entry in entries for text in (entry.values() if isinstance(entry, dict) else [entry])]
    return any(isinstance(text, str) and _VOCABULARY in text for text in texts)


def _type_of(entry: dict[str, Any]) -> str | None:
    """The last part of a type, whatever its prefix: FileObject of cr:FileObject."""
    named = entry.get("@type")
    first = named[0] if isinstance(named, list) and named else named
    return first.replace("/", ":").replace("#", ":").rpartition(":")[2] if isinstance(first, str) else None


class _Description:
    def __init__(self, bundle: Bundle, value: dict[str, Any]) -> None:
        self._value = value
        self._problems: list[Problem] = []
        self._kinds: dict[str, str] = {}
        """{id: what it is} of every distribution, record set and field."""
        self._files = DistributionFiles(bundle)

    def check(self) -> CroissantCheck:
        self._head()
        distributions = self._entries(self._value, "distribution", "", _DISTRIBUTIONS)
        record_sets = self._entries(self._value, "recordSet", "", ("RecordSet",))
        fields = [(field, record) for record in record_sets for field in self._fields(record)]
        for entry in distributions:
            self._refer_each(entry, "containedIn", "distribution")
        self._problems += self._files.check(distributions)
        for record in record_sets:
            self._refer_each(record, "key", "Field")
        for field, record in fields:
            self._field(field, inline="data" in record.value)
        not_checked = list(self._files.not_checked)
        if "conformsTo" not in self._value:
            not_checked.append(f"{layout.CROISSANT}: which version of Croissant it follows is not said (conformsTo)")
        counts = {
            "croissant_distributions": len(distributions),
            "croissant_digests": self._files.digests,
            "croissant_record_sets": len(record_sets),
            "croissant_fields": len(fields),
        }
        return CroissantCheck(counts, self._problems, not_checked)

    def _fault(self, place: str, said: str) -> None:
        self._problems.append(Problem(f"{layout.CROISSANT}: {place}", said))

    def _head(self) -> None:
        if "@context" not in self._value:
            self._problems.append(missing(f"{layout.CROISSANT}: @context"))
        elif not _names_croissant(self._value["@context"]):
            self._fault("@context", f"does not name Croissant's vocabulary ({_VOCABULARY})")
        if _type_of(self._value) != "Dataset":
            self._fault("@type", f"{shortened(self._value.get('@type'))}; expected sc:Dataset")
        stated = self._value.get("conformsTo")
        if stated is not None and not _names_croissant(stated):
            self._fault("conformsTo", f"{shortened(stated)}; expected a version of http://{_VOCABULARY}/")

    def _entries(self, holder: dict[str, Any], key: str, within: str, kinds: tuple[str, ...]) -> list[Entry]:
        """The objects under a key that are of one of these kinds; each id is noted, and may occur once."""
        path = f"{within}.{key}" if within else key
        if key not in holder:
            self._problems.append(missing(f"{layout.CROISSANT}: {path}"))
            return []
        listed = holder[key] if isinstance(holder[key], list) else [holder[key]]
        if not listed:
            self._fault(path, "empty; expected at least one entry")
        entries = []
        for number, value in enumerate(listed):
            place = f"{path}[{number}]"
            kind = _type_of(value) if isinstance(value, dict) else None
            if kind is None or kind not in kinds:
                found = shortened(value.get("@type") if isinstance(value, dict) else value)
                self._fault(place, f"expected an object of type {' or '.join(kinds)}, found {found}")
                continue
            own = value.get("@id", value.get("name"))
            if not isinstance(own, str) or not own:
                self._fault(place, "expected an @id")
                own = None
            elif "@id" in value and own in self._kinds:
                self._fault(f"{place}.@id", f"duplicate @id {shortened(own)}")
            else:
                self._kinds.setdefault(own, kind)  # names, unlike ids, may be used again
            entries.append(Entry(place, kind, own, value))
        return entries

    def _fields(self, record: Entry) -> Iterator[Entry]:
        """Every field of a record set, and the fields within fields, however deep."""
        waiting = [(record, "field")]
        while waiting:
            holder, key = waiting.pop()
            for field in self._entries(holder.value, key, holder.place, ("Field",)):
                yield field
                if "subField" in field.value:
                    waiting.append((field, "subField"))

    def _field(self, field: Entry, *, inline: bool) -> None:
        """A field's data come from its source, from the fields within it or from the record set itself."""
        for key in ("source", "references"):
            if key in field.value:
                self._source(field.value[key], f"{field.place}.{key}")
        if "source" not in field.value and "subField" not in field.value and not inline:
            self._fault(field.place, "has neither a source nor fields within it, and its record set no data")

    def _source(self, source: object, place: str) -> None:
        named = [key for key in _REFERENCES if isinstance(source, dict) and key in source]
        if not isinstance(source, dict) or not (named or "@id" in source):
            self._fault(place, f"unknown structure {shortened(source)}; expected one of {', '.join(_REFERENCES)}")
            return
        if not named:
            self._refer(source, place, None)
        extract = source.get("extract")
        column = extract.get("column") if isinstance(extract, dict) else None
        for key in named:
            held = self._refer(source[key], f"{place}.{key}", _REFERENCES[key])
            if held is not None and isinstance(column, str):
                self._problems += self._files.column_problems(held, column, f"{place}.extract.column")

    def _refer_each(self, entry: Entry, key: str, kind: str) -> None:
        named = entry.value.get(key)
        for item in named if isinstance(named, list) else [] if named is None else [named]:
            self._refer(item, f"{entry.place}.{key}", kind)

    def _refer(self, named: object, place: str, kind: str | None) -> str | None:
        """The id that is referred to, of this kind (None: any); a problem where there is none."""
        found = named.get("@id") if isinstance(named, dict) else named
        if not isinstance(found, str):
            self._fault(place, f"unknown structure {shortened(named)}; expected an object with an @id")
            return None
        actual = self._kinds.get(found)
        wanted = (actual,) if kind is None else _DISTRIBUTIONS if kind == "distribution" else (kind,)
        if actual is None or actual not in wanted:
            self._fault(place, f"{shortened(found)} is the @id of no {kind or 'entry'} of this file")
            return None
        return found
