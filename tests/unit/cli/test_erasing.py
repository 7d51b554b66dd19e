"""Erasing somebody from a terminal: said first, asked by one account, confirmed by another."""

import re

import pytest
from django.db import connection

from accompany.access.models import User
from accompany.access.terms import Role
from accompany.base import clock, codes
from accompany.cli import ending
from accompany.erasure import actions
from accompany.erasure.models import Asked
from accompany.erasure.terms import Because
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


def test_a_code_goes_with_a_reason_and_confirmed_with_neither(typed, world):
    code = shown(world, world.person())
    assert typed("erase").code == ending.MISUSE
    assert typed("erase", "--confirmed", "--because", "withdrawn").code == ending.MISUSE
    assert erase(typed, code, "--confirmed").code == ending.MISUSE


# --- where another role owns the tables -----------------------------------------------------------


@pytest.fixture
def confirm(world, monkeypatch):
    """Has an erasure confirmed on the pages by a role that may not delete."""
    second = world.colleague(Role.ADMINISTRATOR)

    def run(person):
        actions.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
        with monkeypatch.context() as within:
            within.setattr(actions.grants, "may_erase", lambda _connection: False)
            actions.confirm_erasure(person=person, by=second)

    return run


def test_without_yes_it_says_who_would_go_of_those_confirmed(typed, world, confirm):
    asked, confirmed = world.persons(2)
    confirm(confirmed)
    actions.ask_to_erase(person=asked, because=Because.WITHDRAWN, by=world.admin)
    before = count_rows()
    ended = typed("erase", "--confirmed")
    assert ended.code == ending.DONE
    assert f"Would be erased, with --yes: {shown(world, confirmed)}" in ended.out
    assert "asked for by Inés T." in ended.out
    assert "confirmed by Colega de Prueba" in ended.out
    assert shown(world, asked) not in ended.out
    assert count_rows() == before


def test_all_that_were_confirmed_are_erased_but_those_of_whom_more_would_go(typed, world, confirm):
    one, two, other, joined = world.persons(4)
    for person in (one, other, two):
        confirm(person)
    world.join(other, joined)
    ended = typed("erase", "--confirmed", "--yes")
    assert ended.code == ending.REFUSED
    assert "erasure.changed-since" in ended.err
    assert ended.out.count("Erased\n") == 2
    assert f"Not as it was confirmed: {shown(world, other)}" in ended.out
    assert set(Person.objects.values_list("pk", flat=True)) == {other, joined}


def test_none_is_confirmed(typed, world):
    assert typed("erase", "--confirmed", "--yes").out == "None is confirmed.\n"


def test_what_waits_is_told_with_who_confirmed_it(typed, world, confirm):
    confirm(world.person())
    assert "confirmed by Colega de Prueba" in typed("erasures").out


def test_doctor_says_how_many_wait_to_be_carried_out_and_since_when(typed, world, confirm):
    assert "No erasure that was confirmed waits" in typed("doctor").out
    confirm(world.person())
    ended = typed("doctor")
    assert ended.code == ending.FOUND
    told = f"not carried out: 1, the first since {clock.today()}. Run `accompany erase --confirmed`"
    assert told in ended.out


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
