"""Drawn files: what comes in can be had back byte for byte, and noise is read or refused."""

import csv
import io
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.base.refusal import Refused
from accompany.exchange.delimited import Delimited
from accompany.exchange.reading import open_table

LETTERS = st.characters(codec="cp1252", exclude_categories=["Cc"])
CELLS = st.text(LETTERS | st.sampled_from('\r\n,;\t|"'), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8)
ENCODINGS = st.sampled_from(
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ]
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """One place for one drawn file after another."""
    return tmp_path_factory.mktemp("drawn") / "list"


def written(table, delimiter, line_end, last_ended):
    """The table as text, every cell in quotation marks."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(
        table
    )
    return text.getvalue() if last_ended else text.getvalue().removesuffix(line_end)


@given(
    TABLES,
    ENCODINGS,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_cells_and_bytes_come_back(path, table, encoding, delimiter, line_end, last_ended):
    codec, mark = encoding
    content = mark + written(table, delimiter, line_end, last_ended).encode(codec)
    path.write_bytes(content)
    records = list(Delimited(path, "list", codec, mark, delimiter).records())
    assert [list(record.cells) for record in records] == table
    assert mark + b"".join(record.raw for record in records) == content


@given(st.text(st.sampled_from('a1ñ,;\t\r\n"'), min_size=1, max_size=60), ENCODINGS)
def test_the_bytes_of_any_text_come_back_however_it_is_quoted(path, text, encoding):
    codec, mark = encoding
    path.write_bytes(mark + text.encode(codec))
    with suppress(Refused), open_table(path, name="list") as table:
        raw = b"".join(row.raw for row in table)
        assert table.bom + raw == path.read_bytes()


@given(st.binary(max_size=300))
def test_noise_is_read_or_refused(path, noise):
    path.write_bytes(noise)
    with suppress(Refused), open_table(path, name="list") as table:
        table.find_heading(any)
        list(table)


def a_workbook():
    book = openpyxl.Workbook()
    for age in range(8):
        book.active.append(["Luz", age, None, "=A1", 1.5])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WORKBOOK = a_workbook()
SHEET = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read("xl/worksheets/sheet1.xml")


@given(st.data())
def test_a_workbook_with_broken_bytes_is_read_or_refused(path, data):
    content = bytearray(WORKBOOK)
    places = st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(Refused), open_table(path, name="list") as table:
        table.find_heading(any)
        list(table)


@given(
    st.integers(0, len(SHEET) - 1),
    st.integers(0, 30),
    st.text('0123456789<>/" =crstXFD', max_size=5),
)
def test_a_workbook_with_a_broken_sheet_is_read_or_refused(path, place, cut, put):
    sheet = SHEET[:place] + put.encode() + SHEET[place + cut :]
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as whole, zipfile.ZipFile(path, "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, sheet if name.endswith("sheet1.xml") else whole.read(name))
    with suppress(Refused), open_table(path, name="list") as table:
        table.find_heading(any)
        list(table)
