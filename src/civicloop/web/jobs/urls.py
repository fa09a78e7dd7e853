from django.urls import path

from civicloop.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.overview, name="overview"),
    path("jobs/<uuid:job_id>/retry/", views.retry, name="retry"),
    path("jobs/outbox/<int:entry_id>/send/", views.send, name="send"),
]
