"""Every job that comes back at fixed times: the one table that the workers go by."""

from datetime import time, timedelta

from civicloop.apps.dispatch.housekeeping import (
    begin_call_backs,
    forget_left_calls,
    pass_replies,
    send_plans,
)
from civicloop.apps.dispatch.routing_jobs import route_waiting
from civicloop.apps.intake.housekeeping import (
    forget_old_files,
    forget_old_keys,
    mask_arrivals,
    remove_orphan_identities,
)
from civicloop.apps.issues.housekeeping import learn_events_anew, place_arrivals
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.housekeeping import forget_old_jobs
from civicloop.apps.notices.housekeeping import tell_of_failed_jobs
from civicloop.config.audit_upkeep import check_audit, note_end_of_audit
from civicloop.config.retention import end_retention
from civicloop.config.sweeping import find_what_is_late

DAY, MINUTE, SECONDS_10 = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=10)

PERIODIC = (
    Periodic(name="tell_of_failed_jobs", every=MINUTE, job=tell_of_failed_jobs),
    Periodic(name="find_what_is_late", every=MINUTE, job=find_what_is_late),
    Periodic(name="begin_call_backs", every=MINUTE, job=begin_call_backs),
    Periodic(name="pass_replies", every=MINUTE, job=pass_replies),
    Periodic(name="send_plans", every=SECONDS_10, job=send_plans),
    Periodic(name="mask_arrivals", every=MINUTE, job=mask_arrivals),
    Periodic(name="place_arrivals", every=MINUTE, job=place_arrivals),
    Periodic(name="route_waiting_orders", every=5 * MINUTE, job=route_waiting),
    Periodic(name="learn_events_anew", every=DAY, at=time(0, 40), job=learn_events_anew),
    Periodic(name="forget_old_jobs", every=DAY, at=time(3, 10), job=forget_old_jobs),
    Periodic(name="forget_old_files", every=DAY, at=time(3, 20), job=forget_old_files),
    Periodic(name="forget_old_keys", every=DAY, at=time(3, 35), job=forget_old_keys),
    Periodic(
        name="remove_orphan_identities", every=DAY, at=time(3, 25), job=remove_orphan_identities
    ),
    Periodic(name="forget_left_calls", every=DAY, at=time(3, 15), job=forget_left_calls),
    Periodic(name="end_retention", every=DAY, at=time(2, 40), job=end_retention),
    Periodic(name="check_audit", every=DAY, at=time(3, 30), job=check_audit),
    Periodic(name="note_end_of_audit", every=DAY, at=time(23, 50), job=note_end_of_audit),
)
