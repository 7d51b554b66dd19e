"""
Which statement is corrected, what does it say now, and what would stand in its place?

For each kind of statement: the form of its successor, what is on record as that form would have it,
and the fact that the form makes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accompany.access.actors import Actor
from accompany.people.terms import ArrivalFact, Relation, StandingFact, TieFact
from accompany.web import forms_people as asks
from accompany.web.forms_telling import Told, words_field
from accompany.web.person_page import Fact, PersonPage
from accompany.web.record import Read


@dataclass(frozen=True)
class Kind:
    """A kind of statement: its form, what the form holds to begin with, the fact it makes."""

    form: type[Told]
    initial: Callable[[Any], dict[str, Any]]
    fact: Callable[[Any, Any], Any]


def _name(saying: Any) -> dict[str, Any]:
    name = saying.value
    return {
        "given": name.given,
        "family": name.family,
        "second_family": name.second_family,
        "name_kind": name.kind,
    }


def _number(saying: Any) -> dict[str, Any]:
    issuer, value, _given = saying.value
    kind = saying.what.partition(".")[2]
    return {"kind": kind, "issuer": issuer, "value": value, "has_none": value is None}


def _birth(*sayings: Any) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for saying in sayings:
        if saying.what == "born":
            year, month, day = (*saying.value.split("-"), None, None)[:3]
            initial["born"] = [day, month, year, False, None, None]
        else:
            initial["age"], initial["age_on"] = saying.value
    return initial


def _described(*sayings: Any) -> dict[str, Any]:
    return {saying.what: saying.value for saying in sayings}


def _stay(stay: Any) -> dict[str, Any]:
    return {
        "custodian": stay.custodian,
        "began": stay.began,
        "ended": stay.ended,
        "ended_by": stay.ended_by,
        "place": stay.place,
        "words": stay.words,
    }


def _event(event: Any) -> dict[str, Any]:
    return {
        "agency": event.actor,
        "actor_": event.actor,
        "giver": event.actor,
        "taker": event.taker,
        "kind": event.what,
        "taken_from": event.taken_from,
        "united_with": event.united_with,
        "cause": event.cause,
        "words": event.words,
        "on": event.on,
        "place": event.place,
    }


def _tie_fact(form: Any, tie: Any) -> TieFact:
    return TieFact(tie.person, tie.relative, Relation(form.cleaned_data["relation"]))


def _arrival_fact(form: Any, arrival: Any) -> ArrivalFact:
    return ArrivalFact(arrival.person_id, arrival.party, form.when("on"))


def _separation_fact(form: Any, event: Any) -> Any:
    form.cleaned_data["adult"] = event.adult
    return form.separations(event.said.person, event.event)[0]


def _reunification_fact(form: Any, event: Any) -> Any:
    form.cleaned_data["adult"] = event.adult
    return form.reunifications(event.said.person, event.event)[0]


def _standing_fact(form: Any, membership: Any) -> StandingFact:
    fact: StandingFact = form.fact(membership.person_id, membership.of_id)
    return fact


def _of_person(form: Any, one: Any) -> Any:
    return form.fact(one.said.person)


KINDS: dict[str, Kind] = {
    "people.name": Kind(asks.NameForm, _name, _of_person),
    "people.identifier": Kind(asks.NumberForm, _number, _of_person),
    "people.birth": Kind(asks.BirthForm, _birth, _of_person),
    "people.description": Kind(asks.DescriptionForm, _described, _of_person),
    "people.tie": Kind(asks.RelationForm, lambda tie: {"relation": tie.relation}, _tie_fact),
    "people.arrival": Kind(asks.ArrivalDayForm, lambda one: {"on": one.on}, _arrival_fact),
    "people.membership": Kind(
        asks.StandingForm, lambda one: {"standing": one.standing}, _standing_fact
    ),
    "custody.stay": Kind(asks.StayForm, _stay, _of_person),
    "custody.apprehension": Kind(asks.ApprehensionForm, _event, _of_person),
    "custody.handover": Kind(asks.HandOverForm, _event, _of_person),
    "custody.separation": Kind(asks.SeparationForm, _event, _separation_fact),
    "custody.reunification": Kind(asks.ReunificationForm, _event, _reunification_fact),
}


def told_in(read: Read, key: UUID) -> list[Any]:
    """What was read of one statement: most say one thing, a birth or description may say two."""
    said: list[Any] = [*read.names, *read.facts, *read.ties, *read.stays, *read.events]
    found = [one for one in said if one.said.id == key]
    return found or [one for one in (*read.arrivals, *read.memberships) if one.pk == key]


def successor_form(kind: str, told: list[Any], data: Any, *, actor: Actor) -> Any:
    """The form of what would stand in a statement's place, filled with what it says now."""
    of_kind = KINDS[kind]
    several = kind in ("people.birth", "people.description")
    initial = of_kind.initial(*told) if several else of_kind.initial(told[0])
    form: Any = of_kind.form(data, actor=actor, initial=initial, prefix="new")
    for name in ("children", "adult"):
        form.fields.pop(name, None)
    form.fields["reasons"] = words_field(
        asks.Reasoned.base_fields["reasons"].label,
        required=True,
        help_text=asks.Reasoned.base_fields["reasons"].help_text,
    )
    form.order_fields(["reasons"])
    form.watched = (*form.watched, "reasons")
    return form


def successor(kind: str, form: Any, told: list[Any]) -> Any:
    """The fact that the form makes of what it was filled with."""
    return KINDS[kind].fact(form, told[0])


def shown_now(page: PersonPage, key: UUID) -> list[Fact]:
    """The statement as the person's page shows it."""
    found: list[Fact] = []
    lines: list[Any] = [*page.facts, *page.ties, *page.stays, *page.happened]
    for one in lines:
        if one.correct and one.correct.endswith(f"/{key}"):
            found.append(one if isinstance(one, Fact) else _as_fact(one))
    return found


def _as_fact(line: Any) -> Fact:
    what = getattr(line, "what", "") or ", ".join(
        part for part in (line.custodian, line.place) if part
    )
    return Fact(line.when, what, line.certainty, line.source_words, line.link)
