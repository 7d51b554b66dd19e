"""An analyst reads a figure and its definition, and takes it along; persons are not there."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect


def test_an_analyst_reads_a_figure_its_definition_and_takes_it_along(enter, look):
    page = enter("ana", java_script_enabled=False)
    page.get_by_role("link", name="Figures").click()
    page.get_by_role("link", name=re.compile("separated", re.IGNORECASE)).first.click()
    look(page, "figure")

    expect(page.get_by_role("heading", name="Definition")).to_be_visible()
    expect(page.get_by_role("heading", name="What this does not say")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("JSON")).click()
    claim = json.loads(Path(taken.value.path()).read_text())
    assert claim["question"]
    assert claim["leaves_out"]
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("CSV")).click()
    assert "status" in Path(taken.value.path()).read_text().splitlines()[0]


def test_persons_do_not_exist_for_an_analyst(enter):
    page = enter("ana", java_script_enabled=False)

    assert page.goto("/people").status == 404
    expect(page.get_by_role("link", name="Find")).to_have_count(0)
