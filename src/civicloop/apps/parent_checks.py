"""Foreign keys of many rows to few, which PostgreSQL checks once for each statement.

Its own check of a row costs as much as writing the row with all its indexes, and is made anew for
every one of thousands that have the same parent. Here a statement that inserts is checked whole:
the different parents of its rows are looked up and held (FOR KEY SHARE) until the transaction ends. A row
whose parent changes is checked alone, and a parent that has rows can neither be removed nor be
given another number: what a foreign key forbids is forbidden, at the statement and not at the
end of the transaction. SQLite keeps its own.
"""

from collections.abc import Iterator, Mapping

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

LONGEST_NAME = 63

OF_STATEMENT = """
  wanted := ARRAY(SELECT DISTINCT {column} FROM fresh WHERE {column} IS NOT NULL);
  IF cardinality(ARRAY(SELECT id FROM {parent} WHERE id = ANY (wanted) FOR KEY SHARE))
      < cardinality(wanted) THEN
    RAISE foreign_key_violation USING MESSAGE = '{table}.{column}: no such row of {parent}';
  END IF;"""
OF_ROW = """
  IF NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column} THEN
    PERFORM FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;
    IF NOT FOUND THEN
      RAISE foreign_key_violation USING MESSAGE = '{table}.{column}: no such row of {parent}';
    END IF;
  END IF;"""
OF_PARENT = """
  IF EXISTS (SELECT FROM {table} WHERE {column} = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = '{table}.{column}: rows are left of this {parent}';
  END IF;"""
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint[];
BEGIN{checks}
  RETURN NULL;
END $$"""


class CheckParentsByStatement(Operation):
    """Put these checks in the place of the foreign keys of a table, by column and parent table."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, parents: Mapping[str, str]) -> None:
        self.table = table
        self.parents = dict(parents)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002  as Django calls it
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Make functions and triggers, then take the foreign keys away."""
        if schema_editor.connection.vendor != "postgresql":
            return
        for statement in self._checks():
            schema_editor.execute(statement)
        for column in self.parents:
            for key in self._foreign_keys(schema_editor, column):
                schema_editor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {key}")

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Make foreign keys, which look through all rows, then take the checks away."""
        if schema_editor.connection.vendor != "postgresql":
            return
        for column, parent in self.parents.items():
            schema_editor.execute(
                f"ALTER TABLE {self.table} ADD FOREIGN KEY ({column}) REFERENCES {parent} (id)"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        for name in self._names():
            schema_editor.execute(f"DROP FUNCTION {name} CASCADE")

    def describe(self) -> str:
        return f"Check the parents of {self.table} once for each statement"

    def _foreign_keys(self, schema_editor: BaseDatabaseSchemaEditor, column: str) -> list[str]:
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, self.table)
        return [
            name
            for name, constraint in found.items()
            if constraint["foreign_key"] and constraint["columns"] == [column]
        ]

    def _names(self) -> list[str]:
        return [f"{self.table}_parents_of_rows", f"{self.table}_parents_of_row"] + [
            self._name_of(parent) for parent in sorted(set(self.parents.values()))
        ]

    def _name_of(self, parent: str) -> str:
        return f"{parent}_rows_in_{self.table}"[:LONGEST_NAME]

    def _checks(self) -> Iterator[str]:
        table, columns = self.table, list(self.parents)
        of_rows, of_row, *_ = self._names()
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
        yield self._function(of_rows, OF_STATEMENT, columns)
        yield (
            f"CREATE TRIGGER {of_rows} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {of_rows}()"
        )
        yield self._function(of_row, OF_ROW, columns)
        yield (
            f"CREATE TRIGGER {of_row} AFTER UPDATE OF {', '.join(columns)} ON {table}"
            f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {of_row}()"
        )
        for parent in sorted(set(self.parents.values())):
            name = self._name_of(parent)
            own = [column for column in columns if self.parents[column] == parent]
            yield self._function(name, OF_PARENT, own)
            yield (
                f"CREATE TRIGGER {name} AFTER DELETE OR UPDATE OF id ON {parent}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )

    def _function(self, name: str, check: str, columns: list[str]) -> str:
        checks = "".join(
            check.format(table=self.table, column=column, parent=self.parents[column])
            for column in columns
        )
        return FUNCTION.format(name=name, checks=checks)
