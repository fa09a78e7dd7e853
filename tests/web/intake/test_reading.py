import html
import re
from collections.abc import Callable
from datetime import datetime

from django.test import Client
from django.urls import reverse

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.readings import read_appeals
from civicloop.web.intake.reading_words import marked_text

MakeAppeal = Callable[..., Appeal]
TEXT = "云溪区翠庐花园<b>昨晚</b>煤气泄漏 & 物业不管。\n另外，垃圾没人清运，没有人受伤。"


def page(guest: Client, appeal: Appeal) -> str:
    return guest.get(reverse("intake:appeal", args=[appeal.pk])).content.decode()


def test_page_shows_what_was_read(guest: Client, make_appeal: MakeAppeal, now: datetime) -> None:
    appeal = make_appeal(TEXT)
    read_appeals(now=now)

    shown = page(guest, appeal)

    assert 'id="reading-title"' in shown
    for name, words in [("danger", "煤气泄漏"), ("time", "昨晚"), ("respondent", "物业")]:
        assert re.search(f'<mark class="read-{name}" title="[^"]+">{words}</mark>', shown)
    assert shown.count("<li>") >= 2  # the two problems
    assert "受伤</mark>" not in shown


def test_marks_alter_nothing_of_the_text() -> None:
    spans = {"danger": [(2, 9)], "respondent": [(5, 12)], "time": [], "place": [(0, 40)]}

    marked = marked_text(TEXT, spans)

    assert html.unescape(re.sub(r"</?mark[^>]*>", "", marked)) == TEXT
    assert "<b>" not in marked


def test_page_of_an_unread_appeal_has_no_panel(guest: Client, make_appeal: MakeAppeal) -> None:
    assert 'id="reading-title"' not in page(guest, make_appeal(TEXT))


def test_home_names_urgent_appeals_that_wait(
    guest: Client, make_appeal: MakeAppeal, now: datetime
) -> None:
    appeal = make_appeal("楼道里煤气泄漏")
    read_appeals(now=now)

    shown = guest.get(reverse("home")).content.decode()

    assert reverse("intake:appeal", args=[appeal.pk]) in shown
    assert "煤气泄漏" in shown
