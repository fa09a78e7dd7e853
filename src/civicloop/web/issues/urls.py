from django.urls import path

from civicloop.web.issues import decision_views, views

app_name = "issues"
urlpatterns = [
    path("hot-issues/", views.hot_issues, name="hot_issues"),
    path("hot-issues/<int:list_id>/<slug:table>.<slug:format_>", views.export, name="export"),
    path("events/", views.event_list, name="event_list"),
    path("events/<int:event_id>/", views.event, name="event"),
    path("events/<int:event_id>/merge/", decision_views.merge, name="merge"),
    path("events/<int:event_id>/split/", decision_views.split, name="split"),
    path("decisions/<int:decision_id>/undo/", decision_views.undo, name="undo"),
    path("appeals/<int:appeal_id>/topic/", decision_views.settle, name="settle_topic"),
]
