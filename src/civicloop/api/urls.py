from django.urls import path

from civicloop.api import appeals, views

app_name = "api"
urlpatterns = [
    path("v1/appeals", appeals.appeals, name="appeals"),
    path("v1/appeals/<str:open_id>", appeals.appeal, name="appeal"),
    path("<path:rest>", views.missing, name="missing"),
]
