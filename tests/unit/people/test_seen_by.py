"""Whose record is there for whom: what a reader may not see does not exist for them."""

import pytest

from accompany.access import actions as access
from accompany.access import queries as access_queries
from accompany.access.models import Team, User
from accompany.access.terms import Event, Ref, Role
from accompany.people import actions, queries
from accompany.people.models import Name, Person
from tests.world import changes_nothing, later, newest_entry, refs, refused


def sees(actor, person):
    return queries.persons(seen_by=actor).filter(pk=person).exists()


def in_team(world, *actors):
    """A team of these actors, and the actors as they are now that they are in it."""
    users = [User.objects.get(pk=actor.user) for actor in actors]
    team = access.make_team(name="Norte", members=[u.username for u in users], by=world.admin)
    return team.pk, [access_queries.actor_of(user) for user in users]


@pytest.mark.parametrize("role", Role)
def test_those_who_work_with_persons_see_their_organisation_s(world, role):
    person = world.person()
    assert sees(world.actor(role), person) == (role not in (Role.ANALYST, Role.AUDITOR))


@pytest.mark.parametrize("role", Role)
def test_another_organisation_s_person_does_not_exist(world, role):
    person = world.person()
    assert not sees(world.actor(role, world.elsewhere), person)


def test_another_organisation_s_code_leads_nowhere(world):
    person = world.person()
    theirs = world.actor(Role.CASEWORKER, world.elsewhere)
    assert queries.person(world.code(person), seen_by=theirs) is None
    with pytest.raises(Person.DoesNotExist):
        queries.must_hold([person], theirs)


def test_behind_a_wall_only_the_team_sees(world):
    person, inside, outside = world.person(), world.colleague(), world.colleague()
    team, (inside,) = in_team(world, inside)
    actions.keep_to_team(person=person, team=team, by=world.admin)
    assert (sees(inside, person), sees(outside, person)) == (True, False)


def test_a_wall_keeps_from_the_administrator_too(world):
    person = world.person()
    team, _members = in_team(world, world.colleague())
    actions.keep_to_team(person=person, team=team, by=world.admin)
    assert not sees(world.admin, person)


def test_a_wall_is_about_one_record(world):
    person, other = world.persons(2)
    team, _members = in_team(world, world.colleague())
    actions.keep_to_team(person=person, team=team, by=world.admin)
    assert sees(world.actor(), other)


def test_a_wall_leaves_its_entry(world):
    person = world.person()
    team, _members = in_team(world, world.colleague())
    actions.keep_to_team(person=person, team=team, by=world.admin)
    assert newest_entry().event == Event.ACCESS_CHANGED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_nobody_walls_off_another_organisation_s_record(world):
    person = world.person()
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    team = access.make_team(name="Sur", members=[], by=theirs)
    with changes_nothing(Person.DoesNotExist):
        actions.keep_to_team(person=person, team=team.pk, by=theirs)


def test_a_record_is_kept_to_a_team_of_one_s_own(world):
    person = world.person()
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    team = access.make_team(name="Sur", members=[], by=theirs)
    with changes_nothing(Team.DoesNotExist):
        actions.keep_to_team(person=person, team=team.pk, by=world.admin)


@pytest.mark.parametrize(("days", "seen"), [(1, True), (-1, False)])
def test_what_is_lent_is_seen_until_then(world, days, seen):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(days), by=world.admin)
    assert sees(world.actor(Role.CASEWORKER, world.elsewhere), person) is seen


def test_what_is_lent_is_still_ours(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(1), by=world.admin)
    assert sees(world.actor(), person)


def test_lending_leaves_its_entry(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(1), by=world.admin)
    assert newest_entry().event == Event.ACCESS_CHANGED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_nobody_lends_themselves_another_organisation_s_record(world):
    person = world.person()
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    with changes_nothing(Person.DoesNotExist):
        actions.lend(person=person, to=world.elsewhere, until=later(1), by=theirs)


def test_what_is_lent_is_not_lent_on(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(1), by=world.admin)
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    with refused("people.lent-to-read"):
        actions.lend(person=person, to=world.elsewhere, until=later(99), by=theirs)


def test_of_joined_records_each_is_there_for_whom_it_is(world):
    mine, walled = world.persons(2)
    world.join(mine, walled)
    team, (inside,) = in_team(world, world.colleague())
    actions.keep_to_team(person=walled, team=team, by=world.admin)
    shown = {
        who: [record.pk for record in queries.joined_with(mine, seen_by=actor)]
        for who, actor in (("inside", inside), ("outside", world.colleague()))
    }
    assert shown == {"inside": [mine, walled], "outside": [mine]}


def test_a_family_does_not_show_whom_the_reader_may_not_see(world):
    family = world.family()
    team, _members = in_team(world, world.colleague())
    actions.keep_to_team(person=family.son, team=team, by=world.admin)
    shown = queries.family_of(family.daughter, seen_by=world.actor())
    assert [[record.pk for record in records] for records in shown] == [
        [family.daughter],
        [family.mother],
    ]


def test_a_lent_record_may_be_seen_and_not_corrected(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(1), by=world.admin)
    theirs = world.actor(Role.TRACER, world.elsewhere)
    name = Name.objects.get(person=person)
    with refused("people.lent-to-read"):
        actions.correct(name, reason="Se escribe de otra forma.", by=theirs)
