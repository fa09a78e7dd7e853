from collections import Counter

import pytest
from tests.connectors.spreadsheets import nasty_cells, nasty_damages, nasty_texts, nasty_workbooks
from tests.connectors.spreadsheets.harness import answers, read, refusal
from tests.connectors.spreadsheets.nasty import Nasty

FILES = [*nasty_texts.FILES, *nasty_cells.FILES, *nasty_workbooks.FILES, *nasty_damages.FILES]


@pytest.mark.parametrize("nasty", FILES, ids=lambda nasty: nasty.name)
def test_every_row_of_a_nasty_file_comes_out_once_or_the_file_is_refused(nasty: Nasty, tmp_path):
    path = tmp_path / f"file{nasty.suffix}"
    nasty.make(path)

    if nasty.refused:
        assert refusal(path, mapping=nasty.mapping, limits=nasty.limits).code == nasty.refused
        return
    outcome = read(path, mapping=nasty.mapping, limits=nasty.limits)

    assert outcome.problems == Counter(nasty.problems)
    assert outcome.notes == Counter(nasty.notes)
    assert len(outcome.good) == nasty.good
    rows = sum(count for code, count in nasty.notes.items() if code != "repeated_value")
    assert outcome.accounted == (nasty.rows or len(outcome.rows) + rows)


@pytest.mark.parametrize("nasty", FILES, ids=lambda nasty: nasty.name)
def test_a_nasty_file_is_read_alike_without_a_child_process(nasty: Nasty, tmp_path):
    path = tmp_path / f"file{nasty.suffix}"
    nasty.make(path)

    messages = answers(path, mapping=nasty.mapping, limits=nasty.limits)

    assert messages[-1].get("error", "") in {nasty.refused, ""}
    rows = sum(len(message.get("numbers", ())) for message in messages)
    bad = sum(len({found[0] for found in message.get("problems", ())}) for message in messages)
    assert nasty.refused or rows - bad == nasty.good


def test_corpus_is_as_large_as_promised():
    assert len({nasty.name for nasty in FILES}) == len(FILES) >= 60
