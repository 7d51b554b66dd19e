"""
What a reader may not see does not exist for them: same status, same bytes, same questions asked.

Every address with a person's code in it is tried with each reason for which a record may not be
seen, and compared with a code that was never given out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client

from accompany.access.terms import Role
from accompany.base import codes
from accompany.base.ids import uuid7
from accompany.custody.terms import Custodian, Departure
from accompany.people import queries as people
from accompany.people.models import Person
from accompany.people.terms import IdentifierFact, IdentifierKind, Issuer
from accompany.sources.models import ReceivedRow
from tests.walls import asked_and_told, patterns
from tests.world import LIST, World, browser_of

NEVER_GIVEN = codes.shown(codes.checked(987_654_321))
OTHER_ARGUMENTS = {"<str:other>": NEVER_GIVEN, "<str:kind>": "people.name"}


def addresses_of_persons() -> list[str]:
    """Every address about one person, with `CODE` for theirs."""
    found = []
    for pattern in patterns():
        written = str(pattern.pattern)
        if written.startswith("people/<str:code>"):
            written = written.replace("<str:code>", "CODE")
            for argument, value in OTHER_ARGUMENTS.items():
                written = written.replace(argument, value)
            found.append("/" + re.sub(r"<uuid:\w+>", str(uuid7()), written))
    return found


@dataclass(frozen=True)
class Hidden:
    """A record, and the browser of somebody for whom it does not exist."""

    person: UUID
    browser: Client


def of_another_organisation(world: World) -> Hidden:
    there = world.person(by=world.actor(organisation=world.elsewhere))
    return Hidden(there, browser_of(world.admin))


def behind_a_wall(world: World) -> Hidden:
    person = world.person()
    world.keep_apart(person)
    return Hidden(person, browser_of(world.admin))


def a_slot_that_ended(world: World) -> Hidden:
    person = world.person()
    world.lend(person)
    world.end_slots()
    return Hidden(person, browser_of(world.actor(Role.ADMINISTRATOR, world.elsewhere)))


def a_caller_s_slot_that_ended(world: World) -> Hidden:
    person, caller = world.person(), world.colleague(Role.COMPANION)
    world.lend(person, world.home, username=world.username(caller))
    world.end_slots()
    return Hidden(person, browser_of(caller))


def of_no_case_of_theirs(world: World) -> Hidden:
    person, mine = world.persons(2)
    world.case(person)
    return Hidden(person, browser_of(world.companion(mine)))


def a_place_that_lapsed(world: World) -> Hidden:
    person = world.person()
    return Hidden(person, browser_of(world.place_long_unused(world.companion(person))))


def an_account_that_lapsed(world: World) -> Hidden:
    return Hidden(world.person(), browser_of(world.long_unused(world.colleague(Role.TRACER))))


REASONS = [
    of_another_organisation,
    behind_a_wall,
    a_slot_that_ended,
    a_caller_s_slot_that_ended,
    of_no_case_of_theirs,
    a_place_that_lapsed,
    an_account_that_lapsed,
]
every_reason = pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)


@every_reason
@pytest.mark.parametrize("post", [None, {}], ids=["read", "send"])
def test_a_record_one_may_not_see_is_told_like_a_code_never_given(
    world: World, reason: Callable[[World], Hidden], post: dict[str, str] | None
):
    hidden = reason(world)
    code = codes.shown(world.code(hidden.person))
    addresses = addresses_of_persons()
    assert len(addresses) > 10
    for address in addresses:
        there = asked_and_told(hidden.browser, address.replace("CODE", code), code, post=post)
        nowhere = asked_and_told(
            hidden.browser, address.replace("CODE", NEVER_GIVEN), NEVER_GIVEN, post=post
        )
        # 405: the address is not asked in this way, whoever comes for whatever record.
        assert there[1][0] in (404, 405), address
        assert there == nowhere, address


def looked_for(browser: Client, typed: str) -> tuple[list[str], tuple]:
    """What it asks and tells to look for what was typed, once the names are read and caught up."""
    for _ in range(2):
        browser.post("/people", {"text": typed})
    return asked_and_told(browser, "/people", typed, post={"text": typed})


@every_reason
def test_its_code_finds_what_a_code_never_given_finds(world, reason):
    hidden = reason(world)
    code = codes.shown(world.code(hidden.person))
    there, nowhere = (looked_for(hidden.browser, typed) for typed in (code, NEVER_GIVEN))
    assert there == nowhere


def with_number(world: World, number: str) -> UUID:
    """A person of another organisation with this A-number."""
    fact = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, number)
    by = world.actor(organisation=world.elsewhere)
    return world.person(by=by, identifiers=(fact,))


def test_its_a_number_finds_what_a_number_nobody_has_finds(world):
    with_number(world, "099871345")
    browser = browser_of(world.admin)
    there, nowhere = (looked_for(browser, typed) for typed in ("099871345", "099871399"))
    assert there == nowhere


def test_its_name_finds_what_a_name_nobody_has_finds(world):
    world.person(by=world.actor(organisation=world.elsewhere))
    browser = browser_of(world.admin)
    there, nowhere = (
        looked_for(browser, typed) for typed in ("Génesis Abril Pineda", "Wxyz Qwrtz")
    )
    assert there == nowhere


def test_the_row_of_a_list_that_tells_of_it_is_not_there(world):
    received = world.receive(LIST)
    walled = Person.objects.get(pk=world.persons_of(received)[0])
    world.keep_apart(walled.pk)
    browser, code = browser_of(world.admin), codes.shown(received.code)
    there, nowhere = (
        asked_and_told(browser, f"/lists/{code}/rows/{place}")
        for place in (ReceivedRow.objects.get(pk=walled.row_id).place, 999)
    )
    assert there[1][0] == 404
    assert there == nowhere


def test_another_organisation_s_list_is_not_there(world):
    received = world.receive(LIST, by=world.actor(organisation=world.elsewhere))
    browser = browser_of(world.admin)
    for address in ("/lists/CODE", "/lists/CODE/rows", "/lists/CODE/rows/1"):
        there, nowhere = (
            asked_and_told(browser, address.replace("CODE", code), code)
            for code in (codes.shown(received.code), NEVER_GIVEN)
        )
        assert there[1][0] == 404
        assert there == nowhere, address


def test_a_question_about_it_is_not_there(world):
    person = world.person()
    world.stay(person, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    world.stay(person, Custodian.ORR, "2026-02-01")
    question = people.open_questions(seen_by=world.admin).get(person=person)
    world.keep_apart(person)
    browser = browser_of(world.admin)
    there, nowhere = (
        asked_and_told(browser, f"/questions/{key}/answer") for key in (question.pk, uuid7())
    )
    assert there[1][0] == 404
    assert there == nowhere


def test_the_comparison_finds_a_byte_and_a_question_more(world):
    browser = browser_of(world.admin)
    code = codes.shown(world.code(world.person()))
    there = asked_and_told(browser, f"/people/{code}", code)
    nowhere = asked_and_told(browser, f"/people/{NEVER_GIVEN}", NEVER_GIVEN)
    assert there[0] != nowhere[0]
    assert there[1] != nowhere[1]


def test_of_joined_records_a_reader_is_shown_their_own_alone(world):
    mine, walled = world.person(), world.person()
    world.join(mine, walled)
    world.keep_apart(walled)
    shown = browser_of(world.admin).get(f"/people/{codes.shown(world.code(mine))}")
    assert codes.shown(world.code(walled)) not in shown.content.decode()
