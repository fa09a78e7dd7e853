# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`
"""The facts of the platform as plain tables that any program reads.

What is sealed, what lets somebody in and what only the machine needs stays here: it is no backup.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from civicloop.connectors.backups.folder import sha256_of, whole_folder
from civicloop.connectors.spreadsheets.formula_safe import formula_safe

OURS = "civicloop.apps."
LEFT_OUT = {"password"}
_TYPES = {
    models.BooleanField: "boolean",
    models.DateTimeField: "datetime",
    models.DateField: "date",
    models.FloatField: "number",
    models.IntegerField: "integer",
}
_CHUNK = 2_000


def export_tables(folder: Path) -> dict[str, int]:
    """Write a CSV file for each table and a Data Package that describes them; gives the rows of each.

    Raises:
        FileExistsError: the folder is there already.
    """
    rows: dict[str, int] = {}
    with whole_folder(folder) as making:
        resources = []
        for model in _models():
            name = model._meta.db_table
            rows[name] = _write(model, making / f"{name}.csv")
            resources.append(_described(model, making / f"{name}.csv", rows[name]))
        package = {"name": "civicloop", "profile": "tabular-data-package", "resources": resources}
        words = json.dumps(package, ensure_ascii=False, indent=1)
        (making / "datapackage.json").write_text(words + "\n")
    return rows


def _models() -> Iterator[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith(OURS):
            yield from (model for model in config.get_models() if model._meta.managed)


def _fields(model: type[models.Model]) -> list[models.Field[object, object]]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and field.attname not in LEFT_OUT
    ]


def _write(model: type[models.Model], file: Path) -> int:
    names = [field.attname for field in _fields(model)]
    count = 0
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(names)
        rows = model._default_manager.order_by("pk").values_list(*names)
        for row in rows.iterator(chunk_size=_CHUNK):
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return formula_safe(value)  # type: ignore[arg-type]


def _described(model: type[models.Model], file: Path, count: int) -> dict[str, object]:
    return {
        "name": file.stem,
        "path": file.name,
        "title": str(model._meta.verbose_name),
        "encoding": "utf-8",
        "hash": f"sha256:{sha256_of(file)}",
        "rows": count,
        "schema": {
            "fields": [
                {"name": field.attname, "type": _type_of(field)} for field in _fields(model)
            ],
            "primaryKey": model._meta.pk.attname,
        },
    }


def _type_of(field: models.Field[object, object]) -> str:
    return next((name for kind, name in _TYPES.items() if isinstance(field, kind)), "string")
