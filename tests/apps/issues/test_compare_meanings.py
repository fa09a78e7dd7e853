from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from tests.connectors.model_server import FakeModel, fake_model

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.actions.compare_meanings import compare_meanings
from civicloop.apps.issues.models import MeaningComparison, SimilarAppeal
from civicloop.apps.issues.queries import similar_to
from civicloop.connectors.model_endpoint import ModelEndpoint, model_endpoint_of

pytestmark = pytest.mark.django_db
Make = Callable[..., Appeal]


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    with fake_model() as server:
        yield server


@pytest.fixture
def endpoint(fake: FakeModel) -> ModelEndpoint:
    return model_endpoint_of(fake.url, name="bge-small-zh", key="")


def pair(one: Appeal, other: Appeal, score: float, *, is_same: bool = False) -> SimilarAppeal:
    return SimilarAppeal.objects.create(
        appeal=one, other=other, score=score, is_same_event=is_same, reasons=[]
    )


def test_likeness_is_kept_and_what_is_nearer_in_meaning_stands_first(
    make_appeal: Make, endpoint: ModelEndpoint, now: datetime
) -> None:
    asked = make_appeal("路灯不亮")
    far, near, same = make_appeal("井盖丢失"), make_appeal("路灯不亮了"), make_appeal("灯坏")
    for other, score in ((far, 0.4), (near, 0.2)):
        pair(asked, other, score)
    pair(asked, same, 0.9, is_same=True)

    run = compare_meanings(endpoint=endpoint, now=now)

    assert (run.pair_count, run.failure, run.model_name) == (3, "", "bge-small-zh")
    assert [each.other for each in similar_to(asked)] == [same, near, far]
    assert SimilarAppeal.objects.get(other=near).meaning > 0.8
    assert AuditEvent.objects.get(action="meanings_compared").details["appeals_sent"] == 4


def test_what_was_compared_is_not_sent_again_and_reports_never_are(
    make_appeal: Make, endpoint: ModelEndpoint, fake: FakeModel, now: datetime
) -> None:
    pair(make_appeal("路灯不亮"), make_appeal("井盖丢失"), 0.4)
    pair(make_appeal("工地夜间施工"), make_appeal("举报某厂偷排", kind=Kind.REPORT), 0.4)
    compare_meanings(endpoint=endpoint, now=now)

    again = compare_meanings(endpoint=endpoint, now=now)

    assert again.pair_count == 0
    assert len(fake.inputs) == 2


def test_a_model_that_cannot_be_asked_is_noted_and_nothing_is_lost(
    make_appeal: Make,
    endpoint: ModelEndpoint,
    fake: FakeModel,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = make_appeal("路灯不亮")
    first, second = make_appeal("井盖丢失"), make_appeal("路灯不亮了")
    pair(asked, first, 0.4)
    compare_meanings(endpoint=endpoint, now=now)
    pair(asked, second, 0.3)
    fake.status = 503

    run = compare_meanings(endpoint=endpoint, now=now)

    assert "HTTP 503" in run.failure
    assert "HTTP 503" in caplog.text
    assert [each.other for each in similar_to(asked)] == [first, second]
    assert SimilarAppeal.objects.get(other=second).meaning is None


def test_an_appeal_without_words_is_like_nothing(
    make_appeal: Make, endpoint: ModelEndpoint, now: datetime
) -> None:
    pair(make_appeal("路灯不亮"), make_appeal("", subject=""), 0.4)

    compare_meanings(endpoint=endpoint, now=now)

    assert SimilarAppeal.objects.get().meaning == 0


def test_the_command_is_off_by_default_and_tells_what_it_did(
    make_appeal: Make,
    endpoint: ModelEndpoint,
    fake: FakeModel,
    settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pair(make_appeal("路灯不亮"), make_appeal("井盖丢失"), 0.4)
    with pytest.raises(CommandError, match="CIVICLOOP_MODEL_URL"):
        call_command("compare_meanings")
    settings.MODEL_ENDPOINT = endpoint
    fake.status = 500
    with pytest.raises(CommandError, match="HTTP 500"):
        call_command("compare_meanings")
    fake.status = 200

    call_command("compare_meanings")

    assert "1" in capsys.readouterr().out
    assert list(MeaningComparison.objects.values_list("pair_count", flat=True)) == [1, 0]
