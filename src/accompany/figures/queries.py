"""Which figures may be read, and what do they say?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.base import clock, spreadsheet
from accompany.base.refusal import Objection, Refused
from accompany.figures.catalogue import CATALOGUE, Days, Results, results
from accompany.figures.disclosure import percent
from accompany.figures.extract import (
    Content,
    Extract,
    NotThere,
    Progress,
    content_at,
    extract_at,
    extract_there,
    told_by,
)
from accompany.figures.ledger import Cell, Table
from accompany.figures.solver import NotDecided
from accompany.figures.terms import QUARTILES, Dimension, Event, Figure, Measure, Words

__all__ = ["CATALOGUE", "Answer", "NotThere", "Row", "exact", "figures", "publishable"]

QUARTILES_FROM = 44  # children, so that eleven are in each quarter
_RESULTS_KEPT = 32

NO_SUCH_FIGURE = Objection(
    "figures.no-such-figure",
    "There is no figure of that name.",
    "The command `figures` and the page Figures list the names.",
)
NO_SUCH_DIMENSION = Objection(
    "figures.no-such-dimension",
    "Figures are not told by that.",
    "Ask by sex, country, age-group, office or stated-cause.",
)
NOT_TOLD_BY_THAT = Objection(
    "figures.not-told-by-that",
    "This figure is not told by that: its groups would be so small, or so alike, that they tell of "
    "single children.",
    "The figure's definition says by what it is told.",
)
DAY_NOT_COME = Objection(
    "figures.day-not-come",
    "Nothing was counted: the day asked for had not come at the moment of knowledge.",
    "Ask for a day that had come by then, or leave out the moment.",
)
NOT_DECIDED = Objection(
    "figures.not-decided",
    "Nothing was published: it was not found out in time which numbers have to be left out.",
    "Try again when the machine has less to do, or ask for another day.",
)

WITHHELD_NOTE = _(
    "Withheld so that no published number, alone or with others, points at a child. It may be "
    "small, or be withheld to protect another number."
)
PROTECTED_NOTE = _("Protected by itself and against what is published, not against another print.")
EXACT_NOTE = _(
    "Exact, for your work; not for publication. Two such prints differ by single children."
)


@dataclass(frozen=True)
class Row:
    """
    One number of an answer.

    `by` names its group by codes, `labels` by words. `value` is None where it is withheld, and
    where nobody's days are known. `of` is the number, itself published, of the children of whom the
    group is a part. `at_least`: the days are not over.
    """

    by: Mapping[str, str]
    labels: tuple[Words, ...]
    value: int | None
    measure: Measure = Measure.CHILDREN
    unit: str = "children"
    of: int | None = None
    at_least: bool = False
    is_withheld: bool = False

    @property
    def label(self) -> str:
        """The group in words of the reader's language."""
        return " · ".join(str(label) for label in self.labels) or gettext("All")

    @property
    def percent(self) -> int | None:
        """Whole percent of `of`: from published numbers only."""
        return percent(self.value, self.of) if self.measure is Measure.CHILDREN else None

    @property
    def said(self) -> str:
        """The number in words of the reader's language."""
        if self.is_withheld:
            return gettext("withheld")
        if self.value is None:
            return gettext("not known")
        return self._number(self.value)

    def _number(self, value: int) -> str:
        number = number_format(value, use_l10n=True, force_grouping=True)
        if self.unit == "children":
            return number
        if self.unit == "days":
            said = ngettext("%(n)s day", "%(n)s days", value) % {"n": number}
        elif value:
            said = ngettext("about %(n)s week", "about %(n)s weeks", value) % {"n": number}
        else:
            said = gettext("less than a week")
        return gettext("%(time)s so far") % {"time": said} if self.at_least else said

    def as_json(self) -> dict[str, Any]:
        """As the format promises: a number or null, never a text, never a bound."""
        told: dict[str, Any] = {"by": dict(self.by)}
        if self.measure is not Measure.CHILDREN:
            told |= {"measure": str(self.measure), "unit": self.unit}
        told["value"] = self.value
        if self.at_least:
            told["at_least"] = True
        if self.is_withheld:
            told["withheld"] = True
        return told


@dataclass(frozen=True)
class Answer:
    """
    What a figure says on a day, as known at a moment; `whole` is the size of its population.

    `is_behind`: newer facts are on record, of which nothing can be counted yet. `erased_since`
    persons were on record at that moment and are no longer counted.
    """

    figure: Figure
    on: date
    known_on: datetime
    by: str | None
    is_exact: bool
    whole: Row
    rows: tuple[Row, ...]
    sources: tuple[tuple[str, str], ...]
    erased_since: int = 0
    is_behind: bool = False

    @property
    def erased_words(self) -> str:
        """How many persons were erased since the moment; empty if none was."""
        return erased_words(self.erased_since)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """By what the rows are told apart, in order."""
        return tuple(self.figure.population.dimensions[name] for name in self._told_by)

    @property
    def _told_by(self) -> Table:
        return _table(self.figure, self.by)

    @property
    def note(self) -> Words:
        """What every print of this kind carries."""
        return EXACT_NOTE if self.is_exact else PROTECTED_NOTE

    @property
    def withheld(self) -> int:
        """How many numbers are withheld."""
        return sum(row.is_withheld for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """For programs; texts are in the reader's language, codes are not."""
        figure = self.figure
        return {
            "figure": figure.name,
            "question": str(figure.question),
            "unit": str(figure.unit),
            "population": str(figure.population.title),
            "on": self.on.isoformat(),
            "known_on": self.known_on.isoformat(),
            "rule_version": figure.rule_version,
            "sources": [{"told_by": name, "how": how} for name, how in self.sources],
            "leaves_out": [str(line) for line in figure.leaves_out],
            "exact": self.is_exact,
            "note": str(self.note),
            "erased_since": self.erased_since,
            "whole": self.whole.as_json(),
            "values": [row.as_json() for row in self.rows],
        }

    def as_csv(self) -> str:
        """For spreadsheets: an empty value where it is withheld."""
        names = self._told_by
        moment = {"on": self.on.isoformat(), "known_on": self.known_on.isoformat()}
        moment["erased_since"] = str(self.erased_since)
        heading = [*names, "measure", "unit", "value", "status", *moment]
        rows = ([*self._cells(row), *moment.values()] for row in self.rows)
        return spreadsheet.as_csv([heading, *rows])

    def _cells(self, row: Row) -> list[object]:
        status = "withheld" if row.is_withheld else "shown"
        groups = [row.by.get(name, "") for name in self._told_by]
        what = [row.measure.value, row.unit, row.value, "exact" if self.is_exact else status]
        return [*groups, *what]


def erased_words(number: int) -> str:
    """That so many persons were erased since the moment of an answer; empty if none was."""
    if not number:
        return ""
    said = ngettext(
        "%(n)s person has been erased since, and is not in this answer.",
        "%(n)s persons have been erased since, and are not in this answer.",
        number,
    )
    return said % {"n": number_format(number, use_l10n=True, force_grouping=True)}


def figures(*, seen_by: Actor) -> list[Figure]:
    """Every figure, in the order of the catalogue."""
    seen_by.must(Permission.SEE_FIGURES)
    return list(CATALOGUE.values())


def publishable(
    name: str,
    *,
    on: date,
    seen_by: Actor,
    known_on: datetime | None = None,
    by: str | None = None,
    progress: Progress | None = None,
    may_wait: bool = True,
) -> Answer:
    """
    What a figure says on a day, with what has to be withheld left out.

    Decided over all figures of the population and all they are told by, whichever is asked for.
    Whoever may not wait is answered from the newest extract there is, as of its moment. Raises
    Refused, and MeasurementFailed; without waiting, NotThere.
    """
    seen_by.must(Permission.SEE_FIGURES)
    asked = _Asked(_figure(name, by), on, known_on, by, seen_by.organisation)
    return _answer(asked, progress=progress, may_wait=may_wait, is_exact=False)


def exact(
    name: str,
    *,
    on: date,
    seen_by: Actor,
    known_on: datetime | None = None,
    by: str | None = None,
    progress: Progress | None = None,
    may_wait: bool = True,
) -> Answer:
    """
    What a figure says on a day, exactly; never for publication. Leaves an entry in the trail.

    Waiting is as for `publishable`. Raises Refused, and MeasurementFailed; without waiting,
    NotThere.
    """
    seen_by.must(Permission.SEE_FIGURES, Permission.SEE_EXACT_FIGURES)
    asked = _Asked(_figure(name, by), on, known_on, by, seen_by.organisation)
    answer = _answer(asked, progress=progress, may_wait=may_wait, is_exact=True)
    trail.look(Event.EXACT_READ, by=seen_by, about=(), counts={"numbers": len(answer.rows)})
    return answer


@dataclass(frozen=True)
class _Asked:
    """What is asked of a figure, and by which organisation."""

    figure: Figure
    on: date
    known_on: datetime | None
    by: str | None
    organisation: UUID


def _answer(asked: _Asked, *, progress: Progress | None, may_wait: bool, is_exact: bool) -> Answer:
    on, organisation = asked.on, asked.organisation
    if on > _day_of(asked.known_on or clock.now()):
        raise Refused([DAY_NOT_COME])
    with trail.reading_at(asked.known_on) as known:
        moment = known.moment
        if may_wait:
            extract = extract_at(known, organisation, progress)
        else:
            extract, moment = extract_there(known, organisation, newest=asked.known_on is None)
        is_behind = extract.content != content_at(known)
        sources = tuple(told_by(extract))
        erased = trail.erased_since(known, organisation=organisation)
    if is_behind:
        # What was known then says nothing of a day that had not come.
        on = min(on, _day_of(moment))
    found = _results(asked.figure, extract, organisation, on)
    told = _Told(asked.figure, found, is_exact=is_exact)
    return Answer(
        asked.figure,
        on,
        moment,
        asked.by,
        is_exact,
        told.row(Cell((), ())),
        tuple(told.rows(asked.by)),
        sources,
        erased,
        is_behind,
    )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _figure(name: str, by: str | None) -> Figure:
    figure = CATALOGUE.get(name)
    if figure is None:
        raise Refused([NO_SUCH_FIGURE])
    if by is not None and by not in figure.dimensions:
        known = any(by in other.dimensions for other in CATALOGUE.values())
        raise Refused([NOT_TOLD_BY_THAT if known else NO_SUCH_DIMENSION])
    return figure


_results_kept: OrderedDict[tuple[UUID, Content, str, date], Results] = OrderedDict()
_deciding = threading.Lock()


def _results(figure: Figure, extract: Extract, organisation: UUID, on: date) -> Results:
    """Everything about a population on one day: decided once for one state of the record."""
    key = (organisation, extract.content, figure.population.name, on)
    with _deciding:
        for kept in [kept for kept in _results_kept if kept[1].erasures != key[1].erasures]:
            del _results_kept[kept]
        if key not in _results_kept:
            try:
                _results_kept[key] = results(figure.population, extract.engine, on=on)
            except NotDecided:
                raise Refused([NOT_DECIDED]) from None
        _results_kept.move_to_end(key)
        while len(_results_kept) > _RESULTS_KEPT:
            _results_kept.popitem(last=False)
        return _results_kept[key]


def _table(figure: Figure, by: str | None) -> Table:
    """The table in which a figure is told by a dimension, in the order of its population."""
    asked = {by, figure.list_by}
    return tuple(name for name in figure.population.dimensions if name in asked)


class _Told:
    """A figure's results as rows."""

    def __init__(self, figure: Figure, found: Results, *, is_exact: bool) -> None:
        self._figure, self._found, self._is_exact = figure, found, is_exact

    def rows(self, by: str | None) -> Iterator[Row]:
        """Every group of a table, and the quartiles of its days if the figure is one of days."""
        table = _table(self._figure, by)
        for cell in self._found.ledger.cells:
            if cell.table == table:
                yield self.row(cell)
                if table == self._figure.days_by:
                    yield from self._days(cell)
        if self._figure.days_by == () != table:
            yield from self._days(Cell((), ()))

    def row(self, cell: Cell) -> Row:
        """How many children are in one group."""
        value = self._count(cell)
        wider = Cell(cell.table[:-1], cell.categories[:-1]) if cell.table else None
        return self._row(
            cell,
            value=value,
            of=None if wider is None else self._count(wider),
            is_withheld=value is None,
        )

    def _count(self, cell: Cell) -> int | None:
        if self._is_exact:
            return self._found.ledger.cells[cell]
        return self._found.published.value(cell.table, cell.categories)

    def _row(self, cell: Cell, **what: Any) -> Row:
        dimensions = self._figure.population.dimensions
        pairs = list(zip(cell.table, cell.categories, strict=True))
        labels = tuple(dimensions[name].categories[category] for name, category in pairs)
        return Row(dict(pairs), labels, **what)

    def _days(self, cell: Cell) -> Iterator[Row]:
        """
        The quartiles of a group's days: published in whole weeks, of groups large enough.

        Eleven children are in each quarter then; so a day is no single child's.
        """
        days = self._found.days[self._figure.name].get(cell.categories)
        if self._is_exact:
            values, unit, is_withheld = _exact_quartiles(days), "days", False
        else:
            may_show = _is_large(days) and _is_large(self._count(cell))
            values, unit, is_withheld = (
                _in_weeks(days) if may_show else (None,) * 3,
                "weeks",
                not may_show,
            )
        so_far = cell.categories in self._figure.so_far
        told = {"unit": unit, "at_least": so_far, "is_withheld": is_withheld}
        for measure, value in zip(QUARTILES, values, strict=True):
            yield self._row(cell, value=value, measure=measure, **told)


def _is_large(group: Days | int | None) -> bool:
    known = group.known if isinstance(group, Days) else group
    return known is not None and known >= QUARTILES_FROM


def _exact_quartiles(days: Days | None) -> tuple[int | None, ...]:
    return (None,) * 3 if days is None else days.quartiles


def _in_weeks(days: Days | None) -> tuple[int | None, ...]:
    return (None,) * 3 if days is None else tuple((day + 3) // 7 for day in days.quartiles)
