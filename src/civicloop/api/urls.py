from django.urls import include, path, re_path

from civicloop.api import appeals, document, views

app_name = "api"
urlpatterns = [
    path("openapi.json", document.openapi, name="openapi"),
    path("v1/appeals", appeals.appeals, name="appeals"),
    path("v1/appeals/<str:open_id>", appeals.appeal, name="appeal"),
    path("open311/", include("civicloop.api.open311.urls")),
    re_path(r"[\s\S]*", views.missing, name="missing"),  # line breaks, too, which no path takes
]
