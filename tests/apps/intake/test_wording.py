import pytest

from civicloop.apps.intake.batches import CHANGED_SINCE, OTHER_CONTENT
from civicloop.apps.intake.wording import (
    REFERENCE,
    SET_ASIDE,
    word_cure,
    word_failure,
    word_problem,
)
from civicloop.apps.intake.wording_of_files import FILE_REASONS, MAPPING_REASONS
from civicloop.apps.intake.wording_of_rows import CURES, REASONS
from civicloop.apps.places.reference_files import ReferenceCode
from civicloop.connectors.spreadsheets import MappingCode, NoteCode, ProblemCode, UnreadableCode


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (REASONS, {*ProblemCode, OTHER_CONTENT, CHANGED_SINCE}),
        (CURES, {*ProblemCode, OTHER_CONTENT, CHANGED_SINCE}),
        (FILE_REASONS, set(UnreadableCode)),
        (MAPPING_REASONS, set(MappingCode)),
        (SET_ASIDE, set(NoteCode)),
        (REFERENCE, set(ReferenceCode)),
    ],
)
def test_every_code_has_words(words, codes):
    assert set(words) == codes


def test_kept_failure_of_a_newer_version_stands_for_itself():
    assert word_failure({"kind": "file", "code": "new_code", "params": {}, "line": 0}) == "new_code"
    problem = {"code": "new_code", "value": "x", "params": {}}
    assert (word_problem(problem), word_cure(problem)) == ("new_code", "")
