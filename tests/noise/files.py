"""Lists as they may come in: good ones, in which something was changed, and noise."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from hypothesis import strategies as st

from accompany.exchange import people_list, separated_children
from accompany.exchange.layouts import Layout
from accompany.exchange.receiving import LAYOUTS
from tests.noise.hostile import BYTES, DRAWN, MARK
from tests.world import LEARNED

Rows = list[list[str]]

GOOD: dict[str, dict[str, str]] = {
    people_list.NAME: {
        **dict.fromkeys(people_list.COLUMNS, ""),
        "family_name": f"Pineda {MARK}",
        "given_name": f"Génesis {MARK}",
        "a_number": "099-871-345",
        "birth_date": "2014-05-06",
        "age": "4",
        "sex": "f",
        "nationality": "GT",
        "custodian": "ORR",
        "held_since": "2018-06-01",
        "held_until": "2018-07-01",
        "separated_on": "2018-05-20",
        "mother_name": f"Rosaura {MARK}",
        "siblings": f"Elvin {MARK}; Abril {MARK}",
        "note": MARK,
    },
    separated_children.NAME: {
        "AGE": "7",
        "GENDER": "F",
        "COO": "GUATEMALA",
        "DATE_APPREHENDED": "5/20/2018",
        "REFERRAL_DATE": "5/21/2018",
        "DATE_ORR_APPROVED": "5/22/2018",
        "REFERRING OFFICE": "El Paso, TX (EPT)",
        "FACILITY_APPROVED": "Refugio Las Palmas",
        "REUNITIED_SEP_PARENTS": "REUNITED WITH SEPARATED PARENT",
        "UAC STATUS": "DISCHARGED",
        "Date Discharged": "7/20/2018",
        "Reason fo Separation": "ZERO TOLERANCE",
    },
}
"""A good row of each kind of list, by its headings."""


@dataclass(frozen=True)
class Sent:
    """A file as it comes, and what is said with it."""

    layout: str
    content: bytes
    received_on: date = LEARNED
    as_of: date | None = None
    sheet: str | None = None

    def __repr__(self) -> str:
        return f"Sent({self.layout!r}, {self.content[:2_000]!r}, {self.received_on}, {self.as_of})"


def good_table(layout: str) -> Rows:
    """A good list of that kind: a row of headings, and two rows that differ."""
    good = GOOD[layout]
    other = [cell.replace("345", "346") for cell in good.values()]
    return [list(good), list(good.values()), other]


def as_text(
    rows: Sequence[Sequence[str]],
    *,
    delimiter: str = ",",
    line_end: str = "\r\n",
    codec: str = "utf-8",
) -> bytes:
    """The table as text."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return written.getvalue().encode(codec, errors="replace")


@lru_cache(maxsize=1)
def _parts() -> dict[str, bytes]:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    with zipfile.ZipFile(content) as book:
        return {name: book.read(name) for name in book.namelist()}


def as_workbook(rows: Sequence[Sequence[str]], sheet: bytes | None = None) -> bytes:
    """The table as a workbook, whatever stands in its cells; or one with that very sheet."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in _parts().items():
            its = name.endswith("sheet1.xml")
            book.writestr(name, (sheet or sheet_of(rows)) if its else part)
    return content.getvalue()


def sheet_of(rows: Sequence[Sequence[str]]) -> bytes:
    """The sheet of a workbook in which these cells stand as texts."""
    lines = []
    for place, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{_letters(at)}{place}" t="inlineStr"><is><t>{_escaped(cell)}</t></is></c>'
            for at, cell in enumerate(row)
        )
        lines.append(f'<row r="{place}">{cells}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    written = f'<worksheet xmlns="{space}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    return written.encode("utf-8", errors="replace")


def _letters(at: int) -> str:
    return chr(65 + at) if at < 26 else f"A{chr(65 + at - 26)}"


def _escaped(cell: str) -> str:
    """As spreadsheets write what XML cannot hold."""
    return "".join(
        f"_x{ord(letter):04X}_" if letter < " " or letter in "\ufffe\uffff" else escape(letter)
        for letter in cell
    )


def _changed(draw: Any, rows: Rows) -> Rows:
    """The table with cells changed, and now and then a row or a column too many or too few."""
    for _ in range(draw(st.integers(0, 4))):
        row = rows[draw(st.integers(0, len(rows) - 1)) if draw(st.booleans()) else -1]
        if row:
            row[draw(st.integers(0, len(row) - 1))] = draw(DRAWN)
    what = draw(st.integers(0, 9))
    if what == 0:
        rows[-1] = rows[-1][: draw(st.integers(0, len(rows[-1])))]
    elif what == 1:
        rows[0].append(rows[0][draw(st.integers(0, len(rows[0]) - 1))])
    elif what == 2:
        at = draw(st.integers(0, len(GOOD) - 1))
        rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    elif what == 3:
        rows += [rows[-1], [draw(DRAWN)], []]
    elif what == 4:
        rows = [[draw(DRAWN)], *rows]
    return rows


def _damaged(draw: Any, content: bytes) -> bytes:
    """The bytes, now and then with some that are others, or broken off."""
    what = draw(st.integers(0, 5))
    if what > 1 or not content:
        return content
    if what == 0:
        return content[: draw(st.integers(0, len(content) - 1))]
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)


DAYS = st.one_of(st.just(LEARNED), st.sampled_from([date.min, date.max]), st.dates())
NAMES = st.sampled_from(sorted(LAYOUTS))


def _sent(draw: Any, layout: str, content: bytes, sheet: str | None = None) -> Sent:
    if draw(st.integers(0, 9)):
        return Sent(layout, content, sheet=sheet)
    return Sent(layout, content, draw(DAYS), draw(st.none() | DAYS), sheet)


@st.composite
def texts(draw: Any) -> Sent:
    """A list in text: a good one that was changed, in any way of writing tables; or noise."""
    layout = draw(NAMES)
    if not draw(st.integers(0, 7)):
        noise = draw(st.binary(max_size=300) | st.sampled_from(list(BYTES.values())))
        return _sent(draw, layout, noise)
    mark, codec = draw(
        st.sampled_from(
            [(b"", "utf-8")] * 4
            + [
                (b"\xef\xbb\xbf", "utf-8"),
                (b"\xff\xfe", "utf-16-le"),
                (b"\xfe\xff", "utf-16-be"),
                (b"", "cp1252"),
                (b"\xff\xfe\0\0", "utf-32-le"),
            ]
        )
    )
    content = as_text(
        _changed(draw, good_table(layout)),
        delimiter=draw(st.sampled_from(",,,;\t|")),
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        codec=codec,
    )
    return _sent(draw, layout, _damaged(draw, mark + content))


XML = st.text('0123456789<>/" =crstXFDABC&;#x_', max_size=8)


@st.composite
def workbooks(draw: Any) -> Sent:
    """A list as a workbook: a good one that was changed, or one whose sheet or bytes are broken."""
    layout = draw(NAMES)
    rows = _changed(draw, good_table(layout))
    sheet = None
    if not draw(st.integers(0, 3)):
        whole = sheet_of(rows)
        at = draw(st.integers(0, len(whole) - 1))
        sheet = whole[:at] + draw(XML).encode() + whole[at + draw(st.integers(0, 30)) :]
    content = _damaged(draw, as_workbook(rows, sheet))
    name = draw(st.none() | st.none() | st.sampled_from(["Sheet", "Hoja"]) | DRAWN)
    return _sent(draw, layout, content, name)


def layout_of(name: str) -> Layout:
    """The kind of list of that name."""
    return LAYOUTS[name]


HEADINGS = st.one_of(st.sampled_from(["Apellidos", "Nombre", MARK]), DRAWN)
OURS = st.one_of(st.sampled_from(list(people_list.COLUMNS)), DRAWN)
TOML = st.one_of(
    st.sampled_from(
        [
            "[columns]\n",
            "[columns]\na = " + "[" * 5_000,
            "[columns]\na = " + "{b=" * 5_000,
            "a = " + "9" * 5_000 + "\n[columns]\n",
            "[columns]\na = 2026-02-30T25:61:61Z\n",
            "[columns.columns]\n",
            "[[columns]]\n",
            "columns = 1\n",
            "date_order = [1]\n[columns]\na = 'given_name'\n",
            "date_order = {}\n[columns]\n",
            "[columns]\n'\\u0000' = 'given_name'\n",
            '[columns]\n"\\ud800" = "given_name"\n',
            "[columns]\n'' = 'given_name'\n",
        ]
    ),
    st.text(max_size=80),
    DRAWN.map(lambda text: f"[columns]\n{text}"),
)


@st.composite
def mappings(draw: Any) -> str:
    """The text of a mapping file: a good one that was changed, or any text."""
    if not draw(st.integers(0, 2)):
        return draw(TOML)
    lines = draw(st.lists(st.tuples(HEADINGS, OURS), min_size=1, max_size=4))
    written = "\n".join(f"{_quoted(theirs)} = {_quoted(ours)}" for theirs, ours in lines)
    order = draw(st.sampled_from(["", 'date_order = "dmy"\n', "date_order = 7\n"]))
    return f"{order}[columns]\n{written}\n"


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(letter):04x}" if letter < " " or letter in '"\\\x7f' else letter
        for letter in text
    )
    return f'"{escaped}"'
