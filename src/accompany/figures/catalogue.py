"""
Which figures are there, and what do they give on a day?

All figures of one population are measured, protected and audited together, whichever is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from accompany.figures import children_separated, days_in_care, days_to_approval, reunified
from accompany.figures.audit import audit
from accompany.figures.disclosure import Protected, protect
from accompany.figures.engine import Engine, MeasurementFailed
from accompany.figures.ledger import Categories, Ledger, Table
from accompany.figures.terms import Figure, Population

CATALOGUE: dict[str, Figure] = {
    module.FIGURE.name: module.FIGURE
    for module in (children_separated, reunified, days_in_care, days_to_approval)
}


class Days(NamedTuple):
    """Of how many children of a group the days are known, and the quartiles of those days."""

    known: int
    quartiles: tuple[int, ...]


@dataclass(frozen=True)
class Measured:
    """What a figure's SQL gives on a day: exact, for those alone who may see exact figures."""

    counts: Mapping[Table, Mapping[Categories, int]] = field(repr=False)
    days: Mapping[Categories, Days] = field(repr=False)


def measure(figure: Figure, engine: Engine, *, on: date) -> Measured:
    """Ask one figure's SQL. Raises MeasurementFailed."""
    counts: dict[Table, dict[Categories, int]] = {table: {} for table in figure.tables}
    days: dict[Categories, Days] = {}
    for row in engine.ask(figure.name, figure.sql, on=on):
        told = {name: row[name] for name in figure.population.dimensions if row.get(name)}
        table, categories = tuple(told), tuple(told.values())
        counts[table][categories] = row["children"]
        if table == figure.days_by and row["known"]:
            days[categories] = Days(row["known"], tuple(row["quartiles"]))
    return Measured(counts, days)


@dataclass(frozen=True)
class Results:
    """All figures of a population on one day: exact, and as they may be published."""

    ledger: Ledger = field(repr=False)
    published: Protected
    days: Mapping[str, Mapping[Categories, Days]] = field(repr=False)


def results(population: Population, engine: Engine, *, on: date) -> Results:
    """
    Measure and protect every figure of a population.

    Raises MeasurementFailed, also if the auditor can break what the protection found: then nothing
    may be published; NotDecided if the protection took too long.
    """
    figures = [figure for figure in CATALOGUE.values() if figure.population is population]
    measured = {figure.name: measure(figure, engine, on=on) for figure in figures}
    ledger = _ledger(population, measured.values())
    published = protect(ledger)
    if audit(published.tables, ledger.guarded(10)):
        raise MeasurementFailed(f"{population.name}: the auditor broke what was to be published")
    return Results(ledger, published, {name: found.days for name, found in measured.items()})


def _ledger(population: Population, measured: Iterable[Measured]) -> Ledger:
    counts = {table: told for one in measured for table, told in one.counts.items()}
    widest = [t for t in counts if not any({*t} < {*other} for other in counts)]
    dimensions: dict[str, Any] = {
        name: tuple(dimension.categories) for name, dimension in population.dimensions.items()
    }
    return Ledger(dimensions, widest, counts, population.headlines)
