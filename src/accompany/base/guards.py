"""
Why can nobody rewrite what was said?

The database itself refuses: on guarded tables every delete, and every update but the one
withdrawal of a statement. A model is guarded by its mark `kept_as`. Django rebuilds a table on
SQLite for most changes of a field, which drops triggers without a word, so guards are taken off
before and made again after every migrate, and looked for before anything writes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accompany.base.tables import GUARDED, TableKind, kind_of

_REFUSAL = "a statement is only ever withdrawn, once; a ledger is only ever added to"

_POSTGRESQL_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION accompany_keeps_statement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.withdrawn_in IS NULL AND NEW.withdrawn_in IS NOT NULL THEN
      kept := NEW; kept.withdrawn_in := NULL;
      IF kept IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
  END IF;
  RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION accompany_keeps_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""  # ERRCODE makes Django raise IntegrityError, as SQLite's RAISE(ABORT) does


def guarded_models() -> list[type[models.Model]]:
    """Every installed model whose rows are guarded."""
    return [model for model in apps.get_models() if kind_of(model) in GUARDED]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every guard anew, on the tables that exist."""
    tables = set(connection.introspection.table_names())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL_FUNCTIONS)
    for model in guarded_models():
        if model._meta.db_table in tables:
            _drop(connection, model)
            _execute(connection, _guard(connection, model).values())


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off: only for a migration on SQLite, and for a test database's flush."""
    tables = set(connection.introspection.table_names())
    for model in guarded_models():
        if model._meta.db_table in tables:
            _drop(connection, model)


def is_test_database(connection: BaseDatabaseWrapper) -> bool:
    """Whether this is a database that tests made: in memory, or named `test_…`."""
    name = str(connection.settings_dict["NAME"])
    in_memory = name.startswith("file:") and "mode=memory" in name
    return in_memory or Path(name).name.startswith("test_")


@contextmanager
def off(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Guards off for a moment, in a test database only. Raises ValueError anywhere else."""
    if not is_test_database(connection):
        raise ValueError("guards come off in test databases only")
    drop(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The guards that are not as they should be, by name; empty when all stand."""
    wanted = {
        name: statement
        for model in guarded_models()
        for name, statement in _guard(connection, model).items()
    }
    standing = _standing(connection)
    if connection.vendor == "sqlite":
        return sorted(name for name, text in wanted.items() if standing.get(name) != text)
    return sorted(name for name in wanted if standing.get(name) != "A")


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    question = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        return dict(cursor.fetchall())


def _guard(connection: BaseDatabaseWrapper, model: Any) -> dict[str, str]:
    """The statements that guard one table, by the names of their triggers."""
    table = model._meta.db_table
    withdrawable = kind_of(model) is TableKind.STATEMENT
    if connection.vendor == "postgresql":
        return _postgresql_guard(table, "statement" if withdrawable else "ledger")
    return _sqlite_guard(table, _columns(connection, table), withdrawable=withdrawable)


def _sqlite_guard(table: str, columns: list[str], *, withdrawable: bool) -> dict[str, str]:
    raises = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    same = " AND ".join(f'NEW."{c}" IS OLD."{c}"' for c in columns if c != "withdrawn_in")
    unless = (
        f"WHEN NOT (OLD.withdrawn_in IS NULL AND NEW.withdrawn_in IS NOT NULL AND {same}) "
        if withdrawable
        else ""
    )
    return {
        f"{table}_keeps_delete": (
            f'CREATE TRIGGER "{table}_keeps_delete" BEFORE DELETE ON "{table}" {raises}'
        ),
        f"{table}_keeps_update": (
            f'CREATE TRIGGER "{table}_keeps_update" BEFORE UPDATE ON "{table}" {unless}{raises}'
        ),
    }


def _postgresql_guard(table: str, kind: str) -> dict[str, str]:
    # ENABLE ALWAYS: then session_replication_role = replica does not pass either.
    return {
        f"{table}_keeps_rows": (
            f'CREATE TRIGGER "{table}_keeps_rows" BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION accompany_keeps_{kind}(); "
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_keeps_rows"'
        ),
        f"{table}_keeps_all": (
            f'CREATE TRIGGER "{table}_keeps_all" BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION accompany_keeps_ledger(); "
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_keeps_all"'
        ),
    }


def _columns(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The columns as they are: during a migration the models say otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608 - a table of our own
        return [column[0] for column in cursor.description]


def _drop(connection: BaseDatabaseWrapper, model: Any) -> None:
    table = model._meta.db_table
    names = [f"{table}_keeps_{what}" for what in ("delete", "update", "rows", "all")]
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    _execute(connection, [f'DROP TRIGGER IF EXISTS "{name}"{on}' for name in names])


def _execute(connection: BaseDatabaseWrapper, statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
