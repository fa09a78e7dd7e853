"""The site's addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("civicloop.web.urls")),
]
handler500 = "civicloop.web.errors.broken"
