"""Cases from a terminal."""

from accompany.access.terms import Role
from accompany.base import codes


def test_a_case_is_made_filled_and_listed(ines, typed):
    person, companion = ines.person(), ines.colleague(Role.COMPANION)
    case = typed("cases", "make").out.strip()
    assert typed("cases", "put", case, codes.shown(ines.code(person))).code == 0
    assert typed("cases", "join", case, ines.username(companion)).code == 0
    assert typed("cases", "list", "--format", "json").json == [
        {"case": case, "persons": "1", "members": ines.username(companion)}
    ]


def test_what_is_put_in_is_taken_out(ines, typed):
    person, companion = ines.person(), ines.colleague(Role.COMPANION)
    case = typed("cases", "make").out.strip()
    code, user = codes.shown(ines.code(person)), ines.username(companion)
    typed("cases", "put", case, code)
    typed("cases", "join", case, user)
    assert typed("cases", "take", case, code).code == 0
    assert typed("cases", "leave", case, user).code == 0
    assert typed("cases", "list", "--format", "json").json == [
        {"case": case, "persons": "0", "members": ""}
    ]


def test_a_case_or_person_of_another_organisation_is_not_there(ines, typed):
    theirs = ines.person(by=ines.actor(organisation=ines.elsewhere))
    case = typed("cases", "make").out.strip()
    other = typed("cases", "put", case, codes.shown(ines.code(theirs)))
    assert (other.code, "cli.no-such-person" in other.err or "no person" in other.err) == (1, True)
    there = ines.username(ines.actor(Role.ADMINISTRATOR, ines.elsewhere))
    assert typed("--as", there, "cases", "join", case, there).code == 1


def test_an_account_that_lapsed_is_renewed(ines, typed):
    lapsed = ines.long_unused(ines.colleague())
    assert typed("users", "renew", ines.username(lapsed)).code == 0
    assert not ines.today(lapsed).has_lapsed
