"""Scenario 102: a person is erased, counts survive, and the audit shows that and not what."""

import json
from datetime import date

import pytest
from django.urls import reverse

from accompany.access.models import Digest, Key
from accompany.access.terms import Role
from accompany.base import codes
from accompany.custody.models import Separation
from accompany.erasure import actions, queries
from accompany.erasure.terms import Because
from accompany.figures import queries as figures
from accompany.people import queries as people
from accompany.people import search
from accompany.people.models import Name, Person
from accompany.sources import queries as sources
from tests.cast import DAUGHTER

pytestmark = pytest.mark.django_db
LIST = """\
family_name,given_name,a_number,birth_date,nationality,custodian,held_since,separated_on
Pineda Tziquin,Génesis Abril,099-871-345,2014-05-06,GT,CBP,2026-01-05,2026-01-06
Pineda Tziquin,Elvin Mateo,099-871-346,2017-11-30,GT,CBP,2026-01-05,2026-01-06
"""


@pytest.fixture
def second(world):
    """A second person who may erase."""
    return world.colleague(Role.ADMINISTRATOR)


@pytest.fixture
def child(world):
    """A child on a list, taken from somebody."""
    world.receive(LIST)
    (found,) = search.find("Génesis Abril", seen_by=world.admin).hits[:1]
    return found.person


def erase(person, first, second, because=Because.WITHDRAWN):
    actions.ask_to_erase(person=person, because=because, by=first)
    actions.erase(person=person, by=second)


@pytest.mark.parametrize("because", [Because.WITHDRAWN, Because.TIME_OVER])
def test_102_identifiers_are_destroyed(world, second, child, because):
    row = child.row
    code = child.code
    erase(child.pk, world.admin, second, because)

    assert not Key.objects.filter(record__in=[child.pk, row.pk]).exists()
    assert not Digest.objects.filter(person=child.pk).exists()
    assert not Name.objects.filter(person=child.pk).exists()
    assert people.person(code, seen_by=world.admin) is None
    assert search.find(DAUGHTER.given, seen_by=world.admin).hits == ()
    assert sources.open_row(row, seen_by=world.admin) is None


def test_102_the_brother_on_the_next_row_keeps_everything(world, second, child):
    erase(child.pk, world.admin, second)

    (brother,) = search.find("Elvin Mateo", seen_by=world.admin).hits
    assert [name.given for name in brother.names] == ["Elvin Mateo"]
    assert Separation.objects.filter(person=brother.person).count() == 1
    assert sources.open_row(brother.person.row, seen_by=world.admin)


def test_102_counts_survive_only_as_protected_aggregates(world, second, child, terminal):
    erase(child.pk, world.admin, second)

    told = json.loads(terminal("erased", "--format", "json"))
    assert told
    assert all(row["withheld"] and row["value"] is None for row in told if row["value"] != 0)
    kept = {(c.year, c.dimension, c.category): c.counted for c in counts(world)}
    assert kept == {(2026, "country", "GT"): 1, (2026, "age-group", "10-12"): 1,
                    (2026, "office", "other"): 1}  # fmt: skip


def counts(world):
    return queries.counts(holder=world.home)


def test_102_the_audit_shows_that_and_not_what(world, second, child, page):
    code = codes.shown(child.code)
    erase(child.pk, world.admin, second)

    told = page(reverse("trail")).split("<main", 1)[1]
    newest = told.split("<tr")[2]
    assert "A person was erased" in newest
    assert code not in told
    assert "Génesis" not in told


def test_102_an_answer_about_an_earlier_moment_says_how_many_were_erased_since(
    world, second, child, terminal
):
    on = date(2026, 3, 31)
    before = figures.exact("children-separated", on=on, seen_by=world.admin)
    erase(child.pk, world.admin, second)

    again = figures.exact(
        "children-separated", on=on, known_on=before.known_on, seen_by=world.admin
    )
    assert (before.whole.value, again.whole.value) == (2, 1)
    assert (before.erased_since, again.erased_since) == (0, 1)
    assert again.as_json()["erased_since"] == 1
    printed = terminal(
        "figure", "children-separated", "--on", "2026-03-31",
        "--known-on", before.known_on.isoformat(),
    )  # fmt: skip
    assert "1 person has been erased since, and is not in this answer." in printed


def test_102_the_record_is_clean(world, second, child, terminal):
    erase(child.pk, world.admin, second)

    assert "Nothing was found" in terminal("verify")
    assert Person.objects.filter(pk=child.pk).count() == 0
