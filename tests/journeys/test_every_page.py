"""Every page can be read by everybody: light and dark, on a phone, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, faults_of, is_too_wide

PAGES = (
    "/",
    "/people",
    "/lists",
    "/lists/receive",
    "/figures",
    "/figures/children-separated?by=country",
    "/figures/days-in-care",
    "/users",
    "/users/invite",
    "/users/cases",
    "/users/teams",
    "/trail",
    "/erasures",
    "/questions",
    "/demands",
    "/demands/log",
    "/referrals/waiting",
    "/record/person",
    "/help",
)


def of_a_person(page) -> list[str]:
    """The pages of one person and of their family, and every form about them."""
    page.goto("/people")
    first = page.locator("main tbody th a").first.get_attribute("href")
    forms = ("facts", "stay", "tie", "arrival", "separation", "reunification")
    more = ("family", "join", "consent", "consent/record", "refer", "erase", "who-sees")
    return [first, *(f"{first}/{m}" for m in more), *(f"{first}/record/{f}" for f in forms)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(enter, scheme):
    page = enter("ines", color_scheme=scheme, viewport=DESK)
    found = {}
    for address in (*PAGES, *of_a_person(page)):
        page.goto(address)
        if faults := faults_of(page):
            found[address] = faults
    assert found == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_is_wider_than_a_phone(enter, language):
    page = enter("ines", viewport=PHONE)
    if language == "es":
        page.get_by_role("button", name="Español").click()
    wide = [address for address in (*PAGES, *of_a_person(page)) if goes_wide(page, address)]
    assert wide == []


def goes_wide(page, address: str) -> bool:
    page.goto(address)
    return is_too_wide(page)


def test_a_page_is_reached_and_used_by_keyboard_alone(enter):
    page = enter("ines")
    page.goto("/people")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "text":
            break
    page.keyboard.type("Lara")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Lara")).first).to_be_visible()


def test_no_page_asks_anything_of_another_host(enter, served):
    page = enter("ines")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (*PAGES, *of_a_person(page)):
        page.goto(address)
    assert [url for url in asked if not url.startswith(served.address)] == []
