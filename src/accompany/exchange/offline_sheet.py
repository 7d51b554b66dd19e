"""
Who must be where in the next seven days, when the service is gone?

A sheet that opens in any browser without a network, and prints on paper: made while the service is
there, encrypted like a backup, and carried by those who go along. It holds no more than a companion
needs at the door: what somebody is called and their code, never a number or an address of theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from accompany.base import codes
from accompany.base.refusal import refuse_if
from accompany.exchange.age_file import Lock
from accompany.exchange.backup import FILE_THERE, fresh_file

DAYS = 7


@dataclass(frozen=True, slots=True)
class Appointment:
    """
    One place that one person must be at: a hearing, a check-in, a visit.

    `person` is a code; `what` and `place` are words; a time or companion that nobody knows of yet
    is None.
    """

    day: date
    time: time | None
    what: str
    place: str
    person: str
    called: str
    companion: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the sheet with what is to be on it, by the clock; what has no time comes first."""

    day: date
    appointments: tuple[Appointment, ...]


def next_days(appointments: Iterable[Appointment], *, on: date) -> list[Day]:
    """The seven days that begin with this one; whatever is on another is left out."""
    ordered = sorted(appointments, key=lambda one: (one.time or time.min, one.called, one.person))
    days = [on + timedelta(days=number) for number in range(DAYS)]
    return [Day(day, tuple(one for one in ordered if one.day == day)) for day in days]


def as_page(appointments: Iterable[Appointment], *, on: date, language: str = "en") -> str:
    """The sheet as one page of HTML that asks for nothing from outside it."""
    days = next_days(appointments, on=on)
    lines = [(day.day, [_line(one) for one in day.appointments]) for day in days]
    context = {"language": language, "days": lines, "first": days[0].day, "last": days[-1].day}
    with translation.override(language):
        return render_to_string("exchange/offline_sheet.html", context)


def _line(one: Appointment) -> dict[str, Any]:
    return {
        "time": one.time,
        "what": one.what,
        "place": one.place,
        "code": codes.shown(one.person),
        "called": one.called,
        "companion": one.companion,
    }


def write(
    file: Path,
    appointments: Iterable[Appointment],
    lock: Lock,
    *,
    on: date,
    language: str = "en",
) -> None:
    """
    Write the sheet, encrypted for those who carry it.

    Raises Refused if there is a file of that name, or if it is for nobody.
    """
    refuse_if([FILE_THERE] if file.exists() else [])
    lock.refuse_unless_sound()
    page = as_page(appointments, on=on, language=language)
    with fresh_file(file) as to:
        lock.write([page.encode()], to)
