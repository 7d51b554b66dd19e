"""
Which lists would agencies send of the demo's world?

Three, each in the style of its agency, with the slips and faults that lists have: some persons are
on record already under other spellings, a day does not exist, a row repeats another, a printed
page left its column letters.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from openpyxl import Workbook

from accompany.cli.world import PLACES
from accompany.cli.world_builder import Family, Someone, World
from accompany.cli.world_names import misspelt
from accompany.exchange import separated_children
from accompany.facilities.terms import PlaceKind
from accompany.people.terms import Sex

CHILDREN = 168


class DemoList(NamedTuple):
    """A list file, the layout that reads it, and the options of the command besides."""

    path: Path
    layout: str
    options: tuple[str, ...]
    what: str


def write(folder: Path, world: World) -> list[DemoList]:
    """Write the three lists and their mapping; what they are."""
    folder.mkdir(exist_ok=True)
    weekly, apprehensions, roster = (
        folder / name for name in ("orr-weekly.csv", "cbp-apprehensions.csv", "ice-roster.xlsx")
    )
    mapping = folder / "cbp-apprehensions.toml"
    _write_weekly(weekly, world)
    _write_apprehensions(apprehensions, world)
    mapping.write_text(MAPPING, encoding="utf-8")
    _write_roster(roster, world)
    return [
        DemoList(
            weekly,
            separated_children.NAME,
            ("--as-of", world.today.isoformat()),
            "ORR: separated children, without names",
        ),
        DemoList(
            apprehensions,
            "people",
            ("--from", "cbp", "--mapping", str(mapping)),
            "CBP: apprehensions, headings in Spanish, with a mapping",
        ),
        DemoList(roster, "people", ("--from", "ice"), "ICE: a roster, as a workbook with titles"),
    ]


# --- ORR


def _write_weekly(path: Path, world: World) -> None:
    chance = Random(2_018_05)  # noqa: S311 - invented children, the same at every start
    heading = [spellings[0] for spellings in separated_children.COLUMNS.values()]
    rows = [_weekly_row(chance, world.today) for _ in range(CHILDREN)]
    rows[40][3] = _american(world.today).replace(f"{world.today.month}/", "13/", 1)
    rows[77] = [cell.replace(" ", "\n", 1) if " " in cell else cell for cell in rows[77]]
    rows.insert(97, [chr(ord("A") + n) for n in range(len(heading))])
    rows.append(rows[12])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


_CAUSES = (
    "ZERO TOLERANCE", "Zero Tolerance Policy", "CRIMINAL HISTORY", "PARENT HOSPITALIZED", "",
)  # fmt: skip


def _weekly_row(chance: Random, today: date) -> list[str]:
    apprehended = today - timedelta(days=chance.randint(20, 260))
    referred = apprehended + timedelta(days=chance.choice((0, 1, 1, 2, 2, 3, 6)))
    approved = referred + timedelta(days=chance.choice((0, 0, 1, 1, 2)))
    how, discharged = _outcome(chance, approved, today)
    return [
        str(chance.randint(*chance.choices(((1, 5), (6, 12), (13, 17)), (2, 4, 5))[0])),
        chance.choice(("M", "F", "M")),
        chance.choices(("GUATEMALA", "HONDURAS", "EL SALVADOR", "MEXICO"), (9, 8, 4, 1))[0],
        _american(apprehended),
        _american(referred),
        _american(approved),
        chance.choice(("LOWER BEND (LBS)", "Lower Bend (LBS)", "SALT FORK (SFK)")),
        chance.choice([name for name, kind, _code, _zone in PLACES if kind is PlaceKind.CHILDREN]),
        how,
        "ADMITTED" if discharged is None else "DISCHARGED",
        "" if discharged is None else _american(discharged),
        chance.choices(_CAUSES, (6, 3, 3, 1, 2))[0],
    ]


def _outcome(chance: Random, approved: date, today: date) -> tuple[str, date | None]:
    left = approved + timedelta(days=chance.randint(25, 120))
    if left >= today:
        return "CHILD STILL IN CARE", None
    if chance.random() < 0.7:
        return "REUNITED WITH SEPARATED PARENT", left
    return "DISCHARGED UNDER OTHER CIRCUMSTANCES", left


def _american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


# --- CBP

MAPPING = """\
# Which of the list's headings stand for which of ours: `accompany layouts people` names ours.
date_order = "dmy"

[columns]
"Apellidos" = "family_name"
"Nombres" = "given_name"
"Número A" = "a_number"
"Fecha de nacimiento" = "birth_date"
"Sexo" = "sex"
"País" = "nationality"
"Fecha de aprehensión" = "apprehended_on"
"Unidad familiar" = "family_unit"
"Autoridad" = "custodian"
"Estación" = "place"
"Madre" = "mother_name"
"Padre" = "father_name"
"Hijos" = "children"
"""
_HEADING = (
    "Apellidos", "Nombres", "Número A", "Fecha de nacimiento", "Sexo", "País",
    "Fecha de aprehensión", "Unidad familiar", "Autoridad", "Estación", "Madre", "Padre", "Hijos",
)  # fmt: skip
_SEX = {Sex.FEMALE: "mujer", Sex.MALE: "hombre"}


def _write_apprehensions(path: Path, world: World) -> None:
    known = [family for family in world.families if len(family.people) > 1][-14:]
    fresh = [_new_family(world, arrived) for arrived in (9, 8, 8, 6, 5, 5, 3)]
    rows = [row for family in known for row in _their_rows(family, slips=True)]
    rows += [row for family in fresh for row in _their_rows(family, slips=False)]
    rows[3][6] = f"31/02/{world.today.year}"
    rows[9][9] = "Estación del Vado"
    rows.insert(18, list(rows[5]))
    # As an old program on a Spanish desk would save it.
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([_HEADING, *rows])


def _new_family(world: World, arrived: int) -> Family:
    family = Family(world, arrived)
    family.parent()
    family.children(family.between(3, 9), family.between(10, 16))
    return family


def _their_rows(family: Family, *, slips: bool) -> Iterator[list[str]]:
    spelt: Callable[[str], str] = misspelt if slips else str
    adults, children = _by_age(family)
    for one in (*adults, *children):
        is_child = one in children
        yield [
            spelt(f"{one.family} {one.second}".strip()),
            spelt(one.given),
            "" if slips and is_child else _in_parts(one.a_number),
            f"{one.born:%d/%m/%Y}",
            _SEX[one.sex],
            one.country,
            f"{family.arrived:%d/%m/%Y}",
            family.unit,
            "Patrulla Fronteriza",
            PLACES[0][0],
            spelt(_named(adults, Sex.FEMALE)) if is_child else "",
            spelt(_named(adults, Sex.MALE)) if is_child else "",
            "" if is_child else "; ".join(spelt(child.name.written) for child in children),
        ]


def _in_parts(a_number: str) -> str:
    return f"A{a_number[:3]} {a_number[3:6]} {a_number[6:]}"


def _named(adults: Iterable[Someone], sex: Sex) -> str:
    return next((one.name.written for one in adults if one.sex is sex), "")


def _by_age(family: Family) -> tuple[list[Someone], list[Someone]]:
    adults = [one for one in family.people if one.age_on(family.arrived) >= 18]
    return adults, [one for one in family.people if one not in adults]


# --- ICE

_ROSTER = (
    "FAMILY NAME", "GIVEN NAME", "A NUMBER", "BOOKING NUMBER", "BIRTH DATE", "SEX", "NATIONALITY",
    "CUSTODIAN", "PLACE", "HELD SINCE", "NOTE",
)  # fmt: skip


def _write_roster(path: Path, world: World) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = "Roster"
    sheet.append(["ENFORCEMENT AND REMOVAL OPERATIONS"])
    sheet.append([f"Daily roster, run {_american(world.today)}"])
    sheet.append([])
    sheet.append(_ROSTER)
    rows = list(_roster_rows(world))
    rows[4][4] = "00/00/1990"
    for row in [*rows, rows[2]]:
        sheet.append(row)
    book.save(path)


def _roster_rows(world: World) -> Iterator[list[str]]:
    chance = Random(2_018_06)  # noqa: S311 - invented people, the same at every start
    adults = [one for family in world.families for one in _by_age(family)[0]]
    for number, one in enumerate(_every_other(adults)):
        yield [
            misspelt(one.family).upper(),
            misspelt(one.given).upper(),
            one.a_number if number % 5 else "",
            f"B{chance.randrange(10_000, 100_000)}",
            one.born.isoformat(),
            one.sex.value.upper(),
            one.country,
            "ICE",
            chance.choice(("Live Oak detention centre", "Ocotillo detention centre", "LVO")),
            (world.today - timedelta(days=chance.randint(3, 60))).isoformat(),
            "",
        ]


def _every_other(people: Sequence[Someone]) -> Sequence[Someone]:
    return people[::2][:24]
