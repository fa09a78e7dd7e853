"""Slips of the pen and quirks of the export: wrong characters, lost marks, full-width digits."""

from __future__ import annotations

from civicloop.connectors.sample_city.marks import ALL
from civicloop.connectors.sample_city.phrases import Draw
from civicloop.connectors.sample_city.vocabulary import table

FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
TRIES = 12
QUIRK_RATIO = 0.003


class Slips:
    """Makes the mistakes people make when they type."""

    def __init__(self) -> None:
        self._words = tuple((right, wrong) for right, wrong in table("slips")["word"])

    def slipped(self, text: str, ratio: float, draw: Draw) -> str:
        """Let a text slip with the given chance, in one or two places."""
        if draw() >= ratio:
            return text
        text = self._wrong_word(text, draw)
        action = draw()
        if action < 0.3:
            return self._lost_marks(text, draw)
        if action < 0.5:
            return self._wrong_word(text, draw)
        if action < 0.65:
            position = int(draw() * len(text))
            return text if text[position] in ALL else text[:position] + text[position + 1 :]
        return text

    def _wrong_word(self, text: str, draw: Draw) -> str:
        start = int(draw() * len(self._words))
        for offset in range(TRIES):
            right, wrong = self._words[(start + offset) % len(self._words)]
            if right in text:
                return text.replace(right, wrong, 1)
        return text

    def _lost_marks(self, text: str, draw: Draw) -> str:
        instead = (" ", "", "", "  ")[int(draw() * 4)]
        text = text.replace("，", instead)
        return text.replace("。", " ") if draw() < 0.5 else text.rstrip("。")


def quirked(text: str, draw: Draw) -> str:
    """Now and then give a text a form that is valid and hard: width, spaces, line breaks."""
    if draw() >= QUIRK_RATIO:
        return text
    quirk = int(draw() * 3)
    if quirk == 0:
        return text.translate(FULL_WIDTH)
    if quirk == 1:
        middle = len(text) // 2
        return f"  {text[:middle]}　{text[middle:]} "
    return text.replace("。", "。\n").replace("：", "：\r\n", 1)
