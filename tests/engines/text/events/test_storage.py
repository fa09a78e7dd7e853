import io

import numpy as np
import pytest

from civicloop.engines.text.events import explain_pair, learn_background
from civicloop.engines.text.events.storage import (
    BackgroundFileError,
    pack_background,
    unpack_background,
)
from tests.engines.text.event_messages import city


@pytest.fixture(scope="module")
def background():
    return learn_background(city()[0])


def test_what_is_read_again_weighs_alike(background):
    one, other = city()[0][:2]

    again = unpack_background(pack_background(background))

    assert explain_pair(one, other, again) == explain_pair(one, other, background)
    assert again.areas == background.areas
    assert pack_background(again) == pack_background(background)


def test_what_was_never_seen_takes_no_room(background):
    assert len(pack_background(background)) < 1_000_000


@pytest.mark.parametrize("cut", [0, 10, 5000])
def test_damaged_bytes_are_refused(background, cut):
    with pytest.raises(BackgroundFileError):
        unpack_background(pack_background(background)[:cut])


def test_another_version_is_refused():
    file = io.BytesIO()
    np.savez_compressed(file, facts=np.frombuffer(b'{"format": "other"}', np.uint8))

    with pytest.raises(BackgroundFileError, match="other"):
        unpack_background(file.getvalue())
