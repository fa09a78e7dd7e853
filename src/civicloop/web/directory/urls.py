from django.urls import path, re_path

from civicloop.web.directory import backtest_views, proposal_views, rule_views, views

app_name = "directory"
urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/backtest/", backtest_views.backtest, name="directory_backtest"),
    path("directory/proposals/", proposal_views.proposals, name="directory_proposals"),
    path("directory/models/<int:number>/use/", views.use_model, name="use_unit_model"),
    path("directory/<int:number>/", views.version, name="directory_version"),
    re_path(r"^directory/(?P<number>\d{1,9})\.(?P<format_>csv|xlsx)$", views.export, name="export"),
    path("directory/<int:number>/copy/", views.copy, name="copy"),
    path("directory/<int:number>/approve/", views.approve, name="approve"),
    path("directory/<int:number>/retire/", views.retire, name="retire"),
    path("directory/<int:number>/discard/", views.discard, name="discard"),
    path("directory/<int:number>/rules/new/", rule_views.rule, name="new_directory_rule"),
    path("directory/<int:number>/rules/<int:rule_number>/", rule_views.rule, name="directory_rule"),
    path(
        "directory/<int:number>/rules/<int:rule_number>/remove/", rule_views.remove, name="remove"
    ),
]
