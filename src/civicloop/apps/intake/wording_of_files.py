"""Reasons why a whole file, or its mapping, cannot be used. Each is one sentence with its cure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.connectors.spreadsheets import MappingCode, UnreadableCode

FILE_REASONS: dict[str, str | Promise] = {
    UnreadableCode.NOT_FOUND: _("There is no such file."),
    UnreadableCode.NOT_A_FILE: _("This is a folder, not a file."),
    UnreadableCode.EMPTY: _("The file is empty."),
    UnreadableCode.TOO_BIG: _(
        "The file has %(bytes)s bytes, more than the %(limit)s allowed; split it."
    ),
    UnreadableCode.NOT_A_SPREADSHEET: _(
        "The file is no CSV file and no workbook; it looks like %(found)s."
    ),
    UnreadableCode.NO_TABLE: _(
        "The file is no workbook and no text, whatever its name says: it is damaged, or something "
        "else. Open it in the spreadsheet program and save it as .xlsx; if it does not open, export "
        "it again."
    ),
    UnreadableCode.ARCHIVE: _("The file is an archive; unpack it and import what is inside."),
    UnreadableCode.HTML_TABLE: _(
        "The file is a web page named like a workbook; open it and save it as .xlsx."
    ),
    UnreadableCode.XML_SPREADSHEET: _(
        "The file is an Excel 2003 XML table; open it and save it as .xlsx."
    ),
    UnreadableCode.ENCRYPTED: _("The file is protected by a password; save it without one."),
    UnreadableCode.DAMAGED: _("The file is damaged; export it again. (%(detail)s)"),
    UnreadableCode.BOMB: _("The file would swell to %(bytes)s bytes when unpacked; it is refused."),
    UnreadableCode.UNSAFE_XML: _("The file holds unsafe XML (%(part)s); it is refused."),
    UnreadableCode.TOO_MANY_ROWS: _("A sheet has more than %(limit)s rows; split the file."),
    UnreadableCode.TOO_MANY_COLUMNS: _(
        "Row %(row)s of the sheet “%(sheet)s” reaches to column %(column)s, beyond the %(limit)s allowed; delete stray cells."
    ),
    UnreadableCode.TOO_MANY_SHEETS: _(
        "The file has %(sheets)s sheets, more than the %(limit)s allowed."
    ),
    UnreadableCode.LINE_TOO_LONG: _(
        "Row %(row)s is longer than %(limit)s characters; a quotation mark may be missing."
    ),
    UnreadableCode.UNKNOWN_ENCODING: _(
        "The characters of the file cannot be read; save it as UTF-8."
    ),
    UnreadableCode.NO_TEXT_COLUMN: _(
        "No column for the text of the appeals was found; call it 内容, or name it in a mapping file."
    ),
    UnreadableCode.NO_TIME_COLUMN: _(
        "No column for the time of receipt was found; name it in a mapping file."
    ),
    UnreadableCode.MAPPED_COLUMN_MISSING: _(
        "The mapping names the column “%(header)s”, which the file does not have."
    ),
    UnreadableCode.MAPPED_COLUMN_TWICE: _(
        "The mapping names one column twice, and differently: “%(letters)s” as %(letters_field)s "
        "and “%(header)s” as %(header_field)s; delete one of the two."
    ),
    UnreadableCode.MAPPED_SHEET_MISSING: _(
        "The mapping names the sheet “%(sheet)s”, which the file does not have."
    ),
    UnreadableCode.CHANGED: _("The file was changed since it was looked at; import it again."),
    UnreadableCode.TOO_MUCH_MEMORY: _(
        "Reading the file took too much memory; it is refused. Split it, or save it as CSV."
    ),
    UnreadableCode.TOO_MUCH_TIME: _(
        "Reading the file took more than %(seconds)s seconds; it is refused. Split it, or save it as CSV."
    ),
    UnreadableCode.READER_DIED: _(
        "The file could not be read; export it again, as CSV if possible. (%(detail)s)"
    ),
}
MAPPING_REASONS: dict[str, str | Promise] = {
    MappingCode.TOO_LONG: _("it is longer than %(limit)s characters."),
    MappingCode.NOT_TOML: _("it is not TOML. (%(detail)s)"),
    MappingCode.UNKNOWN_KEY: _("“%(key)s” is not known; known are: %(known)s."),
    MappingCode.WRONG_TYPE: _("“%(key)s” must be of type %(expected)s."),
    MappingCode.UNKNOWN_FIELD: _("“%(value)s” is no field; fields are: %(known)s."),
    MappingCode.FIELD_TWICE: _("two columns are mapped to “%(value)s”."),
    MappingCode.UNKNOWN_COLUMN: _(
        "“%(key)s” is no column; write its letters as the spreadsheet program shows them, "
        "from @A to @%(last)s."
    ),
    MappingCode.UNKNOWN_VALUE: _("“%(value)s” is not possible for “%(key)s”."),
}
