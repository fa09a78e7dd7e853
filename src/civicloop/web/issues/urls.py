from django.urls import path

from civicloop.web.issues import (
    alarm_views,
    class_views,
    decision_views,
    model_views,
    reply_views,
    views,
)

app_name = "issues"
urlpatterns = [
    path("hot-issues/", views.hot_issues, name="hot_issues"),
    path("hot-issues/<int:list_id>/<slug:table>.<slug:format_>", views.export, name="export"),
    path("alarms/", alarm_views.alarm_list, name="alarm_list"),
    path("alarms/backtest/", alarm_views.backtest, name="backtest"),
    path("alarms/<int:alarm_id>/", alarm_views.alarm, name="alarm"),
    path("events/", views.event_list, name="event_list"),
    path("events/<int:event_id>/", views.event, name="event"),
    path("events/<int:event_id>/merge/", decision_views.merge, name="merge"),
    path("events/<int:event_id>/split/", decision_views.split, name="split"),
    path("events/<int:event_id>/confirm/", decision_views.confirm, name="confirm"),
    path("classes/", class_views.class_list, name="class_list"),
    path("classes.<slug:format_>", class_views.export_classes, name="export_classes"),
    path("classes/<int:class_id>/", class_views.event_class, name="event_class"),
    path("classes/<int:class_id>.<slug:format_>", class_views.export_class, name="export_class"),
    path("classes/<int:class_id>/name/", class_views.rename, name="name_class"),
    path("classes/<int:class_id>/take-out/", class_views.take_out, name="take_out"),
    path("classes/<int:class_id>/add/", class_views.add, name="add_to_class"),
    path("class-decisions/<int:decision_id>/undo/", class_views.undo, name="undo_class"),
    path("decisions/<int:decision_id>/undo/", decision_views.undo, name="undo"),
    path("appeals/<int:appeal_id>/topic/", decision_views.settle, name="settle_topic"),
    path("topic-model/", model_views.topic_model, name="topic_model"),
    path("topic-model/<slug:table>.csv", model_views.export, name="model_export"),
    path("topic-model/<int:number>/use/", model_views.use, name="use_model"),
    path("replies/", reply_views.reply_list, name="reply_list"),
    path("replies/replies.<slug:format_>", reply_views.export, name="reply_export"),
]
