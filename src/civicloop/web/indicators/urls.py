from django.urls import path

from civicloop.web.indicators import (
    board_views,
    goal_views,
    indicator_views,
    observation_views,
    trace_views,
)

app_name = "indicators"
urlpatterns = [
    path("indicators/", board_views.board, name="indicator_board"),
    path("indicators/goals/", goal_views.goals, name="goals"),
    path("indicators/goals/<path:code>/<slug:step>/", goal_views.goal_step, name="goal_step"),
    path("indicators/observations/", observation_views.observations, name="observations"),
    path("indicators/observations/record/", observation_views.record, name="record_observations"),
    path(
        "indicators/observations/returned/",
        observation_views.returned,
        name="returned_observations",
    ),
    path("indicators/figures/<int:figure_id>/", trace_views.figure, name="indicator_figure"),
    path("indicators/<str:indicator>.csv", indicator_views.download, name="download"),
    path("indicators/<str:indicator>.svg", indicator_views.drawing, name="drawing"),
    path("indicators/<str:indicator>/", indicator_views.indicator, name="indicator"),
]
