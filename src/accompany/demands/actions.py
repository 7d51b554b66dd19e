"""
Everything that changes the log of demands for data.

A demand is logged by whoever met it, answered by counsel, and marked with what was done. Nothing is
marked as given without counsel's answer and a judge's order.
"""

import json
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.base.ids import uuid7
from accompany.base.refusal import Refused, refuse_if
from accompany.demands import queries, rules
from accompany.demands.models import ANSWER_FIELD, WORDS_FIELD, Advice, Demand, DemandedOf, Done
from accompany.demands.terms import Decision, DemandFact, Event, Finding, Left
from accompany.people import queries as people
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.terms import How, TellingFact


def log_demand(fact: DemandFact, *, told: TellingFact, by: Actor) -> UUID:
    """
    Log a demand; its id. Raises Refused if it is not said who came and what they asked.

    Raises Person.DoesNotExist for a record that is not there for this actor.
    """
    by.must(Permission.LOG_DEMANDS)
    refuse_if(rules.objections_to_logging(fact))
    people.must_see(fact.records, by)
    key = uuid7()
    about = [Ref("demand", key), *(Ref("person", one) for one in fact.records)]
    with sources.telling(Event.LOGGED, told, by=by, about=about) as (source, change):
        sealer = sealing.new_sealers("demand", [key])[key]
        words = json.dumps([fact.by_whom.strip(), fact.asked.strip()], ensure_ascii=False)
        sealed = sealer.seal(words, field=WORDS_FIELD, row=key)
        row = (
            *head(source, key=key),
            fact.kind.value,
            by.organisation,
            fact.agency,
            sealed,
            by.user,
        )
        named = [(*head(source), one, key) for one in fact.records]
        sources.store([Ready.of(Demand, [row]), Ready.of(DemandedOf, named)], change)
    return key


def advise(
    *, demand: UUID, finding: Finding, words: str, asked_on: date, on: date, by: Actor
) -> None:
    """
    Record what counsel answers on a demand; an earlier answer is withdrawn. Raises Refused.

    Raises Demand.DoesNotExist if it is not there for this actor.
    """
    by.must(Permission.LOG_DEMANDS, Permission.DECIDE_DEMANDS)
    with transaction.atomic():
        found = _locked(demand, by)
        sealer = sealing.sealers([demand]).get(demand)
        refuse_if(
            rules.objections_to_advising(
                found.kind, finding, words, received_on=found.received_on, asked_on=asked_on, on=on
            )
        )
        if sealer is None:
            raise Refused([rules.WORDS_ERASED])
        told = TellingFact(How.MESSAGE, on, organisation=by.organisation)
        about = [Ref("demand", demand)]
        with sources.telling(Event.ADVISED, told, by=by, about=about) as (source, change):
            sources.withdraw(Advice.objects.filter(demand=demand), change)
            row = head(source)
            sealed = sealer.seal(words.strip(), field=ANSWER_FIELD, row=row[0])
            advice = (*row, demand, finding.value, asked_on, sealed, by.user)
            sources.store([Ready.of(Advice, [advice])], change)


def decide(
    *, demand: UUID, decision: Decision, left: Collection[Left], on: date, by: Actor
) -> None:
    """
    Record what was done about a demand; what was recorded before is withdrawn.

    Raises Refused where something would have left without counsel's answer and a judge's order.
    """
    by.must(Permission.LOG_DEMANDS, Permission.DECIDE_DEMANDS)
    with transaction.atomic():
        found = _locked(demand, by)
        refuse_if(rules.objections_to_deciding(found.kind, found.finding, decision, left))
        refuse_if([rules.DAY_BEFORE] if on < found.received_on else [])
        told = TellingFact(How.SEEN, on, organisation=by.organisation)
        about = [Ref("demand", demand)]
        with sources.telling(Event.DECIDED, told, by=by, about=about) as (source, change):
            sources.withdraw(Done.objects.filter(demand=demand), change)
            codes = ",".join(one.value for one in Left if one in left)
            row = (*head(source), demand, decision.value, codes, by.user)
            sources.store([Ready.of(Done, [row])], change)


def _locked(demand: UUID, by: Actor) -> Any:
    """The line of a demand, which nobody else changes until the transaction ends."""
    Demand.objects.now().seen_by(by).select_for_update().get(pk=demand)
    found = queries.demand(demand, seen_by=by)
    if found is None:
        raise Demand.DoesNotExist
    return found.line
