"""Put definitions in force: what changed becomes the next version, nothing is overwritten."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.indicators.definitions import to_json
from civicloop.apps.indicators.models import DefinitionVersion
from civicloop.connectors.indicators.definition_files import DefinedIndicator
from civicloop.engines.provenance.digests import digest_of


class DefinitionsKept(NamedTuple):
    new: int
    changed: int
    unchanged: int


@transaction.atomic
def keep_definitions(
    *, defined: Iterable[tuple[str, DefinedIndicator]], actor: User | None, now: datetime
) -> DefinitionsKept:
    """Keep definitions with the file they came from; a definition that says the same stays as it is."""
    newest = {each.code: each for each in DefinitionVersion.objects.order_by("code", "number")}
    new = changed = unchanged = 0
    for file, each in defined:
        code, content = each.definition.code, to_json(each.content)
        before, digest = newest.get(code), digest_of(content)
        if before and before.sha256 == digest:
            unchanged += 1
            continue
        version = DefinitionVersion(
            code=code,
            number=before.number + 1 if before else 1,
            sha256=digest,
            content=content,
            file=file,
            recorded_at=now,
        )
        version.save()
        new, changed = new + (before is None), changed + (before is not None)
        record_event(
            action="define_indicator",
            object_type="indicator",
            object_id=code[:40],
            actor=actor,
            now=now,
            details={"version": version.number, "sha256": digest},
        )
    return DefinitionsKept(new, changed, unchanged)
