"""Ids: made in order, marked as UUIDv7, and small."""

from uuid import RFC_4122, UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accompany.access.models import Organisation
from accompany.base import clock, ids
from accompany.base.ids import IdField, uuid7


def test_ids_of_one_process_only_ever_grow():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_grow_though_the_clock_is_set_back(monkeypatch):
    before = uuid7()
    monkeypatch.setattr(clock, "milliseconds", lambda: 1_000)
    assert uuid7() > before


def test_every_id_bears_the_version_and_the_variant():
    made = [uuid7() for _ in range(5_000)]
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}


def test_an_id_begins_with_the_moment_in_milliseconds(monkeypatch):
    later = clock.milliseconds() + 10_000
    monkeypatch.setattr(clock, "milliseconds", lambda: later)
    monkeypatch.setattr(ids, "_last", 0)
    assert uuid7().int >> 80 == later


def test_two_ids_of_one_moment_differ_by_chance(monkeypatch):
    monkeypatch.setattr(clock, "milliseconds", lambda: 1_000)
    made = set()
    for _ in range(100):
        monkeypatch.setattr(ids, "_last", 0)  # as in another process
        made.add(uuid7())
    assert len(made) == 100


def test_an_id_comes_back_as_it_went(db):
    made = Organisation.objects.create(code="a", name="A", kind="other")
    assert Organisation.objects.get(pk=made.pk).pk == made.pk
    assert isinstance(Organisation.objects.values_list("pk", flat=True).get(), UUID)


def test_an_id_is_found_by_its_text(db):
    made = Organisation.objects.create(code="a", name="A", kind="other")
    assert Organisation.objects.filter(pk=str(made.pk)).exists()


def test_what_is_no_id_is_refused():
    with pytest.raises(ValidationError):
        IdField().to_python("K7Q-2M9-4")


def test_an_id_takes_sixteen_bytes(db):
    Organisation.objects.create(code="a", name="A", kind="other")
    measure = {"sqlite": "length(id)", "postgresql": "pg_column_size(id)"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {measure} FROM access_organisation")
        assert cursor.fetchone() == (16,)
