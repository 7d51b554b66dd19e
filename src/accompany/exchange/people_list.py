"""
The layout `people`: lists of persons with names, identifiers and relatives, from anybody.

Without a mapping the columns stand under the template's own names, most of them optional. A mapping
file (TOML) says which of the list's headings stand for which of ours:

    date_order = "mdy"

    [columns]
    "Apellidos" = "family_name"
    "Nombre" = "given_name"

A row makes one person for its subject and one for each relative it names, tied as said. Words that
are not read as a term of ours stay in the row, sealed: a column may hold anything.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from accompany.base.dates import When, between
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused
from accompany.custody.terms import (
    ApprehensionFact,
    Custodian,
    SeparationFact,
    StayFact,
)
from accompany.exchange import cells
from accompany.exchange.cells import Blank, HasNone, Names, Order, Partial, Read, fold
from accompany.exchange.faults import column_missing
from accompany.exchange.layouts import Layout, RowTeller, RowTold, Setting, role_kind
from accompany.exchange.reading import Cells, Heading, Row
from accompany.exchange.separated_children import cause_of
from accompany.people.terms import (
    BirthFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    PersonFact,
    Relation,
    Sex,
    Standing,
    TieFact,
)
from accompany.sources.terms import QuestionKind, RowKind

NAME = "people"
COLUMNS: dict[str, str] = {
    "full_name": gettext_noop("The whole name, where it is in one column."),
    "family_name": gettext_noop("Surnames, one or two."),
    "second_family_name": gettext_noop("The second surname, where it has a column of its own."),
    "given_name": gettext_noop("Given names."),
    "other_names": gettext_noop("Other spellings or names, separated by semicolons."),
    "a_number": gettext_noop("A-number, seven to nine digits; or “none”."),
    "family_unit": gettext_noop("Government family-unit number."),
    "booking_number": gettext_noop("Booking number."),
    "birth_date": gettext_noop("Day of birth, or month, or year."),
    "age": gettext_noop("Age in whole years."),
    "age_on": gettext_noop("The day of that age."),
    "sex": gettext_noop("f, m or x, or a word."),
    "nationality": gettext_noop("Country, in English or Spanish, or its two letters."),
    "apprehended_on": gettext_noop("Day of apprehension."),
    "custodian": gettext_noop("Who has the person: CBP, ICE, ORR, USMS, BOP, jail, …"),
    "place": gettext_noop("Where, by a name or code that is on record."),
    "held_since": gettext_noop("First day there."),
    "held_until": gettext_noop("First day no longer there."),
    "separated_on": gettext_noop("Day of separation from a parent."),
    "separation_cause": gettext_noop("Cause of separation, as stated."),
    "mother_name": gettext_noop("The mother's name."),
    "father_name": gettext_noop("The father's name."),
    "guardian_name": gettext_noop("The legal guardian's name."),
    "spouse_name": gettext_noop("The spouse's or partner's name."),
    "children": gettext_noop("Children's names, separated by semicolons."),
    "siblings": gettext_noop("Brothers' and sisters' names, separated by semicolons."),
    "standing": gettext_noop(
        "Standing on the list: in, out or indicated (not all criteria met). Left open: in."
    ),
    "note": gettext_noop("A note: kept in the row, and read by nobody but those who open it."),
}
"""The template's columns, each with its help."""

_NAMED_BY = ("full_name", "family_name", "given_name", "a_number")
_RELATIVES = {
    "mother_name": Relation.MOTHER,
    "father_name": Relation.FATHER,
    "guardian_name": Relation.GUARDIAN,
    "spouse_name": Relation.SPOUSE,
}
_SEVERAL = {"children": Relation.CHILD, "siblings": Relation.SIBLING}
_CUSTODIANS = {
    "cbp": Custodian.CBP,
    "border patrol": Custodian.CBP,
    "usbp": Custodian.CBP,
    "ofo": Custodian.CBP,
    "patrulla fronteriza": Custodian.CBP,
    "ice": Custodian.ICE,
    "ero": Custodian.ICE,
    "ice/ero": Custodian.ICE,
    "dhs": Custodian.DHS,
    "orr": Custodian.ORR,
    "hhs": Custodian.ORR,
    "hhs/orr": Custodian.ORR,
    "usms": Custodian.USMS,
    "us marshals": Custodian.USMS,
    "marshals": Custodian.USMS,
    "bop": Custodian.BOP,
    "bureau of prisons": Custodian.BOP,
    "jail": Custodian.LOCAL,
    "county jail": Custodian.LOCAL,
    "carcel": Custodian.LOCAL,
    "family": Custodian.FAMILY,
    "familia": Custodian.FAMILY,
    "sponsor": Custodian.SPONSOR,
    "patrocinador": Custodian.SPONSOR,
    "unknown": Custodian.UNKNOWN,
}

MAPPING_UNREADABLE = Objection(
    "exchange.mapping-unreadable",
    "The mapping file is not TOML, or has no table [columns] of texts.",
    'Write a line for each column, such as "Apellidos" = "family_name", under [columns].',
)
MAPPING_NOT_TAKEN = Objection(
    "exchange.mapping-not-taken",
    "Lists of this layout are read by their own headings, and take no mapping.",
    "Leave the mapping out, or use the layout `people`.",
)
DATE_ORDER_WRONG = Objection(
    "exchange.date-order-wrong",
    "The mapping's date_order is none that we know.",
    'Write date_order = "mdy", "dmy", "ymd" or "auto".',
)


MAPPING_TO_NOTHING = Objection(
    "exchange.mapping-to-nothing",
    "Line %(number)s of the mapping's columns leads to a column that the template does not have.",
    "See `accompany layouts people`, or the page Help, for the template's columns.",
)


@dataclass(frozen=True)
class People:
    """The layout as commands and pages know it, with a mapping or without."""

    columns: Mapping[str, str] = field(default_factory=lambda: {name: name for name in COLUMNS})
    date_order: Order = "ymd"
    name: str = NAME
    help: str = gettext_noop(
        "Persons with names, numbers and relatives, under the template's columns or a mapping."
    )
    agency: str | None = None

    def is_heading(self, found: Cells) -> bool:
        """Whether a column that names persons stands here, and no cell looks like a row of data."""
        there = {_plain(cell) for cell in found if cell}
        known = {_plain(heading): ours for heading, ours in self.columns.items()}
        ours = {known[heading] for heading in there & known.keys()}
        return bool(ours & set(_NAMED_BY)) and len(ours) >= min(2, len(self.columns))

    def reader(self, heading: Heading, setting: Setting) -> "Reader":
        """A reader of rows. Raises Refused if none names anybody, or a mapped one is missing."""
        columns = self._found(heading)
        if not any(columns.get(what) is not None for what in _NAMED_BY):
            raise column_missing("family_name", name=heading.file, row=heading.place)
        if self.columns.keys() != COLUMNS.keys():
            for what in self.columns.values():
                if columns.get(what) is None:
                    raise column_missing(what, name=heading.file, row=heading.place)
        return Reader(columns, setting, self.date_order)

    def _found(self, heading: Heading) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for theirs, ours in self.columns.items():
            if found.get(ours) is None:
                found[ours] = heading.column(theirs)
        return found

    def default_as_of(self, received_on: date) -> date:
        """A list tells of the day on which it was received, unless said otherwise."""
        return received_on

    def used_columns(self, heading: Heading) -> Sequence[int]:
        """All that stand under a heading we know."""
        return [column for column in self._found(heading).values() if column is not None]


def _plain(heading: str) -> str:
    return fold(heading.replace("_", " "))


def with_mapping(layout: Layout, text: str) -> People:
    """The layout `people` with a user's mapping. Raises Refused, telling what is wrong with it."""
    if layout.name != NAME:
        raise Refused([MAPPING_NOT_TAKEN])
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError):
        # Numbers of thousands of digits and brackets within brackets break it in ways of their own.
        raise Refused([MAPPING_UNREADABLE]) from None
    columns = told.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(ours, str) for ours in columns.values()):
        raise Refused([MAPPING_UNREADABLE])
    unknown = [
        replace(MAPPING_TO_NOTHING, values=(("number", str(number)),))
        for number, ours in enumerate(columns.values(), start=1)
        if ours not in COLUMNS
    ]
    order = told.get("date_order", "ymd")
    if order not in ("mdy", "dmy", "ymd", "auto"):
        unknown.append(DATE_ORDER_WRONG)
    if unknown:
        raise Refused(unknown)
    return People(columns=dict(columns), date_order=order)


class Reader:
    """Reads the rows of one file."""

    def __init__(self, columns: dict[str, int | None], setting: Setting, date_order: Order) -> None:
        self._columns = columns
        self._setting = setting
        self._day = partial(cells.day, order=date_order)

    def read(self, row: Row, row_id: UUID) -> RowTold:
        """What the row tells of its subject and of the relatives it names."""
        kind = role_kind(row)
        if kind is not RowKind.RECORD:
            return RowTold(kind)
        teller = _Subject(row, row_id, self._columns, self._setting)
        teller.read_day = self._day
        return teller.tell()


class _Subject(RowTeller):
    """One row: a person, and the relatives it names."""

    read_day: Callable[[str | None], Any]

    def fill(self) -> None:
        """The subject, their custody, and their relatives."""
        self.told.persons.append(self._person())
        self._custody()
        self._separation()
        for what, relation in _RELATIVES.items():
            name = self.value(what, _relative_name)
            if name is not None:
                self._relative(name, relation)
        for what, relation in _SEVERAL.items():
            for name in self._several(what):
                self._relative(name, relation)

    def _person(self) -> PersonFact:
        sex = self.value("sex", cells.sex)
        return PersonFact(
            self.subject,
            names=self._names(),
            identifiers=tuple(self._identifiers()),
            birth=self._birth(),
            sex=None if sex is None else Sex(sex),
            nationality=self.value("nationality", cells.country),
            row=self.row_id,
            on_list=self.setting.list_id,
            standing=self._standing(),
        )

    def _standing(self) -> Standing:
        """Whom a row names is on the list, unless the row says otherwise or cannot be read."""
        standing = self.value("standing", cells.standing)
        if standing is not None:
            return Standing(standing)
        is_blank = isinstance(cells.text(self.cell("standing")), Blank)
        return Standing.IN if is_blank else Standing.NOT_KNOWN

    def _names(self) -> tuple[NameFact, ...]:
        others = tuple(self._several("other_names"))
        main = self._main_name()
        return others if main is None else (main, *others)

    def _main_name(self) -> NameFact | None:
        whole = self.value("full_name", cells.person_names)
        if whole is not None:
            return _name(whole, cells.clean(self.cell("full_name") or ""))
        family = self.value("family_name", cells.text) or ""
        given = self.value("given_name", cells.text) or ""
        second = self.value("second_family_name", cells.text) or ""
        if not (family or given or second):
            return None
        written = " ".join(part for part in (given, family, second) if part)
        if family and given and not second:
            parts = cells.person_names(f"{family}, {given}")
            if isinstance(parts, Read):
                return _name(parts.value, written)
        return NameFact(given, family, second, written)

    def _identifiers(self) -> list[IdentifierFact]:
        found = []
        said = cells.a_number(self.cell("a_number"))
        if isinstance(said, HasNone):
            found.append(IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, None))
        else:
            number = self.value("a_number", cells.a_number)
            if number is not None:
                found.append(IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, number))
        for what, kind in (
            ("family_unit", IdentifierKind.FAMILY_UNIT),
            ("booking_number", IdentifierKind.BOOKING),
        ):
            value = self.value(what, cells.text)
            if value is not None:
                found.append(IdentifierFact(kind, Issuer.DHS, value.upper()))
        return found

    def _birth(self) -> BirthFact | None:
        born = self.value("birth_date", self.read_day)
        age = self.value("age", cells.whole)
        age_on = self.value("age_on", self.read_day)
        if born is None and age is None:
            return None
        told = None if born is None else _iso(born)
        year = None if born is None else born.year
        return BirthFact(told, year, age, age_on if isinstance(age_on, date) else None)

    def _custody(self) -> None:
        custodian = self._custodian()
        place = self._place()
        apprehended = self._when("apprehended_on")
        if apprehended is not None:
            agency = custodian if custodian in (Custodian.CBP, Custodian.ICE) else Custodian.DHS
            self.told.apprehensions.append(
                ApprehensionFact(self.subject, agency, apprehended, None, self.row_id)
            )
        since, until = self._when("held_since"), self._when("held_until")
        if custodian is None and place is None and since is None and until is None:
            return
        if since and until and until.certainly_before(since):
            self.ask(QuestionKind.CONTRADICTS, "held_until")
            return
        began = since or apprehended or between(None, self.setting.as_of, self.setting.zone)
        if until and until.certainly_before(began):
            self.ask(QuestionKind.CONTRADICTS, "held_until")
            return
        self.told.stays.append(
            StayFact(
                self.subject,
                custodian or Custodian.UNKNOWN,
                began,
                until,
                place=place,
                row=self.row_id,
            )
        )

    def _custodian(self) -> Custodian | None:
        said = self.value("custodian", cells.text)
        if said is None:
            return None
        custodian = _CUSTODIANS.get(fold(said))
        if custodian is None:
            self.ask(QuestionKind.CELL_UNREADABLE, "custodian")
        return custodian

    def _place(self) -> UUID | None:
        said = self.value("place", cells.text)
        if said is None:
            return None
        place = self.setting.places.get(said.casefold())
        if place is None:
            self.ask(QuestionKind.PLACE_NOT_ON_RECORD, "place")
        return place

    def _separation(self) -> None:
        on = self._when("separated_on")
        if on is None:
            return
        self.told.separations.append(
            SeparationFact(
                self.subject,
                uuid7(),
                self._separated_by(),
                on,
                cause_of(self.cell("separation_cause")),
                row=self.row_id,
            )
        )

    def _separated_by(self) -> Custodian:
        custodian = _CUSTODIANS.get(fold(self.cell("custodian") or ""))
        return custodian if custodian in (Custodian.CBP, Custodian.ICE) else Custodian.DHS

    def _relative(self, name: NameFact, relation: Relation) -> None:
        relative = PersonFact(uuid7(), names=(name,), row=self.row_id)
        self.told.persons.append(relative)
        self.told.ties.append(TieFact(self.subject, relative.id, relation, self.row_id))

    def _several(self, what: str) -> list[NameFact]:
        names = self.value(what, cells.several)
        found = [(name, cells.person_names(name)) for name in names or ()]
        return [_name(parts.value, name) for name, parts in found if isinstance(parts, Read)]

    def _when(self, what: str) -> When | None:
        return self.when(what, self.read_day)


def _relative_name(cell: str | None) -> Any:
    said = cells.person_names(cell)
    if isinstance(said, Read):
        return Read(_name(said.value, cells.clean(cell or "")))
    return said


def _name(parts: Names, written: str) -> NameFact:
    family, *second = parts.family or ("",)
    return NameFact(parts.given, family, " ".join(second), written)


def _iso(born: date | Partial) -> str:
    if isinstance(born, date):
        return born.isoformat()
    return f"{born.year:04}-{born.month:02}" if born.month else f"{born.year:04}"


LAYOUT = People()
