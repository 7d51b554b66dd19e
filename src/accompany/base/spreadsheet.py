"""
How is a table written for a spreadsheet, so that no cell of it is run as a formula?

Spreadsheets run a cell that begins with one of a few characters, whoever wrote it. Before such a
text an apostrophe is put, by which they take it for words (OWASP, CSV injection). Only what we make
comes by here: a file that somebody sent is given back as it was, byte for byte.
"""

import csv
import io
from collections.abc import Iterable, Sequence

# The wide forms are read as the others are where Chinese, Japanese or Korean is written.
_RUN = tuple("=+-@\t\r\n＝＋－＠")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The table as text; None is an empty cell, and numbers stay numbers."""
    written = io.StringIO(newline="")
    # Of line ends in a cell, csv puts between quotation marks only those that end its own lines.
    table = csv.writer(written, lineterminator="\r\n")
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_RUN):
        return f"'{cell}"
    return cell
