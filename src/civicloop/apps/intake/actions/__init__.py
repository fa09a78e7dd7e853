"""Changes to appeals, imports and what they refer to."""

from civicloop.apps.intake.actions.applying import ImportTakenOverError, apply_import
from civicloop.apps.intake.actions.channels import ensure_channels, load_channel_file
from civicloop.apps.intake.actions.old_files import remove_old_files
from civicloop.apps.intake.actions.previews import prepare_import, preview_import, rehearse
from civicloop.apps.intake.actions.runs import (
    ImportNotWaitingError,
    abandon_import,
    start_import_in_background,
)
from civicloop.apps.intake.actions.topics import TopicTreeExistsError, load_topics

__all__ = [
    "ImportNotWaitingError",
    "ImportTakenOverError",
    "TopicTreeExistsError",
    "abandon_import",
    "apply_import",
    "ensure_channels",
    "load_channel_file",
    "load_topics",
    "prepare_import",
    "preview_import",
    "rehearse",
    "remove_old_files",
    "start_import_in_background",
]
