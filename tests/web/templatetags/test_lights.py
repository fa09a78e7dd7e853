import re

import pytest
from django.template.loader import render_to_string

from civicloop.web.templatetags.lights import LIGHT_WORDS, light


def drawn(level: int) -> str:
    return render_to_string("_light.html", dict(light(level)))


def test_every_level_has_a_shape_of_its_own():
    shapes = {level: re.search(r"<(circle|path)[^>]*>", drawn(level))[0] for level in LIGHT_WORDS}

    assert len(set(shapes.values())) == len(LIGHT_WORDS)


@pytest.mark.parametrize("level", LIGHT_WORDS)
def test_the_level_and_its_word_stand_beside_the_shape(level):
    assert f"L{level} " in drawn(level)
