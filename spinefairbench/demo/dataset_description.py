"""The demo bundle's `croissant.json`: its dataset and reader study as Croissant 1.0."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spinefairbench.bundle import layout
from spinefairbench.demo.bundle_texts import SYNTHETIC
from spinefairbench.version import __version__

__all__ = ["dataset_description"]

_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "includes": "cr:includes",
    "key": "cr:key",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "sc": "https://schema.org/",
    "source": "cr:source",
}

_FORMATS: Final = {"csv": "text/csv", "json": "application/json", "jsonl": "application/jsonlines"}
_FILES: Final = {
    "qc-passed-pairs": layout.QC_PASSED,
    "qc-metadata": layout.QC_METADATA,
    "source-metadata": layout.SOURCE_METADATA,
    "reader-answers": layout.PAIR_RESULTS,
}
_IMAGES: Final = "edited-images"

_PAIR_COLUMNS: Final = {"pair_id": "sc:Text", "source_id": "sc:Text", "edit_label": "sc:Text", "ssim": "sc:Float"}
_READER_COLUMNS: Final = {
    "pair_id": "sc:Text",
    "reviewer": "sc:Text",
    "q1_clinical_plausibility": "sc:Text",
    "q2_pathology_preservation": "sc:Text",
}


def dataset_description(sources: int, pairs: int, digests: Mapping[str, str]) -> dict[str, Any]:
    """The description as JSON-LD; `digests` has the SHA-256 of every file that it names."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "SpineFairBench demo bundle (synthetic)",
        "description": SYNTHETIC,
        "creator": {"@type": "sc:Organization", "name": "the demo-bundle program of SpineFairBench"},
        "datePublished": "2026-04-20",
        "version": __version__,
        "url": "https://example.org/spinefairbench-demo",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "isAccessibleForFree": True,
        "variableMeasured": [
            {"name": "sources with a passed pair", "value": sources},
            {"name": "passed pairs", "value": pairs},
        ],
        "distribution": [
            *(_file(name, path, digests[path]) for name, path in _FILES.items()),
            {
                "@type": "cr:FileSet",
                "@id": _IMAGES,
                "name": _IMAGES,
                "encodingFormat": "image/png",
                "includes": f"{layout.COUNTERFACTUAL_IMAGES}/*/*.png",
            },
        ],
        "recordSet": [
            _record_set("pairs", "qc-passed-pairs", _PAIR_COLUMNS, key=["pairs/pair_id"]),
            _record_set("answers", "reader-answers", _READER_COLUMNS, key=["answers/pair_id", "answers/reviewer"]),
            {
                "@type": "cr:RecordSet",
                "@id": "images",
                "name": "images",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": "images/content",
                        "name": "content",
                        "dataType": "sc:ImageObject",
                        "source": {"fileSet": {"@id": _IMAGES}, "extract": {"fileProperty": "content"}},
                    }
                ],
            },
        ],
    }


def _file(name: str, path: str, digest: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": path,
        "encodingFormat": _FORMATS[path.rpartition(".")[2]],
        "sha256": digest,
    }


def _record_set(name: str, file: str, columns: Mapping[str, str], *, key: Sequence[str]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": [{"@id": field} for field in key],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column}",
                "name": column,
                "dataType": kind,
                "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
            }
            for column, kind in columns.items()
        ],
    }
