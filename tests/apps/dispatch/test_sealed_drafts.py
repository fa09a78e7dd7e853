"""What staff had written and not sent when drafts were not sealed yet."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.dispatch.models import StepDraft

BEFORE, AFTER = ("dispatch", "0018_place_keys"), ("dispatch", "0021_drafts_are_sealed")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.one_database
def test_an_old_draft_is_sealed_where_it_stands():
    order, user = WorkOrderFactory(), UserFactory()
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    try:
        before = executor.loader.project_state([BEFORE]).apps.get_model("dispatch", "StepDraft")
        before.objects.create(
            order_id=order.pk,
            user_id=user.pk,
            step="close",
            answers={"note": "欧阳焱"},
            saved_at=timezone.now(),
        )
    finally:
        MigrationExecutor(connection).migrate(leaves)

    assert StepDraft.objects.get().answers == {"note": "欧阳焱"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dispatch_stepdraft")
        row = repr(cursor.fetchall())
    assert "欧阳焱" not in row
    assert "\\u6b27" not in row
