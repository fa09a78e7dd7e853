from django.urls import path

from civicloop.web.dispatch import (
    divide_views,
    draft_views,
    evidence_views,
    figure_views,
    inbox_views,
    merge_views,
    order_views,
    oversight_views,
    plan_views,
    split_views,
)

app_name = "dispatch"
urlpatterns = [
    path("figures/", figure_views.figures, name="figures"),
    path("figures/<slug:code>/", figure_views.figure, name="figure"),
    path("figures/<slug:code>/<slug:part>/", figure_views.figure_orders, name="figure_orders"),
    path("plans/", plan_views.plan_list, name="plan_list"),
    path("plans/new/", plan_views.new_plan, name="new_plan"),
    path("plans/<int:plan_id>/", plan_views.plan, name="plan"),
    path("plans/<int:plan_id>/countdown/", plan_views.countdown, name="plan_countdown"),
    path("plans/<int:plan_id>/send/", plan_views.send, name="send_plan"),
    path("plans/<int:plan_id>/undo/", plan_views.undo, name="undo_plan"),
    path("plans/<int:plan_id>/answers/<int:item_id>/", plan_views.own_answer, name="own_answer"),
    path("events/<int:event_id>/orders/", merge_views.merge_orders_of_event, name="merge_orders"),
    path("supervision/", oversight_views.oversight, name="oversight"),
    path("supervision.<slug:format_>", oversight_views.export, name="export_oversight"),
    path("orders/inbox/", inbox_views.inbox, name="inbox"),
    path("orders/inbox/sign/", inbox_views.sign_many, name="sign_many"),
    path("orders/<int:order_id>/", order_views.order, name="order"),
    path("orders/<int:order_id>/split/", split_views.split, name="split"),
    path("orders/<int:order_id>/divide/", divide_views.divide, name="divide"),
    path("orders/<int:order_id>/steps/<slug:name>/", order_views.step, name="step"),
    path("orders/<int:order_id>/checks/<slug:name>/", order_views.check, name="check"),
    path("orders/<int:order_id>/drafts/<slug:name>/", draft_views.draft, name="draft"),
    path("orders/<int:order_id>/presence/", draft_views.presence, name="presence"),
    path("orders/<int:order_id>/photos/<int:photo_id>/", evidence_views.photo, name="photo"),
    path(
        "orders/<int:order_id>/evidence/<int:evidence_id>/",
        evidence_views.picture,
        name="evidence",
    ),
    path(
        "orders/<int:order_id>/evidence/<int:evidence_id>/remove/",
        evidence_views.remove,
        name="remove_evidence",
    ),
]
