"""Teams from a terminal, and the records that are kept to them."""

from accompany.access.terms import Role
from accompany.base import codes
from accompany.people import queries as people


def sees(actor, world, person):
    return people.person(world.code(person), seen_by=world.today(actor)) is not None


def test_a_team_is_made_called_otherwise_filled_and_listed(ines, typed):
    somebody = ines.username(ines.colleague())
    assert typed("teams", "make", "Norte").code == 0
    assert typed("teams", "name", "Norte", "Sur").code == 0
    assert typed("teams", "join", "Sur", somebody).code == 0
    assert typed("teams", "join", "Sur", "ines").code == 0
    assert typed("teams", "leave", "Sur", "ines").code == 0
    assert typed("teams", "list", "--format", "json").json == [{"team": "Sur", "members": somebody}]
    assert somebody in typed("teams").out


def test_a_name_that_is_taken_is_refused(ines, typed):
    typed("teams", "make", "Norte")
    ended = typed("teams", "make", "Norte")
    assert (ended.code, "access.team-there" in ended.err) == (1, True)


def test_a_record_is_kept_to_a_team_and_opened_again(ines, typed):
    person, outside = ines.person(), ines.actor()
    code = codes.shown(ines.code(person))
    typed("teams", "make", "Norte")
    typed("teams", "join", "Norte", "ines")
    assert typed("teams", "keep", "Norte", code).code == 0
    assert not sees(outside, ines, person)
    assert typed("teams", "open", "Norte", code).code == 0
    assert sees(outside, ines, person)


def test_who_is_not_in_the_team_does_not_open_it(ines, typed):
    code = codes.shown(ines.code(ines.person()))
    typed("teams", "make", "Norte")
    typed("teams", "keep", "Norte", code)
    ended = typed("teams", "open", "Norte", code)
    assert (ended.code, "cli.no-such-person" in ended.err) == (1, True)


def test_a_team_or_person_of_another_organisation_is_not_there(ines, typed):
    there = ines.actor(Role.ADMINISTRATOR, ines.elsewhere)
    theirs = codes.shown(ines.code(ines.person(by=there)))
    typed("teams", "make", "Norte")
    assert "cli.no-such-person" in typed("teams", "keep", "Norte", theirs).err
    ended = typed("--as", ines.username(there), "teams", "keep", "Norte", theirs)
    assert (ended.code, "cli.no-such-team" in ended.err) == (1, True)
