"""Clauses are told from lists, and statements in general from those about this patient."""

import pytest

from spinefairbench.metrics.clauses import (
    Scope,
    defines,
    is_named_as_kind,
    is_particular,
    says_what_it_is,
    starts_statement,
)

NO = Scope(kind=1, first=0, end=1)


@pytest.mark.parametrize(
    ("words", "clause_start", "starts"),
    [
        ("no fracture , and spurs are present", 0, True),
        ("no fracture and spurs are present", 0, False),
        ("no fracture and slip is present", 0, True),
        ("no fracture and slip is seen", 0, False),
        ("no fracture and spurs project", 0, True),
        ("no fracture seen and spurs are seen", 0, True),
        ("no fracture and mild spurs", 0, True),
        ("no acute and chronic fracture", 0, False),
        ("no slip or fracture and spurs", 0, True),
        ("no slip and no fracture", 0, False),
        ("no surgery and consider exercises", 0, True),
        ("no fracture and i see spurs", 0, True),
        ("no fracture and please order films", 0, True),
        ("no fracture and please rest well", 0, False),
        ("no fracture and films order well", 0, False),
        ("no fracture and", 0, False),
        ("no fracture and slip was present", 0, True),
        ("no fracture and slip are present", 0, False),
        ("no fracture and is well", 0, False),
        ("no fracture and is what shows well", 0, False),
        ("and spurs project large", 0, True),
        (f"no fracture and {'x ' * 13}project", 0, True),
        (f"no fracture and {'x ' * 14}project", 0, False),
    ],
)
def test_what_follows_a_conjunction_is_a_statement_or_a_member_of_a_list(
    words: str, clause_start: int, starts: bool
) -> None:
    tokens = words.split()
    scope = NO._replace(commas=tokens.count(","))
    last_or = tokens.index("or") if "or" in tokens else -1
    assert starts_statement(tokens, tokens.index("and"), scope, clause_start, last_or) is starts


@pytest.mark.parametrize("word", ["or", "nor"])
def test_or_joins_what_is_absent(word: str) -> None:
    words = f"no fracture {word} consider spurs".split()
    assert not starts_statement(words, 2, NO, 0, -1)
    assert starts_statement(["no", "fracture", "and", *words[3:]], 2, NO, 0, -1)


@pytest.mark.parametrize(
    ("words", "says", "defined"),
    [
        ("spurs are bony outgrowths", True, True),
        ("slip is a shift of a vertebra", False, True),
        ("slip is the main finding", False, False),
        ("spurs are large . outgrowths", False, False),
        ("spurs are large", False, False),
        ("spurs are", False, False),
    ],
)
def test_a_noun_or_an_article_after_a_verb_defines(words: str, says: bool, defined: bool) -> None:
    assert (says_what_it_is(words.split(), 1), defines(words.split(), 1)) == (says, defined)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("spurs", True),
        ("bony spurs", True),
        ("the spurs", False),
        ("the bony spurs", False),
        ("the bony a b c spurs", True),
        ("the a b c spurs", False),
        ("l4 spurs", False),
        ("the end , spurs", True),
    ],
)
def test_a_kind_is_named_without_words_that_point(words: str, kind: bool) -> None:
    tokens = words.split()
    assert is_named_as_kind(tokens, len(tokens) - 1) is kind


def test_what_follows_a_kind_points_to_none() -> None:
    assert is_named_as_kind(["spurs", "seen"], 0)


def test_a_level_of_the_spine_is_of_this_patient() -> None:
    assert is_particular(["spurs", "at", "l4"])
    assert not is_particular(["spurs", "grow", "with", "age"])
