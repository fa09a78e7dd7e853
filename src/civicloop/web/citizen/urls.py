from django.urls import path

from civicloop.web.citizen import (
    follow_views,
    publish_views,
    report_views,
    track_views,
)

app_name = "citizen"
urlpatterns = [
    path("report/", report_views.what, name="what"),
    path("report/where/", report_views.where, name="where"),
    path("report/check/", report_views.check, name="check"),
    path("report/similar/", report_views.similar, name="similar"),
    path("report/cases/<int:case_id>/", follow_views.case, name="case"),
    path("track/", track_views.track, name="track"),
    path("events/<int:event_id>/publish/", publish_views.publish, name="publish"),
    path("public-cases/", publish_views.case_list, name="case_list"),
    path("public-cases/<int:case_id>/state/", publish_views.settle, name="settle"),
    path("public-cases/<int:case_id>/withdraw/", publish_views.withdraw, name="withdraw"),
]
