"""
Who is on record, when pages, searches and figures are measured?

Invented children by the thousand, recorded through the bulk door as a list would be: of each a
name, age, sex and country, apprehension, referral, approval, stay and separation, of most that they
are with their parent again; every second tied to the one before.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

_CHUNK = 2_000
_ZONE = "America/New_York"
_FIRST = date(2018, 4, 1)
LAST = date(2019, 4, 2)
_COUNTRIES = ("GT", "HN", "SV", "MX", "BR", "EC", "RO")
_OFFICES = ("Del Rio", "El Paso", "Harlingen", "Phoenix", "San Diego", "Sotol Ridge")
_SYLLABLES = (
    "ba",
    "ce",
    "do",
    "fi",
    "gu",
    "la",
    "mer",
    "nal",
    "po",
    "qui",
    "ran",
    "sol",
    "tu",
    "vez",
)
_GIVEN = tuple("".join(parts).capitalize() for parts in product(_SYLLABLES, repeat=2))
_FAMILY = tuple("".join(parts).capitalize() for parts in product(_SYLLABLES, repeat=3))


def populate(persons: int) -> dict[str, Any]:
    """Put so many persons on record."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from accompany.access import queries, trail  # noqa: PLC0415
    from accompany.facilities import actions as facilities  # noqa: PLC0415
    from accompany.people.terms import Event  # noqa: PLC0415
    from accompany.sources import actions as sources  # noqa: PLC0415
    from accompany.sources.terms import How, TellingFact  # noqa: PLC0415

    by, world = queries.operator(), _World(random.Random(1))
    told = TellingFact(how=How.LIST, learned_on=LAST, organisation=by.organisation)
    left = iter(range(persons))
    with trail.change(Event.PERSONS_RECORDED, by=by) as change:
        source = sources.tell(told, change=change)
        sources.store(facilities.places_ready(world.places, told=source), change)
        while chunk := len(list(islice(left, _CHUNK))):
            sources.store(world.ready(chunk, source, by.organisation), change)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    trail.seal()
    return {}


class _World:
    """Chance, the places, and the facts of one child after another."""

    def __init__(self, chance: random.Random) -> None:
        from accompany.base.ids import uuid7  # noqa: PLC0415 - Django is set up by now
        from accompany.facilities.terms import PlaceFact, PlaceKind  # noqa: PLC0415

        self._chance = chance
        self.places = [PlaceFact(uuid7(), name, PlaceKind.OFFICE, "") for name in _OFFICES]

    def ready(self, how_many: int, told: Any, holder: Any) -> Iterator[Any]:
        """Rows of all tables for some more children."""
        from accompany.custody import actions as custody  # noqa: PLC0415 - Django is set up by now
        from accompany.people import actions as people  # noqa: PLC0415
        from accompany.people.terms import Relation, TieFact  # noqa: PLC0415
        from accompany.sources import actions as sources  # noqa: PLC0415

        facts: dict[str, list[Any]] = {}
        for _ in range(how_many):
            for kind, found in self._child().items():
                facts.setdefault(kind, []).extend(found)
        persons, codes = facts["persons"], sources.take_codes(how_many)
        pairs = zip(persons[::2], persons[1::2], strict=False)
        ties = [TieFact(one.id, other.id, Relation.SIBLING) for one, other in pairs]
        yield from people.persons_ready(persons, told=told, holder=holder, codes=codes)
        yield from people.ties_ready(ties, told=told)
        for kind in ("apprehensions", "hand_overs", "stays", "separations", "reunifications"):
            yield from getattr(custody, f"{kind}_ready")(facts[kind], told=told)

    def _child(self) -> dict[str, list[Any]]:
        from accompany.base.dates import on_day  # noqa: PLC0415 - Django is set up by now
        from accompany.base.ids import uuid7  # noqa: PLC0415
        from accompany.custody import terms  # noqa: PLC0415

        chance, person = self._chance, self._person()
        taken = _FIRST + timedelta(days=chance.randrange(90))
        days = [taken, taken + timedelta(days=chance.randrange(1, 4))]
        days += [days[1] + timedelta(days=chance.randrange(3)), taken + timedelta(days=30)]
        began, referred, approved, left = (on_day(day, _ZONE) for day in days)
        dhs, orr = terms.Custodian.DHS, terms.Custodian.ORR
        together = chance.random() < 0.75
        office = chance.choice(self.places).id
        departure = terms.Departure.REUNIFIED if together else None
        kinds = terms.HandOverKind
        return {
            "persons": [person],
            "apprehensions": [terms.ApprehensionFact(person.id, dhs, began)],
            "hand_overs": [
                terms.HandOverFact(person.id, kinds.REFERRED, dhs, orr, referred, office),
                terms.HandOverFact(person.id, kinds.APPROVED, dhs, orr, approved),
            ],
            "stays": [
                terms.StayFact(person.id, orr, approved, left if together else None, departure)
            ],
            "separations": [
                terms.SeparationFact(person.id, uuid7(), dhs, began, chance.choice([*terms.Cause]))
            ],
            "reunifications": [
                terms.ReunificationFact(
                    person.id, uuid7(), terms.ReunifiedWith.SEPARATED_PARENT, left
                )
            ]
            if together
            else [],
        }

    def _person(self) -> Any:
        from accompany.base.ids import uuid7  # noqa: PLC0415 - Django is set up by now
        from accompany.people.terms import BirthFact, NameFact, PersonFact, Sex  # noqa: PLC0415

        chance = self._chance
        given = f"{_few(chance, _GIVEN)} {_few(chance, _GIVEN)}"
        return PersonFact(
            uuid7(),
            names=(NameFact(given, _few(chance, _FAMILY), _few(chance, _FAMILY)),),
            birth=BirthFact(age=chance.randrange(1, 18)),
            sex=chance.choice((Sex.FEMALE, Sex.MALE)),
            nationality=chance.choice(_COUNTRIES),
        )


def _few(chance: random.Random, words: tuple[str, ...]) -> str:
    """One of the words; a few of them are common, as names are."""
    return words[min(int(chance.paretovariate(0.6)) - 1, chance.randrange(len(words)))]


def some_persons(how_many: int, *, seed: int = 1) -> list[Any]:
    """Persons from all over the record."""
    from accompany.people.models import Person  # noqa: PLC0415 - Django is set up by now

    ids = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(seed).sample(ids, min(how_many, len(ids)))
    return [Person.objects.get(pk=one) for one in chosen]
