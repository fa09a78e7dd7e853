"""No page sees a file before the city's scanner has looked through it."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from civicloop.apps.intake.scanning import HarmfulFileError, ScannerError, scan_upload
from civicloop.web.errors import RETRY_SECONDS, words_sent

View = Callable[[HttpRequest], HttpResponse]
WITHOUT_FILES = "/api/"  # reads its bodies itself, and takes no files


class ScannedUploadsMiddleware:
    """Every file of every form, so that no page can forget it; refused where nobody could look."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Refuse the whole form, and give back what was written in it."""
        if settings.FILE_SCANNER is None or request.path.startswith(WITHOUT_FILES):
            return None
        if request.content_type != "multipart/form-data":
            return None
        try:
            for _field, files in request.FILES.lists():
                for file in files:
                    scan_upload(file)
        except HarmfulFileError:
            return _refused(request, HTTPStatus.UNPROCESSABLE_ENTITY)
        except ScannerError:
            answer = _refused(request, HTTPStatus.SERVICE_UNAVAILABLE)
            answer.headers["Retry-After"] = str(RETRY_SECONDS)
            return answer
        return None


def _refused(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    context = {"sent": words_sent(request), "is_harmful": status != HTTPStatus.SERVICE_UNAVAILABLE}
    answer = render(request, "refused_file.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
