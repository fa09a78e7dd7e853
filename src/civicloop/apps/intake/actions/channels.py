from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.channel_preset import OTHER_CHANNEL, preset_channels
from civicloop.apps.intake.models import Channel
from civicloop.apps.places.reference_files import ReferenceCode, read_reference_file, refuse

CHANNEL_COLUMNS = {
    "code": ("渠道编码", "编码", "代码"),
    "name": ("渠道名称", "渠道", "名称"),
    "name_en": ("英文名称", "english"),
}
LONGEST = {"code": 20, "name": 40, "name_en": 40}


def ensure_channels(*, now: datetime) -> None:
    """Load the preset's channels when there is none to fall back to."""
    if Channel.objects.filter(code=OTHER_CHANNEL).exists():
        return
    load_channels(
        rows=[(preset.code, preset.name, preset.name_en) for preset in preset_channels()],
        actor=None,
        now=now,
    )


def load_channel_file(*, file: Path, day: date, actor: User | None, now: datetime) -> int:
    """Add the channels of a table, or rename those that are there; gives their number.

    Raises:
        ReferenceFileError: a row is wrong; nothing was loaded.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(file, columns=CHANNEL_COLUMNS, required=("code", "name"), day=day)
    refuse(
        row.problem(ReferenceCode.TOO_LONG, name)
        for row in rows
        for name, longest in LONGEST.items()
        if len(row.values[name]) > longest
    )
    refuse(
        row.problem(ReferenceCode.TWICE, "code")
        for place, row in enumerate(rows)
        if row.values["code"] in {earlier.values["code"] for earlier in rows[:place]}
    )
    in_english = dict(Channel.objects.values_list("code", "name_en"))
    names = [(row.values["code"], row.values["name"], row.values["name_en"]) for row in rows]
    return load_channels(
        rows=[(code, name, name_en or in_english.get(code, name)) for code, name, name_en in names],
        actor=actor,
        now=now,
    )


@transaction.atomic
def load_channels(
    *, rows: Iterable[tuple[str, str, str]], actor: User | None, now: datetime
) -> int:
    """Add channels or rename them: code, Chinese name, English name. Gives their number."""
    channels = [Channel(code=code, name=name, name_en=name_en) for code, name, name_en in rows]
    Channel.objects.bulk_create(
        channels,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en"],
    )
    record_event(
        action="load_channels",
        object_type="channel",
        object_id="",
        actor=actor,
        now=now,
        details={"count": len(channels)},
    )
    return len(channels)
