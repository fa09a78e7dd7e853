"""Who citizens are, apart from what they said: sealed, found by a random number alone."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.vault.keys import key_in_use
from civicloop.apps.vault.sealing import index_of, seal, unseal

REF_BYTES = 16
PHONE, ID_NUMBER = "vault_identity.phone", "vault_identity.id_number"  # columns with an index


class Sealed(models.Model):
    """A record with sealed columns; all of them under one key, which `civicloop vault rotate` renews."""

    SEALED: ClassVar[tuple[str, ...]] = ()  # the columns

    key_id = models.CharField(max_length=16, db_index=True)  # of the key that sealed them

    class Meta:
        abstract = True

    def place_of(self, column: str) -> str:
        """For which place a column is sealed."""
        return f"{self._meta.db_table}.{column}:{self.pk}"

    def seal_columns(self, texts: Mapping[str, str]) -> None:
        """Seal all columns anew; what is not given is empty. The record must have its number."""
        self.key_id = key_in_use()
        for column in self.SEALED:
            setattr(self, column, seal(texts.get(column, ""), place=self.place_of(column)))

    def opened(self) -> dict[str, str]:
        """All columns in plain words.

        Raises:
            SealBrokenError: the key is missing or the record was tampered with.
        """
        return {
            column: unseal(getattr(self, column), key_id=self.key_id, place=self.place_of(column))
            for column in self.SEALED
        }

    def seal_again(self) -> tuple[str, ...]:
        """Seal with the key in use what is sealed with another; gives the columns that changed."""
        self.seal_columns(self.opened())
        return ("key_id", *self.SEALED)


class Identity(Sealed):
    """Who a citizen is and how to reach them; which appeal it belongs to is not written here."""

    SEALED = ("name", "phone", "id_number", "address", "preference")

    ref = models.CharField(max_length=32, primary_key=True)  # random
    kept_at = models.DateTimeField(_("kept at"), db_index=True)
    name = models.BinaryField(_("name"), default=bytes)
    phone = models.BinaryField(_("telephone"), default=bytes)
    id_number = models.BinaryField(_("identity number"), default=bytes)
    address = models.BinaryField(_("address"), default=bytes)
    preference = models.BinaryField(_("how to be reached"), default=bytes)
    phone_index = models.CharField(max_length=32, blank=True, db_index=True)  # keyed, blind
    id_number_index = models.CharField(max_length=32, blank=True, db_index=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")

    def __str__(self) -> str:
        return self.ref  # never what is in it

    def seal_columns(self, texts: Mapping[str, str]) -> None:
        super().seal_columns(texts)
        self.phone_index = index_of(texts.get("phone", ""), column=PHONE)
        id_number = texts.get("id_number", "")
        self.id_number_index = index_of(id_number, column=ID_NUMBER)

    def seal_again(self) -> tuple[str, ...]:
        return (*super().seal_again(), "phone_index", "id_number_index")
