from django.urls import path

from civicloop.web.programs import views

app_name = "programs"
urlpatterns = [
    path("programs/", views.programs, name="programs"),
    path("programs/new/", views.new_program, name="new_program"),
    path("programs/<int:client_id>/revoke/", views.revoke, name="revoke"),
]
