"""No cell of a table that is taken along is run as a formula; what was sent comes back as sent."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import strategies as st

import accompany
from accompany.base import codes, spreadsheet
from accompany.cli.door import accompany as typed
from accompany.exchange.receiving import LAYOUTS
from accompany.figures.queries import CATALOGUE
from tests.noise.files import as_text, good_table
from tests.noise.hostile import DRAWN, TEXTS
from tests.world import browser_of

RUN = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""

WRITES = re.compile(r"csv\.(?:writer|DictWriter)|to_csv|write_csv|COPY .* TO", re.IGNORECASE)
WRITERS = {
    "base/spreadsheet.py",
    "cli/world_lists.py",  # the demo's lists, as agencies send them: they come in, none goes out
}


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def runs(text: str) -> list[str]:
    """The cells that a spreadsheet would run."""
    told = [cell for row in cells(text) for cell in row]
    return [cell for cell in told if cell.lstrip(" ").startswith(RUN)]


def test_no_table_is_written_but_by_the_one_module():
    package = Path(accompany.__file__).parent
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if WRITES.search(path.read_text())
    }
    assert found == WRITERS


def test_whatever_is_written_into_a_table_is_words(noise):
    def written(table: list[list[str]]) -> None:
        text = spreadsheet.as_csv(table)
        assert runs(text) == []
        read = [[cell.removeprefix("'") for cell in row] for row in cells(text)]
        assert read == [[cell.removeprefix("'") for cell in row] for row in table]

    row = st.lists(DRAWN | st.sampled_from(RUN), min_size=2, max_size=4)
    noise("export", st.lists(row, min_size=1, max_size=3), written)


def test_numbers_are_written_as_numbers():
    assert spreadsheet.as_csv([["a", -1, None, 0]]) == "a,-1,,0\r\n"


FORMULA = TEXTS["formula"]
HEADING, *_ROWS = good_table("people")
FORMULAS = as_text([HEADING, *([f"{FORMULA}{n}{cell}" for cell in HEADING] for n in range(12))])
"""A list, each cell of which is a formula to a spreadsheet."""


@pytest.fixture
def figures(world):
    """Children separated, at a place and for a cause that are formulas."""
    heading, good, _other = good_table("separated-children")
    for column in ("REFERRING OFFICE", "FACILITY_APPROVED", "COO", "Reason fo Separation"):
        good[heading.index(column)] = FORMULA
    rows = [[*good[:-1], f"{good[-1]}{number}"] for number in range(40)]
    world.receive(FORMULAS)
    return world.receive(as_text([heading, *rows]), layout="separated-children")


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_cell_of_a_figure_is_run(world, figures, name):
    browser = browser_of(world.admin)
    for by in (None, *CATALOGUE[name].dimensions):
        asked = {"on": "2019-04-02"} | ({"by": by} if by else {})
        answer = browser.get(reverse("figure-csv", args=[name]), asked)
        assert answer.status_code == 200
        assert runs(answer.content.decode()) == []


def test_no_cell_of_a_figure_is_run_that_is_printed(world, figures, capfd):
    assert typed.run(["figure", "reunified", "--on", "2019-04-02", "--format", "csv"]) == 0
    assert runs(capfd.readouterr().out) == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_cell_of_a_template_is_run(world, capfd, name):
    assert typed.run(["layouts", "template", name]) == 0
    assert runs(capfd.readouterr().out) == []


def test_a_file_full_of_formulas_is_given_back_byte_for_byte(world, capfdbinary):
    code = codes.shown(world.receive(FORMULAS).code)
    answer = browser_of(world.admin).post(reverse("list-file", args=[code]))
    assert b"".join(answer.streaming_content) == FORMULAS
    assert typed.run(["file", code]) == 0
    assert capfdbinary.readouterr().out == FORMULAS
