"""
How many persons were erased, as it may be published?

What is left of them in numbers, in the coarse groups of figures: by the year of their separation or
first event, and apart from it by country, age and office. Protected as every figure is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.base.refusal import Objection, Refused
from accompany.erasure import queries
from accompany.erasure.models import ErasedCount
from accompany.erasure.terms import Population
from accompany.figures.audit import audit
from accompany.figures.disclosure import Protected, protect
from accompany.figures.ledger import Ledger
from accompany.figures.separation import CHILDREN_SEPARATED
from accompany.figures.solver import NotDecided

DIMENSIONS = ("country", "age-group", "office")

NOT_DECIDED = Objection(
    "figures.erased-not-decided",
    "Nothing was published: it was not found out in time which numbers have to be left out.",
    "Try again when the machine has less to do.",
)


@dataclass(frozen=True)
class ErasedRow:
    """One number: of whom, told apart by what, which group, and how many; None if withheld."""

    population: Population
    dimension: str
    category: str
    label: Any
    value: int | None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "population": self.population.value,
            "by": {self.dimension: self.category} if self.dimension else {},
            "value": self.value,
            "withheld": self.value is None,
        }


def erased(*, seen_by: Actor) -> list[ErasedRow]:
    """
    The persons whom the reader's organisation erased, with what has to be withheld left out.

    Raises Refused if that was not found out in time.
    """
    seen_by.must(Permission.SEE_FIGURES)
    counts = queries.counts(holder=seen_by.organisation)
    found: list[ErasedRow] = []
    for population in Population:
        of = [one for one in counts if one.population == population]
        if of:
            found += _rows(population, of)
    return found


def _rows(population: Population, counts: list[ErasedCount]) -> list[ErasedRow]:
    labels = _labels(counts)
    published = _published(labels, counts)
    rows = [ErasedRow(population, "", "", _("All"), published.value((), ()))]
    for dimension, categories in labels.items():
        rows += [
            ErasedRow(population, dimension, one, label, published.value((dimension,), (one,)))
            for one, label in categories.items()
        ]
    return rows


def _labels(counts: list[ErasedCount]) -> dict[str, Mapping[str, Any]]:
    """The groups of each dimension with their labels; years from the first to the last."""
    years = sorted({one.year for one in counts if one.year})
    all_years = range(years[0], years[-1] + 1) if years else range(0)
    by_year = {str(year): str(year) for year in all_years} | {"0": _("Not told")}
    coarse = {name: CHILDREN_SEPARATED.dimensions[name].categories for name in DIMENSIONS}
    return {"year": by_year, **coarse}


def _published(labels: Mapping[str, Mapping[str, Any]], counts: list[ErasedCount]) -> Protected:
    told: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in labels}
    for one in counts:
        told[one.dimension][(one.category,)] += one.counted
        if one.dimension == DIMENSIONS[0]:  # each dimension counts everybody once
            told["year"][(str(one.year),)] += one.counted
    ledger = Ledger(
        {name: tuple(categories) for name, categories in labels.items()},
        [(name,) for name in labels],
        {(name,): found for name, found in told.items()},
    )
    try:
        published = protect(ledger)
        if audit(published.tables, ledger.guarded(10)):
            raise Refused([NOT_DECIDED])
    except NotDecided:
        raise Refused([NOT_DECIDED]) from None
    return published
