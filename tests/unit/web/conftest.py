"""How a test comes in by the door, as somebody of a role."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accompany.access.terms import Role
from tests.world import PASSWORD, World

Reader = Callable[[Role], Client]


@pytest.fixture
def as_(world: World) -> Reader:
    """A browser in which somebody of that role is signed in: `as_(Role.ANALYST)`."""

    def signed_in(role: Role) -> Client:
        who = world.admin if role is Role.ADMINISTRATOR else world.actor(role)
        user = get_user_model().objects.get(pk=who.user)
        user.must_choose_password = False
        user.save(update_fields=["must_choose_password"])
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def stranger(world: World) -> Client:
    """A browser in which nobody is signed in."""
    return Client()


@pytest.fixture
def password() -> str:
    """The password of the administrator of a world, `ines`."""
    return PASSWORD
