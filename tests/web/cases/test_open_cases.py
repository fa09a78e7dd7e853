import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role

pytestmark = pytest.mark.django_db

LISTS = {
    "Joint meetings": "/meetings/",
    "Reception days": "/receptions/",
    "Mediation": "/mediation/",
    "Petitions": "/petitions/",
}


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        (Role.MEETING_SECRETARY, {"Joint meetings", "Reception days"}),
        (Role.PETITION_OFFICER, {"Reception days", "Mediation", "Petitions"}),
        (Role.MEDIATOR, {"Mediation"}),
        (Role.LEADER, set(LISTS)),
        (Role.UNIT_CLERK, {"Joint meetings", "Petitions"}),
    ],
)
def test_each_role_is_offered_the_lists_that_open_to_it(role, lists, browse, units):
    client = browse(UserFactory(role=role, unit=units[0] if role == Role.UNIT_CLERK else None))

    page = client.get("/cases/").text

    assert {name for name, address in LISTS.items() if f'href="{address}"' in page} == lists
    assert {client.get(LISTS[name]).status_code for name in lists} == {200}


@pytest.mark.parametrize("role", [Role.GUEST, Role.DISPATCHER, Role.OPERATOR])
def test_who_has_none_of_the_lists_is_refused_and_not_led_there(role, browse):
    client = browse(UserFactory(role=role))

    assert client.get("/cases/").status_code == 403
    assert 'href="/cases/"' not in client.get("/").text
