"""The tables of the vault in a database of their own, where VAULT_DATABASE_URL names one."""

from typing import Any

from django.db.models import Model

VAULT = "vault"  # the app's label, and the database's name


class VaultRouter:
    """Sends the vault's records to its database, and no other there."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:  # noqa: ANN401 -- Django's
        return VAULT if model._meta.app_label == VAULT else None  # noqa: SLF001

    def db_for_write(self, model: type[Model], **_hints: Any) -> str | None:  # noqa: ANN401 -- Django's
        return self.db_for_read(model)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:  # noqa: ANN401 -- Django's
        return (db == VAULT) == (app_label == VAULT)
