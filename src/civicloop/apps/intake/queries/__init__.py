"""Questions about appeals and imports."""

from civicloop.apps.intake.queries.appeals import AppealPage, appeal_details, appeals_page
from civicloop.apps.intake.queries.choices import channels, topic_choices
from civicloop.apps.intake.queries.filters import AppealFilters
from civicloop.apps.intake.queries.imports import (
    import_run,
    import_runs,
    later_rows,
    unfinished_import,
)
from civicloop.apps.intake.queries.overview import (
    DayCount,
    IntakeOverview,
    NamedCount,
    intake_overview,
)

__all__ = [
    "AppealFilters",
    "AppealPage",
    "DayCount",
    "IntakeOverview",
    "NamedCount",
    "appeal_details",
    "appeals_page",
    "channels",
    "import_run",
    "import_runs",
    "intake_overview",
    "later_rows",
    "topic_choices",
    "unfinished_import",
]
