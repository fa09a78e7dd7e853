"""Files that people upload are shown to the city's scanner first, where it has one."""

import logging

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from civicloop.connectors.file_scanner import ScannerError, harm_in

logger = logging.getLogger(__name__)
__all__ = ["HarmfulFileError", "ScannerError", "scan_upload"]


class HarmfulFileError(ValueError):
    """The scanner knows the file as harmful."""


def scan_upload(file: "UploadedFile[bytes]") -> None:
    """Have a file looked through, where the city has a scanner; nothing of it was kept before.

    Raises:
        HarmfulFileError: it is known to be harmful.
        ScannerError: nobody could look through it, so it is not taken either.
    """
    if settings.FILE_SCANNER is None:
        return
    file.seek(0)
    try:
        found = harm_in(file.chunks(), scanner=settings.FILE_SCANNER)
    except ScannerError as error:
        logger.error("an upload was refused: %s", error)
        raise
    finally:
        file.seek(0)
    if found:
        logger.warning("an upload was refused, the scanner of files found %s", found)
        raise HarmfulFileError(found)
