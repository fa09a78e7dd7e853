"""Each migration in one transaction with the note that it is done."""

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


class WholeMigrations(MigrationExecutor):
    """Notes a migration in the transaction that it runs in, whatever it puts off to its end.

    Django notes one that puts statements off, as all do that make a foreign key or an index, in a
    transaction of its own: killed between the two, the tables are new and the next try, which does
    not know, cannot make them again.
    """

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,  # noqa: FBT001, FBT002 -- as Django calls it
        fake_initial: bool = False,  # noqa: FBT001, FBT002
    ) -> ProjectState:
        if fake or fake_initial or not migration.atomic:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        self._tell("apply_start", migration)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            put_off, editor.deferred_sql = editor.deferred_sql, []
            for statement in put_off:
                editor.execute(statement, None)
            self.record_migration(migration)  # type: ignore[call-arg, arg-type]  # stubs of Django 5
        self._tell("apply_success", migration)
        return state

    def _tell(self, word: str, migration: Migration) -> None:
        if self.progress_callback:
            self.progress_callback(word, migration, False)  # noqa: FBT003
