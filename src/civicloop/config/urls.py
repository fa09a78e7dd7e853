"""The site's addresses: its pages, and what programs use."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from civicloop.api.views import broken as broken_for_programs
from civicloop.web.errors import broken as broken_page

API = "api/"
urlpatterns = [
    path(API, include("civicloop.api.urls")),
    path("", include("civicloop.web.urls")),
]


def handler500(request: HttpRequest) -> HttpResponse:
    """People get a page, programs a problem."""
    is_for_programs = request.path_info.startswith(f"/{API}")
    return broken_for_programs(request) if is_for_programs else broken_page(request)
