"""How bright each dot of a picture is."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

Brightness = NDArray[np.float32]
MOST_DOTS = 60_000_000


class NoPictureError(ValueError):
    """The file is no picture, or a far too large one; the argument says which."""


def brightness_of(file: Path) -> Brightness:
    """By row and column the brightness of a PNG, JPEG or WebP, 0 to 255.

    Raises:
        NoPictureError: it cannot be read as one.
    """
    try:
        with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > MOST_DOTS:
                raise NoPictureError(f"{opened.width} × {opened.height}")
            return np.asarray(opened.convert("L"), dtype=np.float32)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise NoPictureError(str(error)) from error
