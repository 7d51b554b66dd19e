"""Whose record is there for whom: what a reader may not see does not exist for them."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accompany.access import actions as access
from accompany.access import queries as access_queries
from accompany.access.models import Case, CaseMember, Lent, Team, User
from accompany.access.terms import Event, Ref, Role
from accompany.base import clock
from accompany.people import actions, queries
from accompany.people.models import Name, Person
from tests.world import changes_nothing, lapsed_on, later, newest_entry, refs, refused


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
    sees_none = (Role.ANALYST, Role.AUDITOR, Role.COMPANION, Role.THERAPIST)
    assert sees(world.actor(role), person) == (role not in sees_none)


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


def test_with_the_last_team_taken_away_the_house_sees_it_again(world):
    person, inside, outside = world.person(), world.colleague(), world.actor()
    team, _members = in_team(world, inside)
    other = access.make_team(name="Sur", members=["ines"], by=world.admin)
    admin = world.today(world.admin)
    for one in (other.pk, team):
        actions.keep_to_team(person=person, team=one, by=admin)
    actions.keep_no_longer(person=person, team=team, by=admin)
    assert newest_entry().event == Event.ACCESS_CHANGED
    assert refs(newest_entry()) == [Ref("person", person)]
    assert (sees(admin, person), sees(outside, person)) == (True, False)
    actions.keep_no_longer(person=person, team=other.pk, by=admin)
    assert sees(outside, person)


def test_who_does_not_see_a_record_does_not_open_it(world):
    person = world.person()
    team, _members = in_team(world, world.colleague())
    actions.keep_to_team(person=person, team=team, by=world.admin)
    with changes_nothing(Person.DoesNotExist):
        actions.keep_no_longer(person=person, team=team, by=world.admin)


def test_who_manages_no_users_opens_no_record(world):
    person, inside = world.person(), world.colleague()
    team, (inside,) = in_team(world, inside)
    actions.keep_to_team(person=person, team=team, by=world.admin)
    with changes_nothing(PermissionDenied):
        actions.keep_no_longer(person=person, team=team, by=inside)


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


def test_what_is_lent_is_seen_until_the_slot_ends(world):
    person, theirs = world.person(), world.actor(Role.CASEWORKER, world.elsewhere)
    world.lend(person)
    assert sees(theirs, person)
    world.end_slots()
    assert not sees(theirs, person)


def test_what_is_lent_for_later_is_not_seen_yet(world):
    person = world.person()
    world.lend(person)
    Lent.objects.update(since=later(0.01))
    assert not sees(world.actor(Role.CASEWORKER, world.elsewhere), person)


@pytest.mark.parametrize(("hours", "codes"), [(10, ()), (10.1, ["access.slot-too-long"])])
def test_a_record_is_lent_for_at_most_ten_hours(world, hours, codes):
    person = world.person()
    elsewhere = world.elsewhere
    with refused(*codes) if codes else nullcontext():
        world.lend(person, elsewhere, hours=hours)


def test_a_record_is_not_lent_until_a_moment_that_is_over(world):
    person, elsewhere = world.person(), world.elsewhere
    with refused("access.lent-for-no-time"):
        world.lend(person, elsewhere, hours=-1)


def test_what_is_lent_to_one_of_them_is_not_there_for_their_colleagues(world):
    person, caller = world.person(), world.colleague(Role.CASEWORKER, world.elsewhere)
    world.lend(person, username=world.username(caller))
    assert sees(caller, person)
    assert not sees(world.actor(Role.CASEWORKER, world.elsewhere), person)


def test_a_record_is_lent_to_an_account_of_theirs_alone(world):
    person, elsewhere, ours = world.person(), world.elsewhere, world.username(world.actor())
    with refused("access.borrower-not-of-them"):
        world.lend(person, elsewhere, username=ours)


def test_what_is_taken_back_is_not_seen_any_more(world):
    person = world.person()
    world.lend(person)
    lent = Lent.objects.get()
    actions.take_back(person=person, lent=lent.pk, by=world.admin)
    assert not sees(world.actor(Role.CASEWORKER, world.elsewhere), person)


# Cases


def test_a_companion_sees_the_persons_of_their_cases_and_nobody_else(world):
    theirs, other = world.persons(2)
    companion = world.companion(theirs)
    world.case(other)
    assert (sees(companion, theirs), sees(companion, other)) == (True, False)


def test_a_companion_sees_what_is_lent_to_them_alone_for_an_hour(world):
    person, caller = world.person(), world.colleague(Role.COMPANION)
    world.lend(person, world.home, username=world.username(caller))
    assert sees(caller, person)
    world.end_slots()
    assert not sees(caller, person)


def test_what_is_lent_to_their_organisation_is_not_there_for_its_companions(world):
    person = world.person()
    world.lend(person)
    assert not sees(world.actor(Role.COMPANION, world.elsewhere), person)


def test_a_case_opens_no_wall(world):
    person = world.person()
    companion = world.companion(person)
    world.keep_apart(person)
    assert not sees(companion, person)


def test_who_leaves_a_case_sees_nobody_of_it(world):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    case = world.case(person, members=[companion])
    access.leave_case(case=case, username=world.username(companion), by=world.admin)
    assert not sees(world.today(companion), person)


def test_a_person_taken_out_of_a_case_is_not_seen_by_it(world):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    case = world.case(person, members=[companion])
    access.take_from_case(case=case, record=person, by=world.admin)
    assert not sees(world.today(companion), person)


def test_nobody_puts_another_organisation_s_record_into_a_case(world):
    there = world.person(by=world.actor(organisation=world.elsewhere))
    case = world.case()
    with changes_nothing(Person.DoesNotExist):
        actions.put_in_case(person=there, case=case, by=world.admin)


def test_nobody_puts_a_record_into_another_organisation_s_case(world):
    there = access.make_case(by=world.actor(Role.ADMINISTRATOR, world.elsewhere))
    person = world.person()
    with changes_nothing(Case.DoesNotExist):
        actions.put_in_case(person=person, case=there.pk, by=world.admin)


def test_another_organisation_s_user_becomes_no_member(world):
    case, theirs = world.case(), world.username(world.actor(organisation=world.elsewhere))
    with refused("access.user-unknown"):
        access.join_case(case=case, username=theirs, by=world.admin)


def test_a_case_leaves_its_entries(world):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    case = world.case(person, members=[companion])
    assert newest_entry().event == Event.CASE_CHANGED
    assert refs(newest_entry()) == [Ref("case", case), Ref("user", companion.user)]


# Lapsing


def test_a_place_that_is_not_used_for_weeks_lapses_and_is_renewed(world):
    person, companion = world.person(), world.colleague(Role.COMPANION)
    case = world.case(person, members=[companion])
    assert not sees(world.place_long_unused(companion), person)
    access.join_case(case=case, username=world.username(companion), by=world.admin)
    assert sees(world.today(companion), person)


def test_a_place_that_is_used_does_not_lapse(world):
    person = world.person()
    companion = world.companion(person)
    CaseMember.objects.update(used_on=lapsed_on() + timedelta(days=1))
    access.opened(records=[person], by=world.today(companion))
    assert CaseMember.objects.get().used_on == clock.today()


def test_opening_a_record_keeps_no_other_case_alive(world):
    one, other = world.persons(2)
    companion = world.companion(one)
    world.case(other, members=[companion])
    earlier = clock.today() - timedelta(days=1)
    CaseMember.objects.update(used_on=earlier)
    access.opened(records=[one], by=world.today(companion))
    assert sorted(CaseMember.objects.values_list("used_on", flat=True)) == [
        earlier,
        clock.today(),
    ]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CASEWORKER, Role.TRACER])
def test_an_account_that_is_not_used_for_weeks_sees_no_person(world, role):
    person = world.person()
    assert not sees(world.long_unused(world.colleague(role)), person)


def test_an_account_that_lapsed_stays_so_until_somebody_renews_it(world):
    person, lapsed = world.person(), world.long_unused(world.colleague())
    access.used(user=User.objects.get(pk=lapsed.user), by=lapsed)
    assert not sees(world.today(lapsed), person)
    access.renew_user(username=world.username(lapsed), by=world.admin)
    assert sees(world.today(lapsed), person)
    assert newest_entry().event == Event.USER_RENEWED


def test_nobody_renews_their_own_account(world):
    lapsed = world.long_unused(world.colleague(Role.ADMINISTRATOR))
    with refused("access.renewed-by-another"):
        access.renew_user(username=world.username(lapsed), by=lapsed)


def test_at_a_terminal_no_account_lapses(world):
    person = world.person()
    world.long_unused(world.admin)
    assert sees(access_queries.operator(), person)


def test_an_account_in_use_is_noted_once_a_day(world, django_assert_num_queries):
    user = User.objects.get(pk=world.actor().user)
    with django_assert_num_queries(0):
        access.used(user=user, by=world.actor())
    user.used_on -= timedelta(days=1)
    user.save(update_fields=["used_on"])
    access.used(user=user, by=world.actor())
    user.refresh_from_db()
    assert user.used_on == clock.today()


def test_what_is_lent_is_still_ours(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(days=0.4), by=world.admin)
    assert sees(world.actor(), person)


def test_lending_leaves_its_entry(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(days=0.4), by=world.admin)
    assert newest_entry().event == Event.ACCESS_CHANGED
    assert refs(newest_entry()) == [Ref("person", person)]


def test_nobody_lends_themselves_another_organisation_s_record(world):
    person = world.person()
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    with changes_nothing(Person.DoesNotExist):
        actions.lend(person=person, to=world.elsewhere, until=later(days=0.4), by=theirs)


def test_what_is_lent_is_not_lent_on(world):
    person = world.person()
    actions.lend(person=person, to=world.elsewhere, until=later(days=0.4), by=world.admin)
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
    actions.lend(person=person, to=world.elsewhere, until=later(days=0.4), by=world.admin)
    theirs = world.actor(Role.TRACER, world.elsewhere)
    name = Name.objects.get(person=person)
    with refused("people.lent-to-read"):
        actions.correct(name, reason="Se escribe de otra forma.", by=theirs)
