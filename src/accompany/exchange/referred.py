"""
What is in the file of one person who was referred to another organisation?

JSON of what the referral names, and nothing else: each thing with how sure it is and the day it was
learned. Relatives are named by what they are, never by name; free words, received rows and
privileged notes are in no such file, because nothing here reads them.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.dates import When
from accompany.base.refusal import Refused, refuse_if
from accompany.consents import queries as consents
from accompany.consents import rules
from accompany.consents.terms import Event, ReferralSaid, Way, What
from accompany.custody import queries as custody
from accompany.facilities import queries as facilities
from accompany.people import queries as people
from accompany.people.terms import INVERSE
from accompany.sources.terms import Certainty

FORMAT = "accompany-referred-1"


def file_of(referral: ReferralSaid, *, what: Iterable[str] | None = None, by: Actor) -> str:
    """
    The file of a referral, as JSON; of all that it names, or of less.

    `what` are codes as somebody asked for them. Whatever the referral does not name is refused, and
    the attempt leaves its entry in the trail: privileged notes first of all, which no code names.
    Raises Refused too where the consent it rests on does not hold any more.
    """
    by.must(Permission.SEE_PERSONS, Permission.EXPORT_RECORD)
    person = referral.fact.person
    asked = set(what) if what is not None else {one.value for one in referral.fact.what}
    known = {one.value for one in referral.fact.what}
    if asked - known:
        # An entry of its own, before the refusal: what is refused changes nothing, but was tried.
        counts = {"refused": len(asked - known)}
        trail.look(Event.FILE_REFUSED, by=by, about=[Ref("person", person)], counts=counts)
        raise Refused([rules.CANNOT_LEAVE])
    refuse_if(_objections(referral, by))
    wanted = [one for one in What if one.value in asked]
    content = _content(referral, wanted, by)
    counts = {"categories": len(wanted)}
    trail.look(Event.FILE_MADE, by=by, about=[Ref("person", person)], counts=counts)
    return json.dumps(content, ensure_ascii=False, indent=1)


def _objections(referral: ReferralSaid, by: Actor) -> list[Any]:
    if referral.fact.way is not Way.FILE:
        return [rules.NO_FILE_OF_IT]
    if referral.consent is None:  # two people decided on it
        return []
    found = consents.consents(referral.fact.person, seen_by=by)
    given = consents.given_in(found.filter(pk=referral.consent, withdrawn_in=None))
    holds = any(rules.holds(one, clock.today()) for one in given)
    return [] if holds else [rules.CONSENT_OVER]


def _content(referral: ReferralSaid, wanted: list[What], by: Actor) -> dict[str, Any]:
    records = consents.own_records(referral.fact.person, seen_by=by)
    shown = people.codes_of([referral.fact.person])[referral.fact.person]
    return {
        "format": FORMAT,
        "made_on": clock.today().isoformat(),
        "for": referral.to_name,
        "purpose": referral.fact.purpose.value,
        "code": codes.shown(shown),
        "holds": [one.value for one in wanted],
        **{one.value: _READ[one](records) for one in wanted},
    }


def _names(records: list[UUID]) -> list[dict[str, Any]]:
    said = people.names_said(records, people.sealers_of(records))
    return [
        {
            "given": one.value.given,
            "family": one.value.family,
            "second_family": one.value.second_family,
            "kind": one.value.kind.value,
            **_sure(one.said),
        }
        for one in _standing(said)
    ]


def _numbers(records: list[UUID]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.what.partition(".")[2],
            "issuer": str(one.value[0]),
            "value": one.value[1],
            **_sure(one.said),
        }
        for one in _facts(records)
        if one.what.startswith("identifier.") and one.value[1] is not None
    ]


def _birth(records: list[UUID]) -> list[dict[str, Any]]:
    return [
        {"what": one.what, "value": _plain(one.value), **_sure(one.said)}
        for one in _facts(records)
        if not one.what.startswith("identifier.")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):  # an age, and the day on which it was stated
        age, on = value
        return {"years": age, "on": on.isoformat() if on else None}
    return value


def _facts(records: list[UUID]) -> list[Any]:
    return _standing(people.facts_said(records, people.sealers_of(records)))


def _ties(records: list[UUID]) -> list[dict[str, Any]]:
    mine = set(records)
    return [
        {
            "relative_is": (one.relation if one.person in mine else INVERSE[one.relation]).value,
            **_sure(one.said),
        }
        for one in _standing(people.ties_said(records))
    ]


def _stays(records: list[UUID]) -> list[dict[str, Any]]:
    said = _standing(custody.stays_said(records, {}))  # without sealers: free words stay sealed
    places = facilities.names_of({one.place for one in said if one.place})
    return [
        {
            "custodian": one.custodian.value,
            "place": places.get(one.place) if one.place else None,
            "began": _when(one.began),
            "ended": _when(one.ended),
            "ended_by": one.ended_by.value if one.ended_by else None,
            **_sure(one.said),
        }
        for one in said
    ]


def _separations(records: list[UUID]) -> list[dict[str, Any]]:
    return [
        {
            "what": one.what,
            "on": _when(one.on),
            "cause": one.cause.value if one.cause else None,
            **_sure(one.said),
        }
        for one in _standing(custody.events_said(records, {}))
        if one.what in ("separated", "reunified")
    ]


def _standing(said: Iterable[Any]) -> list[Any]:
    return [one for one in said if one.said.certainty is not Certainty.REFUTED]


def _sure(said: Any) -> dict[str, str]:
    return {"certainty": said.certainty.value, "learned_on": said.learned_on.isoformat()}


def _when(when: When | None) -> dict[str, Any] | None:
    if when is None:
        return None
    first, last = when.first_day, when.last_day
    return {
        "first": first.isoformat() if first else None,
        "last": last.isoformat() if last else None,
        "precision": str(when.precision),
    }


_READ: dict[What, Callable[[list[UUID]], list[dict[str, Any]]]] = {
    What.NAMES: _names,
    What.NUMBERS: _numbers,
    What.BIRTH: _birth,
    What.TIES: _ties,
    What.STAYS: _stays,
    What.SEPARATIONS: _separations,
}
