"""
Everything that erases: one person asks, another confirms, and the person is off the record.

What cannot be undone is decided by two, and is done in one transaction: keys, digests and pointers
go, statements go by the one guarded door, others keep what names them too, and the person is
counted once, in coarse groups. The entry says that it happened and why, and not to whom. Where
another role owns the tables, what two decided waits for whoever holds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import connection, transaction

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.base import clock, grants, guards, log
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused, refuse_if
from accompany.erasure import queries, rules
from accompany.erasure.models import Asked, ErasedCount
from accompany.erasure.terms import Because, Event, Goes, Waiting
from accompany.people import actions as people
from accompany.sources import erasure as sources
from accompany.sources.actions import holding_the_record

_followers: list[Callable[[], None]] = []


def follow_erasures(let_go: Callable[[], None]) -> None:
    """Have something called in the transaction of every erasure: an area that keeps copies."""
    _followers.append(let_go)


def ask_to_erase(*, person: UUID, because: Because, by: Actor) -> None:
    """
    Ask that a person be erased; nothing goes until somebody else confirms it.

    Raises Refused if it was asked for already, Person.DoesNotExist if it is not the house's.
    """
    by.must(Permission.ERASE)
    with holding_the_record(alone=True):
        records = people.held_as_one(person, by=by)
        if Asked.objects.filter(person__in=records).exists():
            raise Refused([rules.ASKED_ALREADY])
        with trail.change(Event.ERASURE_ASKED, by=by, about=[Ref("person", person)]):
            assert by.user is not None  # noqa: S101 - every actor but the set-up's own is a user
            Asked.objects.create(
                id=uuid7(), person=person, because=because, by=by.user, at=clock.now()
            )


def drop_erasure(*, person: UUID, by: Actor) -> None:
    """Let a person stay whose erasure was asked for. Raises Refused if it was not."""
    by.must(Permission.ERASE)
    with holding_the_record(alone=True):
        records = people.held_as_one(person, by=by)
        asked = Asked.objects.filter(person__in=records)
        if not asked.exists():
            raise Refused([rules.NOT_ASKED])
        with trail.change(Event.ERASURE_DROPPED, by=by, about=[Ref("person", person)]):
            asked.delete()


def confirm_erasure(*, person: UUID, by: Actor) -> Goes | None:
    """
    Confirm an erasure that somebody else asked for, and carry it out if this role may.

    Else it waits for whoever holds the owner's role (`erase_confirmed`), and None is returned.
    Raises Refused, and Person.DoesNotExist if the record is not the house's.
    """
    by.must(Permission.ERASE)
    if grants.may_erase(connection):
        return erase(person=person, by=by)
    with holding_the_record(alone=True):
        records = people.held_as_one(person, by=by)
        waiting = queries.waiting_for(person, seen_by=by)
        refuse_if(rules.objections_to_confirming(waiting, by.user))
        assert waiting is not None  # noqa: S101 - refused above
        asked = Asked.objects.select_for_update().get(person=waiting.person)
        with trail.change(Event.ERASURE_CONFIRMED, by=by, about=[Ref("person", person)]):
            asked.confirmed_by, asked.confirmed_at = by.user, clock.now()
            asked.mac = queries.mac_of_confirmed(asked, records)
            asked.save(update_fields=["confirmed_by", "confirmed_at", "mac"])
    return None


def erase(*, person: UUID, by: Actor) -> Goes:
    """
    Erase a person whose erasure somebody else asked for; returns what went, in numbers.

    All records go that are theirs and that the house holds. It cannot be undone. Raises Refused,
    and Person.DoesNotExist if the record is not the house's.
    """
    by.must(Permission.ERASE)
    refuse_if([] if grants.may_erase(connection) else [rules.BY_THE_OWNER])
    with holding_the_record(alone=True):
        records = people.held_as_one(person, by=by)
        waiting = queries.waiting_for(person, seen_by=by)
        refuse_if(rules.objections_to_confirming(waiting, by.user))
        assert waiting is not None  # noqa: S101 - refused above
        return _erase(records, waiting, by, about=[waiting.by])


def erase_confirmed(*, person: UUID, by: Actor) -> Goes:
    """
    Carry out an erasure that two persons decided; returns what went, in numbers.

    Whoever carries it out decides nothing, and may be anybody who may erase. Raises Refused, also
    if other records would go than were confirmed; Person.DoesNotExist as above.
    """
    by.must(Permission.ERASE)
    refuse_if([] if grants.may_erase(connection) else [rules.BY_THE_OWNER])
    with holding_the_record(alone=True):
        records = people.held_as_one(person, by=by)
        waiting = queries.waiting_for(person, seen_by=by)
        refuse_if(rules.objections_to_carrying_out(waiting))
        assert waiting is not None  # noqa: S101 - refused above
        assert waiting.confirmed_by is not None  # noqa: S101 - refused above
        return _erase(records, waiting, by, about=[waiting.by, waiting.confirmed_by])


def _clear_traces() -> None:
    if not guards.clear_traces(connection):
        log.event("the write-ahead file could not be emptied after an erasure, since it is read")


def _erase(records: Sequence[UUID], waiting: Waiting, by: Actor, *, about: Sequence[UUID]) -> Goes:
    """Erase, and name in the entry the users that it is `about`: who asked, and who confirmed."""
    transaction.on_commit(_clear_traces)
    goes, told = queries.goes_with(records), queries.told(records)
    counted = queries.stand(records)
    counts = {"persons": 1, "counted": int(counted), f"because-{waiting.because}": 1}
    users = [Ref("user", one) for one in about]
    with trail.change(
        Event.PERSON_ERASED, by=by, about=users, counts=counts | asdict(goes)
    ) as change:
        if goes.kept:
            people.keep_place_of_erased(change=change)
        people.unjoin(records, change=change)
        sources.erase(records, change=change)
        for let_go in _followers:
            let_go()
        if counted:
            for dimension, category in rules.groups_of(told):
                _count(
                    by.organisation,
                    rules.population_of(told),
                    rules.year_of(told),
                    dimension,
                    category,
                )
    return goes


def _count(holder: UUID, population: str, year: int, dimension: str, category: str) -> None:
    """Count one person more in a group."""
    group = {
        "holder": holder,
        "population": population,
        "year": year,
        "dimension": dimension,
        "category": category,
    }
    found = ErasedCount.objects.select_for_update().filter(**group).first()
    one = found or ErasedCount(**group, counted=0)
    one.counted += 1
    one.mac = queries.mac_of(one)
    one.save()
