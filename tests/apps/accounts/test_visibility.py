import pytest
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.models import ADMINS, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.accounts.visibility import (
    MATRIX,
    Protected,
    Sight,
    read_by,
    read_by_nobody,
    sight_now,
    sight_of,
)
from civicloop.apps.accounts.words import is_masked_copy, words_now
from civicloop.apps.intake.models import Appeal, Kind

WORDS = "我叫王小明，电话13812345678，家住金槿花园3栋501，路灯不亮"
MASKED = "我叫〖姓名〗，电话〖手机号〗，家住金槿花园〖门牌〗，路灯不亮"
PLACED = "我叫〖姓名〗，电话〖手机号〗，家住金槿花园3栋501，路灯不亮"


def person(role: Role) -> User:
    return User(username="x", role=role)


def test_everything_protected_says_of_every_role_how_much_it_sees():
    assert set(MATRIX) == set(Protected)
    assert all(set(row) == set(Role) for row in MATRIX.values())


def test_the_three_that_run_the_installation_see_nothing():
    assert {MATRIX[what][role] for what in Protected for role in ADMINS} == {Sight.NONE}


def test_nobody_in_the_chain_behind_the_centre_sees_a_contact():
    seeing = {role for role in Role if MATRIX[Protected.CONTACT][role] is not Sight.NONE}

    assert seeing == {Role.OPERATOR, Role.DISPATCHER, Role.CALLER_BACK}
    assert seeing == {role for role in Role if may(person(role), Action.SEE_CONTACTS)}


def test_a_report_shows_no_role_more_than_another_appeal_does():
    order = [Sight.NONE, Sight.MASKED, Sight.PLACED, Sight.FULL]
    for role in Role:
        report, other = MATRIX[Protected.WORDS_OF_REPORT][role], MATRIX[Protected.WORDS][role]
        assert order.index(report) <= order.index(other)


def test_an_account_that_was_closed_sees_nothing():
    closed = User(username="gone", role=Role.DISPATCHER, is_active=False)

    assert {sight_of(closed, what) for what in Protected} == {Sight.NONE}


def test_jobs_and_commands_see_everything_and_a_reader_only_for_a_while():
    assert sight_now(Protected.WORDS) is Sight.FULL
    with read_by(person(Role.LEADER)):
        assert words_now(WORDS) == MASKED
        with read_by_nobody():
            assert words_now(WORDS) == WORDS
        assert words_now(WORDS) == MASKED
    assert words_now(WORDS) == WORDS


def test_who_may_see_nothing_sees_not_even_how_long_it_is():
    with read_by(person(Role.SYSTEM_ADMIN)):
        assert words_now(WORDS) == words_now("路灯不亮") == "〖…〗"


@pytest.mark.django_db
class TestAppeals:
    @pytest.mark.parametrize(
        ("role", "kind", "confidential", "expected"),
        [
            (Role.DISPATCHER, Kind.COMPLAINT, None, WORDS),
            (Role.UNIT_CLERK, Kind.COMPLAINT, None, PLACED),
            (Role.UNIT_CLERK, Kind.REPORT, None, MASKED),
            (Role.UNIT_CLERK, Kind.COMPLAINT, True, MASKED),
            (Role.LEADER, Kind.COMPLAINT, None, MASKED),
            (Role.GUEST, Kind.COMPLAINT, None, MASKED),
        ],
    )
    @pytest.mark.parametrize("has_copy", [True, None])
    def test_its_words_come_out_as_its_reader_may_see_them(
        self, has_copy, role, kind, confidential, expected
    ):
        appeal = AppealFactory(text=WORDS, subject=WORDS, kind=kind, is_confidential=confidential)
        Appeal.objects.update(is_masked=has_copy)

        with read_by(person(role)):
            [read] = Appeal.objects.all()
            [through] = Appeal.objects.only("text")

        assert (read.text, read.subject, str(read)) == (expected, expected, expected)
        stored = MASKED if appeal.is_sensitive else WORDS  # the rest of a report lies sealed
        assert read.hides("text") == (expected != stored)
        assert through.text == (expected if expected != PLACED else MASKED)  # kind not loaded
        assert appeal.text == stored

    def test_the_kept_copy_is_what_a_reader_gets(self):
        AppealFactory(text=WORDS)
        Appeal.objects.update(masked_text="the copy")

        with read_by(person(Role.LEADER)):
            assert Appeal.objects.get().text == "the copy"

    def test_saving_what_was_read_masked_writes_what_stood_there(self):
        AppealFactory(text=WORDS, subject="路灯")
        with read_by(person(Role.SUPERVISOR)):
            read = Appeal.objects.get()
            read.subject = "路灯坏了"
            read.save()
            assert read.text == MASKED

        stored = Appeal.objects.get()
        assert (stored.text, stored.subject, stored.masked_text) == (WORDS, "路灯坏了", MASKED)

    def test_reading_again_and_reading_late_show_no_more(self):
        AppealFactory(text=WORDS, subject=WORDS)
        with read_by(person(Role.LEADER)):
            read = Appeal.objects.get()
            read.refresh_from_db()
            assert (read.text, read.subject) == (MASKED, MASKED)
            read.refresh_from_db(fields=["kind"])
            assert (read.text, read.subject) == (MASKED, MASKED)
            late = Appeal.objects.defer("text").get()
            assert late.text == MASKED
            late.save()
        assert Appeal.objects.get().text == WORDS

    def test_words_that_change_are_masked_with_them(self):
        appeal = AppealFactory(text="路灯不亮")
        assert appeal.masked_text is None

        appeal.text = WORDS
        appeal.save(update_fields=["text"])

        assert Appeal.objects.get().masked_text == MASKED

    def test_another_record_keeps_its_mask_until_it_is_read_by_another(self):
        from tests.factories import WorkOrderFactory

        from civicloop.apps.dispatch.models import OrderStep

        WorkOrderFactory()
        OrderStep.objects.update(note=WORDS, details={"why": [WORDS, 3]})
        with read_by(person(Role.LEADER)):
            step = OrderStep.objects.get()
            assert (step.note, step.details) == (MASKED, {"why": [MASKED, 3]})
        assert OrderStep.objects.get().note == WORDS


@pytest.mark.django_db
def test_nobody_reads_before_anybody_is_asked_who_it_is(django_assert_num_queries):
    """The session is not looked up for a page that shows nothing protected."""
    user = UserFactory(role=Role.LEADER)
    with read_by(user), django_assert_num_queries(0):
        pass


@pytest.mark.parametrize(
    "shown", [MASKED, PLACED, WORDS, MASKED.replace("路灯", "〖姓名〗"), "〖…〗"]
)
def test_a_copy_is_known_whatever_was_hidden_in_it(shown):
    assert is_masked_copy(shown, WORDS)
    assert is_masked_copy({"words": [shown]}, {"words": [WORDS]})


@pytest.mark.parametrize(
    "written",
    [
        "",
        "路灯不亮",
        MASKED + "了",
        MASKED.replace("〖手机号〗", "13911112222"),
        MASKED.replace("我叫", "他叫"),
        MASKED[:-3],
    ],
)
def test_what_was_written_anew_is_no_copy(written):
    assert not is_masked_copy(written, WORDS)
    assert not is_masked_copy([written], [WORDS])
    assert not is_masked_copy([written], WORDS)


def test_a_copy_that_was_cut_off_is_known_by_its_length():
    cut = MASKED[: MASKED.index("手机号") + 1]

    assert is_masked_copy(cut, WORDS, longest=len(cut))
    assert not is_masked_copy(cut, WORDS)
    assert is_masked_copy(MASKED[:-1], WORDS, longest=len(MASKED) - 1)
    assert not is_masked_copy("他" + MASKED[1:-1], WORDS, longest=len(MASKED) - 1)
