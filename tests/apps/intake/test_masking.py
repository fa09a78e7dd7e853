import pytest
from tests.factories import AppealFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.intake import masking
from civicloop.apps.intake.housekeeping import mask_arrivals
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.queries import appeals_page
from civicloop.apps.intake.queries.filters import AppealFilters
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.intake.writing import bulk_writer

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


@pytest.fixture
def arrivals(monkeypatch):
    """Five appeals of which two say who wrote them, as an import leaves them."""
    monkeypatch.setattr(masking, "BATCH", 2)
    made = [
        AppealFactory(text=f"路灯不亮{f'，电话{PHONE}' if number in (1, 3) else ''}")
        for number in range(5)
    ]
    Appeal.objects.update(is_masked=None, masked_text=None)
    return made


def test_every_arrival_gets_its_copy_and_only_where_there_is_something_to_hide(arrivals, now):
    mask_arrivals.func(now)

    copies = list(Appeal.objects.order_by("id").values_list("is_masked", "masked_text"))
    masked = "路灯不亮，电话〖手机号〗"
    assert copies == [(True, None), (True, masked), (True, None), (True, masked), (True, None)]


def test_a_run_that_was_ended_goes_on_where_it_stopped(arrivals):
    def stop(total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        masking.mask_appeals(progress=stop)

    assert masking.mask_appeals() == 3


def test_masking_by_somebody_who_reads_little_masks_what_stands_there(arrivals):
    with read_by(User(username="x", role=Role.LEADER)):
        masking.mask_appeals()

    assert Appeal.objects.get(pk=arrivals[1].pk).text.endswith(PHONE)


def test_new_rules_mask_everything_again(arrivals):
    masking.mask_appeals()

    assert masking.mask_again() == 5
    assert masking.mask_appeals() == 5


def test_a_later_row_of_an_import_has_the_copy_made_anew(arrivals):
    masking.mask_appeals()
    first = arrivals[0]

    bulk_writer().update_appeals(["reply_text"], [(f"已联系{PHONE}", first.pk)])

    with read_by(User(username="x", role=Role.GUEST)):
        assert Appeal.objects.get(pk=first.pk).reply_text == "已联系〖手机号〗"
    masking.mask_appeals()
    assert Appeal.objects.get(pk=first.pk).masked_reply_text == "已联系〖手机号〗"


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_search_finds_hidden_words_for_those_alone_who_may_read_them(arrivals, is_indexed):
    masking.mask_appeals()
    if is_indexed:
        index_new_appeals()
    counts = {}

    for role in (Role.DISPATCHER, Role.LEADER, Role.GUEST):
        for word in (PHONE, "路灯"):
            with read_by(User(username="x", role=role)):
                page = appeals_page(AppealFilters(search=word))
            counts[role, word] = (len(page.appeals), page.count)

    assert counts == {
        (Role.DISPATCHER, PHONE): (2, 2), (Role.DISPATCHER, "路灯"): (5, 5),
        (Role.LEADER, PHONE): (0, 0), (Role.LEADER, "路灯"): (5, 5),
        (Role.GUEST, PHONE): (0, 0), (Role.GUEST, "路灯"): (5, 5),
    }  # fmt: skip


def test_what_has_no_copy_yet_is_not_found_by_those_who_read_copies(arrivals):
    index_new_appeals()

    with read_by(User(username="x", role=Role.LEADER)):
        assert appeals_page(AppealFilters(search=PHONE)).appeals == []
