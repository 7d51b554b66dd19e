"""
What do figures count in?

The statements that stood at a sealed position of the trail, of the persons whom one organisation
holds, as plain columns in memory: coded terms and days, nothing sealed. A person's id is needed
only to find out which records are one child; what stays is the child's row number. Rows of a table
stand in the order in which they were recorded. Refuted statements are left out.

Of a large record a job makes the extract beforehand and keeps it, packed, in a derived table, from
which each process opens it in a small part of the time that making it takes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from accompany.access import trail
from accompany.access.models import Brought
from accompany.access.trail import Known
from accompany.custody.models import Apprehension, HandOver, Reunification, Separation, Stay
from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    HandOverKind,
    ReunifiedWith,
    SeparatedFrom,
)
from accompany.facilities.models import Facility
from accompany.facilities.terms import PlaceKind
from accompany.figures import packing
from accompany.figures.engine import NOTHING, Engine, enumeration
from accompany.figures.models import ExtractKept, ExtractPiece
from accompany.people.models import Birth, Description, Joined, Person
from accompany.people.terms import Sex
from accompany.sources.models import Telling
from accompany.sources.terms import Certainty

LARGE = 5_000  # persons: up to here an extract is made while a page waits, in half a second
_CHUNK = 20_000
_KEPT = 2  # extracts a process keeps: of now, and of one moment before
_QUARTER = 900  # seconds; clocks have only ever been changed at full quarters of an hour
_DAY = 86_400


@dataclass(frozen=True)
class Shape:
    """One table of the extract: the model it is made of, its terms, its numbers and its dates."""

    model: type[models.Model]
    terms: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    has_office: bool = False

    @property
    def days(self) -> tuple[str, ...]:
        """The first and the last day that each date can be, at its place."""
        return tuple(f"{name}_{end}" for name in self.dates for end in ("first", "last"))

    @property
    def columns(self) -> dict[str, str]:
        """Its columns with their types; `source` is the number of a telling."""
        return {
            "child": "INTEGER",
            "source": "INTEGER",
            **{name: enumeration(*terms.values) for name, terms in self.terms.items()},
            **dict.fromkeys(self.texts, "VARCHAR"),
            **({"office": "VARCHAR"} if self.has_office else {}),
            **dict.fromkeys(self.numbers, "SMALLINT"),
            **dict.fromkeys(self.days, "DATE"),
        }


TABLES = {
    "separation": Shape(Separation, {"taken_from": SeparatedFrom, "cause": Cause}, dates=("on",)),
    "reunification": Shape(Reunification, {"united_with": ReunifiedWith}, dates=("on",)),
    "apprehension": Shape(Apprehension, dates=("on",)),
    "hand_over": Shape(HandOver, {"kind": HandOverKind}, dates=("on",), has_office=True),
    "stay": Shape(Stay, {"custodian": Custodian, "ended_by": Departure}, dates=("began", "ended")),
    "description": Shape(Description, {"sex": Sex}, texts=("nationality",)),
    "birth": Shape(Birth, numbers=("year", "age")),
}


def empty() -> Engine:
    """An engine with every table of an extract, and no rows."""
    engine = Engine()
    for name, shape in TABLES.items():
        engine.make(name, shape.columns)
    return engine


class Content(NamedTuple):
    """
    What an extract was made of: how many changes were sealed by its position, and how many erasures
    there have been, whenever: those reach back.
    """

    changes: int
    erasures: int


@dataclass(frozen=True)
class Extract:
    """What one organisation held at one position: the tables, and by whom and how it was told."""

    engine: Engine
    tellings: frozenset[UUID]
    content: Content


_extracts: OrderedDict[tuple[UUID, Content], Extract] = OrderedDict()
_making = threading.Lock()


Progress = Callable[[str, int, int | None], None]


def extract_at(known: Known, organisation: UUID, progress: Progress | None = None) -> Extract:
    """
    The extract of a position, made when it is first asked for and kept while it is asked for.

    Looks move the position too; what counts is how many changes were sealed by then. Extracts that
    were made before an erasure are let go.
    """
    key = (organisation, content_at(known))
    return _remembered(key, lambda: _opened(key) or made(known, organisation, progress))


def extract_there(known: Known, organisation: UUID, *, newest: bool) -> tuple[Extract, datetime]:
    """
    The extract of a position and its moment, without making one that takes long.

    Where it is not there yet: with `newest`, the newest that is. Raises NotThere if none is.
    """
    if not _is_large():
        return extract_at(known, organisation), known.moment
    key, moment = (organisation, content_at(known)), known.moment
    if key not in _extracts and not _kept(key).exists():
        of_now = ExtractKept.objects.filter(organisation=organisation, erasures=key[1].erasures)
        last = of_now.order_by("-content").first() if newest else None
        if last is None:
            raise NotThere
        key, moment = (organisation, Content(last.content, last.erasures)), last.moment
    return _remembered(key, lambda: _there(key)), moment


def is_kept(known: Known, organisation: UUID) -> bool:
    """Whether the extract of a position is on record already."""
    return _kept((organisation, content_at(known))).exists()


class NotThere(Exception):
    """There is no extract yet that a page could answer from; a job has to make one."""


def _remembered(key: tuple[UUID, Content], find: Callable[[], Extract]) -> Extract:
    with _making:
        for made in [made for made in _extracts if made[1].erasures != key[1].erasures]:
            del _extracts[made]
        if key not in _extracts:
            _extracts[key] = find()
        _extracts.move_to_end(key)
        while len(_extracts) > _KEPT:
            _extracts.popitem(last=False)
        return _extracts[key]


def _is_large() -> bool:
    """Whether making an extract takes longer than anybody should wait for a page."""
    return Person.objects.order_by("id").values_list("pk")[LARGE : LARGE + 1].exists()


def forget() -> None:
    """Let go of every extract of this process."""
    with _making:
        _extracts.clear()


def _changes_by(known: Known) -> int:
    """
    How many changes a position takes in.

    What was sealed by one position is sealed by every later one: equal numbers are equal records.
    """
    return Brought.objects.filter(entry__lte=known.upto).exclude(entry__in=known.late).count()


def content_at(known: Known) -> Content:
    """What an extract of a position is made of, as things are."""
    return Content(_changes_by(known), len(trail.erasures()))


def made(known: Known, organisation: UUID, progress: Progress | None = None) -> Extract:
    """The extract of a position, made from the statements that stood."""
    tell, content = progress or _silent, content_at(known)
    engine = empty()
    tellings = _Numbers()
    _take_persons(engine, known, organisation)
    offices = _offices()
    done = 0
    for name, shape in TABLES.items():
        for rows in _take_statements(engine, name, shape, known, tellings, offices):
            done += rows
            if done >= _CHUNK:  # less is done before anybody could read it
                tell("statements read for the figures", done, None)
    engine.run("DROP TABLE person")
    used = {row["source"] for name in TABLES for row in _sources(engine, name)}
    return Extract(engine, tellings.ids(used), content)


def _silent(_phase: str, _done: int, _of: int | None) -> None:
    """Nobody watches."""


# Extracts on record


def packed(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every table of an extract, some rows at a time: the table's name, and the rows packed."""
    for name, shape in TABLES.items():
        for rows in packing.packed(engine, name, shape.columns):
            yield name, rows


def _there(key: tuple[UUID, Content]) -> Extract:
    found = _opened(key)
    if found is None:
        raise NotThere
    return found


def _kept(key: tuple[UUID, Content]) -> QuerySet[ExtractKept]:
    organisation, (changes, erasures) = key
    return ExtractKept.objects.filter(organisation=organisation, content=changes, erasures=erasures)


def _opened(key: tuple[UUID, Content]) -> Extract | None:
    """The extract on record of that content, opened; None if there is none, or it is let go of."""
    kept = _kept(key).first()
    if kept is None:
        return None
    engine, pieces = empty(), 0
    for name, shape in TABLES.items():
        parts = ExtractPiece.objects.filter(of=kept, table=name).order_by("position")
        for rows in parts.values_list("packed", flat=True).iterator(chunk_size=4):
            packing.unpack(engine, name, shape.columns, bytes(rows))
            pieces += 1
    ids = bytes(kept.tellings)
    tellings = (UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16))
    return Extract(engine, frozenset(tellings), key[1]) if pieces == kept.pieces else None


# From statements


def _sources(engine: Engine, table: str) -> list[dict[str, int]]:
    return engine.ask(table, f"SELECT DISTINCT source FROM {table}")  # noqa: S608 - names of our own


class _Numbers:
    """A number for each id, in the order in which they come."""

    def __init__(self) -> None:
        self._of: dict[bytes, int] = {}

    def of(self, ids: Sequence[bytes]) -> NDArray[np.int32]:
        """The numbers of ids."""
        for one in dict.fromkeys(ids):
            self._of.setdefault(one, len(self._of))
        return np.fromiter(map(self._of.__getitem__, ids), np.int32, len(ids))

    def ids(self, wanted: set[int]) -> frozenset[UUID]:
        """The ids of numbers."""
        return frozenset(UUID(bytes=one) for one, number in self._of.items() if number in wanted)


class _Bytes(Func):
    """An id as its 16 bytes."""

    output_field = models.BinaryField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="uuid_send(%(expressions)s)", **more)


class _Seconds(Func):
    """A moment in whole seconds since 1970, or NOTHING."""

    output_field = models.BigIntegerField()
    template = f"COALESCE(EXTRACT(EPOCH FROM %(expressions)s)::bigint, {NOTHING})"

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        # Four marks, since both Django and the door to SQLite make one of two.
        template = f"COALESCE(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER), {NOTHING})"
        return self.as_sql(compiler, connection, template=template, **more)


def _chunks(found: QuerySet[Any], *columns: Any) -> Iterator[list[tuple[Any, ...]]]:
    """The columns of what was found, some thousand rows at a time, with no object per row."""
    statement, given = found.order_by().values_list(*columns).query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, given)
        while rows := cursor.fetchmany(_CHUNK):
            yield list(zip(*rows, strict=True))


def _halves(name: str, ids: Sequence[bytes]) -> dict[str, NDArray[np.uint64]]:
    """Ids as two columns of numbers, which the engine compares faster than texts."""
    both = np.frombuffer(b"".join(ids), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    return {f"{name}_high": both[:, 0].copy(), f"{name}_low": both[:, 1].copy()}


def _in_halves(*names: str) -> dict[str, str]:
    return {f"{name}_{half}": "UBIGINT" for name in names for half in ("high", "low")}


def _take_persons(engine: Engine, known: Known, organisation: UUID) -> None:
    """
    The table `person`: which records are held, and the number of the child that each is of.

    Records joined to one child have its one number, though another organisation holds the record
    that the pointers point to.
    """
    engine.make("held", _in_halves("id"))
    persons: Any = Person.objects.as_known_on(known).filter(holder=organisation)
    for (ids,) in _chunks(persons, _Bytes("id")):
        engine.take("held", _halves("id", ids))
    engine.make("joined", _in_halves("id", "to"))
    for ids, canonical in _chunks(
        Joined.objects.as_known_on(known), _Bytes("person_id"), _Bytes("canonical_id")
    ):
        engine.take("joined", _halves("id", ids) | _halves("to", canonical))
    engine.run(
        """
        CREATE TABLE person AS
        SELECT id_high, id_low, CAST(
            CASE WHEN to_low IS NULL THEN held.rowid
                 ELSE min(held.rowid) OVER (PARTITION BY to_high, to_low) END
            AS INTEGER) AS child
        FROM held LEFT JOIN joined USING (id_high, id_low)
        """
    )
    engine.run("DROP TABLE held")
    engine.run("DROP TABLE joined")


def _offices() -> dict[bytes, str]:
    """
    The names of the offices, by the bytes of their ids.

    Withdrawn ones too: a place goes with the list that named it; what others tell of it stays.
    """
    places: Any = Facility.objects.filter(kind=PlaceKind.OFFICE)
    return {place.bytes: name for place, name in places.values_list("pk", "name")}


def _take_statements(
    engine: Engine,
    name: str,
    shape: Shape,
    known: Known,
    tellings: _Numbers,
    offices: Mapping[bytes, str],
) -> Iterator[int]:
    """
    Fill one table, in the order of recording, with what is told of the persons held.

    Yields how many statements were read, some thousand at a time.
    """
    staged = _in_halves("person", "id") | {"recorded_in": "BIGINT"} | shape.columns
    del staged["child"]
    engine.make("staged", staged | dict.fromkeys(shape.days, "INTEGER"))
    model: Any = shape.model
    standing = model.objects.as_known_on(known).exclude(certainty=Certainty.REFUTED)
    for columns in _chunks(standing, *_wanted(shape)):
        engine.take("staged", _arrays(shape, list(columns), tellings, offices))
        yield len(columns[0])
    own = [column for column in shape.columns if column not in ("child", *shape.days)]
    days = [f"DATE '1970-01-01' + {day}" for day in shape.days]
    engine.run(
        f"""
        INSERT INTO {name}
        SELECT child, {", ".join([*own, *days])}
        FROM staged JOIN person
            ON person_high = person.id_high AND person_low = person.id_low
        ORDER BY recorded_in, staged.id_high, staged.id_low
        """  # noqa: S608 - names of our own
    )
    engine.run("DROP TABLE staged")


def _wanted(shape: Shape) -> list[Any]:
    """What is read of each statement, in the order in which `_arrays` takes it."""
    return [
        _Bytes("person_id"),
        _Bytes("id"),
        F("recorded_in"),
        _Bytes("source_id"),
        *(_text(name) for name in (*shape.terms, *shape.texts)),
        *([_Bytes("place_id")] if shape.has_office else []),
        *(
            Coalesce(F(name), Value(NOTHING), output_field=models.BigIntegerField())
            for name in shape.numbers
        ),
        *(
            one
            for name in shape.dates
            for one in (
                _Seconds(f"{name}_earliest"),
                _Seconds(f"{name}_latest"),
                _text(f"{name}_zone"),
            )
        ),
    ]


def _text(name: str) -> Coalesce:
    return Coalesce(F(name), Value(""), output_field=models.TextField())


def _arrays(
    shape: Shape,
    columns: list[tuple[Any, ...]],
    tellings: _Numbers,
    offices: Mapping[bytes, str],
) -> dict[str, NDArray[Any]]:
    """One chunk of statements as columns of the engine."""
    rest = iter(columns)
    taken: dict[str, NDArray[Any]] = {
        **_halves("person", next(rest)),
        **_halves("id", next(rest)),
        "recorded_in": np.array(next(rest), np.int64),
        "source": tellings.of(next(rest)),
    }
    for name in (*shape.terms, *shape.texts):
        taken[name] = np.array(next(rest), np.object_)
    if shape.has_office:
        named = [offices.get(bytes(place), "") if place else "" for place in next(rest)]
        taken["office"] = np.array(named, np.object_)
    for name in shape.numbers:
        taken[name] = np.array(next(rest), np.int32)
    for name in shape.dates:
        earliest, latest, zones = next(rest), next(rest), np.array(next(rest), np.object_)
        taken[f"{name}_first"] = _local_days(np.array(earliest, np.int64), zones)
        # The end of a span is the first moment outside it.
        taken[f"{name}_last"] = _local_days(np.array(latest, np.int64) - 1, zones)
    return taken


def _local_days(moments: NDArray[np.int64], zones: NDArray[np.object_]) -> NDArray[np.int32]:
    """The days since 1970, each in its zone, on which moments lie; NOTHING of none."""
    days = np.full(len(moments), NOTHING, np.int32)
    for zone in set(zones):
        told = (zones == zone) & (moments > NOTHING)
        quarters, place = np.unique(moments[told] // _QUARTER, return_inverse=True)
        ahead = np.array([_ahead_of_utc(one, zone) for one in quarters.tolist()], np.int64)
        if len(quarters):
            days[told] = (moments[told] + ahead[place]) // _DAY
    return days


@lru_cache(maxsize=65_536)
def _ahead_of_utc(quarter: int, zone: str) -> int:
    """By how many seconds a zone's clocks are ahead in a quarter of an hour since 1970."""
    moment = datetime.fromtimestamp(quarter * _QUARTER, UTC)
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def told_by(extract: Extract) -> list[tuple[str, str]]:
    """Who told what an extract holds, and how: names of organisations, else kinds of tellers."""
    ids = sorted(extract.tellings)
    found: set[tuple[str, str]] = set()
    for first in range(0, len(ids), 500):
        told = Telling.objects.filter(pk__in=ids[first : first + 500])
        found.update(
            (name or teller, how)
            for name, teller, how in told.values_list("organisation__name", "teller", "how")
        )
    return sorted(found)
