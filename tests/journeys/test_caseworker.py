"""A caseworker receives a list, finds a child, reads the line, and records what she is told."""

import re

from playwright.sync_api import Page, expect


def test_a_caseworker_receives_a_list_finds_a_child_and_records_by_hand(enter, served, look):
    page = enter("tomas", java_script_enabled=False)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    look(page, "today")

    receive_a_list(page, served, look)
    child = find_the_child(page, look)
    read_the_line(page, child, look)
    record_a_tie(page, child)
    join_and_part(page, child)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/weather$"))


def receive_a_list(page: Page, served, look) -> None:
    page.get_by_role("link", name="Lists").click()
    page.get_by_role("link", name="Receive a list").click()
    page.get_by_label("File").set_input_files(served.lists / "cbp-apprehensions.csv")
    page.get_by_label(re.compile("Persons with names")).check()
    page.get_by_label(re.compile("From")).select_option(label="CBP")
    page.get_by_text("If the list is unusual").click()
    mapping = (served.lists / "cbp-apprehensions.toml").read_text(encoding="utf-8")
    page.get_by_label(re.compile("Columns under other names")).fill(mapping)
    page.get_by_role("button", name="Look at it").click()
    wait_until(page, "Look before anything is recorded")
    look(page, "receive-list")
    page.get_by_role("button", name=re.compile(r"Record \d+ persons")).click()
    wait_until(page, "The list is recorded")
    look(page, "receive-list-result")


def wait_until(page: Page, heading: str) -> None:
    """A page that waits for a job loads itself again, without a script."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=60_000)


def find_the_child(page: Page, look) -> str:
    page.get_by_role("link", name="Find", exact=True).click()
    page.get_by_label(re.compile("Name, code or A-number")).fill("Euseda Lara Elisabet")
    page.get_by_role("button", name="Find", exact=True).click()
    found = page.get_by_role("link", name=re.compile("Euceda Lara")).first
    expect(found).to_be_visible()
    assert "Euceda" not in page.url, "no name stands in an address"
    look(page, "find")
    found.click()
    return page.url.rsplit("/", 1)[1]


def read_the_line(page: Page, child: str, look) -> None:
    expect(page.get_by_role("heading", name="Who has had them")).to_be_visible()
    look(page, "person")
    page.get_by_role("link", name=re.compile("The family line")).first.click()
    expect(page).to_have_url(re.compile(f"/people/{child}/family$"))
    expect(page.get_by_role("img").first).to_be_visible()
    expect(page.get_by_text("The same as a table")).to_be_visible()
    look(page, "family")
    page.goto(f"/people/{child}")


def record_a_tie(page: Page, child: str) -> None:
    other = another_record(page, child)
    page.goto(f"/people/{child}/record/tie")
    page.get_by_label("Code of the relative").fill(other)
    page.get_by_label(re.compile("The relative is")).select_option("cousin")
    tell(page)
    expect(page).to_have_url(re.compile(f"/people/{child}"))
    expect(page.get_by_text("Cousin", exact=False).first).to_be_visible()


def join_and_part(page: Page, child: str) -> None:
    other = another_record(page, child)
    page.goto(f"/people/{child}/join")
    page.get_by_label("Code of the other record").fill(other)
    page.get_by_label("What makes you sure").fill("Same number, same day")
    tell(page)
    expect(page.get_by_text("Same number, same day").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Part|Undo")).first.click()
    page.get_by_label(re.compile("sure|reason|why", re.IGNORECASE)).first.fill("His uncle said no")
    page.locator("main form button").last.click()
    page.goto(f"/people/{child}")
    expect(page.get_by_text("Same number, same day")).to_have_count(0)


def another_record(page: Page, child: str) -> str:
    """The newest record that is not this one's, and of no relative."""
    page.goto("/people")
    for link in page.locator("main tbody th a").all():
        code = (link.get_attribute("href") or "").rsplit("/", 1)[1]
        if code != child and "Euceda" not in link.inner_text():
            return code
    raise AssertionError("there is nobody else on record")


def tell(page: Page) -> None:
    """Say who told it, how, and send the form."""
    page.get_by_label("How was it told?").select_option("phone")
    page.get_by_label(re.compile("Told by an organisation")).select_option(label="ORR")
    page.get_by_label(re.compile("Said:")).check()
    page.locator("main form button").last.click()
