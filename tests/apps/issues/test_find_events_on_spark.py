import subprocess
import sys

import pytest
from tests.engines.text.event_messages import city
from tests.made_tables import copy_sqlite_file

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.find_events import find_events_in_history
from civicloop.apps.issues.models import EventMember, SimilarAppeal

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,  # what is stored, and where, is tested without Spark
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # PySpark's own
]


def stored() -> tuple[set, set]:
    """The appeals of each event, and the similar pairs."""
    members: dict[int, set[int]] = {}
    for event, appeal in EventMember.objects.values_list("event_id", "appeal_id"):
        members.setdefault(event, set()).add(appeal)
    pairs = SimilarAppeal.objects.values_list("appeal_id", "other_id")
    return {frozenset(found) for found in members.values()}, set(pairs)


@pytest.mark.usefixtures("spark_here")
def test_a_city_that_names_a_spark_gets_the_same_events(make_appeal, settings, now):
    for m in city()[0]:
        make_appeal(m.text, subject=m.subject, caller_key=m.author, received_at=m.received_at)
    find_events_in_history(now=now)
    here = stored()
    settings.SPARK = "local[2]"

    find_events_in_history(now=now)

    assert stored() == here
    assert len(here[0]) > 5
    assert Appeal.objects.count() == len(city()[0])


def test_the_command_says_in_a_sentence_that_pyspark_is_missing(tmp_path):
    copy_sqlite_file(tmp_path / "civicloop.sqlite3")
    without = "import sys; sys.modules['pyspark'] = None; "
    program = without + "from civicloop.config.cli import main; main(['events'])"
    environment = {
        "CIVICLOOP_DATA": str(tmp_path),
        "CIVICLOOP_LANGUAGE": "en",
        "CIVICLOOP_SPARK": "spark://127.0.0.1:7077",
    }

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "pip install 'civicloop[spark]'" in done.stderr
    assert "Traceback" not in done.stderr
