"""On PostgreSQL the application's role reads, adds and withdraws, and can do no more."""

from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction

from accompany.access import trail
from accompany.access.terms import Role
from accompany.base import grants, guards
from accompany.base.refusal import Refused
from accompany.base.tables import TableKind, kind_of
from accompany.erasure import actions as erasure
from accompany.erasure.terms import Because
from accompany.people.models import Person
from tests.rows import a_row_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
]
every_guarded_table = pytest.mark.parametrize(
    "model", guards.guarded_models(), ids="{0._meta.label}".format
)
ROLE = "accompany_application"


@pytest.fixture
def role():
    """A role that was given what the application needs; it is gone with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
    grants.give(connection, ROLE)
    return ROLE


@contextmanager
def acting_as(role):
    """What is done within is done by that role."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


@contextmanager
def denied():
    """What is done within, the role may not."""
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        yield


@every_guarded_table
def test_it_deletes_no_row_of_a_guarded_table(role, model):
    a_row_of(model)
    with acting_as(role), denied():
        model.objects.all()._raw_delete(connection.alias)


@every_guarded_table
def test_it_changes_no_column_but_the_withdrawal(role, model):
    row = a_row_of(model)
    fields = [f for f in model._meta.concrete_fields if f.name != "withdrawn_in"]
    with acting_as(role), denied():
        model.objects.update(**{fields[-1].name: getattr(row, fields[-1].attname)})


@every_guarded_table
def test_it_empties_no_guarded_table(role, model):
    with acting_as(role), denied(), connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


@every_guarded_table
def test_it_takes_no_guard_off(role, model):
    table = model._meta.db_table
    with (
        acting_as(role),
        pytest.raises(ProgrammingError, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')


def test_it_withdraws_a_statement(role):
    model = next(m for m in guards.guarded_models() if kind_of(m) is TableKind.STATEMENT)
    row = a_row_of(model)
    with acting_as(role):
        assert model.objects.filter(pk=row.pk).update(withdrawn_in=row.recorded_in) == 1


def test_it_does_all_that_the_application_does(role, world):
    with acting_as(role):
        family = world.family()
        trail.look("people.person-opened", by=world.admin, about=[])
        trail.seal()
        assert list(trail.verify()) == []
        assert family.mother


def test_what_two_confirm_on_its_pages_the_owner_erases(role, world):
    person, second = world.person(), world.colleague(Role.ADMINISTRATOR)
    with acting_as(role):
        erasure.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
        assert erasure.confirm_erasure(person=person, by=second) is None
        with pytest.raises(Refused):
            erasure.erase_confirmed(person=person, by=second)
    erasure.erase_confirmed(person=person, by=world.admin)
    assert not Person.objects.filter(pk=person).exists()


def test_what_it_may_do_is_told(role):
    with acting_as(role):
        assert grants.too_much(connection) == []
    assert grants.too_much(connection)


def test_only_the_owner_goes_through_the_door_of_erasure(role):
    assert grants.may_erase(connection)
    with acting_as(role):
        assert not grants.may_erase(connection)
