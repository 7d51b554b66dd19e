"""What the scenarios share: an administrator, and her browser."""

import pytest

from accompany.access.actors import Actor
from accompany.cli.door import accompany
from tests.world import World, browser_of


@pytest.fixture
def ines(world: World) -> Actor:
    """The administrator of the set-up."""
    return world.admin


@pytest.fixture
def page(ines: Actor):
    """Reads a page as she sees it, as text."""
    client = browser_of(ines)

    def read(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return read


@pytest.fixture
def terminal(ines: Actor, capsys: pytest.CaptureFixture[str]):
    """Runs a command and gives what it printed; it must be done."""

    def run(*arguments: str) -> str:
        assert accompany.run(arguments) == 0
        return capsys.readouterr().out

    return run
