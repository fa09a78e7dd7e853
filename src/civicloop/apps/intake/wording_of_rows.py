"""Reasons and cures for rejected rows."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.batches import CHANGED_SINCE, OTHER_CONTENT
from civicloop.connectors.spreadsheets import ProblemCode

REASONS: dict[str, str | Promise] = {
    ProblemCode.MISSING_TEXT: _("The row has neither a text nor a subject."),
    ProblemCode.MISSING_TIME: _("The time of receipt is missing."),
    ProblemCode.UNREADABLE_TIME: _("“%(value)s” is no date."),
    ProblemCode.AMBIGUOUS_TIME: _("“%(value)s” can be read as two different dates."),
    ProblemCode.TIME_OUT_OF_RANGE: _("“%(value)s” lies in the future or too far back."),
    ProblemCode.UNREADABLE_NUMBER: _("“%(value)s” is no whole number of votes."),
    ProblemCode.DESTROYED_NUMBER: _(
        "The spreadsheet program has destroyed the number “%(value)s”."
    ),
    ProblemCode.TOO_LONG: _("%(characters)s characters are too long: at most %(limit)s fit."),
    ProblemCode.TOO_MANY_CELLS: _("The row has %(cells)s cells for %(columns)s columns."),
    ProblemCode.TOO_FEW_CELLS: _("The row has only %(cells)s cells for %(columns)s columns."),
    ProblemCode.UNCLOSED_QUOTE: _("A quotation mark is never closed and swallows %(lines)s lines."),
    ProblemCode.UNREADABLE_CHARACTERS: _("Some characters cannot be read in the file's encoding."),
    ProblemCode.NUL_CHARACTER: _("The cell holds a NUL character."),
    ProblemCode.FORMULA_WITHOUT_VALUE: _("The cell holds a formula that was never calculated."),
    ProblemCode.ERROR_VALUE: _("The cell holds the error %(value)s."),
    ProblemCode.MERGED_WITH_ABOVE: _("The cell is merged with row %(row)s, which has its text."),
    OTHER_CONTENT: _("The number %(value)s belongs to another appeal: file %(file)s, row %(row)s."),
    CHANGED_SINCE: _(
        "The appeal %(value)s is there with other details: file %(file)s, row %(row)s."
    ),
}
CURES: dict[str, str | Promise] = {
    ProblemCode.MISSING_TEXT: _("Fill in the text, or delete the row if it is no appeal."),
    ProblemCode.MISSING_TIME: _("Fill in the time, or give one in the mapping file."),
    ProblemCode.UNREADABLE_TIME: _("Write it like 2024-03-05 14:30."),
    ProblemCode.AMBIGUOUS_TIME: _("Write the year first, or set dates.order in the mapping file."),
    ProblemCode.TIME_OUT_OF_RANGE: _(
        "Correct the year, or set dates.earliest in the mapping file."
    ),
    ProblemCode.UNREADABLE_NUMBER: _("Write digits only, or leave the cell empty."),
    ProblemCode.DESTROYED_NUMBER: _("Export it again with this column formatted as text."),
    ProblemCode.TOO_LONG: _("Shorten it, or map the column to another field."),
    ProblemCode.TOO_MANY_CELLS: _("Put cells that hold a delimiter in quotation marks."),
    ProblemCode.TOO_FEW_CELLS: _("Add the missing cells; a line break may have torn the row."),
    ProblemCode.UNCLOSED_QUOTE: _("Close the quotation mark in this row."),
    ProblemCode.UNREADABLE_CHARACTERS: _("Save the file as UTF-8 or as a workbook."),
    ProblemCode.NUL_CHARACTER: _("Delete the character, or export the file again."),
    ProblemCode.FORMULA_WITHOUT_VALUE: _("Open and save the workbook in a spreadsheet program."),
    ProblemCode.ERROR_VALUE: _("Replace the error by the value that is meant."),
    ProblemCode.MERGED_WITH_ABOVE: _("Unmerge the cells, or delete the row."),
    OTHER_CONTENT: _(
        "If the file comes from another system, import it under another name of source; "
        "if the appeal was changed, keep the earlier row."
    ),
    CHANGED_SINCE: _(
        "If this row is the newer one, import the file again and choose to bring appeals up to "
        "date (--on-existing update); if not, leave it out."
    ),
}
