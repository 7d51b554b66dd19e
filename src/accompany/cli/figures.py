"""What may be read of the figures from a terminal?"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.conf import settings

from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.cli import printing
from accompany.cli.door import command
from accompany.cli.values import DAY, FORMAT, MOMENT
from accompany.figures import erased as erased_persons
from accompany.figures import queries
from accompany.figures.queries import Answer, Row
from accompany.figures.terms import Figure, Measure

BY = ("sex", "country", "age-group", "office", "stated-cause")


@command("figures")
@asks_for(Permission.SEE_FIGURES)
@FORMAT
def figures(by: Actor, form: str) -> None:
    """Print every figure: its name, its question, and by what it is told."""
    found = queries.figures(seen_by=by)
    if form == "json":
        printing.as_json([_definition(figure) for figure in found])
        return
    for figure in found:
        click.echo(f"{figure.name}: {figure.question}")
        if figure.dimensions:
            click.echo(f"  told by {', '.join(figure.dimensions)}")


def _definition(figure: Figure) -> dict[str, Any]:
    return {
        "figure": figure.name,
        "title": str(figure.title),
        "question": str(figure.question),
        "unit": str(figure.unit),
        "population": str(figure.population.title),
        "definition": str(figure.definition),
        "leaves_out": [str(line) for line in figure.leaves_out],
        "rule_version": figure.rule_version,
        "by": list(figure.dimensions),
    }


@command("figure")
@asks_for(Permission.SEE_FIGURES)
@click.argument("name", type=click.Choice(list(queries.CATALOGUE)))
@click.option("--on", type=DAY, required=True, help="Count at the end of this day.")
@click.option("--known-on", type=MOMENT, help="As was known at this moment; now unless given.")
@click.option("--by", "dimension", type=click.Choice(BY), help="Tell the groups apart by this.")
@click.option("--exact", is_flag=True, help="Not for publication; leaves an entry in the trail.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def figure(
    by: Actor,
    name: str,
    on: date,
    known_on: datetime | None,
    dimension: str | None,
    exact: bool,  # noqa: FBT001 - click hands it over by name
    form: str,
) -> None:
    """
    Print one figure as it would be published.

    Numbers that could point at someone are withheld. This print is protected by itself and against
    what is published, not against another print.
    """
    ask = queries.exact if exact else queries.publishable
    with printing.Watch() as watch:
        answer = ask(name, on=on, known_on=known_on, by=dimension, seen_by=by, progress=watch)
    if form == "json":
        printing.as_json(answer.as_json())
    elif form == "csv":
        click.echo(answer.as_csv(), nl=False)
    else:
        _show(answer)


@command("erased")
@asks_for(Permission.SEE_FIGURES)
@FORMAT
def erased(by: Actor, form: str) -> None:
    """
    Print how many persons were erased, in coarse groups and as it would be published.

    By the year of their separation or first event, by country, age and office. Numbers that could
    point at someone are withheld.
    """
    rows = erased_persons.erased(seen_by=by)
    if form == "json":
        printing.as_json([row.as_json() for row in rows])
        return
    for row in rows:
        if not row.dimension:
            click.echo(str(row.population.label))
        label = f"{row.dimension} {row.label}".strip()
        click.echo(f"  {label}: {'withheld' if row.value is None else row.value}")
    if not rows:
        click.echo("Nobody was erased.")


def _show(answer: Answer) -> None:
    click.echo(str(answer.figure.question))
    if answer.is_exact:
        click.echo("EXACT: not for publication.")
    click.echo(f"Population: {answer.figure.population.title}")
    known_on = answer.known_on.astimezone(ZoneInfo(settings.TIME_ZONE))
    click.echo(f"On {answer.on}, as known on {known_on:%Y-%m-%d %H:%M:%S %Z}")
    if answer.erased_words:
        click.echo(answer.erased_words)
    click.echo()
    printing.pairs(_lines(answer))
    click.echo(f"\n{answer.note}")
    if answer.withheld:
        click.echo(str(queries.WITHHELD_NOTE))
    _show_bounds(answer)


def _lines(answer: Answer) -> Iterator[tuple[str, str]]:
    yield answer.whole.label, answer.whole.said
    for row in answer.rows:
        if row != answer.whole:
            yield f"  {_label(row)}", _said(row)


def _label(row: Row) -> str:
    if row.measure is Measure.CHILDREN:
        return row.label
    return f"  {row.label}, {row.measure.label}"


def _said(row: Row) -> str:
    return row.said if row.percent is None else f"{row.said} ({row.percent} %)"


def _show_bounds(answer: Answer) -> None:
    """What the number leaves out, and on whose word it stands."""
    click.echo("\nThis leaves out:")
    for line in answer.figure.leaves_out:
        click.echo(f"  - {line}")
    told_by = ", ".join(f"{name} ({how})" for name, how in answer.sources)
    click.echo(f"Told by: {told_by or 'nobody yet'}. Rule {answer.figure.rule_version}.")
