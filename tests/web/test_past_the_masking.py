"""What comes out of the database by `values()` is not masked: no page asks so for words of citizens."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from civicloop.apps.accounts.words import HoldsWords

pytestmark = pytest.mark.one_database  # reads sources
SOURCES = Path(__file__).parents[2] / "src" / "civicloop"
PAGES = [
    *(SOURCES / "api").rglob("*.py"),
    *(SOURCES / "web").rglob("*.py"),
    *(SOURCES / "apps").glob("*/queries/**/*.py"),
    *(SOURCES / "apps").glob("*/queries.py"),
]
PAST = {"values", "values_list", "annotate", "aggregate", "dates", "datetimes"}
MASKS = {"words_now", "words_at", "value_at"}
HARMLESS = {
    "title",  # of articles and public cases, in words of the city's own
    "answer",
    "questions",
    "name",  # of files of evidence; of units, areas and channels everywhere else
}


def protected() -> set[str]:
    holding = [one for one in apps.get_models() if issubclass(one, HoldsWords)]
    return {column for one in holding for column in one.PROTECTED} - HARMLESS


def told_past(source: str) -> Iterator[str]:
    """Columns of words that a module asks for past the masking, if it masks nothing itself."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if names & MASKS:
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in PAST
        ):
            inside = [*node.args, *(word.value for word in node.keywords)]
            for word in (part for one in inside for part in ast.walk(one)):
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    column = word.value.rpartition("__")[2]
                    if column in protected():
                        yield f"{node.func.attr}: {word.value}"


def test_no_page_goes_past_it():
    found = {str(file.relative_to(SOURCES)): list(told_past(file.read_text())) for file in PAGES}

    assert {file: told for file, told in found.items() if told} == {}
    assert len(PAGES) > 100


def test_a_page_that_did_would_be_found():
    assert list(told_past("Appeal.objects.values_list('pk', 'order__appeal__text')"))
    assert not list(told_past("words_now(Appeal.objects.values_list('text'))"))
