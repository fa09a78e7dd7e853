from django.urls import path

from civicloop.web.desk import views

app_name = "desk"
urlpatterns = [
    path("desk/new/", views.new, name="new"),
    path("desk/suggest/", views.suggest, name="suggest"),
    path("desk/draft/", views.draft, name="draft"),
    path("desk/drop/", views.drop, name="drop"),
    path("desk/park/", views.park, name="park"),
    path("desk/parked/<int:parked_id>/", views.resume, name="resume"),
]
