"""Addresses of the pages; each app's pages live in web/<app>/."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from civicloop.web.health import healthz, readyz
from civicloop.web.home.views import home
from civicloop.web.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("civicloop.web.accounts.urls")),
    path("", include("civicloop.web.people.urls")),
    path("", include("civicloop.web.programs.urls")),
    path("", include("civicloop.web.audit.urls")),
    path("", include("civicloop.web.citizen.urls")),
    path("", include("civicloop.web.looks.urls")),
    path("", include("civicloop.web.clocks.urls")),
    path("", include("civicloop.web.desk.urls")),
    path("", include("civicloop.web.board.urls")),
    path("", include("civicloop.web.palette.urls")),
    path("", include("civicloop.web.intake.urls")),
    path("", include("civicloop.web.issues.urls")),
    path("", include("civicloop.web.jobs.urls")),
    path("", include("civicloop.web.notices.urls")),
    path("", include("civicloop.web.knowledge.urls")),
    path("", include("civicloop.web.dispatch.urls")),
    path("", include("civicloop.web.directory.urls")),
    path("", include("civicloop.web.cases.urls")),
    path("", include("civicloop.web.air.urls")),
    path("", include("civicloop.web.indicators.urls")),
]
