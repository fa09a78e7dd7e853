"""Screenshots of a contact's page, made smaller and saved as JPEG, lead to whoever looked.

The page is drawn by headless Chromium in the sizes of desks and telephones, with one to three dots for
a pixel. In the control the pattern is one level darker than the page instead of four.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import NamedTuple

import numpy as np
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Route, sync_playwright
from tests.found import chromium

from batteries.places import furnish
from batteries.sending import form_token, operator
from batteries.working import REPORTS, sender_of
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.models import Appeal, Look
from civicloop.apps.intake.watermarks import looks_in
from civicloop.apps.vault.identities import ContactDetails
from civicloop.connectors.pictures.brightness import Brightness
from civicloop.engines.watermark.drawing import FAINT

SCREENS = ((1280, 800), (1600, 900), (360, 740), (390, 844))
DOTS = (1, 2, 3)
SAVED = ((1.0, 90), (1.0, 60), (0.75, 70), (0.6, 60), (0.5, 60))  # size and quality
TARGET, ONE_LEVEL = 0.95, 0.004
SITE = "http://city.invalid"
ADDRESSES = re.compile(r'(?:src|href)="(/[^"]+\.(?:css|js|svg)[^"]*)"')


class Content(NamedTuple):
    body: bytes
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """How many pictures led to the look."""

    found: int
    missed: Sequence[str]

    @property
    def is_met(self) -> bool:
        return self.found >= TARGET * (self.found + len(self.missed))

    def __str__(self) -> str:
        missed = f"; not {', '.join(self.missed)}" if self.missed else ""
        return f"{self.found} of {self.found + len(self.missed)} led to the viewer{missed}"


def run(size: int, *, is_control: bool) -> Marked:
    """So many of the pictures; there are sixty."""
    furnish()
    look, page = _look()
    if is_control:
        page = {
            address: content._replace(
                body=content.body.replace(f'"{FAINT}"'.encode(), f'"{ONE_LEVEL}"'.encode())
            )
            for address, content in page.items()
        }
    kinds = list(islice(product(SAVED, SCREENS, DOTS), size))
    shots = _screenshots(page, sorted({(screen, dots) for _saved, screen, dots in kinds}))
    missed = [
        f"{screen[0]} × {screen[1]} × {dots} at {scale:.0%}, quality {quality}"
        for (scale, quality), screen, dots in kinds
        if look not in looks_in(_saved(shots[screen, dots], scale, quality))
    ]
    return Marked(found=len(kinds) - len(missed), missed=missed)


def _look() -> tuple[Look, Mapping[str, Content]]:
    """An open look, and all that a browser asks for to show it."""
    sender_of(REPORTS)("路灯不亮", form_token())
    appeal = Appeal.objects.get()
    if not hasattr(appeal, "contact"):
        keep_contact(appeal=appeal, details=ContactDetails(phone="13800138000"), now=timezone.now())
    client = operator()
    client.post(f"/appeals/{appeal.pk}/contact/", {"reason": "回访"})
    look = Look.objects.get()
    html = _content(client, f"/looks/{look.pk}/")
    inside = ADDRESSES.findall(html.body.decode())
    return look, {"/": html} | {address: _content(client, address) for address in inside}


def _content(client: Client, address: str) -> Content:
    response = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    return Content(body, response["Content-Type"])


def _screenshots(
    page: Mapping[str, Content], kinds: Sequence[tuple[tuple[int, int], int]]
) -> Mapping[tuple[tuple[int, int], int], bytes]:
    def answer(route: Route) -> None:
        content = page.get(route.request.url.removeprefix(SITE))
        if content is None:
            route.abort()
        else:
            route.fulfill(body=content.body, content_type=content.kind)

    shots = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for (width, height), dots in kinds:
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=dots
            )
            context.route("**/*", answer)
            shown = context.new_page()
            shown.goto(f"{SITE}/")
            shown.wait_for_function("document.querySelector('img.mark').naturalWidth > 0")
            shots[(width, height), dots] = shown.screenshot()
            context.close()
        browser.close()
    return shots


def _saved(shot: bytes, scale: float, quality: int) -> Brightness:
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    saved = io.BytesIO()
    small.save(saved, "JPEG", quality=quality)
    return np.asarray(Image.open(saved).convert("L"), np.float32)
