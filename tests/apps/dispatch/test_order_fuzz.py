"""Stateful fuzz; `CIVICLOOP_FUZZ_EXAMPLES=3000 make test ARGS="tests/apps/dispatch/test_order_fuzz.py -s"` tries 10^5 steps (150: about 6,000)."""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.apps.dispatch.order_machine import OrderMachine

EXAMPLES = int(os.environ.get("CIVICLOOP_FUZZ_EXAMPLES", "12"))
STEPS = 50


@pytest.mark.django_db
@pytest.mark.timeout(7200)
def test_whatever_anybody_tries_no_order_takes_a_step_it_may_not():
    class InATransaction(OrderMachine):
        def __init__(self):
            super().__init__()
            self.around = transaction.atomic()
            self.around.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    run_state_machine_as_test(
        InATransaction,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=EXAMPLES == 12,
            suppress_health_check=list(HealthCheck),
        ),
    )

    print(f"{InATransaction.tried} steps tried, {InATransaction.taken} taken")
    assert InATransaction.taken > InATransaction.tried / 20
