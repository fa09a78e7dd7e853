"""The rows of imported files as they stood there: sealed, for they may say who a citizen is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models.appeals import Appeal, ImportRun
from civicloop.apps.vault.models import Sealed
from civicloop.apps.vault.sealing import ColumnSealer
from civicloop.connectors.spreadsheets import cells_of


class _OfAFile(Sealed):
    """A row of a file, its cells sealed as one text."""

    SEALED = ("sealed_cells",)

    key_id = models.CharField(max_length=16)  # without an index: it would cost each imported row
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    row_number = models.PositiveIntegerField(_("row"))
    sealed_cells = models.BinaryField(_("cells"), default=bytes)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.sheet} {self.row_number}"  # never what is in it

    def seal_cells(self, cells_text: str) -> None:
        """Keep what stood in the row; where it stood must be known by now."""
        self.seal_columns({"sealed_cells": cells_text})

    def opened_cells(self) -> list[str]:
        """What stood in the row; nothing when its time was over.

        Raises:
            SealBrokenError: the key is missing or the record was tampered with.
        """
        text = self.opened()["sealed_cells"]
        return [str(cell) for cell in cells_of(text)] if text else []


class OriginalRow(_OfAFile):
    """The row an appeal came from, cell by cell as it stood in the file."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="original_row"
    )
    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="original_rows", db_index=False
    )

    class Meta:
        verbose_name = _("original row")
        verbose_name_plural = _("original rows")
        indexes = [models.Index(fields=["run", "appeal"], name="intake_originalrow_run")]

    @classmethod
    def sealer(cls) -> ColumnSealer:
        """What seals the cells of many rows, each for its appeal's number."""
        return ColumnSealer("intake_originalrow.sealed_cells")


class LaterRow(_OfAFile):
    """A row that brought a known appeal up to date, and what it changed."""

    appeal = models.ForeignKey(
        Appeal, on_delete=models.CASCADE, related_name="later_rows", db_index=False
    )
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="later_rows")
    at = models.DateTimeField(_("at"))
    hash_before = models.CharField(_("hash before"), max_length=32)
    hash_after = models.CharField(_("hash after"), max_length=32)
    before = models.JSONField(_("before"))  # the columns that changed → what they held
    after = models.JSONField(_("after"))

    class Meta:
        verbose_name = _("later row")
        verbose_name_plural = _("later rows")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "hash_after"], name="intake_laterrow_once"),
        ]

    def place_of(self, column: str) -> str:
        """By what makes it one of a kind: its number comes after it is sealed."""
        return f"intake_laterrow.{column}:{self.appeal_id}/{self.hash_after}"


class RejectedRow(_OfAFile):
    """A row that could not go in, with every problem it has."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_rows")
    problems = models.JSONField(_("problems"))  # list of code, column, value, params

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sheet", "row_number"], name="intake_rejectedrow_once"
            )
        ]

    def place_of(self, column: str) -> str:
        """By what makes it one of a kind: its number comes after it is sealed."""
        return f"intake_rejectedrow.{column}:{self.run_id}/{self.sheet}/{self.row_number}"
