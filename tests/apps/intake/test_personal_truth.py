import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from civicloop.apps.intake.personal_truth import made_up_details, personal_figures
from civicloop.connectors.sample_city.personal import personal_texts
from civicloop.engines.pii import STRUCTURED


def test_numbers_and_accounts_are_hidden_as_promised():
    figures = personal_figures(personal_texts(3000, seed=99))

    structured = figures["personal: structured kinds"]
    assert structured["recall"] >= 0.99
    assert structured["precision"] >= 0.98
    for kind in STRUCTURED:
        assert figures[f"personal: {kind}"]["recall"] >= 0.98


def test_names_and_homes_are_measured_with_those_that_no_cue_announces():
    figures = personal_figures(personal_texts(3000, seed=99))

    assert 0.75 < figures["personal: name"]["recall"] < 1
    assert 0.8 < figures["personal: home"]["recall"] < 1


def test_the_made_up_texts_are_always_the_same():
    assert made_up_details(5) == made_up_details(5)


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command("evaluate", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_measures_made_up_texts():
    assert run("--pii", "--appeals", "200")["personal: structured kinds"]["rows"] == 200


def test_the_command_measures_ones_own_texts(tmp_path):
    file = tmp_path / "own.jsonl"
    spans = [{"kind": "mobile", "start": 2, "end": 13}, {"kind": "name", "start": 0, "end": 2}]
    file.write_text(json.dumps({"text": "老李13812345678", "spans": spans}) + "\n\n")

    figures = run("--pii", str(file))

    assert figures["personal: mobile"]["recall"] == 1
    assert figures["personal: name"]["recall"] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "holds no text"),
        ("{", "line 1"),
        ('{"text": "a", "spans": [{"kind": "shoe", "start": 0, "end": 1}]}', "mobile"),
        ('{"text": "a", "spans": [{"kind": "name", "start": 0, "end": 2}]}', "outside"),
        ('{"spans": []}', "text and spans"),
    ],
)
def test_a_file_in_another_form_is_refused_with_its_line(tmp_path, line, words, settings):
    settings.LANGUAGE_CODE = "en"
    file = tmp_path / "own.jsonl"
    file.write_text(line)

    with pytest.raises(CommandError, match=words):
        run("--pii", str(file))


def test_a_file_in_another_encoding_is_refused(tmp_path, settings):
    settings.LANGUAGE_CODE = "en"
    file = tmp_path / "own.jsonl"
    file.write_bytes("王".encode("gb18030"))

    with pytest.raises(CommandError, match="UTF-8"):
        run("--pii", str(file))
