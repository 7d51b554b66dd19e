"""The database itself refuses to rewrite what was said, on every guarded table and every way."""

from contextlib import contextmanager, suppress
from random import Random
from threading import Event as Signal
from threading import Thread
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from accompany.access.models import Entry
from accompany.base import guards
from accompany.base.ids import uuid7
from accompany.base.tables import TableKind, kind_of
from accompany.facilities.models import Facility
from accompany.people.models import Name, Person
from accompany.sources.actions import statement_models
from tests.rows import a_row_of, parents, row_of

STATEMENTS = sorted(statement_models(), key=lambda model: model._meta.label)
LEDGERS = [model for model in guards.guarded_models() if kind_of(model) is TableKind.LEDGER]
GUARDED = [*STATEMENTS, *LEDGERS]
label = "{0._meta.label}".format

every_guarded_table = pytest.mark.parametrize("model", GUARDED, ids=label)
every_statement = pytest.mark.parametrize("model", STATEMENTS, ids=label)


@contextmanager
def is_kept(model):
    """What is done within is refused by the guard, and the row stays as it is."""
    before = list(model.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match="only ever"), transaction.atomic():
        yield
    assert list(model.objects.order_by("pk").values()) == before


def some_column(model):
    """A column that is neither the key nor the withdrawal."""
    fields = model._meta.concrete_fields
    return next(f for f in reversed(fields) if not f.primary_key and f.name != "withdrawn_in")


@every_guarded_table
def test_a_row_is_not_deleted_one_by_one(db, model):
    row = a_row_of(model)
    with is_kept(model):
        row.delete()


@every_guarded_table
def test_rows_are_not_deleted_at_once(db, model):
    a_row_of(model)
    with is_kept(model):
        model.objects.all()._raw_delete(connection.alias)


@every_guarded_table
def test_no_column_is_changed(db, model):
    row = a_row_of(model)
    column = some_column(model)
    with is_kept(model):
        model.objects.filter(pk=row.pk).update(**{column.name: getattr(row, column.attname)})


@every_guarded_table
def test_an_unchanged_object_is_not_saved_again(db, model):
    row = a_row_of(model)
    with is_kept(model):
        row.save(force_update=True)


@every_guarded_table
def test_the_key_is_not_changed(db, model):
    row = a_row_of(model)
    other = row.pk + 1_000 if isinstance(row.pk, int) else type(row.pk)(int=row.pk.int + 1)
    with is_kept(model):
        model.objects.filter(pk=row.pk).update(**{model._meta.pk.name: other})


@every_guarded_table
def test_a_row_does_not_go_by_the_way_that_passes_other_triggers(db, model):
    a_row_of(model)
    way = {
        "sqlite": 'INSERT OR REPLACE INTO "{0}" SELECT * FROM "{0}"',
        "postgresql": 'SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE "{0}" CASCADE',
    }[connection.vendor]
    with is_kept(model), connection.cursor() as cursor:
        cursor.execute(way.format(model._meta.db_table))


if connection.vendor == "postgresql":

    def test_a_session_that_plays_the_replica_is_refused_too(db):
        a_row_of(Facility)
        with is_kept(Facility), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM facilities_facility")


@every_guarded_table
def test_a_conflict_does_not_turn_into_a_change(db, model):
    row = a_row_of(model)
    column = some_column(model)
    with is_kept(model):
        model.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=[model._meta.pk.name],
            update_fields=[column.name],
        )


@every_statement
def test_a_statement_is_withdrawn_once(db, model):
    row = a_row_of(model)
    assert model.objects.filter(pk=row.pk).update(withdrawn_in=9_000_001) == 1


@every_statement
def test_a_statement_is_not_withdrawn_twice(db, model):
    row = a_row_of(model)
    model.objects.filter(pk=row.pk).update(withdrawn_in=9_000_001)
    with is_kept(model):
        model.objects.filter(pk=row.pk).update(withdrawn_in=9_000_002)


@every_statement
def test_a_withdrawal_is_not_undone(db, model):
    row = a_row_of(model)
    model.objects.filter(pk=row.pk).update(withdrawn_in=9_000_001)
    with is_kept(model):
        model.objects.filter(pk=row.pk).update(withdrawn_in=None)


@every_statement
def test_a_withdrawal_changes_nothing_else(db, model):
    row = a_row_of(model)
    with is_kept(model):
        model.objects.filter(pk=row.pk).update(withdrawn_in=9_000_001, recorded_in=9_000_001)


@every_guarded_table
def test_a_row_does_not_go_while_somebody_else_is_erased(db, model):
    row = a_row_of(model)
    with is_kept(model), guards.erasing(connection, [uuid7()]):
        model.objects.filter(pk=row.pk)._raw_delete(connection.alias)


@pytest.mark.parametrize("model", [m for m in GUARDED if not guards.named_in(m)], ids=label)
def test_a_row_that_names_nobody_never_goes(db, model):
    row = a_row_of(model)
    ids = {value for value in vars(row).values() if isinstance(value, UUID)}
    with is_kept(model), guards.erasing(connection, ids):
        model.objects.all()._raw_delete(connection.alias)


@pytest.mark.parametrize(
    ("model", "name"),
    [(model, name) for model in GUARDED for name in guards.named_in(model)],
    ids=lambda one: one if isinstance(one, str) else label(one),
)
def test_a_row_goes_while_whom_it_names_is_erased(db, model, name):
    row = next(row for row in rows_naming(model, name))
    named = getattr(row, model._meta.get_field(name).attname)
    with guards.erasing(connection, [named]):
        guards.let_go(connection, model, [row.pk])
    assert not model.objects.filter(pk=row.pk).exists()


def rows_naming(model, name):
    """A stored row that names somebody in this column."""
    there, random = parents(), Random(model._meta.label)
    while True:
        values = row_of(model, there, random)
        if values[model._meta.get_field(name).attname] is not None:
            yield model._base_manager.create(**values)


def test_the_door_is_shut_again_after_an_erasure(db):
    row = a_row_of(Person)
    with guards.erasing(connection, [row.pk]):
        pass
    with is_kept(Person):
        guards.let_go(connection, Person, [row.pk])
    assert not guards.is_ajar()


def test_the_door_is_shut_after_an_erasure_that_failed(db):
    row = a_row_of(Person)
    with suppress(ValueError), guards.erasing(connection, [row.pk]):
        raise ValueError
    assert not guards.is_ajar()
    with is_kept(Person):
        guards.let_go(connection, Person, [row.pk])


def test_nothing_is_changed_by_the_door(db):
    row = a_row_of(Name)
    with is_kept(Name), guards.erasing(connection, [row.person_id]):
        Name.objects.filter(pk=row.pk).update(kind="alias")


if connection.vendor == "postgresql":

    def test_a_function_that_no_longer_refuses_is_named(db):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION accompany_keeps_ledger() RETURNS trigger "
                "LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$"
            )
        assert guards.missing(connection) == ["accompany_keeps_ledger"]

    def test_nobody_else_passes_the_door_of_an_erasure_under_way(transactional_db):
        row = a_row_of(Person)
        opened, ends = Signal(), Signal()

        def slowly():
            with transaction.atomic(), guards.erasing(connection, [row.pk]):
                opened.set()
                ends.wait(10)
            connection.close()

        thread = Thread(target=slowly)
        thread.start()
        assert opened.wait(10)
        try:
            with is_kept(Person):
                guards.let_go(connection, Person, [row.pk])
        finally:
            ends.set()
            thread.join()


def test_every_guard_stands_after_the_first_migrate(db):
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_every_guard_stands_after_another_migrate():
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_migrate_puts_a_lost_guard_back():
    drop_guards_of(Facility)
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_guards_stand_after_a_table_was_rebuilt():
    column = models.TextField(default="")
    column.set_attributes_from_name("passing")
    with guards_of_sqlite_off(), connection.schema_editor() as editor:
        editor.add_field(Facility, column)
    with guards_of_sqlite_off(), connection.schema_editor() as editor:
        editor.remove_field(Facility, column)
    assert guards.missing(connection) == []


def test_a_lost_guard_is_named(db):
    drop_guards_of(Facility)
    try:
        gone = guards.missing(connection)
    finally:
        guards.install(connection)
    assert gone
    assert all(name.startswith("facilities_facility_keeps_") for name in gone)


def test_a_guard_that_no_longer_refuses_is_named(db):
    statements, name = {
        "sqlite": (
            (
                "DROP TRIGGER access_entry_keeps_delete;"
                "CREATE TRIGGER access_entry_keeps_delete BEFORE DELETE ON access_entry "
                "BEGIN SELECT 1; END"
            ),
            "access_entry_keeps_delete",
        ),
        "postgresql": (
            "ALTER TABLE access_entry DISABLE TRIGGER access_entry_keeps_rows",
            "access_entry_keeps_rows",
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements.split(";", 1):
            cursor.execute(statement)
    assert guards.missing(connection) == [name]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("test_accompany", True),
        ("/home/ines/test_record.sqlite3", True),
        ("file:memorydb_default?mode=memory&cache=shared", True),
        ("accompany", False),
        ("/home/test_user/record.sqlite3", False),
        ("/srv/memory/record.sqlite3", False),
        ("/srv/mode=memory/record.sqlite3", False),
    ],
)
def test_only_a_test_database_is_one(name, is_one, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    assert guards.is_test_database(connection) is is_one


def test_guards_do_not_come_off_elsewhere(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "accompany")
    with pytest.raises(ValueError, match="test databases"), guards.off(connection):
        pass


def test_the_record_is_not_flushed(world, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "accompany")
    entries = Entry.objects.count()
    with pytest.raises(CommandError, match="not a test database"):
        call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_a_test_database_is_flushed_and_guarded_again(world):
    call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.count() == 0
    assert guards.missing(connection) == []


def drop_guards_of(model):
    """Lose a table's guards, as a rebuild on SQLite does without a word."""
    with connection.cursor() as cursor:
        for name in guards._guard(connection, model):
            on = f' ON "{model._meta.db_table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


@contextmanager
def guards_of_sqlite_off():
    """What migrate does around its operations."""
    if connection.vendor == "sqlite":
        guards.drop(connection)
    yield
    guards.install(connection)
