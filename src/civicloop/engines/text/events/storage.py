"""Keep what is common in a city's messages as bytes that hold data only.

Source: the bytes are NumPy's documented ``npz`` (a ZIP archive of arrays) with one JSON text in
it; own arrangement. Grams that were never seen are left out.
"""

import io
import json
import zipfile
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.areas import Areas
from civicloop.engines.text.events.corpus import Background
from civicloop.engines.text.events.grams import GRAM_SPACE
from civicloop.engines.text.events.meaning import Meaning, Singles
from civicloop.engines.text.events.model import PairModel

Values = Singles | npt.NDArray[np.int32] | npt.NDArray[np.int64] | npt.NDArray[np.uint8]

FORMAT = "civicloop same-event background 1"


_BY_GRAM = ("rarity", "triple_rarity", "name", "weight")


class BackgroundFileError(ValueError):
    """The bytes are damaged, or were written by another version."""


def pack_background(background: Background) -> bytes:
    """Give the background as bytes; equal backgrounds make equal bytes."""
    areas, meaning = background.areas, background.meaning
    facts = {
        "format": FORMAT,
        "messages": background.messages,
        "areas": sorted(areas.names),
        "parent": dict(sorted(areas.parent.items())),
        "pair_model": background.pair_model.as_data(),
    }
    arrays: dict[str, Values] = {
        "facts": np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8),
        "author_code": background.author_code,
        "author_times": background.author_times,
        "number_code": background.number_code,
        "number_rarity": background.number_rarity,
        "axes": meaning.axes,
    }
    by_gram = (background.rarity, background.triple_rarity, background.name, meaning.weight)
    for name, values in zip(_BY_GRAM, by_gram, strict=True):
        found, times = np.unique(values, return_counts=True)
        usual = found[times.argmax()]
        at = np.flatnonzero(values != usual).astype(np.int32)
        arrays |= {name: values[at], f"{name} at": at, f"{name} usual": np.array([usual])}
    known = np.flatnonzero(meaning.column < len(meaning.axes) - 1)
    arrays |= {"column": meaning.column[known], "column at": known.astype(np.int32)}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack_background(payload: bytes) -> Background:
    """Read a background that ``pack_background`` wrote.

    Raises:
        BackgroundFileError: the bytes are damaged or of another version.
    """
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(arrays["facts"].tobytes())
        if facts["format"] != FORMAT:
            raise BackgroundFileError(str(facts["format"]))
        pair_model = PairModel.from_data(facts["pair_model"])
        full = {name: _spread(arrays, name) for name in _BY_GRAM}
        column = np.full(GRAM_SPACE, len(arrays["axes"]) - 1, np.int32)
        column[arrays["column at"]] = arrays["column"]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackgroundFileError(str(error)) from error
    return Background(
        messages=facts["messages"],
        rarity=full["rarity"],
        triple_rarity=full["triple_rarity"],
        name=full["name"],
        author_code=arrays.get("author_code", np.empty(0, np.int64)),
        author_times=arrays.get("author_times", np.empty(0, np.int32)),
        areas=Areas(names=frozenset(facts["areas"]), parent=facts["parent"]),
        number_code=arrays["number_code"],
        number_rarity=arrays["number_rarity"],
        meaning=Meaning(weight=full["weight"], column=column, axes=arrays["axes"]),
        pair_model=pair_model,
    )


def _spread(arrays: Mapping[str, Values], name: str) -> Singles:
    whole = np.full(GRAM_SPACE, arrays[f"{name} usual"][0], np.float32)
    whole[arrays[f"{name} at"]] = arrays[name]
    return whole
