"""Key the hashes of contents where they stand; ended at any moment, it goes on where it stopped.

Numbers of rows that had none were made of the hash; they stand in the search index, too.
"""

from django.db import migrations, transaction
from django.db.models import Q

BATCH = 2_000


def key_hashes(apps, schema_editor):
    for batch in (key_appeals, key_later_rows):
        last = 0
        while last is not None:
            last = batch(apps, schema_editor.connection, last, BATCH)


def key_appeals(apps, connection, last, size):
    """The number of the last appeal that was keyed; None when there is none left."""
    from civicloop.apps.intake.content_hashes import MARK, ContentHasher

    hasher = ContentHasher()
    appeals = apps.get_model("intake", "Appeal").objects.using(connection.alias)
    with transaction.atomic(using=connection.alias):
        unkeyed = appeals.exclude(content_hash__startswith=MARK).filter(pk__gt=last)
        found = list(
            unkeyed.only("content_hash", "source_key", "received_at", "subject", "text", "address")
            .select_for_update()
            .order_by("pk")[:size]
        )
        fingerprinted = [one for one in found if one.source_key.startswith("~")]
        before = [_searchable(one) for one in fingerprinted]
        for one in found:
            one.content_hash = hasher.keyed(one.content_hash)
        for one in fingerprinted:
            letters, _, manieth = one.source_key[1:].partition("-")
            one.source_key = f"~{hasher.keyed_fingerprint(letters)}-{manieth}"
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE intake_appeal SET content_hash = %s, source_key = %s WHERE id = %s",
                [(one.content_hash, one.source_key, one.pk) for one in found],
            )
        _index_again(apps, connection, before, [_searchable(one) for one in fingerprinted])
    return found[-1].pk if found else None


def _searchable(appeal):
    from civicloop.apps.intake.search import Searchable

    return Searchable(
        appeal.pk,
        appeal.received_at,
        appeal.subject,
        appeal.text,
        appeal.address,
        appeal.source_key,
    )


def _index_again(apps, connection, before, after):
    """Let the index have the new numbers, as far as it reaches."""
    from civicloop.apps.intake.search import search_table

    marks = apps.get_model("intake", "SearchMark").objects.using(connection.alias)
    mark = marks.select_for_update().filter(pk=1).first()
    reach = mark.appeal_id if mark else 0
    if before and before[0].id <= reach:
        with connection.cursor() as cursor:
            search_table().remove(cursor, [one for one in before if one.id <= reach])
            search_table().add(cursor, [one for one in after if one.id <= reach])


def key_later_rows(apps, connection, last, size):
    """As with appeals; the hash belongs to the place that a row is sealed for, so it is sealed anew."""
    from civicloop.apps.intake.content_hashes import MARK, ContentHasher
    from civicloop.apps.vault.keys import key_in_use
    from civicloop.apps.vault.sealing import SealBrokenError, seal, unseal

    hasher = ContentHasher()
    rows = apps.get_model("intake", "LaterRow").objects.using(connection.alias)
    unkeyed = ~Q(hash_after__startswith=MARK) | ~Q(hash_before__startswith=MARK)
    with transaction.atomic(using=connection.alias):
        found = list(rows.filter(unkeyed, pk__gt=last).select_for_update().order_by("pk")[:size])
        changed = []
        for row in found:
            place = f"intake_laterrow.sealed_cells:{row.appeal_id}/"
            after = hasher.keyed(row.hash_after)
            try:
                cells = unseal(row.sealed_cells, key_id=row.key_id, place=place + row.hash_after)
            except SealBrokenError:  # waits for its key as it is
                continue
            row.sealed_cells, row.key_id = seal(cells, place=place + after), key_in_use()
            row.hash_before, row.hash_after = hasher.keyed(row.hash_before), after
            changed.append(row)
        columns = ("hash_before", "hash_after", "key_id", "sealed_cells")
        rows.bulk_update(changed, columns, batch_size=50)
    return found[-1].pk if found else None


class Migration(migrations.Migration):
    atomic = False  # a million rows in one transaction would fill the journal

    dependencies = [
        ("intake", "0021_nuisance_marks"),
    ]

    operations = [migrations.RunPython(key_hashes, migrations.RunPython.noop)]
