"""How is a list received, looked at, had back and withdrawn from a terminal?"""

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.cli import printing
from accompany.cli.door import command
from accompany.cli.values import DAY, FILE, FORMAT, code_typed
from accompany.custody.terms import QuestionKind as CustodyQuestion
from accompany.exchange import receiving
from accompany.exchange.faults import column_runs
from accompany.exchange.receiving import LAYOUTS, Found, Order
from accompany.people import actions as people
from accompany.people import queries as persons
from accompany.sources import queries
from accompany.sources.terms import QuestionKind as RowQuestion

NO_SUCH_LIST = Objection(
    "cli.no-such-list",
    "There is no list of that code.",
    "See `accompany lists` for those there are.",
)
NO_SUCH_TELLER = Objection(
    "cli.no-such-organisation",
    "Nothing was received: the organisation that --from names is not known here.",
    "See `accompany organisations`, or add it with `accompany organisations add`.",
)
MAPPING_NOT_TEXT = Objection(
    "cli.mapping-not-text",
    "Nothing was received: the mapping file is not a text in UTF-8.",
    "Save it again as plain text in UTF-8.",
)
_SHOWN = 20
QUESTIONS: dict[str, str] = {
    kind.value: str(kind.label) for kinds in (RowQuestion, CustodyQuestion) for kind in kinds
}


@command("import")
@asks_for(Permission.RECEIVE_LISTS)
@click.argument("layout", type=click.Choice(sorted(LAYOUTS)))
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--from", "teller", metavar="ORGANISATION", help="Who sent it: a code or a name.")
@click.option("--as-of", type=DAY, help="The day of which the list tells.")
@click.option("--received-on", type=DAY, help="The day it was received; today unless given.")
@click.option("--mapping", type=FILE, help="Which of the list's headings stand for which of ours.")
@click.option("--sheet", metavar="NAME", help="Only this sheet of a workbook.")
@click.option("--dry-run", is_flag=True, help="Look only: record nothing.")
@FORMAT
def import_list(
    by: Actor,
    layout: str,
    path: Path,
    teller: str | None,
    as_of: date | None,
    received_on: date | None,
    mapping: Path | None,
    sheet: str | None,
    dry_run: bool,  # noqa: FBT001 - click hands it over by name
    form: str,
) -> None:
    """
    Receive a list: all of it, row by row as it is, or none of it.

    Nothing is dropped or corrected: what cannot be read, repeats or contradicts itself is kept and
    becomes a question. A file that was received before is recognised. See `accompany layouts`.
    """
    order = Order(
        layout=layout,
        file=path,
        # A name that is no UTF-8 comes with lone surrogates, which cannot be sealed.
        file_name=os.fsencode(path.name).decode(errors="replace"),
        received_on=received_on or clock.today(),
        as_of=as_of,
        teller=None if teller is None else _organisation(teller).pk,
        mapping=None if mapping is None else _text(mapping),
        sheet=sheet,
    )
    with printing.Watch() as watch:
        if dry_run:
            code, found = None, receiving.look(order, by=by, progress=watch)
        else:
            code, found = receiving.receive(order, by=by, progress=watch)
    _show_found(code, found, form)


def _organisation(words: str) -> Any:
    found = access.organisation(words)
    if found is None:
        raise Refused([NO_SUCH_TELLER])
    return found


def _text(mapping: Path) -> str:
    try:
        return mapping.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([MAPPING_NOT_TEXT]) from None


def _show_found(code: str | None, found: Found, form: str) -> None:
    if form == "json":
        told = {"list": _shown(code), "recorded": code is not None, **_counts(found)}
        printing.as_json({**told, "examples": _examples(found)})
        return
    if code is None:
        click.echo("Looked at; nothing was recorded.")
    else:
        click.echo(f"Recorded as list {codes.shown(code)}.")
    _print_counts(found)


def _examples(found: Found) -> dict[str, dict[str, int | None]]:
    """The first row with a question of each kind; `sheet` is None in a text."""
    return {
        kind: {"sheet": sheet or None, "row": row} for kind, (sheet, row) in found.examples.items()
    }


def _shown(code: str | None) -> str | None:
    return None if code is None else codes.shown(code)


def _counts(found: Found) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "persons": found.persons,
        "relatives": found.relatives,
        "repeats": found.repeats,
        "not_records": found.not_records,
        "questions": found.questions,
        "columns": found.columns,
        "columns_used": found.columns_used,
        "columns_unused": list(found.unused),
    }


def _print_counts(found: Found) -> None:
    printing.pairs(
        [
            ("Rows received", found.rows),
            ("Persons", found.persons),
            ("Relatives they name", found.relatives),
            ("Rows that repeat another", found.repeats),
            ("Rows that are no records", found.not_records),
            ("Columns read", f"{found.columns_used} of {found.columns}"),
            ("Columns used for nothing", ", ".join(column_runs(found.unused)) or "none"),
        ]
    )
    _print_questions(found)


def _print_questions(found: Found) -> None:
    click.echo(f"\nQuestions: {sum(found.questions.values()):,}")
    printing.pairs(
        (f"  {QUESTIONS.get(kind, kind)}", _with_example(many, found.examples.get(kind)))
        for kind, many in found.questions.items()
    )


def _with_example(many: int, example: Sequence[int] | None) -> str:
    return f"{many:,}" if example is None else f"{many:,}, for example {_place(*example)}"


class Line(NamedTuple):
    """A list as `accompany lists` shows it."""

    code: str
    layout: str
    received_on: date
    as_of: date | None
    rows: int
    state: str


@command("lists")
@asks_for(Permission.SEE_LISTS)
@FORMAT
def lists(by: Actor, form: str) -> None:
    """Print the lists that were received, newest first; withdrawn ones are marked."""
    found = list(queries.lists(seen_by=by))
    entries = access.entries(received.recorded_in for received in found)
    lines = [_line(one, entries[one.recorded_in].counts["rows"]) for one in found]
    if form == "json":
        printing.as_json([line._asdict() for line in lines])
    elif lines:
        printing.table(("code", "layout", "received", "as of", "rows", ""), lines)
    else:
        click.echo("No list has been received yet. See `accompany import --help`.", err=True)


def _line(received: Any, rows: int) -> Line:
    return Line(
        codes.shown(received.code),
        received.layout,
        received.received_on,
        received.as_of,
        rows,
        _state(received),
    )


def _state(received: Any) -> str:
    return "on record" if received.withdrawn_in is None else "withdrawn"


@command("list")
@asks_for(Permission.SEE_LISTS)
@click.argument("code")
@FORMAT
def show_list(by: Actor, code: str, form: str) -> None:
    """
    Print what a list holds: rows, persons, relatives, repeats, and questions by kind.

    Of each row that repeats another it says which earlier row that is.
    """
    received = _received(code, by)
    found = receiving.found_in(received, seen_by=by)
    line = _line(received, found.rows)
    repeats = _repeats(received, by)
    if form == "json":
        printing.as_json({**line._asdict(), **_counts(found), "repeated_rows": repeats})
        return
    printing.pairs(
        [
            ("List", line.code),
            ("State", line.state),
            ("Layout", line.layout),
            ("Received on", line.received_on),
            ("As of", line.as_of or "not told"),
        ]
    )
    _print_counts(found)
    _print_repeats(repeats)


def _repeats(received: Any, by: Actor) -> list[dict[str, int | None]]:
    """Each row that repeats an earlier one, and which; `sheet` is None in a text."""
    if not by.may(Permission.SEE_PERSONS):
        return []
    return [
        {
            "sheet": one.sheet or None,
            "row": one.row,
            "repeats_sheet": one.earlier_sheet or None,
            "repeats_row": one.earlier_row,
        }
        for one in persons.repeats_in(received, seen_by=by)
    ]


def _print_repeats(repeats: list[dict[str, int | None]]) -> None:
    for one in repeats[:_SHOWN]:
        again, first = (
            _place(one["sheet"], one["row"]),
            _place(one["repeats_sheet"], one["repeats_row"]),
        )
        click.echo(f"  {again} repeats {first}")
    if len(repeats) > _SHOWN:
        click.echo(f"  and {len(repeats) - _SHOWN:,} more: see --format json")


def _place(sheet: int | None, row: int | None) -> str:
    return f"row {row:,}" if not sheet else f"row {row:,} of sheet {sheet}"


def _received(code: str, by: Actor) -> Any:
    found = queries.received_list(code_typed(code), seen_by=by)
    if found is None:
        raise Refused([NO_SUCH_LIST])
    return found


@command("withdraw")
@asks_for(Permission.WITHDRAW_LISTS)
@click.argument("code")
@click.option("--because", metavar="TEXT", required=True, help="Why it was loaded by mistake.")
@click.option("--dry-run", is_flag=True, help="Only say how much would be withdrawn.")
def withdraw(by: Actor, code: str, because: str, dry_run: bool) -> None:  # noqa: FBT001
    """
    Withdraw a list that was loaded by mistake, with all that rests on it.

    Its persons, links and answers go with it. Nothing is deleted: codes still resolve, marked.
    """
    received = _received(code, by)
    resting = people.resting_on(received, by=by)
    if not dry_run:
        people.withdraw_list(received, because=because, by=by)
    done = "Would be withdrawn" if dry_run else "Withdrawn"
    click.echo(f"{done}: list {codes.shown(received.code)}")
    printing.pairs((f"  {what}", many) for what, many in resting.items())


@command("file")
@asks_for(Permission.FETCH_FILES)
@click.argument("code")
def file_again(by: Actor, code: str) -> None:
    """Print a received file, byte for byte; leaves an entry in the trail."""
    received, output = _received(code, by), sys.stdout.buffer
    # A file that tells of somebody kept from the actor is not there for them.
    if persons.hides_list(received, from_=by):
        raise Refused([NO_SUCH_LIST])
    for piece in queries.file_of(received, seen_by=by):
        output.write(piece)
    output.flush()
