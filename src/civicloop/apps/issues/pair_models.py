"""The weights of the same-event engine that are in use."""

from civicloop.apps.issues.models import PairModelVersion
from civicloop.engines.text.events import PRIOR, PairModel


def version_in_use() -> PairModelVersion | None:
    """The learned weights in use; none where the shipped ones are."""
    return PairModelVersion.objects.filter(is_active=True).first()


def pair_model_in_use() -> PairModel:
    """The weights in use, learned or shipped."""
    return weights_of(version_in_use())


def weights_of(version: PairModelVersion | None) -> PairModel:
    """The weights of a version; none stands for the shipped ones."""
    return PairModel.from_data(version.weights) if version else PRIOR
