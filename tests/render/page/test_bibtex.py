"""The entry of a page in BibTeX: whatever a title holds, it stays a text."""

from spinefairbench.render.page.bibtex import bibtex_entry
from spinefairbench.version import __version__


def test_the_entry_has_title_version_and_signature() -> None:
    entry = bibtex_entry("A report", "bench:b|pairs:5/5#1", "Synthetic")
    assert entry.splitlines()[1:] == [
        "  title = {{A report}},",
        f"  howpublished = {{SpineFairBench {__version__}}},",
        r"  note = {Synthetic; signature bench:b\textbar{}pairs:5/5\#1},",
        "}",
    ]
    assert entry.splitlines()[0].startswith("@misc{spinefairbench-")


def test_a_hostile_title_closes_no_brace_and_starts_no_command() -> None:
    entry = bibtex_entry("}\\input{x}\n$&#_%^~<", "s")
    assert r"{{\}\textbackslash{}input\{x\} \$\&\#\_\%\textasciicircum{}\textasciitilde{}\textless{}}}" in entry


def test_the_key_is_that_of_the_signature() -> None:
    keys = [bibtex_entry(title, signature).splitlines()[0] for title, signature in (("a", "s"), ("b", "s"), ("a", "t"))]
    assert keys[0] == keys[1] != keys[2]
