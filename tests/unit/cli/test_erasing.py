"""Erasing somebody from a terminal: said first, asked by one account, confirmed by another."""

import re

import pytest
from django.db import connection

from accompany.access.models import User
from accompany.access.terms import Role
from accompany.base import codes
from accompany.cli import ending
from accompany.erasure.models import Asked
from accompany.people.models import Person
from tests.cast import SON
from tests.world import count_rows


@pytest.fixture
def berta(world):
    """The account of a second person who may erase."""
    return User.objects.get(pk=world.colleague(Role.ADMINISTRATOR).user).username


def shown(world, person):
    return codes.shown(world.code(person))


def erase(typed, code, *more, account=()):
    return typed(*account, "erase", code, "--because", "withdrawn", *more)


def test_without_yes_it_only_says_what_would_go(typed, world):
    person = world.family().son
    before = count_rows()
    ended = erase(typed, shown(world, person))
    assert ended.code == ending.DONE
    assert "Would be erased" in ended.out
    assert re.search(r"statements kept for others, without them +2\n", ended.out)
    assert count_rows() == before


def test_one_account_asks_and_another_confirms(typed, world, berta):
    person = world.person()
    code = shown(world, person)
    assert "waiting for a second account" in erase(typed, code, "--yes").out
    assert code in typed("erasures").out
    ended = erase(typed, code, "--yes", account=("--as", berta))
    assert ended.out.startswith("Erased\n")
    assert not Person.objects.filter(pk=person).exists()
    assert typed("erasures").out == "None waits.\n"
    assert erase(typed, code).code == ending.REFUSED


def test_the_same_account_does_not_confirm(typed, world):
    person = world.person()
    erase(typed, shown(world, person), "--yes")
    ended = erase(typed, shown(world, person), "--yes")
    assert ended.code == ending.REFUSED
    assert "Nobody erases alone" in ended.err
    assert Asked.objects.count() == 1


def test_there_is_no_reason_in_words(typed, world):
    code = shown(world, world.person())
    assert typed("erase", code, "--because", "Elvin lo pidió").code == ending.MISUSE
    assert typed("erase", code).code == ending.MISUSE


def test_a_code_of_nobody_is_refused(typed, world):
    assert erase(typed, "K7Q-2M9-9").code == ending.REFUSED


def test_the_relatives_page_says_a_person_erased(typed, world, berta):
    family = world.family()
    code = shown(world, family.son)
    erase(typed, code, "--yes")
    erase(typed, code, "--yes", account=("--as", berta))
    told = typed("person", shown(world, family.mother)).out
    assert "a person erased" in told
    assert SON.given not in told


def test_persons_erased_are_counted_and_small_counts_withheld(typed, world, berta):
    assert typed("erased").out == "Nobody was erased.\n"
    code = shown(world, world.person())
    erase(typed, code, "--yes")
    erase(typed, code, "--yes", account=("--as", berta))
    told = typed("erased").out
    assert "Everybody else" in told
    assert "withheld" in told
    assert ": 1" not in told


def test_verify_says_when_a_door_was_left_open(typed, world):
    with connection.cursor() as cursor:
        mark = world.home if connection.vendor == "postgresql" else world.home.bytes
        cursor.execute("INSERT INTO erasing (record) VALUES (%s)", [mark])
    ended = typed("verify")
    assert ended.code == ending.FOUND
    assert "door-ajar" in ended.out
