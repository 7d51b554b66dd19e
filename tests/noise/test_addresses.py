"""
Whatever stands in an address, behind its question mark or in the head of a request is understood,
or there is no such page: never an error of ours, and nothing of it in the log.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import accompany.web
from tests.noise.doors import NOT_YET, Broke, body, every_address
from tests.noise.hostile import MARK, SENT, escaped
from tests.walking import Walk

REPLIES = {200, 302, 400, 404, 405}
DECLINED = {
    "figure": 409,
    "figure-csv": NOT_YET,
    "figure-json": NOT_YET,
    "counsel-notes": 403,
    "therapy-notes": 403,
}
"""What else a page answers: that it cannot count that, or not yet, or that it asks for a proof."""

PARAMETERS = ("after", "before", "by", "kind", "known_on", "list", "on", "sheet")
"""All that pages read from behind the question mark."""

READ = re.compile(r'request\.GET\.get\(\s*"(\w+)"|"(\w+)" in request\.GET')


@pytest.fixture
def ask(visitor, logged):
    """Ask for a page; all that must hold of every reply."""

    def ask_it(name: str, address: str, **headers: str) -> Any:
        try:
            response = visitor.get(name, address, **headers)
        except Broke as broke:
            raise Broke(f"{name}: {address[:3_000]!r} {headers}: {broke}") from None
        assert response.status_code in {*REPLIES, DECLINED.get(name, 200)}, (name, response)
        assert not logged.marked()
        return response

    return ask_it


def test_every_parameter_that_a_page_reads_is_tried(visitor, catalogue):
    web = Path(accompany.web.__file__).parent
    read = {
        name
        for path in web.glob("*.py")
        for found in READ.findall(path.read_text())
        for name in found
        if name
    }
    shown = set().union(*catalogue.parameters.values())
    assert read | shown <= set(PARAMETERS)


@st.composite
def addresses(draw: Any, walk: Walk) -> tuple[str, str]:
    """An address in which one of the things it names is something else, or several are."""
    names = [name for name in every_address() if walk.arguments.get(name)]
    name = draw(st.sampled_from(names))
    address = walk.address(name)
    arguments = list(walk.arguments[name].values())
    for one in draw(st.lists(st.sampled_from(arguments), min_size=1, max_size=2, unique=True)):
        address = address.replace(str(one), escaped(draw(SENT)))
    return name, address + draw(st.sampled_from(["", "", "", "/", "%00", "/..", ";a=b", MARK]))


def test_whatever_an_address_names_is_understood_or_not_there(visitor, ask, noise):
    noise("address", addresses(visitor.walk), lambda one: ask(*one))


NAMES = st.sampled_from(PARAMETERS) | SENT


@st.composite
def queries(draw: Any, walk: Walk) -> tuple[str, str]:
    """A page asked with parameters, its own and others, some of them twice."""
    name = draw(st.sampled_from(every_address()))
    sent = draw(st.lists(st.tuples(NAMES, SENT), min_size=1, max_size=4))
    return name, f"{walk.address(name)}?{body(sent)}"


def test_whatever_a_parameter_says_is_understood_or_not_there(visitor, ask, noise):
    noise("query", queries(visitor.walk), lambda one: ask(*one))


COOKIES = st.sampled_from(["sessionid", "csrftoken", "language", "device", "messages"])
HEADERS = st.sampled_from(
    [
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_USER_AGENT",
        "HTTP_REFERER",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_RANGE",
    ]
)
SAID = SENT.map(lambda sent: escaped(sent, safe=" ,;=:/()")) | st.sampled_from(
    ['"\\000' + MARK + '"', "\u00ff" + MARK, "es;q=nan", "es-" * 500, MARK * 2_000]
)


@st.composite
def heads(draw: Any) -> tuple[str, dict[str, str]]:
    """A page, and a request whose head says something else than browsers do."""
    name = draw(st.sampled_from(every_address()))
    head = {draw(HEADERS): draw(SAID)}
    if draw(st.booleans()):
        head["HTTP_COOKIE"] = f"{draw(COOKIES)}={draw(SAID)}"
    return name, head


def test_whatever_the_head_of_a_request_says_is_understood_or_left_aside(visitor, ask, noise):
    noise("head", heads(), lambda one: ask(one[0], visitor.walk.address(one[0]), **one[1]))
