from django.urls import path

from civicloop.web.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="list"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/unread/", views.undo_read, name="undo_read"),
    path("notices/<int:notice_id>/read/", views.read, name="read"),
    path("notices/preferences/", views.preferences, name="preferences"),
]
