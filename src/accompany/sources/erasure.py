"""
How does everything that names a person leave the record, and everything else stay verified?

Any area's tables are reached through the columns that their models list in `persons`. What an entry
had brought is less by a keyed sum that stays (`Erased`); a received row that names the person keeps
its place and its MAC, loses its key, and is bound anew to what is left of it (`ErasedRow`). Both
hang on the entry of the erasure, so that `verify` finds whatever it did not take.
"""

import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Q

from accompany.access import sealing
from accompany.access.trail import Change, LooseSum, line_of_withdrawn
from accompany.base import guards
from accompany.base.bulk import plain_rows, record_plain
from accompany.base.tables import GUARDED, kind_of
from accompany.sources.actions import telling_line
from accompany.sources.models import (
    ErasedRow,
    FilePiece,
    Question,
    ReceivedRow,
    Telling,
)
from accompany.sources.terms import ERASED
from accompany.sources.verification import bound, erased_row_line, statement_line


@dataclass(frozen=True)
class Named:
    """
    What names some persons: rows of guarded tables, by model, and received rows and tellings.

    `kept` are those of them that name somebody else too, and stay for them.
    """

    statements: dict[Any, list[Any]]
    kept: frozenset[UUID]
    rows: frozenset[UUID]
    tellings: frozenset[UUID]

    @property
    def count(self) -> int:
        """How many statements and tellings there are, kept ones too."""
        return sum(len(found) for found in self.statements.values())


def named(persons: Iterable[UUID]) -> Named:
    """Everything in guarded tables that names one of these persons, withdrawn or not."""
    wanted = frozenset(persons)
    statements = {model: _naming(model, wanted) for model in _guarded()}
    every = [one for found in statements.values() for one in found]
    said = [one for one in every if not isinstance(one, Telling)]
    return Named(
        statements,
        frozenset(one.pk for one in every if _is_of_others(one, wanted)),
        frozenset(one.row_id for one in said if one.row_id),
        frozenset(one.source_id for one in said)
        | frozenset(one.pk for one in every if isinstance(one, Telling)),
    )


def _guarded() -> list[Any]:
    return [model for model in guards.guarded_models() if guards.named_in(model)]


def _naming(model: Any, persons: frozenset[UUID]) -> list[Any]:
    naming = Q()
    for name in guards.named_in(model):
        naming |= Q(**{f"{name}__in": persons})
    found = list(model.objects.filter(naming))
    return found + _left_behind(model, persons, found)


def _left_behind(model: Any, persons: frozenset[UUID], found: list[Any]) -> list[Any]:
    """Places kept for others who now go as well: nobody is left to keep them for."""
    together = getattr(model, "together", None)
    if together is None:
        return []
    (name,) = guards.named_in(model)
    shared = {getattr(one, together) for one in found}
    in_common = model.objects.filter(**{f"{together}__in": shared})
    left = in_common.exclude(**{f"{name}__in": {*persons, ERASED}})
    for_nobody = shared - set(left.values_list(together, flat=True))
    return list(model.objects.filter(**{f"{together}__in": for_nobody, name: ERASED}))


def _is_of_others(one: Any, persons: frozenset[UUID]) -> bool:
    """Whether a row says something of somebody besides these persons."""
    if isinstance(one, Telling):
        return True  # others may have been told of; whoever told becomes a person erased
    model: Any = type(one)
    if not model.is_kept_for_others:
        return False
    if model.together is not None:
        (name,) = guards.named_in(model)
        others = model.objects.filter(**{model.together: getattr(one, model.together)})
        return bool(others.exclude(**{f"{name}__in": {*persons, ERASED}}).exists())
    ends = {_value(one, name) for name in guards.named_in(model)}
    return bool(ends - persons - {ERASED, None})


def _value(one: Any, name: str) -> UUID | None:
    found: UUID | None = getattr(one, one._meta.get_field(name).attname)
    return found


@dataclass
class _Sums:
    """What entries brought that is no longer there, by their numbers."""

    of: dict[int, LooseSum] = field(default_factory=dict)

    def at(self, number: int) -> LooseSum:
        return self.of.setdefault(number, LooseSum())


def erase(persons: Iterable[UUID], *, change: Change) -> Named:
    """
    Take everything that names these persons off the record, as part of the change that erases them.

    The record ERASED must be there where something stays for others (`named(...).kept`).
    """
    wanted = frozenset(persons)
    found = named(wanted)
    sound = _sound(found.rows)
    sums = _Sums()
    with guards.erasing(connection, {*wanted, ERASED}):
        for model in sorted(found.statements, key=_persons_last):
            _take(model, found.statements[model], found.kept, wanted, sums)
    change.erased(sums.of)
    _mark(found.rows, sound, change)
    _forget(wanted, found)
    return found


def _persons_last(model: Any) -> bool:
    return "id" in guards.named_in(model)


def _take(
    model: Any, found: list[Any], kept: frozenset[UUID], persons: frozenset[UUID], sums: _Sums
) -> None:
    """Delete rows, and put the successors of those that stay in their places."""
    for one in found:
        if _is_loose(one):
            sums.at(one.recorded_in).add(_line(one))
        if one.pk not in kept and getattr(one, "withdrawn_in", None) is not None:
            line = line_of_withdrawn(model._meta.label_lower, one.pk.bytes)
            sums.at(one.withdrawn_in).add(line)
    guards.let_go(connection, model, [one.pk for one in found])
    staying = [one for one in found if one.pk in kept]
    for one in staying:
        _vacate(one, persons)
        if _is_loose(one):
            sums.at(one.recorded_in).less(_line(one))
    columns = tuple(field.name for field in model._meta.concrete_fields)
    values = [[getattr(one, f.attname) for f in model._meta.concrete_fields] for one in staying]
    record_plain(model, columns, plain_rows(model, columns, values))


def _is_loose(one: Any) -> bool:
    return getattr(one, "row_id", None) is None


def _line(one: Any) -> str:
    return telling_line(one) if isinstance(one, Telling) else statement_line(type(one), one)


def _vacate(one: Any, persons: frozenset[UUID]) -> None:
    """
    Put ERASED where a statement names one of these persons, and leave out what is sealed in it.

    It keeps its id and its place in time, so that what was known of the others stays known. Words
    may name whoever is erased, and nobody reads them to see.
    """
    for name in guards.named_in(type(one)):
        if _value(one, name) in persons:
            setattr(one, one._meta.get_field(name).attname, ERASED)
    if not isinstance(one, Telling):  # its key is destroyed
        for name in type(one).privacy.sealed:
            setattr(one, name, None)


def _sound(rows: frozenset[UUID]) -> set[UUID]:
    """Those of the received rows that are bound as they should be, before anything is taken."""
    return {row.pk for row, mac, kept in _bound(rows) if hmac.compare_digest(mac, kept)}


def _bound(rows: frozenset[UUID]) -> Iterator[tuple[ReceivedRow, bytes, bytes]]:
    by_entry: dict[int, list[ReceivedRow]] = {}
    for row in ReceivedRow.objects.filter(pk__in=rows):
        by_entry.setdefault(row.recorded_in, []).append(row)
    for number, of_entry in by_entry.items():
        yield from bound(number, of_entry)


def _mark(rows: frozenset[UUID], sound: set[UUID], change: Change) -> None:
    """Mark received rows as erased, and bind them anew; what was wrong before stays found."""
    for row, mac, _kept in _bound(rows):
        kept = mac if row.pk in sound else os.urandom(32)
        mark = ErasedRow(row=row.pk, mac=kept, recorded_in=change.number)
        mark.save(force_insert=True)
        change.brought(erased_row_line(mark))


def _forget(persons: frozenset[UUID], found: Named) -> None:
    """Destroy the keys, and whatever names the persons in tables that are not guarded."""
    lists = ReceivedRow.objects.filter(pk__in=found.rows).values("of")
    pieces = FilePiece.objects.filter(of__in=lists).values_list("pk", flat=True)
    sealed_apart = [
        one.pk
        for model, rows in found.statements.items()
        if getattr(model, "has_own_key", False)
        for one in rows
    ]
    words = _words_about(found)
    sealing.destroy([*persons, *found.rows, *found.tellings, *pieces, *sealed_apart, *words])
    Question.objects.filter(row__in=found.rows, person=None).delete()
    unguarded: list[Any] = [m for m in apps.get_models() if kind_of(m) not in (None, *GUARDED)]
    for model in unguarded:
        for name in guards.named_in(model):
            model.objects.filter(**{f"{name}__in": persons}).delete()


def _words_about(found: Named) -> Iterator[UUID]:
    """What holds words about the persons under a key of its own: a demand that names one."""
    for model, rows in found.statements.items():
        name = getattr(model, "words_in", None)
        if name is not None:
            yield from (key for one in rows if (key := _value(one, name)) is not None)
