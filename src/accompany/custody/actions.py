"""
Everything that changes custody: apprehensions, hand-overs, stays, separations, reunifications.

What a list can bring is made ready by `…_ready` and recorded by `record_…`, so that a form and an
import share facts, rules and rows.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.sealing import Sealer
from accompany.access.trail import Change
from accompany.base.dates import columns_of
from accompany.custody import queries, rules
from accompany.custody.models import (
    REUNIFICATION_FIELD,
    SEPARATION_FIELD,
    STAY_FIELD,
    Apprehension,
    HandOver,
    Reunification,
    Separation,
    Stay,
)
from accompany.custody.terms import (
    ApprehensionFact,
    Event,
    HandOverFact,
    ReunificationFact,
    SeparationFact,
    StayFact,
)
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.models import Statement
from accompany.sources.terms import TellingFact, Told

Sealers = dict[UUID, Sealer]
NO_SEALERS: Sealers = {}


def apprehensions_ready(facts: Sequence[ApprehensionFact], *, told: Told) -> list[Ready]:
    """Apprehensions ready to be stored."""
    rows = [
        (*head(told, f.row, key=f.id), f.person, f.place, f.agency, *columns_of(f.on))
        for f in facts
    ]
    return [Ready.of(Apprehension, rows)]


def hand_overs_ready(facts: Sequence[HandOverFact], *, told: Told) -> list[Ready]:
    """Hand-overs ready to be stored."""
    rows = [
        (
            *head(told, f.row, key=f.id),
            f.person,
            f.place,
            f.kind,
            f.giver,
            f.taker,
            *columns_of(f.on),
        )
        for f in facts
    ]
    return [Ready.of(HandOver, rows)]


def stays_ready(
    facts: Sequence[StayFact], *, told: Told, sealers: Sealers = NO_SEALERS
) -> list[Ready]:
    """Stays ready to be stored; `sealers` of the persons, where words are to be sealed."""
    rows = []
    for f in facts:
        base = head(told, f.row, f.certainty, f.id)
        words = _sealed(f.words, sealers.get(f.person), STAY_FIELD, base[0])
        dates = (*columns_of(f.began), *columns_of(f.ended))
        rows.append((*base, f.person, f.place, f.custodian, f.ended_by, words, *dates))
    return [Ready.of(Stay, rows)]


def separations_ready(
    facts: Sequence[SeparationFact], *, told: Told, sealers: Sealers = NO_SEALERS
) -> list[Ready]:
    """Separations ready to be stored."""
    rows = []
    for f in facts:
        base = head(told, f.row)
        words = _sealed(f.words, sealers.get(f.child), SEPARATION_FIELD, base[0])
        what = (f.event, f.adult, f.actor, f.taken_from, f.cause, words)
        rows.append((*base, f.child, f.place, *what, *columns_of(f.on)))
    return [Ready.of(Separation, rows)]


def reunifications_ready(
    facts: Sequence[ReunificationFact], *, told: Told, sealers: Sealers = NO_SEALERS
) -> list[Ready]:
    """Reunifications ready to be stored."""
    rows = []
    for f in facts:
        base = head(told, f.row)
        words = _sealed(f.words, sealers.get(f.child), REUNIFICATION_FIELD, base[0])
        what = (f.event, f.adult, f.united_with, words)
        rows.append((*base, f.child, f.place, *what, *columns_of(f.on)))
    return [Ready.of(Reunification, rows)]


def _sealed(words: str | None, sealer: Sealer | None, field: str, row: UUID) -> bytes | None:
    if not words:
        return None
    assert sealer is not None  # noqa: S101 - whoever brings words brings the sealers
    return sealer.seal(words, field=field, row=row)


def record_stays(
    facts: Sequence[StayFact], *, told: TellingFact | Told, by: Actor, within: Change | None = None
) -> None:
    """
    Record stays of persons on record, and ask what their lines now leave open.

    Raises Refused, with every objection of every fact, if one may not be; then nothing is recorded.
    """
    persons = [fact.person for fact in facts]
    with people_actions.recording(
        Event.STAYS_RECORDED,
        told,
        persons,
        by=by,
        objections=rules.objections_to_stays(facts),
        days=rules.days_told(facts),
        within=within,
    ) as (source, change):
        sealers = sealing.sealers_for("person", [fact.person for fact in facts if fact.words])
        sources.store(stays_ready(facts, told=source, sealers=sealers), change)
        ask_about(persons)


def record_apprehensions(
    facts: Sequence[ApprehensionFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> None:
    """Record when and where persons were taken into custody."""
    persons, days = [fact.person for fact in facts], rules.days_told(facts)
    with people_actions.recording(
        Event.EVENTS_RECORDED, told, persons, by=by, days=days, within=within
    ) as (source, change):
        sources.store(apprehensions_ready(facts, told=source), change)
        ask_about(persons)


def record_hand_overs(
    facts: Sequence[HandOverFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> None:
    """Record that persons were referred, approved or transferred."""
    persons, days = [fact.person for fact in facts], rules.days_told(facts)
    with people_actions.recording(
        Event.EVENTS_RECORDED, told, persons, by=by, days=days, within=within
    ) as (source, change):
        sources.store(hand_overs_ready(facts, told=source), change)
        ask_about(persons)


@contextmanager
def _recording_events(
    event: Event,
    facts: Sequence[SeparationFact] | Sequence[ReunificationFact],
    told: TellingFact | Told,
    *,
    by: Actor,
    kept: Container[UUID],
    within: Change | None,
) -> Iterator[tuple[Told, Change, dict[UUID, Sealer]]]:
    """A change by which events of children and adults are recorded, and the children's sealers."""
    with people_actions.recording(
        event,
        told,
        [one for fact in facts for one in (fact.child, fact.adult) if one],
        by=by,
        objections=rules.objections_to_events(facts),
        days=rules.days_told(facts),
        kept=kept,
        within=within,
    ) as (source, change):
        yield source, change, sealing.sealers_for("person", [f.child for f in facts if f.words])


def record_separations(
    facts: Sequence[SeparationFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    kept: Container[UUID] = (),
    within: Change | None = None,
) -> None:
    """
    Record separations; several children of one act share its `event`. Raises Refused.

    `kept`: the adult of a separation that is being corrected, whom the actor need not see.
    """
    with _recording_events(
        Event.SEPARATIONS_RECORDED, facts, told, by=by, kept=kept, within=within
    ) as (source, change, sealers):
        sources.store(separations_ready(facts, told=source, sealers=sealers), change)


def record_reunifications(
    facts: Sequence[ReunificationFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    kept: Container[UUID] = (),
    within: Change | None = None,
) -> None:
    """Record reunifications; `kept` as in `record_separations`. Raises Refused."""
    with _recording_events(
        Event.REUNIFICATIONS_RECORDED, facts, told, by=by, kept=kept, within=within
    ) as (source, change, sealers):
        sources.store(reunifications_ready(facts, told=source, sealers=sealers), change)
        ask_about([fact.child for fact in facts])


def correct(
    statement: Statement,
    *,
    reason: str,
    by: Actor,
    successor: rules.Fact | None = None,
    told: TellingFact | None = None,
) -> None:
    """
    Withdraw a statement of custody for a reason, and record what stands in its place, if given.

    A successor may keep an adult whom the actor does not see: it says nothing new of them. Raises
    Refused without a reason, or if the statement no longer stands.
    """
    with people_actions.correcting(statement, reason=reason, by=by) as change:
        if successor is not None and told is not None:
            _succeed(statement, successor, told=told, by=by, within=change)
        ask_about([people.about_whom(statement)])


def _succeed(statement: Any, successor: rules.Fact, **more: Any) -> None:
    if isinstance(successor, SeparationFact | ReunificationFact):
        more["kept"] = {getattr(statement, "adult_id", None)}
    _RECORD[type(successor)]([successor], **more)


def ask_about(persons: Iterable[UUID]) -> None:
    """
    Put what these persons' lines of stays leave open where people find it.

    Two who record of one person at once do so one after the other: the second reads what the first
    recorded, and neither asks what the other asks.
    """
    about = list(persons)
    people_actions.hold_in_turn(about)
    for holder, asked in queries.open_about(about).items():
        sources.ask_anew(asked.facts, persons=asked.persons, kinds=queries.KINDS, holder=holder)


_RECORD: dict[type, Callable[..., None]] = {
    StayFact: record_stays,
    ApprehensionFact: record_apprehensions,
    HandOverFact: record_hand_overs,
    SeparationFact: record_separations,
    ReunificationFact: record_reunifications,
}
