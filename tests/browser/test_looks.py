"""A screenshot of a contact's page tells for whom it was shown, also made smaller and saved as JPEG."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.models import Appeal, Look
from civicloop.apps.intake.watermarks import looks_in
from civicloop.apps.issues.models import Event
from civicloop.apps.vault.identities import ContactDetails

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PHONE = "13800138000"


@pytest.mark.parametrize(
    ("width", "height", "scale", "quality"), [(1280, 800, 0.5, 60), (360, 740, 1.0, 60)]
)
def test_a_screenshot_leads_to_whoever_looked(
    width: int,
    height: int,
    scale: float,
    quality: int,
    city: Event,
    open_context: Callable[..., BrowserContext],
    log_in: Callable[[BrowserContext], Page],
) -> None:
    appeal = Appeal.objects.earliest("id")
    keep_contact(appeal=appeal, details=ContactDetails(phone=PHONE), now=timezone.now())
    page = log_in(open_context("zh-hans"))
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/appeals/{appeal.pk}/")
    page.fill("[name=reason]", "回访")
    page.click("form[action$='/contact/'] [type=submit]")
    page.wait_for_function("document.querySelector('img.mark').naturalWidth > 0")

    shown = page.get_by_text(PHONE).count()
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = shot.resize((round(shot.width * scale), round(shot.height * scale)))
    saved = io.BytesIO()
    small.save(saved, "JPEG", quality=quality)
    found = list(looks_in(np.asarray(Image.open(saved).convert("L"), np.float32)))

    assert shown == 1
    assert found == [Look.objects.get()]
    assert found[0].asked_by.username == "li"
