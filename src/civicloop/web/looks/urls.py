from django.urls import path

from civicloop.web.looks import views

app_name = "looks"
urlpatterns = [
    path("appeals/<int:appeal_id>/contact/", views.ask, name="ask"),
    path("looks/", views.look_list, name="list"),
    path("looks/<int:look_id>/", views.look, name="look"),
    path("looks/<int:look_id>/open/", views.open_, name="open"),
    path("looks/<int:look_id>/decide/", views.decide, name="decide"),
    path("looks/<int:look_id>/mark.svg", views.mark, name="mark"),
]
