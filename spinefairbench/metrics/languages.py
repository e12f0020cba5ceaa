"""Whether a text is probably not in English, the only language that the keyword parsers read.

Another script shows in the letters, another language in its function words. Both are looked for in the beginning of a
text, where a language shows as well as anywhere. Where there is little to go by, a text counts as English: a list of
findings has hardly any function words.
"""

import re
from typing import Final

__all__ = ["probably_not_english"]

_LOOKED_AT: Final = 1500
"""Characters."""
_OTHER_LETTERS: Final = 0.3
"""The share of letters of other scripts than Latin from which a text is not English: a quoted word is below it."""
_FEWEST_WORDS: Final = 5
_FOREIGN_SHARE: Final = 0.08
_FOREIGN_WORDS: Final = 2
"""A text needs this share of foreign function words and this many different ones, and fewer English ones. Running text
has far more in any language, and the odd Latin or foreign word in an English text stays below."""
_CERTAINLY_ENGLISH: Final = 3

_FIRST_OTHER_LETTER: Final = "\u0370"
"""Greek and all that follows; before it are the Latin letters with their accents."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMMON: Final = (" the ", " of ", " and ", " with ", " are ", " this ", " at ")
"""A text with several of these is English; nearly every report in prose has them in its first lines."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH: Final = _words(
    """
    the of and with without is are there this that on or not been has have from by seen which to may but as at was
    were be it its no for in any
    """
)
# Left out is what English reports use as well: `de novo`, `et al`, `en bloc`, `per os`, `LA`, `LE`, SI joints, `w/o`.
_FOREIGN: Final = _words(
    """
    der das dem und oder mit ohne ist sind nicht kein keine keinen keiner eine einer eines wird werden auf bei zur zum
    von nach auch sich durch sowie zeigt wirbelsäule wirbelkörper bandscheibe unauffällig regelrecht
    les des du une est sont avec dans sans pas aux cette ces qui ou sur aucun aucune colonne vertèbres rachis
    los las una del que para por hay muestra es está están y columna vértebras ninguna ningún con sin
    il lo gli di della delle dei degli nel nella sono senza che alla è colonna vertebre nessuna nessun rachide
    da das dos uma um não com sem em na ao pelo pela há é coluna nenhuma
    het een van geen niet met zijn wordt voor wervelkolom
    och og det inte ikke som til på ingen ett är av
    nie jest się oraz bez na kręgosłupa
    ve bir bu ile için yok olarak veya
    dan yang tidak dengan pada untuk ini
    este și cu fără je není páteře és nem az egy ja ei ovat và không có của
    lorem ipsum dolor amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore aliqua enim veniam
    quis nostrud ullamco laboris nisi aliquip commodo consequat duis aute irure voluptate velit esse cillum fugiat
    nulla pariatur excepteur sint occaecat cupidatat proident sunt culpa officia deserunt mollit anim laborum ut ac
    vel vitae mauris donec vestibulum pellentesque curabitur nunc quam tellus erat
    """
)


def probably_not_english(text: str) -> bool:
    """Whether a text is probably in another language; the time does not depend on its length."""
    start = text[:_LOOKED_AT].lower()
    if not start.isascii() and _in_another_script(start):
        return True
    if _has_common_words(start):
        return False
    words = _WORD.findall(start)
    if len(words) < _FEWEST_WORDS:
        return False
    foreign = [word for word in words if word in _FOREIGN]
    return (
        len(foreign) >= _FOREIGN_SHARE * len(words)
        and len(set(foreign)) >= _FOREIGN_WORDS
        and len(foreign) > sum(word in _ENGLISH for word in words)
    )


def _has_common_words(text: str) -> bool:
    found = 0
    for word in _COMMON:
        found += word in text
        if found == _CERTAINLY_ENGLISH:
            return True
    return False


def _in_another_script(text: str) -> bool:
    # Quotation marks and dashes are no Latin-1 either, but few; counting them so is faster than looking at each letter.
    if len(text) - len(text.encode("latin-1", "ignore")) < _OTHER_LETTERS / 2 * len(text):
        return False
    letters = [letter for letter in text if letter.isalpha()]
    others = sum(letter >= _FIRST_OTHER_LETTER for letter in letters)
    return others > _OTHER_LETTERS * len(letters)
