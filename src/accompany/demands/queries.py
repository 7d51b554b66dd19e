"""Who demanded what of people on record, what does counsel say, and what left?"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.demands.models import (
    ANSWER_FIELD,
    WORDS_FIELD,
    Advice,
    Demand,
    DemandedOf,
    Done,
)
from accompany.demands.terms import (
    Decision,
    DemandKind,
    DemandLine,
    DemandSaid,
    Finding,
    Left,
)
from accompany.people import queries as people

A_LOG = 500


def log(*, seen_by: Actor) -> list[DemandLine]:
    """The demands made of the actor's organisation, the newest first: codes and days, no names."""
    seen_by.must(Permission.LOG_DEMANDS)
    found = Demand.objects.now().seen_by(seen_by).select_related("agency")
    return _lines(list(found.order_by("-learned_on", "-id")[:A_LOG]))


def waiting(*, seen_by: Actor) -> int:
    """How many demands wait for counsel's answer, for who may answer them."""
    if not seen_by.may_all((Permission.LOG_DEMANDS, Permission.DECIDE_DEMANDS)):
        return 0
    answered = Advice.objects.now().values("demand")
    done = Done.objects.now().values("demand")
    open_ = Demand.objects.now().seen_by(seen_by).exclude(pk__in=answered).exclude(pk__in=done)
    return int(open_.count())


def _lines(found: list[Any]) -> list[DemandLine]:
    ids = [one.pk for one in found]
    advice = {one.demand_id: one for one in _of(Advice, ids)}
    done = {one.demand_id: one for one in _of(Done, ids)}
    counts: dict[UUID, int] = {}
    for one in _of(DemandedOf, ids):
        counts[one.demand_id] = counts.get(one.demand_id, 0) + 1
    return [
        _line(one, counts.get(one.pk, 0), advice.get(one.pk), done.get(one.pk)) for one in found
    ]


def _of(model: Any, demands: Iterable[UUID]) -> list[Any]:
    """What stands of these demands, oldest first: the newest advice is the one that counts."""
    return list(model.objects.now().filter(demand__in=list(demands)).order_by("id"))


def _line(one: Any, records: int, advice: Any, done: Any) -> DemandLine:
    return DemandLine(
        id=one.pk,
        kind=DemandKind(one.kind),
        received_on=one.learned_on,
        agency=one.agency.name if one.agency else "",
        records=records,
        finding=Finding(advice.finding) if advice else None,
        answered_on=advice.learned_on if advice else None,
        decision=Decision(done.decision) if done else None,
        left=tuple(Left(code) for code in done.left.split(",") if code) if done else (),
        decided_on=done.learned_on if done else None,
    )


def demand(key: UUID, *, seen_by: Actor) -> DemandSaid | None:
    """
    One demand, opened: for who decides on demands, and for whoever logged it.

    Of the persons it is about those whom the actor may see.
    """
    seen_by.must(Permission.LOG_DEMANDS)
    stands: Any = Demand.objects.now().seen_by(seen_by)
    if not seen_by.may(Permission.DECIDE_DEMANDS):
        stands = stands.filter(logged_by=seen_by.user)
    found = stands.filter(pk=key).select_related("agency").first()
    if found is None:
        return None
    (line,) = _lines([found])
    sealer = sealing.sealers([key]).get(key)
    advice = _of(Advice, [key])[-1:]
    by_whom, asked = _words(found, sealer)
    about = people.standing((one.person_id for one in _of(DemandedOf, [key])), seen_by=seen_by)
    return DemandSaid(
        line=line,
        by_whom=by_whom,
        asked=asked,
        answer=_answer(advice[0], sealer) if advice and sealer else "",
        asked_counsel_on=advice[0].asked_on if advice else None,
        records=tuple(sorted(about)),
        logged_by=found.logged_by,
        words_erased=sealer is None,
    )


def _words(one: Any, sealer: sealing.Sealer | None) -> tuple[str, str]:
    """Who came and what they asked; nothing of a demand whose words were erased."""
    if sealer is None:
        return "", ""
    by_whom, asked = json.loads(sealer.open_text(one.words, field=WORDS_FIELD, row=one.pk))
    return by_whom, asked


def _answer(advice: Any, sealer: sealing.Sealer) -> str:
    return sealer.open_text(advice.words, field=ANSWER_FIELD, row=advice.pk)
