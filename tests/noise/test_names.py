"""A name in any script is recorded as it was told, stands on its page, and is found again."""

import html
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st

from accompany.base import codes
from accompany.base.ids import uuid7
from tests.noise.files import as_text
from tests.noise.hostile import DRAWN as TYPED
from tests.noise.hostile import SCRIPTS
from tests.walking import undone
from tests.world import LEARNED, browser_of

LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Lo"], exclude_characters="ªº")
MARKS = st.characters(categories=["Mn", "Mc"])
DRAWN = st.builds(
    "{}{} {}".format,
    st.text(LETTERS, min_size=3, max_size=12),
    st.text(MARKS, max_size=3),
    st.text(LETTERS, min_size=3, max_size=12),
)
NAMES = st.sampled_from(list(SCRIPTS.values())) | DRAWN


@pytest.fixture
def browser(world):
    return browser_of(world.admin)


def recorded(browser, world, name: str) -> Any:
    """The page of a person who was recorded under that name by hand."""
    given, _space, family = name.partition(" ")
    sent = {
        "once": uuid7(),
        "given": given,
        "family": family,
        "how": "phone",
        "organisation": world.home,
        "learned_on": str(LEARNED),
        "certainty": "said",
    }
    answer = browser.post("/record/person", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer.url)


def is_on(page: Any, *words: str) -> bool:
    """Whether the words stand on a page, as they were told."""
    shown = html.unescape(page.content.decode())
    return all(word in shown for word in words)


def found(browser, text: str) -> set[str]:
    """The codes of those who are found by what is typed."""
    lines = browser.post("/people", {"text": text}).context["hits"]
    return {line.code for line in lines}


def test_a_name_of_any_script_is_recorded_by_hand_and_found_again(world, browser, noise):
    def by_hand(name: str) -> None:
        page = recorded(browser, world, name)
        assert is_on(page, *name.split())
        assert page.context["code"] in found(browser, name)

    noise("name by hand", NAMES, lambda name: undone(browser, lambda: by_hand(name)))


def test_names_of_every_script_come_by_list_and_are_found_again(world, browser, noise):
    def by_list(names: list[str]) -> None:
        rows = [list(name.partition(" ")[::2]) for name in names]
        received = world.receive(as_text([["given_name", "family_name"], *rows]))
        told = dict(zip(names, world.persons_of(received), strict=True))
        for name, person in told.items():
            assert codes.shown(world.code(person)) in found(browser, name)

    def undone_by_list(names: list[str]) -> None:
        with transaction.atomic():
            by_list(names)
            transaction.set_rollback(True)

    noise("name by list", st.lists(NAMES, min_size=1, max_size=4, unique=True), undone_by_list)


def test_a_name_of_each_script_stands_on_its_page_and_is_found_again(world, browser):
    rows = [list(name.partition(" ")[::2]) for name in SCRIPTS.values()]
    received = world.receive(as_text([["given_name", "family_name"], *rows]))
    for name, person in zip(SCRIPTS.values(), world.persons_of(received), strict=True):
        code = codes.shown(world.code(person))
        assert is_on(browser.get(f"/people/{code}"), *name.split())
        assert code in found(browser, name), name


def test_whatever_is_looked_for_is_found_or_not(world, browser, noise):
    world.person()

    def looked_for(text: str) -> None:
        answer = undone(browser, lambda: browser.post("/people", {"text": text}))
        assert answer.status_code in (200, 302)

    noise("name looked for", TYPED, looked_for)
