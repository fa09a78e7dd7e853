from django.urls import path

from civicloop.web.desk import mark_views, views

app_name = "desk"
urlpatterns = [
    path("desk/new/", views.new, name="new"),
    path("desk/suggest/", views.suggest, name="suggest"),
    path("desk/draft/", views.draft, name="draft"),
    path("desk/drop/", views.drop, name="drop"),
    path("desk/park/", views.park, name="park"),
    path("desk/parked/<int:parked_id>/", views.resume, name="resume"),
    path("desk/marks/", mark_views.marks, name="marks"),
    path("desk/marks/appeals/<int:appeal_id>/", mark_views.propose, name="propose_mark"),
    path("desk/marks/<int:mark_id>/decide/", mark_views.decide, name="decide_mark"),
    path("desk/marks/<int:mark_id>/lift/", mark_views.lift, name="lift_mark"),
]
