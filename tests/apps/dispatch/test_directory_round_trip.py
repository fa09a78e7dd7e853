"""A directory that goes out as a table comes back as it was, whoever writes and whoever reads it."""

from datetime import date
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.apps.dispatch.directories import draft, rule
from tests.factories import AreaFactory, TopicFactory, UnitFactory

from civicloop.apps.dispatch.models import DirectoryRule
from civicloop.apps.places.models import UnitLevel

pytestmark = pytest.mark.django_db
COLUMNS = (
    "number", "topic", "area", "level", "lead", "assisting", "grassroots_allowed", "statute",
    "valid_from", "valid_to",
)  # fmt: skip


@pytest.fixture
def units(db):
    AreaFactory()
    TopicFactory(path="噪声", code="1")
    for code, name in [
        ("007", "公安局"),
        ("H1", "住建局"),
        ("1E5", "水务局"),
        ("P1", "企业甲/乙"),
    ]:
        UnitFactory(code=code, name=name)


def rules_of(number: int) -> list[tuple]:
    rules = DirectoryRule.objects.filter(version__number=number).order_by("number")
    return list(rules.values_list(*COLUMNS))


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(("written", "read"), list(product(["zh-hans", "en"], repeat=2)))
def test_every_column_comes_back_in_either_language(written, read, ending, tmp_path, now) -> None:
    rules = [
        rule(
            "噪声", "007", assisting=["H1", "1E5"], statute="条例第3-1条", area="990101",
            grassroots_allowed=True, valid_from=date(2024, 1, 1), valid_to=date(2027, 12, 31),
        ),
        *(rule("", "H1", level=level) for level in UnitLevel),
        rule("噪声", "@county/政府", assisting=["P1"]),
    ]  # fmt: skip
    draft(*rules, now=now)
    file = tmp_path / f"directory.{ending}"

    with translation.override(written):
        call_command("manage_directory", "export", str(file), "--version-number", "1")
    with translation.override(read):
        call_command("manage_directory", "import", str(file))

    assert rules_of(2) == rules_of(1)


@pytest.mark.usefixtures("units")
def test_a_name_that_two_units_have_is_nobodys(tmp_path, now, capsys) -> None:
    for code in ("A-MZ", "B-MZ"):
        UnitFactory(code=code, name="民政局")
    draft(rule("噪声", "A-MZ", assisting=["B-MZ"]), now=now)
    file = tmp_path / "directory.csv"

    call_command("manage_directory", "export", str(file), "--version-number", "1")
    call_command("manage_directory", "import", str(file))

    assert rules_of(2) == rules_of(1)
    file.write_text("topic,lead unit\n噪声,民政局\n", encoding="utf-8")
    call_command("manage_directory", "import", str(file))
    with pytest.raises(CommandError):
        call_command("manage_directory", "check", "3")
    assert "民政局" in capsys.readouterr().out
