"""A person's record is read at a terminal, and the look leaves its entry."""

import pytest

from accompany.access.terms import Ref, Role
from accompany.base import codes
from accompany.cli import ending
from accompany.people import actions as people
from accompany.people.terms import Event
from tests.cast import AUNT
from tests.world import later, newest_entry, refs


def test_a_record_is_shown_with_what_stands_behind_each_fact(typed, world):
    person = world.person(AUNT)
    ended = typed("person", world.code(person))
    assert ended.code == ending.DONE
    assert f"Name: {AUNT.given} {AUNT.family} {AUNT.second_family} (said; Casa Común" in ended.out


def test_no_name_is_said_besides(typed, world):
    assert typed("person", world.code(world.person(AUNT))).err == ""


def test_the_look_leaves_an_entry_at_the_terminal(typed, world):
    person = world.person()
    typed("person", world.code(person))
    entry = newest_entry()
    assert (entry.event, entry.at_terminal) == (Event.PERSON_OPENED, True)
    assert refs(entry) == [Ref("person", person)]


def test_records_joined_are_shown_together_and_both_looks_are_kept(typed, world):
    one, other = world.person(), world.person(AUNT)
    world.join(one, other)
    ended = typed("person", world.code(one))
    assert codes.shown(world.code(other)) in ended.out
    assert AUNT.given in ended.out
    assert {ref.id for ref in refs(newest_entry())} == {one, other}


def test_relatives_are_named_by_their_codes(typed, world):
    family = world.family()
    ended = typed("person", world.code(family.daughter))
    assert f"Mother: {codes.shown(world.code(family.mother))}" in ended.out


def test_the_line_of_stays_is_shown(typed, world):
    ended = typed("person", world.code(world.family().daughter))
    assert "2026-01-05 to 2026-01-08: CBP, transferred" in ended.out
    assert "2026-01-08 to no end told: ORR" in ended.out


def test_a_separation_is_shown_from_both_sides(typed, world):
    family = world.family()
    mother, child = (codes.shown(world.code(one)) for one in (family.mother, family.daughter))
    assert f"Separated, by CBP, adult {mother}" in typed("person", child).out
    assert f"Separated, by CBP, child {child}" in typed("person", mother).out


def test_a_fact_names_the_list_and_the_row_it_came_by(typed, world):
    received = world.receive()
    person = world.persons_of(received)[0]
    assert f"list {codes.shown(received.code)} row 2" in typed("person", world.code(person)).out


def test_a_person_of_another_organisation_is_as_if_not_there(typed, world):
    there = world.person(by=world.actor(organisation=world.elsewhere))
    ended = typed("person", world.code(there))
    assert (ended.code, ended.out) == (ending.REFUSED, "")
    assert "cli.no-such-person" in ended.err


def test_what_is_no_code_is_refused(typed, world):
    ended = typed("person", "Génesis")
    assert ended.code == ending.REFUSED
    assert "Génesis" not in ended.err


@pytest.mark.parametrize(("shown", "kept"), [("daughter", "mother"), ("mother", "son")])
def test_a_relative_whom_the_actor_may_not_see_is_not_spoken_of(typed, world, shown, kept):
    family = world.family()
    world.keep_apart(getattr(family, kept))
    told = typed("person", world.code(getattr(family, shown))).out
    assert codes.shown(world.code(getattr(family, kept))) not in told


def test_the_holder_s_list_is_not_named_to_whom_a_record_was_lent(typed, world):
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    received = world.receive(by=theirs)
    child = world.persons_of(received)[0]
    people.lend(person=child, to=world.home, until=later(0.1), by=theirs)
    ended = typed("person", world.code(child))
    assert "Génesis Abril" in ended.out
    assert codes.shown(received.code) not in ended.out
