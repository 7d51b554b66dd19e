"""
What can be wrong with a received file, and where in it?

A fault names file, sheet, row and column letter, and what to do. It never repeats a cell, nor a
heading that nobody expected: either may be a name.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from accompany.base.refusal import Objection, Refused

EMPTY = Objection(
    code="exchange.empty",
    why="There is nothing in the file.",
    remedy="Ask the sender for the list again.",
)
NOT_TEXT = Objection(
    code="exchange.not-text",
    why="This is neither a table in text (CSV) nor a workbook (XLSX).",
    remedy="Open it in the program it came from, save it as CSV or XLSX, and send that.",
)
UNDECODABLE = Objection(
    code="exchange.undecodable",
    why="The characters cannot be read as UTF-8, UTF-16 or Windows-1252.",
    remedy="Save it again as CSV in UTF-8, and send that.",
)
MIXED_ENCODINGS = Objection(
    code="exchange.mixed-encodings",
    why="Most of the file is UTF-8, but this line is not; names would be read wrongly.",
    remedy="Mend this line, or save the list again as CSV in UTF-8.",
)
QUOTE_NOT_CLOSED = Objection(
    code="exchange.quote-not-closed",
    why="A quotation mark is opened and never closed, so that the rows below cannot be told apart.",
    remedy="Mend the quotation mark, or save the list again as CSV.",
)
ROW_TOO_LONG = Objection(
    code="exchange.row-too-long",
    why="The row is longer than sixteen million characters.",
    remedy="See that the file is a list with one row to a line, and save it again as CSV.",
)
CELL_TOO_LONG = Objection(
    code="exchange.cell-too-long",
    why="The cell is longer than eight million characters.",
    remedy="Ask the sender what the column holds, and send the list without it.",
)
NOT_A_WORKBOOK = Objection(
    code="exchange.not-a-workbook",
    why="This is an archive, but not a workbook of the kind XLSX.",
    remedy="Unpack it, or save the list as XLSX or CSV, and send that.",
)
OLD_OR_LOCKED_WORKBOOK = Objection(
    code="exchange.old-or-locked-workbook",
    why="The workbook is of the old kind XLS, or a password protects it.",
    remedy="Open it, save it as XLSX without a password, and send that.",
)
WORKBOOK_DAMAGED = Objection(
    code="exchange.workbook-damaged",
    why="The workbook is damaged and cannot be read to its end.",
    remedy="Open it in a spreadsheet, save it again as XLSX, or as CSV, and send that.",
)
WORKBOOK_UNSAFE = Objection(
    code="exchange.workbook-unsafe",
    why="The workbook holds declarations that no spreadsheet writes; they can do harm.",
    remedy="Do not open it. Ask the sender how it was made, and for the list as CSV.",
)
WORKBOOK_SWELLS = Objection(
    code="exchange.workbook-swells",
    why="Unpacked, the workbook is larger than any list we can take.",
    remedy="Ask the sender for the list as CSV, or in several files.",
)
NO_SUCH_SHEET = Objection(
    code="exchange.no-such-sheet",
    why="The file has no sheet of the name that was asked for.",
    remedy="Leave the sheet out to read all of them, or give its name as the workbook writes it.",
)
NO_HEADING = Objection(
    code="exchange.no-heading",
    why="None of the first 50 rows holds the headings that this kind of list has.",
    remedy="See that the list is of this kind, or name its columns in a mapping file.",
)
NO_ROWS = Objection(
    code="exchange.no-rows",
    why="There is no row below the headings.",
    remedy="Ask the sender for the list again.",
)
COLUMN_MISSING = Objection(
    code="exchange.column-missing",
    why="There is no column “%(column)s” among the headings.",
    remedy="See that the list is whole and of this kind, or name the column in a mapping file.",
)
COLUMN_TWICE = Objection(
    code="exchange.column-twice",
    why="Another column has the same heading, and we cannot tell which of them is meant.",
    remedy="Rename or remove one of the two columns.",
)
RAGGED = Objection(
    code="exchange.ragged",
    why="Most rows have another number of cells than the headings.",
    remedy="See that the list is whole and uses one separator, and save it again as CSV.",
)


@lru_cache(maxsize=1 << 10)
def column_letter(index: int) -> str:
    """The letters that a spreadsheet shows over a column, counted from 0: A, B, …, Z, AA, …"""
    letters = ""
    rest = index + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_runs(letters: Sequence[str]) -> list[str]:
    """Letters in their order, three and more in a row as one: F, H–K."""
    runs: list[list[str]] = []
    for letter in letters:
        if runs and letter == column_letter(_index(runs[-1][-1]) + 1):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    told = [[f"{run[0]}–{run[-1]}"] if len(run) > 2 else run for run in runs]
    return [words for run in told for words in run]


def _index(letters: str) -> int:
    """Which column it is, counted from 0."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1


def refused(
    objection: Objection,
    *,
    name: str,
    sheet: str | None = None,
    row: int | None = None,
    line: int | None = None,
    column: int | None = None,
) -> Refused:
    """The refusal of file `name` for one reason, told with its place; `column` counts from 0."""
    letter = None if column is None else column_letter(column)
    places = {"file": name, "sheet": sheet, "row": row, "line": line, "column": letter}
    where = tuple((kind, str(value)) for kind, value in places.items() if value is not None)
    return Refused([replace(objection, where=where)])


def column_missing(expected: str, *, name: str, row: int) -> Refused:
    """The refusal of a file that lacks a column; `expected` is the layout's own word for it."""
    objection = replace(COLUMN_MISSING, values=(("column", expected),))
    return refused(objection, name=name, row=row)
