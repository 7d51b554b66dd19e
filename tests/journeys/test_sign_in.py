"""Somebody sets up two things by which she proves herself, and comes in by each of them."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, faults_of, is_too_wide

FIRST = "cuatro-palabras-sin-rumbo"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def newcomer(served):
    """Somebody who was just invited: her user name and her first password."""
    name = f"marta{pyotp.random_base32()[:6].lower()}"
    told = served.command("users", "invite", name, "--name", "Marta Q.", "--role", "caseworker")
    return name, told.split()[-1]


@pytest.fixture
def open_page(browser, served):
    """A browser in which nobody is signed in."""
    opened = []

    def one(**how) -> Page:
        context = browser.new_context(base_url=served.address, **how)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield one
    for context in opened:
        context.close()


def give_password(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def come_for_the_first_time(page: Page, newcomer) -> None:
    """With the first password, which serves once; then nothing opens without a second factor."""
    name, password = newcomer
    give_password(page, name, password)
    page.get_by_label("New password").fill(FIRST)
    page.get_by_label("The same once more").fill(FIRST)
    page.get_by_role("button", name="Keep this password").click()
    page.goto("/people")
    expect(page.get_by_role("heading", name="A second factor")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/weather$"))
    assert page.locator("a").count() == 0


def secret_on(page: Page) -> str:
    return re.sub(r"\s", "", page.locator(".secret").inner_text())


def test_an_app_and_the_codes_on_paper_let_in_without_a_script(open_page, newcomer, look):
    page = open_page(java_script_enabled=False, viewport=PHONE)
    come_for_the_first_time(page, newcomer)
    page.get_by_role("link", name="Set up an app").click()
    look(page, "set-up-app")
    app = pyotp.TOTP(secret_on(page))
    page.get_by_label("The code that the app shows now").fill(app.now())
    page.get_by_label("How to call it").fill("El teléfono viejo")
    page.get_by_role("button", name="Keep this app").click()
    codes = page.locator("ol.codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="They are written down").click()
    expect(page.get_by_text("El teléfono viejo", exact=True)).to_be_visible()
    sign_out(page)

    give_password(page, newcomer[0], FIRST)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    sign_out(page)


def test_a_passkey_is_set_up_and_lets_in(open_page, newcomer, look):
    page = open_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    come_for_the_first_time(page, newcomer)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("How to call it").fill("Huella")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="They are written down").click()
    expect(page.get_by_text("Huella", exact=True)).to_be_visible()
    look(page, "account")
    sign_out(page)

    give_password(page, newcomer[0], FIRST)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text(", this one")).to_be_visible()
    page.get_by_role("link", name="Lock my account").click()
    page.get_by_role("button", name="Lock my account now").click()
    expect(page.get_by_role("heading", name="Your account is locked")).to_be_visible()
    give_password(page, newcomer[0], FIRST)
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()


def test_a_passkey_that_the_browser_does_not_give_leaves_the_other_way(open_page, newcomer):
    page = open_page()
    come_for_the_first_time(page, newcomer)
    page.goto("/account/passkey")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("The device gave no passkey")).to_be_visible()
    assert page.url.endswith("/account/passkey")


WITHOUT_SIGNING_IN = ("/sign-in", "/enter/x")
SIGNED_IN = (
    "/account",
    "/account/set-up",
    "/account/app",
    "/account/passkey",
    "/account/lock",
    "/prove",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_pages_of_signing_in(enter, open_page, scheme):
    found = {}
    for page, addresses in (
        (open_page(color_scheme=scheme), WITHOUT_SIGNING_IN),
        (enter("ines", color_scheme=scheme), SIGNED_IN),
    ):
        for address in addresses:
            page.goto(address)
            if faults := faults_of(page):
                found[address] = faults
    assert found == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_of_signing_in_is_wider_than_a_phone(enter, open_page, language):
    wide = []
    for page, addresses in (
        (open_page(viewport=PHONE), WITHOUT_SIGNING_IN),
        (enter("ines", viewport=PHONE), SIGNED_IN),
    ):
        page.goto("/help" if addresses is SIGNED_IN else "/sign-in")
        if page.locator("html").get_attribute("lang") != language:
            page.get_by_role("button", name={"en": "English", "es": "Español"}[language]).click()
        for address in addresses:
            page.goto(address)
            if is_too_wide(page):
                wide.append(address)
    assert wide == []
