from django.urls import path

from civicloop.web.clocks import views

app_name = "clocks"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/limits/", views.limits, name="limits"),
    path("calendar/import/", views.import_year, name="import_year"),
    path("calendar/day/", views.change_day, name="change_day"),
    path("calendar/hours/", views.change_business_hours, name="change_hours"),
    path("calendar/seed/", views.seed, name="seed"),
]
