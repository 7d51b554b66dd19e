"""Everything that changes the places on record."""

from collections.abc import Sequence

from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Change
from accompany.facilities.models import Facility
from accompany.facilities.terms import Event, PlaceFact
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.terms import TellingFact, Told


def places_ready(facts: Sequence[PlaceFact], *, told: Told) -> list[Ready]:
    """Places ready to be stored."""
    rows = [
        (fact.id, *head(told, fact.row)[1:], fact.name, fact.kind.value, fact.code, fact.zone)
        for fact in facts
    ]
    return [Ready.of(Facility, rows)]


def record_places(
    facts: Sequence[PlaceFact], *, told: TellingFact | Told, by: Actor, within: Change | None = None
) -> None:
    """Record places as one telling has them."""
    by.must(Permission.RECORD)
    about = [Ref("place", fact.id) for fact in facts]
    event = Event.PLACES_RECORDED
    with sources.telling(event, told, by=by, about=about, within=within) as (source, change):
        sources.store(places_ready(facts, told=source), change)
