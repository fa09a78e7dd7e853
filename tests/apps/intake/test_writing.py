"""Many rows at once: all of them or none, on either database."""

import pytest
from django.db import IntegrityError, transaction

from civicloop.apps.intake.models import Channel
from civicloop.apps.intake.writing import ROWS_OF_A_STATEMENT, bulk_writer

COLUMNS = ("code", "name", "name_en")

pytestmark = pytest.mark.django_db


def _rows(count):
    return [(f"way {number}", f"第{number}路", f"100 % of {number}") for number in range(count)]


@pytest.mark.parametrize("rest", [0, 1, 7])
def test_rows_go_in_as_they_are_however_many(rest):
    rows = _rows(2 * ROWS_OF_A_STATEMENT + rest)

    with transaction.atomic():
        bulk_writer().insert("intake_channel", COLUMNS, rows)

    assert list(Channel.objects.order_by("id").values_list(*COLUMNS)) == rows


def test_of_rows_among_which_one_is_there_already_none_goes_in():
    rows = [*_rows(ROWS_OF_A_STATEMENT + 3), ("way 0", "又一路", "again")]

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_writer().insert("intake_channel", COLUMNS, rows)

    assert not Channel.objects.exists()
