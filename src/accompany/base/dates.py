"""
When did it happen, as sure as its source was?

A source says a minute, a day, a month, or only that it happened. What is stored is the span in
which the moment lies, half-open and in UTC, with the precision it was told in and the zone of the
place, so that any two compare soundly. *Not told* is no date at all; *told, day unknown* is a date
whose span is wide or open.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

PARTS = ("earliest", "latest", "precision", "zone")


class Precision(models.TextChoices):
    """How exactly a source told a moment."""

    MINUTE = "minute", "to the minute"
    DAY = "day", "to the day"
    MONTH = "month", "to the month"
    YEAR = "year", "to the year"
    BETWEEN = "between", "told; the day is not known, but lies between two days"
    UNKNOWN = "unknown", "told; the day is not known"


@dataclass(frozen=True, slots=True)
class When:
    """
    The span `[earliest, latest)` in which a moment lies; a bound is None where nobody gave one.

    `zone` is the IANA name of the zone of the place; days are days there.
    """

    earliest: datetime | None
    latest: datetime | None
    precision: Precision
    zone: str

    def columns(self) -> tuple[datetime | None, datetime | None, str, str]:
        """The four columns, in the order of PARTS."""
        return (self.earliest, self.latest, self.precision, self.zone)

    @property
    def first_day(self) -> date | None:
        """The earliest day it can have been, at the place."""
        return None if self.earliest is None else _local_day(self.earliest, self.zone)

    @property
    def last_day(self) -> date | None:
        """The latest day it can have been, at the place."""
        return None if self.latest is None else _local_day_before(self.latest, self.zone)

    @property
    def day(self) -> date | None:
        """The day, if it is known to the day."""
        return self.first_day if self.precision in (Precision.MINUTE, Precision.DAY) else None

    def certainly_before(self, other: "When") -> bool:
        """No reading of both spans has this one at or after the other."""
        return (
            self.latest is not None and other.earliest is not None and self.latest <= other.earliest
        )


NOT_TOLD = (None, None, None, None)  # the four columns of a date that nobody gave


Columns = tuple[datetime | None, datetime | None, str | None, str | None]


def columns_of(when: When | None) -> Columns:
    """The four columns of a date or of none, in the order of PARTS."""
    return NOT_TOLD if when is None else when.columns()


@lru_cache(maxsize=65_536)
def on_day(day: date, zone: str) -> When:
    """Told to the day, at a place in `zone`."""
    return When(_midnight(day, zone), _midnight(_after(day), zone), Precision.DAY, zone)


def at_minute(moment: datetime, zone: str) -> When:
    """Told to the minute; `moment` is aware, or a time on the wall of a place in `zone`."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    start = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return When(start, start + timedelta(minutes=1), Precision.MINUTE, zone)


def in_month(year: int, month: int, zone: str) -> When:
    """Told to the month."""
    after = date(year + month // 12, month % 12 + 1, 1)
    return When(
        _midnight(date(year, month, 1), zone), _midnight(after, zone), Precision.MONTH, zone
    )


def in_year(year: int, zone: str) -> When:
    """Told to the year."""
    return When(
        _midnight(date(year, 1, 1), zone),
        _midnight(date(year + 1, 1, 1), zone),
        Precision.YEAR,
        zone,
    )


@lru_cache(maxsize=65_536)
def between(first: date | None, last: date | None, zone: str) -> When:
    """Told, day unknown: not before `first` and not after `last`, where either is known."""
    if first is None and last is None:
        return When(None, None, Precision.UNKNOWN, zone)
    return When(
        None if first is None else _midnight(first, zone),
        None if last is None else _midnight(_after(last), zone),
        Precision.BETWEEN,
        zone,
    )


def _after(day: date) -> date:
    return day + timedelta(days=1)


@lru_cache(maxsize=65_536)
def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=65_536)
def _local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=65_536)
def _local_day_before(moment: datetime, zone: str) -> date:
    return _local_day(moment - timedelta(microseconds=1), zone)


class Uncertain:
    """
    Four columns of a model that together hold a When, or nothing where it was not told.

    `began = Uncertain()` makes began_earliest, began_latest, began_precision and began_zone, and an
    attribute `began` that reads and writes all four.
    """

    name: str

    def __init__(self, *, help_text: str = "") -> None:
        self.help_text = help_text

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        self.name = name
        fields: tuple[models.Field, ...] = (  # type: ignore[type-arg]
            models.DateTimeField(null=True, help_text=self.help_text),
            models.DateTimeField(null=True, help_text="Exclusive: the first moment it cannot be."),
            models.TextField(null=True, choices=Precision),
            models.TextField(null=True),
        )
        for part, field in zip(PARTS, fields, strict=True):
            model.add_to_class(f"{name}_{part}", field)
        setattr(model, name, property(self._read, self._write))

    def _read(self, row: models.Model) -> When | None:
        earliest, latest, precision, zone = (getattr(row, f"{self.name}_{p}") for p in PARTS)
        return None if precision is None else When(earliest, latest, Precision(precision), zone)

    def _write(self, row: models.Model, when: When | None) -> None:
        for part, value in zip(PARTS, columns_of(when), strict=True):
            setattr(row, f"{self.name}_{part}", value)


def names_of(*dates: str) -> tuple[str, ...]:
    """The column names of uncertain dates: for lists of columns and for privacy classes."""
    return tuple(f"{name}_{part}" for name in dates for part in PARTS)


def sound(model: str, name: str) -> models.CheckConstraint:
    """The constraint that a date's span is not empty, and that what is not told has no bounds."""
    earliest, latest, precision = f"{name}_earliest", f"{name}_latest", f"{name}_precision"
    span = Q(**{f"{earliest}__isnull": True}) | Q(**{f"{latest}__isnull": True})
    told = Q(**{f"{precision}__isnull": False})
    nothing = Q(**{f"{earliest}__isnull": True, f"{latest}__isnull": True})
    return models.CheckConstraint(
        name=f"{model}_{name}_is_sound",
        condition=(span | Q(**{f"{latest}__gt": F(earliest)})) & (told | nothing),
    )


def in_order(model: str, first: str, then: str) -> models.CheckConstraint:
    """The constraint that some reading of both dates has the first not after the second."""
    return models.CheckConstraint(
        name=f"{model}_{first}_before_{then}",
        condition=Q(**{f"{first}_earliest__isnull": True})
        | Q(**{f"{then}_latest__isnull": True})
        | Q(**{f"{then}_latest__gt": F(f"{first}_earliest")}),
    )
