"""Every requirement of OWASP ASVS 5.0, levels 1 and 2, has one answer, and what it names is there."""

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUSES = {"test", "doc", "ops", "not_applicable", "open"}
# How many of a section are of level 1 or 2: counted from OWASP's table of version 5.0.0.
LEVEL_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11,
    "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1,
    "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


def _answers() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _with(status: str) -> list[dict[str, str]]:
    return [answer for answer in _answers() if answer["status"] == status]


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_requirement_is_answered_once():
    answered = [answer["id"] for answer in _answers()]

    wanted = [f"{section}.{n + 1}" for section, count in LEVEL_2.items() for n in range(count)]
    assert len(wanted) == 253
    assert answered == wanted
    assert Counter(answer["level"] for answer in _answers()) == {"1": 70, "2": 183}


def test_every_answer_is_of_a_known_kind_and_says_something():
    assert {answer["status"] for answer in _answers()} == STATUSES
    assert all(answer["evidence"].strip() for answer in _answers())


def test_every_test_that_is_named_exists():
    named = [node.split("::") for answer in _with("test") for node in answer["evidence"].split()]

    assert not [f"{path}::{name}" for path, name in named if name not in _tests_of(path)]
    assert all(name.startswith("test_") for _, name in named)


def test_every_page_that_is_named_exists():
    assert not [one["id"] for one in _with("doc") if not (ROOT / one["evidence"]).is_file()]


def test_the_counts_in_the_security_page_are_those_of_the_table():
    counts = Counter(answer["status"] for answer in _answers())
    applicable = len(_answers()) - counts["not_applicable"]

    share = round(100 * counts["test"] / applicable)
    sentence = (
        f"{applicable} apply; {counts['test']} of these ({share} %) are held by a test, "
        f"{counts['doc']} by a page, {counts['ops']} are the city's to see to, "
        f"{counts['open']} are open"
    )
    assert sentence in " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
