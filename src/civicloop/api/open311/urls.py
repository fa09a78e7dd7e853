from django.urls import path, register_converter

from civicloop.api.open311 import views


class Notation:
    """In which an answer is written: the end of the address says it."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Notation, "notation")
app_name = "open311"
urlpatterns = [
    path("discovery.<notation:notation>", views.discovery, name="discovery"),
    path("v2/services.<notation:notation>", views.services, name="services"),
    path("v2/services/<str:service_code>.<notation:notation>", views.definition, name="definition"),
    path("v2/requests.<notation:notation>", views.requests, name="requests"),
    path("v2/requests/<str:open_id>.<notation:notation>", views.one_request, name="request"),
]
