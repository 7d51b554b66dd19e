"""What comes in through the bulk door is what the ORM would have written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accompany.access.models import About, Digest, Key, Organisation
from accompany.access.terms import OrganisationKind
from accompany.base.bulk import plain_rows, plain_value, record_all
from accompany.base.ids import uuid7
from accompany.custody.models import Stay
from accompany.custody.terms import Custodian
from accompany.people.models import Birth, Identifier
from accompany.sources.actions import statement_models
from accompany.sources.models import Question, ReceivedRow, Telling
from tests.rows import parents, row_of

# The tables that lists and actions fill through the bulk door.
THROUGH_THE_DOOR = (*statement_models(), About, Key, Digest, Question, ReceivedRow, Telling)
MODELS = sorted(THROUGH_THE_DOOR, key=lambda model: model._meta.label)
every_model = pytest.mark.parametrize("model", MODELS, ids="{0._meta.label}".format)
random_rows = settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def columns_of(model):
    return tuple(field.name for field in model._meta.concrete_fields)


def as_tuple(model, values):
    return tuple(values[field.attname] for field in model._meta.concrete_fields)


def stored(model):
    """Every row as the database gives it, without Django's reading of it."""
    with connection.cursor() as cursor:
        names = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
        key = model._meta.pk.column
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}" ORDER BY "{key}"')
        return [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in cursor.fetchall()
        ]


@pytest.fixture
def there(db):
    """Rows that foreign keys may point to."""
    return parents()


class Undone(Exception):
    """Ends a transaction that is only to be looked at."""


@every_model
@given(random=st.randoms(use_true_random=False))
@random_rows
def test_it_writes_what_the_orm_writes(there, model, random):
    values = row_of(model, there, random)
    found = []
    for write in (
        lambda: model._base_manager.create(**values),
        lambda: record_all(model, columns_of(model), [as_tuple(model, values)]),
    ):
        with pytest.raises(Undone), transaction.atomic():
            write()
            found.append(stored(model))
            raise Undone
    assert found[0] == found[1]


@every_model
@given(random=st.randoms(use_true_random=False))
@random_rows
def test_what_is_read_back_is_plain_as_it_was_made_plain(there, model, random):
    values = row_of(model, there, random)
    columns = columns_of(model)
    (plain,) = plain_rows(model, columns, [as_tuple(model, values)])
    with pytest.raises(Undone), transaction.atomic():
        record_all(model, columns, [as_tuple(model, values)])
        row = model._base_manager.get(pk=values[model._meta.pk.attname])
        raise Undone
    assert plain == tuple(plain_value(getattr(row, f.attname)) for f in model._meta.concrete_fields)


MOMENTS = st.datetimes(timezones=st.timezones()) | st.sampled_from(
    [
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        datetime(2026, 3, 1, 7, tzinfo=ZoneInfo("America/New_York")),
    ]
)
COLUMNS = {
    (Stay, "began_earliest"): MOMENTS,
    (Stay, "custodian"): st.sampled_from([*Custodian, "cbp"]),
    (Stay, "learned_on"): st.dates(),
    (Identifier, "has_none"): st.booleans(),
    (Birth, "year"): st.integers(1900, 1902),
}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column[1])
@given(data=st.data())
@settings(max_examples=60)
def test_a_column_is_made_plain_as_each_of_its_values_is(column, data):
    model, name = column
    values = data.draw(st.lists(COLUMNS[column] | st.none(), min_size=1, max_size=4))
    alone = [plain_rows(model, (name,), [(value,)])[0] for value in values]
    together = plain_rows(model, (name,), [(value,) for value in values])
    assert [(v, type(v)) for (v,) in together] == [(v, type(v)) for (v,) in alone]


def test_a_code_of_a_term_is_made_its_mere_text(db):
    ((plain,),) = plain_rows(Organisation, ("kind",), [(OrganisationKind.AGENCY,)])
    assert type(plain) is str


def test_several_rows_are_written_in_one_go(db):
    names = [f"Casa {number}" for number in range(1_500)]
    columns = ("id", "code", "name", "kind")
    record_all(Organisation, columns, [(uuid7(), name, name, "other") for name in names])
    assert set(Organisation.objects.values_list("name", flat=True)) >= set(names)


def test_no_rows_are_no_trouble(db):
    record_all(Organisation, ("id", "code", "name", "kind"), [])


def test_a_kind_of_column_it_does_not_know_is_refused():
    class Weighed(models.Model):
        weight = models.FloatField()

        class Meta:
            app_label = "base"
            managed = False

    try:
        with pytest.raises(TypeError, match="no way to write a FloatField"):
            plain_rows(Weighed, ("weight",), [(1.5,)])
    finally:
        del apps.all_models["base"]["weighed"]
        apps.clear_cache()


def test_a_broken_constraint_is_told_in_django_s_words(db):
    rows = [(uuid7(), "same", "Casa A", "other"), (uuid7(), "same", "Casa B", "other")]
    with pytest.raises(IntegrityError), transaction.atomic():
        record_all(Organisation, ("id", "code", "name", "kind"), rows)


if connection.vendor == "postgresql":

    def test_a_text_with_a_nought_byte_is_refused(db):
        with pytest.raises(DataError), transaction.atomic():
            record_all(Organisation, ("id", "code", "name", "kind"), [(uuid7(), "a\0", "A", "o")])
