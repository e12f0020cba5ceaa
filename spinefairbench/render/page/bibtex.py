"""The entry by which a page is cited, in BibTeX."""

from typing import Final

from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.version import __version__

__all__ = ["bibtex_entry"]

_ESCAPES: Final = {
    ord("\\"): r"\textbackslash{}",
    ord("^"): r"\textasciicircum{}",
    ord("~"): r"\textasciitilde{}",
    ord("|"): r"\textbar{}",
    ord("<"): r"\textless{}",
    ord(">"): r"\textgreater{}",
    **{ord(each): f"\\{each}" for each in "{}$&#_%"},
    # A line ends in a space, and so does whatever else is no character of a text.
    **dict.fromkeys(range(0x20), " "),
}


def bibtex_entry(title: str, signature: str, notice: str | None = None) -> str:
    """A `@misc` entry; its key depends on the signature alone. It has no year: a page does not know when it was made."""
    key = sha256_of_bytes(signature.encode("utf-8", "surrogatepass"))[:8]
    note = "; ".join(filter(None, (notice, f"signature {signature}")))
    lines = [
        f"@misc{{spinefairbench-{key},",
        f"  title = {{{{{_escaped(title)}}}}},",
        f"  howpublished = {{SpineFairBench {_escaped(__version__)}}},",
        f"  note = {{{_escaped(note)}}},",
        "}",
    ]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """The text as LaTeX prints it."""
    return text.translate(_ESCAPES)
