"""Seal what staff have written and not sent, where it stands."""

import json

from django.db import migrations


def seal_drafts(apps, schema_editor):
    from civicloop.apps.vault.sealing import ColumnSealer

    drafts = apps.get_model("dispatch", "StepDraft").objects
    if not drafts.exists():
        return  # no key is made for nothing
    sealer = ColumnSealer("dispatch_stepdraft.sealed_answers")
    for draft in drafts.all():
        record = f"{draft.order_id}/{draft.user_id}/{draft.step}"
        written = json.dumps(draft.answers, ensure_ascii=False)
        sealed = {"key_id": sealer.key_id, "sealed_answers": sealer.seal(written, record=record)}
        drafts.filter(pk=draft.pk).update(**sealed)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0019_sealed_drafts")]

    operations = [migrations.RunPython(seal_drafts, migrations.RunPython.noop)]
