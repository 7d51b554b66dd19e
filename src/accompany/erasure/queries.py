"""What would go with a person, what waits for whom, and how many were erased?"""

import hmac
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.models import Entry
from accompany.access.terms import Permission
from accompany.access.trail import Finding
from accompany.base.bulk import plain_value
from accompany.custody.models import Apprehension, HandOver, Separation, Stay
from accompany.custody.terms import HandOverKind, SeparatedFrom
from accompany.erasure.models import Asked, ErasedCount
from accompany.erasure.terms import Because, Event, Goes, Told, Waiting
from accompany.facilities.terms import PlaceKind
from accompany.people import queries as people
from accompany.people.models import Arrival, Birth, Description, Person
from accompany.sources import erasure as sources
from accompany.sources.models import FilePiece, ReceivedRow
from accompany.sources.terms import Certainty


def goes(person: UUID, *, seen_by: Actor) -> Goes:
    """
    What goes with a person: of every record that is theirs and that the reader's house holds.

    Raises Person.DoesNotExist if the record is not the house's.
    """
    seen_by.must(Permission.ERASE)
    people.persons(seen_by=seen_by).get(pk=person, holder=seen_by.organisation)
    records = people.held_with(person, holder=seen_by.organisation)
    return goes_with(records)


def goes_with(records: Collection[UUID]) -> Goes:
    """What goes with these records, in numbers."""
    named = sources.named(records)
    lists = ReceivedRow.objects.filter(pk__in=named.rows).values("of")
    pieces = FilePiece.objects.filter(of__in=lists)
    kept = len(named.kept)
    files = pieces.values("of").distinct().count()
    return Goes(len(records), named.count - kept, kept, len(named.rows), files)


def waiting_for(person: UUID, *, seen_by: Actor) -> Waiting | None:
    """The erasure that waits, of this record or one joined with it."""
    seen_by.must(Permission.ERASE)
    records = people.held_with(person, holder=seen_by.organisation)
    found = Asked.objects.filter(person__in=records).order_by("at").first()
    return None if found is None else _waiting(found, records)


def waiting(*, seen_by: Actor) -> list[Waiting]:
    """Every erasure that waits and that the reader may see, the first asked for first."""
    seen_by.must(Permission.ERASE)
    mine = people.persons(seen_by=seen_by).filter(holder=seen_by.organisation)
    found = list(Asked.objects.filter(person__in=mine).order_by("at"))
    held = people.held_with_each((one.person for one in found), holder=seen_by.organisation)
    return [_waiting(one, held[one.person]) for one in found]


def _waiting(asked: Asked, records: Collection[UUID]) -> Waiting:
    holds = asked.mac is not None and hmac.compare_digest(
        bytes(asked.mac), mac_of_confirmed(asked, records)
    )
    return Waiting(
        asked.person,
        Because(asked.because),
        asked.by,
        asked.at,
        asked.confirmed_by,
        asked.confirmed_at,
        holds,
    )


def mac_of_confirmed(asked: Asked, records: Collection[UUID]) -> bytes:
    """The MAC over what was confirmed: who asked for what, who confirmed it, whose records go."""
    fields = [field for field in Asked._meta.concrete_fields if field.name != "mac"]
    values = [plain_value(getattr(asked, field.attname)) for field in fields]
    return trail.keyed("erasure-confirmed", [*values, *sorted(one.bytes for one in records)])


def confirmed() -> tuple[int, datetime | None]:
    """How many erasures are confirmed and not carried out, and since when the first of them is."""
    found = Asked.objects.exclude(confirmed_at=None)
    told = found.aggregate(count=Count("pk"), since=Min("confirmed_at"))
    return told["count"], told["since"]


def told(records: Collection[UUID]) -> Told:
    """
    What is told of a person that figures tell groups apart by: what stands and nobody refuted.

    Of several statements the one recorded first that has a value counts, as in figures.
    """
    described = _first(_standing(Description, records), "nationality")
    referred = _standing(HandOver, records).filter(
        kind=HandOverKind.REFERRED, place__kind=PlaceKind.OFFICE
    )
    parted = _standing(Separation, records).filter(taken_from=SeparatedFrom.PARENT)
    return Told(
        nationality=described,
        age=_first(_standing(Birth, records), "age"),
        born_in=_first(_standing(Birth, records), "year"),
        office=_first(referred, "place__name"),
        separated_in=next(iter(_years(parted, "on")), None),
        first_in=min(_first_years(records), default=None),
    )


def _standing(model: Any, records: Collection[UUID]) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.now().filter(person__in=records)
    return found.exclude(certainty=Certainty.REFUTED).order_by("recorded_in", "pk")


def _first(found: QuerySet[Any], column: str) -> Any:
    return found.exclude(**{column: None}).values_list(column, flat=True).first()


def _years(found: QuerySet[Any], name: str) -> Iterator[int]:
    for one in found:
        when = getattr(one, name)
        if when is not None and when.last_day is not None:
            yield when.last_day.year


def _first_years(records: Collection[UUID]) -> Iterator[int]:
    for model, name in ((Apprehension, "on"), (Separation, "on"), (Stay, "began"), (Arrival, "on")):
        yield from _years(_standing(model, records), name)


def stand(records: Collection[UUID]) -> bool:
    """Whether one of the records stands: a person of a withdrawn list is counted in no figure."""
    return bool(Person.objects.now().filter(pk__in=records).exists())


def counts(*, holder: UUID) -> list[ErasedCount]:
    """The exact counts of the persons whom an organisation erased: for figures, which protect."""
    found = ErasedCount.objects.filter(holder=holder)
    return list(found.order_by("population", "year", "dimension", "category"))


def mac_of(one: ErasedCount) -> bytes:
    """The MAC over one count."""
    fields = [field for field in ErasedCount._meta.concrete_fields if field.name != "mac"]
    values = [plain_value(getattr(one, field.attname)) for field in fields]
    return trail.keyed("erased-count", values)


def verify_counts() -> Iterator[Finding]:
    """Counts that were changed, and dimensions that do not count everybody whom entries say."""
    for one in ErasedCount.objects.order_by("pk"):
        if bytes(one.mac) != mac_of(one):
            yield Finding("erased-count-changed", one.year)
    said = Entry.objects.filter(event=Event.PERSON_ERASED).values_list("counts", flat=True)
    wanted = sum(trail.counts_in(counts)["counted"] for counts in said)
    by_dimension = ErasedCount.objects.values_list("dimension").annotate(Sum("counted"))
    totals = dict(by_dimension.order_by("dimension"))
    if (totals or wanted) and set(totals.values()) != {wanted}:
        yield Finding("erased-count-changed", 0)
