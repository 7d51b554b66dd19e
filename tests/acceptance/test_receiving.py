"""Scenarios of receiving lists."""

import json
from datetime import date

import openpyxl
import pytest

from accompany.exchange import receiving
from accompany.sources import queries as sources

pytestmark = pytest.mark.django_db


def workbook_of_stints(path):
    """A workbook of three sheets with six rows of titles each, and two rows of persons."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number in range(3):
        sheet = book.create_sheet(f"FY2{number}")
        for title in range(6):
            sheet.append([f"Title {title}"])
        sheet.append(["family_name", "given_name", "held_since", "custodian"])
        for row in range(2):
            sheet.append([f"Pineda{number}{row}", "Luz", date(2026, 1, 1 + row), "ICE"])
    book.save(path)


def test_088_all_sheets_of_a_workbook_are_stacked_and_each_row_keeps_its_origin(
    ines, page, tmp_path
):
    path = tmp_path / "stints.xlsx"
    workbook_of_stints(path)
    order = receiving.Order("people", path, path.name, date(2026, 3, 1))

    code, found = receiving.receive(order, by=ines)

    assert (found.rows, found.persons) == (6, 6)
    received = sources.received_list(code, seen_by=ines)
    origins = received.rows.filter(kind="record").values_list("sheet", "place")
    assert sorted(origins) == [(1, 8), (1, 9), (2, 8), (2, 9), (3, 8), (3, 9)]
    assert b"".join(sources.file_of(received, seen_by=ines)) == path.read_bytes()
    assert "Pineda11" in page(f"/lists/{code}/rows/9?sheet=2")


@pytest.mark.parametrize("spelling", ["(b)(6)", "b(6)", "REDACTED"])
def test_096_a_redacted_cell_is_null_with_its_reason_and_distinct_from_a_blank(
    ines, terminal, tmp_path, spelling
):
    path = tmp_path / "list.csv"
    path.write_text(f"family_name,given_name,sex\nPineda,Luz,{spelling}\nLara,Ana,\n")
    order = receiving.Order("people", path, path.name, date(2026, 3, 1))

    code, found = receiving.receive(order, by=ines)

    assert found.questions == {"row.cell-redacted": 1}
    assert json.loads(terminal("list", code, "--format", "json"))["questions"] == {
        "row.cell-redacted": 1
    }


def test_096_the_struck_out_cell_is_kept_as_it_was_received(ines, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"family_name,given_name,sex\r\nPineda,Luz,(b)(6)\r\n")
    order = receiving.Order("people", path, path.name, date(2026, 3, 1))

    code, _found = receiving.receive(order, by=ines)

    received = sources.received_list(code, seen_by=ines)
    assert b"".join(sources.file_of(received, seen_by=ines)) == path.read_bytes()
