from datetime import date, timedelta

import pytest
from django.utils import translation

from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.heat_facts import count_appeals, read_event_facts
from civicloop.apps.issues.models import HotIssue, HotIssueList, HotScope
from civicloop.apps.issues.queries import hot_issues_of, latest_hot_list, rising_issues
from civicloop.apps.issues.tables import hot_issue_detail_table, hot_issue_table

pytestmark = pytest.mark.django_db
DAY = date(2023, 11, 15)


def test_the_event_of_more_people_is_hotter(make_event, now):
    make_event(size=2)
    crowded = make_event(size=6)

    hot_list = record_hot_issues(day=DAY, window_days=28, now=now)

    issues = hot_issues_of(hot_list)
    assert [issue.rank for issue in issues] == [1, 2]
    assert issues[0].event == crowded
    assert issues[0].people_count == 6


def test_a_ranking_of_the_same_day_and_window_is_replaced(make_event, now):
    make_event()
    record_hot_issues(day=DAY, window_days=28, now=now)

    record_hot_issues(day=DAY, window_days=28, now=now)

    assert HotIssueList.objects.count() == 1
    assert HotIssue.objects.filter(scope=HotScope.EVENT).count() == 1


def test_heat_is_the_sum_of_the_points_shown(make_event, now):
    make_event(size=4)

    hot_list = record_hot_issues(day=DAY, window_days=28, now=now)

    [issue] = hot_issues_of(hot_list)
    assert issue.heat == pytest.approx(sum(factor["points"] for factor in issue.factors))
    assert {factor["code"] for factor in issue.factors} == set(hot_list.weights)


def test_appeals_before_the_window_do_not_count(make_event, now):
    make_event(size=3, received_at=now - timedelta(days=60))
    make_event(size=2)

    facts = read_event_facts(day=DAY, window_days=28)

    assert [fact.candidate.appeals for fact in facts] == [2]
    assert count_appeals(day=DAY, window_days=28) == 2
    assert count_appeals(day=DAY, window_days=0) == 5


def test_a_citizen_who_appeals_twice_is_one_person_and_a_repeat_caller(make_event, now):
    make_event(size=3, caller_key="the same")

    [fact] = read_event_facts(day=DAY, window_days=28)

    assert fact.candidate.people == 1
    assert fact.candidate.repeat_callers == 1


def test_unresolved_age_counts_from_the_oldest_unanswered_appeal(make_event, now):
    make_event(size=2, received_at=now - timedelta(days=10))

    [fact] = read_event_facts(day=DAY, window_days=28)

    # from 2023-11-04 09:30 to the end of 2023-11-15
    assert fact.candidate.oldest_unresolved_days == pytest.approx(11 + 14.5 / 24)
    assert fact.candidate.unresolved == 2


def test_daily_counts_end_on_the_day_of_the_ranking(make_event, now):
    make_event(size=2, received_at=now)

    [fact] = read_event_facts(day=DAY, window_days=7)

    assert fact.daily_counts == (0, 0, 0, 0, 0, 2, 0)


def test_the_hot_issue_table_is_the_one_customary_in_the_field(make_event, now):
    event = make_event(size=3)
    hot_list = record_hot_issues(day=DAY, window_days=28, now=now)

    header, row = hot_issue_table(hot_list)

    assert len(header) == len(row) == 6
    assert row[:2] == [1, event.pk]
    assert row[3] == "2023-11-14 – 2023-11-14"


def test_the_detail_table_lists_each_appeal_under_its_issue(make_event, now):
    event = make_event(size=2)
    hot_list = record_hot_issues(day=DAY, window_days=28, now=now)

    _header, *rows = hot_issue_detail_table(hot_list)

    assert [row[:2] for row in rows] == [[event.pk, "A001"], [event.pk, "A002"]]


def test_the_newest_ranking_is_found_by_window(make_event, now):
    make_event()
    record_hot_issues(day=DAY - timedelta(days=1), window_days=7, now=now)
    newest = record_hot_issues(day=DAY, window_days=7, now=now)
    record_hot_issues(day=DAY, window_days=28, now=now)

    assert latest_hot_list(window_days=7) == newest
    assert latest_hot_list(day=DAY, window_days=90) is None


def test_an_event_that_begins_suddenly_rises(make_event, now):
    make_event(size=8, received_at=now)

    hot_list = record_hot_issues(day=DAY, window_days=28, now=now)

    assert len(rising_issues(hot_list, limit=5)) == 1


def test_the_table_describes_an_event_in_its_members_own_words(make_event, now):
    """The subject is anyone's; the description holds what the members agree on, word for word."""
    text = "青禾苑小区暖气不热。业主意见很大。请供热公司维修管道。"
    event = make_event(size=3, text=text, subject="反映青禾苑小区暖气不热的问题")
    hot_list = record_hot_issues(day=event.last_at.date(), window_days=7, now=now)

    with translation.override("en"):
        _header, row = hot_issue_table(hot_list)

    assert row[-1] == (
        "青禾苑小区: 暖气不热; Who suffers: 业主; What they ask for: 供热公司维修管道"
    )
