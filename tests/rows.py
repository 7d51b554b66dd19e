"""
What can a row of any table of ours hold?

For tests of the storage itself, which must know no model by name: values by the kind of a column,
kept within the few constraints that tie columns together.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import models

from accompany.access.models import Organisation
from accompany.base.dates import PARTS, Uncertain
from accompany.base.ids import uuid7
from accompany.demands.models import Demand
from accompany.facilities.models import Facility
from accompany.people.models import Person
from accompany.sources.models import ReceivedList, ReceivedRow, Telling

LETTERS = "abz ÁñQ'eqchi’  Ж一\u0301🜁\n\t;\"\\%_"


Parents = dict[type[models.Model], list[UUID]]


def a_row_of(model: type[models.Model]) -> Any:
    """A stored row of the table, the same columns filled each time."""
    values = row_of(model, parents(), Random(model._meta.label))
    return model._base_manager.create(**values)


def parents() -> Parents:
    """Rows that foreign keys may point to, in the order of their ids."""
    home = Organisation.objects.create(code="home", name="Casa Común", kind="holder")
    there: Parents = {Organisation: [home.pk]}
    random = Random(1)
    for model in (Telling, ReceivedList, ReceivedRow, Person, Person, Facility, Demand):
        there[ReceivedRow] = there.get(ReceivedRow, [None])
        row = model._base_manager.create(**row_of(model, there, random))
        there[model] = [one for one in (*there.get(model, []), row.pk) if one]
    return there


def row_of(model: type[models.Model], there: Parents, random: Random) -> dict[str, Any]:
    """Values for every column of a row, by the names that a model's constructor takes."""
    values = {f.attname: _value(f, there, random) for f in model._meta.concrete_fields}
    for name in uncertain_dates(model):
        start = _moment(random)
        span = (start, start + timedelta(microseconds=random.randrange(1, 1 << 50)))
        parts = (*span, random.choice(["day", "between"]), "America/New_York")
        told = parts if random.random() < 0.7 else (None,) * 4
        values |= {f"{name}_{part}": told[place] for place, part in enumerate(PARTS)}
    return _within_constraints(model, values, there)


def uncertain_dates(model: type[models.Model]) -> list[str]:
    """The names of a model's uncertain dates."""
    found = []
    for base in model.__mro__:
        for name, value in vars(base).items():
            reads = getattr(value, "fget", None) if isinstance(value, property) else None
            if isinstance(getattr(reads, "__self__", None), Uncertain):
                found.append(name)
    return found


def _value(field: Any, there: Parents, random: Random) -> Any:
    if field.primary_key:
        return (
            uuid7()
            if field.get_internal_type() == "IdField"
            else random.randrange(1 << 40, 1 << 62)
        )
    if field.name == "withdrawn_in" or (field.null and random.random() < 0.3):
        return None
    if field.is_relation:
        return random.choice(there[field.related_model])
    return _BY_KIND[field.get_internal_type()](random)


def _text(random: Random) -> str:
    return "".join(random.choice(LETTERS) for _ in range(random.randrange(40)))


def _moment(random: Random) -> datetime:
    return datetime(1905, 3, 1, tzinfo=UTC) + timedelta(
        days=random.randrange(70_000),
        microseconds=random.choice([0, 1, 500_000, random.randrange(86_400_000_000)]),
    )


_BY_KIND: dict[str, Callable[[Random], Any]] = {
    "IdField": lambda random: UUID(int=random.getrandbits(128)),
    "BigIntegerField": lambda random: random.randrange(1 << 62),
    "IntegerField": lambda random: random.randrange(-(1 << 31), 1 << 31),
    "SmallIntegerField": lambda random: random.randrange(-(1 << 15), 1 << 15),
    "BooleanField": lambda random: random.random() < 0.5,
    "DateField": lambda random: date(1900, 1, 1) + timedelta(random.randrange(80_000)),
    "DateTimeField": _moment,
    "BinaryField": lambda random: random.randbytes(random.randrange(50)),
    "TextField": _text,
}


def _within_constraints(
    model: type[models.Model], values: dict[str, Any], there: Parents
) -> dict[str, Any]:
    """The values, with those that stand in a relation to one another put right."""
    persons = there.get(Person, [])
    for one, other in (("person_id", "relative_id"), ("person_id", "adult_id"), ("a_id", "b_id")):
        if {one, other} <= values.keys():
            values |= {one: persons[0], other: persons[1]}
    for columns, put_right in _TOGETHER.items():
        if set(columns) <= values.keys():
            values |= put_right(values)
    return values


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    began, ended = values["began_earliest"], values["ended_latest"]
    is_wrong = began and ended and ended <= began
    return {"ended_earliest": None, "ended_latest": None} if is_wrong else {}


_TOGETHER: dict[tuple[str, ...], Callable[[dict[str, Any]], dict[str, Any]]] = {
    ("has_none",): lambda row: {"has_none": row["value"] is None},
    ("teller",): lambda row: {"teller": "document", "document": row["document"] or "letter"},
    ("began_earliest", "ended_latest"): _in_order,
    ("since", "expires_on"): lambda row: {"expires_on": row["since"] + timedelta(365)},
    ("witness",): lambda row: {"witness": row["witness"] or b"sealed"},
    ("consent", "confirmed_by"): lambda row: {
        "consent": row["consent"] or uuid7(),
        "reason": None,
        "confirmed_by": None,
    },
    ("confirmed_by", "confirmed_at"): lambda row: {
        "confirmed_by": row["confirmed_by"] or uuid7(),
        "confirmed_at": row["confirmed_at"] or _moment(Random(1)),
        "mac": row["mac"] or b"mac",
    },
    ("question", "ended_at"): lambda row: {
        "question": row["question"] or b"sealed",
        "ended_at": None,
    },
    ("decision", "left"): lambda row: {"decision": "disclosed", "left": row["left"] or "days"},
}
"""What columns that stand in a relation to one another are put to, by the columns."""
