"""Small promises of OWASP ASVS 5.0 about what comes in and what is kept; see docs/asvs.csv."""

import hashlib
import io
import json
import math
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from tests.factories import AppealFactory, AreaFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.intake.queries import AppealFilters, appeals_page
from civicloop.apps.intake.search import index_new_appeals
from civicloop.engines.text.topics.storage import TopicModelFileError, read_topics
from civicloop.web.charts import Series, chart
from civicloop.web.history import history_words

FEWEST_BITS = 128
PASSWORD = "correct horse battery"
OWASP_ROUNDS = 600_000  # of PBKDF2 with HMAC-SHA256, Password Storage Cheat Sheet
OURS = Path(__file__).parents[2] / "src" / "civicloop"
SCRIPTS, SETTINGS = OURS / "web" / "static" / "civicloop", OURS / "config" / "settings.py"
HOSTILE = "</script><script>alert(1)</script>\u2028'\"&<img src=x onerror=alert(1)>"


def found(words: str) -> int:
    return len(appeals_page(AppealFilters(search=words), size=10).appeals)


@pytest.fixture
def reader(db: None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(UserFactory(role=Role.DISPATCHER))
    return client


def test_what_is_written_twice_over_is_read_once(reader):
    text = reader.get(f"{reverse('intake:appeal_list')}?q=%253Cb%253E").text

    assert 'value="%3Cb%3E"' in text


@pytest.mark.parametrize("name", ["q", "topic", "area", "channel", "kind", "after", "from", "run"])
@pytest.mark.parametrize(
    "said", ["' OR '1'='1", "1; DROP TABLE intake_appeal", "0) UNION SELECT 1--"]
)
def test_a_statement_in_a_filter_is_a_word_and_no_statement(reader, name, said):
    AppealFactory(text="路灯不亮")

    response = reader.get(reverse("intake:appeal_list"), {name: said})

    assert response.status_code == 200
    assert found("路灯") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["路.不", "路.*亮", "[路暖]灯", "路%亮", "路_不", "路?不"])
def test_signs_of_patterns_in_a_search_are_signs(words):
    AppealFactory(text="路灯不亮")
    index_new_appeals()

    assert (found(words), found("路灯不")) == (0, 1)


def test_a_hostile_name_in_a_chart_stays_a_name():
    shown = chart([date(2023, 3, 1)], [Series(name=HOSTILE, values=[1])], HOSTILE)

    page = render_to_string("_chart.html", {"chart": shown, "chart_id": "c"})

    [data] = re.findall(r'<script id="c" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(data)["series"][0]["name"] == HOSTILE
    assert "alert(1)</script>" not in page
    assert "<img" not in page


@pytest.mark.django_db
def test_signs_of_formats_in_a_reason_are_signs(now):
    from django.db import transaction

    from civicloop.apps.audit.actions import record_event

    said = "%(password)s %s {0.__class__} {{ settings.SECRET_KEY }}"
    with transaction.atomic():
        event = record_event(
            action="meeting_cancelled", object_type="meeting", object_id=1, actor=None, now=now,
            details={"reason": said},
        )  # fmt: skip

    [entry] = history_words([event])

    assert entry.words.endswith(said)


def test_a_model_that_holds_a_program_is_refused():
    class Program:
        def __reduce__(self):
            return (pytest.fail, ("it ran",))

    file = io.BytesIO()
    np.savez(file, facts=np.array([Program()], dtype=object))

    with pytest.raises(TopicModelFileError):
        read_topics(file.getvalue())


@pytest.mark.django_db
def test_the_name_of_a_session_cannot_be_guessed():
    names = {SessionStore()._get_new_session_key() for _ in range(5)}

    assert len(names) == 5
    assert {len(name) * math.log2(len(VALID_KEY_CHARS)) > FEWEST_BITS for name in names} == {True}


def test_secrets_of_second_factors_are_drawn_by_the_operating_system(monkeypatch):
    drawn = []
    monkeypatch.setattr("secrets.token_bytes", lambda n: drawn.append(n) or b"\0" * n)

    assert generate_totp_secret() == "A" * 32
    assert drawn == [20]


def test_passwords_are_kept_by_a_hash_that_costs_what_owasp_asks():
    assert "PASSWORD_HASHERS" not in SETTINGS.read_text()  # so it is Django's
    assert global_settings.PASSWORD_HASHERS[0].endswith(".PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= OWASP_ROUNDS
    assert PBKDF2PasswordHasher.digest is hashlib.sha256


def test_the_browser_keeps_nothing_but_the_switch_for_keys():
    kept = [
        line.strip()
        for file in SCRIPTS.glob("*.js")
        for line in file.read_text().splitlines()
        if re.search(r"localStorage|sessionStorage|indexedDB|caches\.|document\.cookie", line)
    ]

    assert kept
    assert all("SWITCHED_OFF" in line for line in kept)


def test_sessions_are_ended_after_the_password_was_given_again(db):
    user = UserFactory(role=Role.OPERATOR)
    user.set_password(PASSWORD)
    user.save()
    client, sessions = Client(), reverse("usersessions_list")
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})

    assert client.get(sessions).status_code == 200
    again = client.post(sessions)["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    client.post(again, {"password": PASSWORD})
    assert not client.post(sessions)["Location"].startswith(reverse("account_reauthenticate"))


def test_an_area_by_its_name_is_no_statement(reader):
    AreaFactory(name="x'; DROP TABLE places_area; --")

    assert "DROP TABLE places_area" in reader.get(reverse("intake:appeal_list")).text
