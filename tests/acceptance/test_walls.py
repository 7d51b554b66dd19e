"""Scenarios of who sees a record, and of what it is to whoever does not."""

import pytest

from accompany.access.rules import LONGEST_SLOT
from accompany.access.terms import Role
from accompany.base import codes
from tests.walls import asked_and_told
from tests.world import browser_of, refused

NEVER_GIVEN = codes.shown(codes.checked(987_654_321))


@pytest.fixture
def caller(world):
    """Somebody who calls EOIR's line, and sees what is lent to them alone."""
    return world.colleague(Role.COMPANION)


def test_070_outside_a_granted_slot_a_record_is_as_one_that_does_not_exist(world, caller):
    person, browser = world.person(), browser_of(caller)
    code = codes.shown(world.code(person))
    nowhere = asked_and_told(browser, f"/people/{NEVER_GIVEN}", NEVER_GIVEN)
    assert nowhere[1][0] == 404

    assert asked_and_told(browser, f"/people/{code}", code) == nowhere
    world.lend(person, world.home, username=world.username(caller))
    assert browser.get(f"/people/{code}").status_code == 200
    world.end_slots()
    assert asked_and_told(browser, f"/people/{code}", code) == nowhere


def test_070_a_slot_lasts_ten_hours_at_most(world, caller):
    person, username = world.person(), world.username(caller)
    hours = LONGEST_SLOT.total_seconds() / 3600
    assert hours == 10
    with refused("access.slot-too-long"):
        world.lend(person, world.home, hours=hours + 0.1, username=username)
