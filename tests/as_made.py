"""The database of the tests as it was made, after a test that commits: its tables, rows, guards.

Django would empty 140 tables one by one, write the kinds of contents and the permissions anew, and
leave no calendar: every later test that starts a clock would load one.
"""

import sqlite3
from contextlib import closing

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.made_tables import sqlite_file

KEEP_ROWS = """
DO $$ DECLARE name text; is_filled bool; BEGIN
  CREATE SCHEMA made;
  FOREACH name IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('SELECT EXISTS (TABLE %I)', name) INTO is_filled;
    IF is_filled THEN EXECUTE format('CREATE TABLE made.%I AS TABLE %I', name, name); END IF;
  END LOOP;
END $$
"""
# The lock waits for who still writes, such as a process that the test killed. A replica fires no
# triggers: neither the guards of what is written once nor foreign keys.
BRING_ROWS_BACK = """
DO $$ DECLARE name text; is_other bool; BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH name IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('LOCK TABLE public.%I IN EXCLUSIVE MODE', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY[{tables}] LOOP
    IF to_regclass('made.' || quote_ident(name)) IS NULL THEN
      EXECUTE format('SELECT EXISTS (TABLE public.%I)', name) INTO is_other;
      IF is_other THEN EXECUTE format('DELETE FROM public.%I', name); END IF;
      CONTINUE;
    END IF;
    EXECUTE format('SELECT EXISTS ((TABLE public.%1$I EXCEPT TABLE made.%1$I)
      UNION ALL (TABLE made.%1$I EXCEPT TABLE public.%1$I))', name) INTO is_other;
    IF is_other THEN
      EXECUTE format('DELETE FROM public.%I', name);
      EXECUTE format('INSERT INTO public.%1$I TABLE made.%1$I', name);
    END IF;
  END LOOP;
END $$
"""


def keep_as_made() -> None:
    """Before the first test: lay the rows that are there aside. SQLite has its file for it."""
    if connection.vendor == "postgresql":
        _run(KEEP_ROWS)


def bring_back_as_made(database: BaseDatabaseWrapper) -> None:
    """Between two tests: whatever the earlier one wrote, changed or removed."""
    if database.vendor == "postgresql":
        _run(BRING_ROWS_BACK)
        return
    database.ensure_connection()
    with closing(sqlite3.connect(f"{sqlite_file().as_uri()}?immutable=1", uri=True)) as made:
        made.backup(database.connection)


def _run(statement: str) -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = ", ".join(f"'{name}'" for name in sorted(names))
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{tables}", tables))
