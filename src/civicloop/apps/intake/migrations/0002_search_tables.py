"""The search index: a table of its own that Django's models do not know."""

from django.db import migrations

SQLITE = (
    # tokenize=ascii: every character beyond ASCII belongs to a word, also those newer than SQLite
    "CREATE VIRTUAL TABLE intake_search USING fts5("
    "grams, content='', detail=none, columnsize=0, tokenize='ascii')",
)
POSTGRESQL = (
    "CREATE TABLE intake_search (appeal_id bigint PRIMARY KEY, grams tsvector NOT NULL)",
    "CREATE INDEX intake_search_grams ON intake_search USING gin (grams)",
)


def create_search_table(apps, schema_editor):
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


def drop_search_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE intake_search")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [migrations.RunPython(create_search_table, drop_search_table)]
