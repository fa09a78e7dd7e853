from django.db.models import QuerySet

from civicloop.apps.audit.models import AuditEvent


def history_of(object_type: str, object_id: int | str) -> QuerySet[AuditEvent]:
    """The events of one record, oldest first."""
    return (
        AuditEvent.objects.filter(object_type=object_type, object_id=str(object_id))
        .select_related("actor")
        .order_by("id")
    )
