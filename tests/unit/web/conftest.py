"""How a test comes in by the door, as somebody of a role."""

from collections.abc import Callable

import pytest
from django.test import Client

from accompany.access.actors import Actor
from accompany.access.terms import Role
from tests.world import PASSWORD, World, browser_of

Reader = Callable[[Role], Client]


@pytest.fixture
def as_(world: World) -> Reader:
    """A browser in which somebody of that role is signed in: `as_(Role.ANALYST)`."""

    def signed_in(role: Role) -> Client:
        return browser_of(world.admin if role is Role.ADMINISTRATOR else world.actor(role))

    return signed_in


@pytest.fixture
def signed_in(world: World) -> Callable[[Actor], Client]:
    """A browser in which this actor is signed in."""
    return browser_of


@pytest.fixture
def stranger(world: World) -> Client:
    """A browser in which nobody is signed in."""
    return Client()


@pytest.fixture
def password() -> str:
    """The password of the administrator of a world, `ines`."""
    return PASSWORD
