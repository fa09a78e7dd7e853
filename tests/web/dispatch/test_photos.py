"""Who may see what a citizen photographed, and that each look is written down."""

import pytest
from django.core.files.base import ContentFile
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal, AppealPhoto, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(make_signed, now):
    order = make_signed()
    kept = AppealPhoto.objects.create(
        appeal=order.appeal, sha256="0" * 64, size_bytes=9, added_at=now,
        file=ContentFile(b"a picture", name="a.jpg"),
    )  # fmt: skip
    return f"/orders/{order.pk}/photos/{kept.pk}/"


def status(client, path):
    response = client.get(path)
    if response.streaming:
        assert b"".join(response.streaming_content) == b"a picture"  # and the file is closed
    return response.status_code


def seen_by():
    return list(
        AuditEvent.objects.filter(action="photo_seen").values_list("actor__role", flat=True)
    )


def test_who_handles_or_oversees_sees_it_and_that_is_written_down(photo, browse, clerk):
    supervisor = UserFactory(role=Role.SUPERVISOR)

    assert [status(browse(one), photo) for one in (clerk, supervisor)] == [200, 200]
    assert seen_by() == [Role.UNIT_CLERK, Role.SUPERVISOR]


def test_a_leader_sees_none(photo, browse):
    leader = UserFactory(role=Role.LEADER)

    assert status(browse(leader), photo) == 404
    assert photo not in browse(leader).get(photo.partition("photos/")[0]).text
    assert seen_by() == []


@pytest.mark.parametrize("change", [{"kind": Kind.REPORT}, {"is_confidential": True}])
def test_of_a_report_the_unit_sees_none(photo, browse, clerk, change):
    Appeal.objects.update(**change)
    dispatcher = UserFactory(role=Role.DISPATCHER)

    assert status(browse(clerk), photo) == 404
    assert photo not in browse(clerk).get(photo.partition("photos/")[0]).text
    assert status(browse(dispatcher), photo) == 200
