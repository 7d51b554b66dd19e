"""
Which list is received, when receiving is measured?

One in the style of the list that was released: the same headings, a line of column letters after
each printed page, cells left blank, days that contradict each other now and then. Every value is
invented, and the same seed gives the same file.
"""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADINGS = (
    "AGE",
    "GENDER",
    "COO",
    "DATE_APPREHENDED",
    "REFERRAL_DATE",
    "DATE_ORR_APPROVED",
    "REFERRING OFFICE",
    "FACILITY_APPROVED",
    "REUNITIED_SEP_PARENTS",
    "UAC STATUS",
    "Date Discharged",
    "Reason fo Separation",
)
ROWS_ON_A_PAGE = 50
_COUNTRIES = ("Guatemala", "Honduras", "El Salvador", "Mexico", "Brazil", "Ecuador", "Romania")
_SHARES = (50, 30, 10, 4, 3, 2, 1)
_OFFICES = tuple(
    f"{place} ({code})"
    for place, code in (
        ("Paloma Flats", "PFL"),
        ("Rio Seco", "RSC"),
        ("Mesquite Crossing", "MQC"),
        ("Dry Lake", "DLK"),
        ("Two Wells", "TWW"),
        ("Sotol Ridge", "STR"),
    )
)
_FACILITIES = tuple(f"Shelter {word} House" for word in ("Acorn", "Birch", "Cedar", "Elm", "Fir"))
_CAUSES = ("Zero Tolerance Policy", "Parent Criminal History", "Unverified tie", "")
_FIRST = date(2018, 4, 1)


def write_list(path: Path, persons: int, *, seed: int = 1) -> None:
    """Write a list of so many children, as CSV in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_lines(persons, random.Random(seed)))


def _lines(persons: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    yield HEADINGS
    for number in range(1, persons + 1):
        yield _child(chance)
        if number % ROWS_ON_A_PAGE == 0:
            yield tuple(chr(ord("A") + column) for column in range(len(HEADINGS)))


def _child(chance: random.Random) -> tuple[str, ...]:
    taken = _FIRST + timedelta(days=chance.randrange(90))
    referred = taken + timedelta(days=chance.randrange(4))
    approved = referred + timedelta(days=chance.randrange(-1 if chance.random() < 0.005 else 0, 3))
    left = approved + timedelta(days=chance.randrange(5, 200))
    still = chance.random() < 0.06
    united = (
        "Reunited with Sep Parent"
        if chance.random() < 0.75
        else "Discharged Under other circumstances"
    )
    return (
        str(min(int(chance.triangular(0, 18, 14)), 17)),
        chance.choice("MF"),
        chance.choices(_COUNTRIES, _SHARES)[0],
        _us(taken),
        _us(referred),
        _us(approved),
        chance.choice(_OFFICES) if chance.random() < 0.99 else "",
        chance.choice(_FACILITIES),
        "Child Still in Care" if still else united,
        "Admitted" if still else "DISCHARGED",
        "" if still else _us(left),
        chance.choice(_CAUSES),
    )


def _us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
