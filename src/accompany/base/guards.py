"""
Why can nobody rewrite what was said?

The database itself refuses: on guarded tables every delete, and every update but the one
withdrawal of a statement. A model is guarded by its mark `kept_as`. Django rebuilds a table on
SQLite for most changes of a field, which drops triggers without a word, so guards are taken off
before and made again after every migrate, and looked for before anything writes.

One door is in them: a row that names a person in one of the columns its model lists in `persons`
goes while that person is being erased (`erasing`, `let_go`), which no other transaction sees.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accompany.base.tables import GUARDED, TableKind, kind_of

_REFUSAL = "a statement is only ever withdrawn, once; a ledger is only ever added to"

_KEEPS = (
    "BEGIN {door}{withdrawal}  RAISE EXCEPTION '"
    + _REFUSAL
    + """'
    USING ERRCODE = 'integrity_constraint_violation';
END"""
)  # ERRCODE makes Django raise IntegrityError, as SQLite's RAISE(ABORT) does

# The columns that name persons are the arguments of the trigger.
_DOOR = """
  IF TG_OP = 'DELETE' AND TG_NARGS > 0 THEN
    IF EXISTS (SELECT FROM erasing WHERE record::text IN
      (SELECT to_jsonb(OLD) ->> named FROM unnest(TG_ARGV) AS named)) THEN RETURN OLD; END IF;
  END IF;
"""

_WITHDRAWAL = """  IF TG_OP = 'UPDATE' THEN
    IF OLD.withdrawn_in IS NULL AND NEW.withdrawn_in IS NOT NULL THEN
      kept := NEW; kept.withdrawn_in := NULL;
      IF kept IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
  END IF;
"""

_BODIES = {
    "accompany_keeps_statement": "DECLARE kept record;\n"
    + _KEEPS.format(door=_DOOR, withdrawal=_WITHDRAWAL),
    "accompany_keeps_ledger": _KEEPS.format(door=_DOOR, withdrawal=""),
}

_POSTGRESQL_FUNCTIONS = [
    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for name, body in _BODIES.items()
]


def guarded_models() -> list[type[models.Model]]:
    """Every installed model whose rows are guarded."""
    return [model for model in apps.get_models() if kind_of(model) in GUARDED]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every guard anew, on the tables that exist."""
    tables = set(connection.introspection.table_names())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for function in _POSTGRESQL_FUNCTIONS:
                cursor.execute(function)
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
    functions = {name for name, body in _BODIES.items() if standing.get(name) != body}
    return sorted(functions | {name for name in wanted if standing.get(name) != "A"})


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """What guards now, by name: each trigger, or else whether it is on, and each function."""
    question = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal "
        "UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'accompany_keeps_%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        return dict(cursor.fetchall())


def named_in(model: type[models.Model]) -> tuple[str, ...]:
    """The names of a model's fields that name persons."""
    return getattr(model, "persons", ())


@contextmanager
def erasing(connection: BaseDatabaseWrapper, persons: Iterable[UUID]) -> Iterator[None]:
    """
    Within this the guards let rows go that name one of these persons, for this transaction alone.

    What fails within is undone as a whole, so that the door is never left open.
    """
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        marks = [[_as_kept(connection, one)] for one in persons]
        cursor.executemany("INSERT INTO erasing (record) VALUES (%s)", marks)
        yield
        cursor.execute("DELETE FROM erasing")


def let_go(connection: BaseDatabaseWrapper, model: type[models.Model], ids: Sequence[UUID]) -> None:
    """Delete rows of a guarded table; the guard refuses each that names nobody under erasure."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 500):
            part = [_as_kept(connection, one) for one in ids[start : start + 500]]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f'DELETE FROM "{table}" WHERE id IN ({marks})', part)  # noqa: S608 - a table of our own


def is_ajar() -> bool:
    """Whether the door was left open by something that is no erasure."""
    erasing: Any = apps.get_model("base", "Erasing")
    return bool(erasing.objects.exists())


def clear_traces(connection: BaseDatabaseWrapper) -> bool:
    """
    On SQLite write the write-ahead file into the database and empty it; whether that was done.

    With `secure_delete` no byte of what was deleted is left then. It waits for readers, as long as
    any statement does. PostgreSQL overwrites what was deleted in its own time.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_pages) = cursor.fetchone()
    return not busy


def _as_kept(connection: BaseDatabaseWrapper, one: UUID) -> Any:
    return one if connection.vendor == "postgresql" else one.bytes


def _guard(connection: BaseDatabaseWrapper, model: Any) -> dict[str, str]:
    """The statements that guard one table, by the names of their triggers."""
    table = model._meta.db_table
    withdrawable = kind_of(model) is TableKind.STATEMENT
    columns = _columns(connection, table)
    named = [model._meta.get_field(name).column for name in named_in(model)]
    persons = [column for column in named if column in columns]
    if connection.vendor == "postgresql":
        return _postgresql_guard(table, persons, "statement" if withdrawable else "ledger")
    return _sqlite_guard(table, columns, persons, withdrawable=withdrawable)


def _sqlite_guard(
    table: str, columns: list[str], persons: list[str], *, withdrawable: bool
) -> dict[str, str]:
    raises = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    same = " AND ".join(f'NEW."{c}" IS OLD."{c}"' for c in columns if c != "withdrawn_in")
    unless = (
        f"WHEN NOT (OLD.withdrawn_in IS NULL AND NEW.withdrawn_in IS NOT NULL AND {same}) "
        if withdrawable
        else ""
    )
    named = ", ".join(f'OLD."{column}"' for column in persons)
    door = f"WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE record IN ({named})) "  # noqa: S608 - columns of our own
    return {
        f"{table}_keeps_delete": (
            f'CREATE TRIGGER "{table}_keeps_delete" BEFORE DELETE ON "{table}" '
            f"{door if persons else ''}{raises}"
        ),
        f"{table}_keeps_update": (
            f'CREATE TRIGGER "{table}_keeps_update" BEFORE UPDATE ON "{table}" {unless}{raises}'
        ),
    }


def _postgresql_guard(table: str, persons: list[str], kind: str) -> dict[str, str]:
    # ENABLE ALWAYS: then session_replication_role = replica does not pass either.
    named = ", ".join(f"'{column}'" for column in persons)
    return {
        f"{table}_keeps_rows": (
            f'CREATE TRIGGER "{table}_keeps_rows" BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION accompany_keeps_{kind}({named}); "
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
