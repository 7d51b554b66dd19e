"""
What did the invented families agree to, and who demanded to be told of them?

A few consents, a referral by one of them, one without consent that two people decided on, one that
waits, and two demands for data of which one is answered.
"""

from datetime import date, timedelta
from uuid import UUID

from accompany.access import actions as access_actions
from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.terms import OrganisationKind, Permission
from accompany.cli.world_builder import Family, Someone, World
from accompany.consents import actions as consents
from accompany.consents import queries as consents_queries
from accompany.consents.terms import (
    ConsentFact,
    Form,
    Language,
    Purpose,
    ReferralFact,
    Way,
    What,
)
from accompany.demands import actions as demands
from accompany.demands.terms import Decision, DemandFact, DemandKind, Finding
from accompany.sources.terms import How, TellingFact

TEXT = (
    "Estoy de acuerdo con que la Clínica Legal del Valle sepa mi nombre, mi fecha de nacimiento y "
    "lo que pasó con mi familia, para ayudarme con mi caso. Me explicaron que puedo decir que no, "
    "que me ayudan igual, y que puedo retirarlo cualquier día."
)
OURS = (
    "Estoy de acuerdo con que Casa Común guarde lo que conté para buscar a mi familia. Nadie más "
    "lo sabe, a menos que yo lo diga."
)
TOLD_OF = frozenset({What.NAMES, What.BIRTH, What.SEPARATIONS})


def load(world: World) -> None:
    """Record it all, in a world that has its families."""
    clinic = access.organisation("clinica") or access_actions.name_organisation(
        code="clinica", name="Clínica Legal del Valle", kind=OrganisationKind.OTHER, by=world.by
    )
    first, second, third = (family.people[0] for family in world.families[:3])
    _agreed(world, first, None, Purpose.FINDING_FAMILY, OURS)
    _agreed(world, first, clinic.pk, Purpose.LEGAL_HELP, TEXT)
    _agreed(world, second, clinic.pk, Purpose.LEGAL_HELP, TEXT, since=-200, days=180)
    legal = ReferralFact(first.id, clinic.pk, Purpose.LEGAL_HELP, Way.FILE, TOLD_OF)
    consents.refer(legal, by=world.by)
    for one, confirms in ((second, True), (third, False)):
        told = ReferralFact(
            one.id, clinic.pk, Purpose.HEALTH, Way.TOLD, frozenset({What.NAMES, What.BIRTH})
        )
        _without_consent(world, told, confirms=confirms)
    _demanded(world, world.families[3])


def _agreed(
    world: World,
    one: Someone,
    recipient: UUID | None,
    purpose: Purpose,
    words: str,
    *,
    since: int = -10,
    days: int = 365,
) -> None:
    began = world.today + timedelta(days=since)
    fact = ConsentFact(
        person=one.id,
        given_by=one.id,
        purpose=purpose,
        recipient=recipient,
        what=TOLD_OF,
        words=words,
        language=Language.SPANISH,
        form=Form.SPOKEN,
        witness="la intérprete de la tarde",
        since=began,
        expires_on=began + timedelta(days=days),
    )
    told = TellingFact(How.IN_PERSON, world.today, told_on=began, person=one.id)
    consents.record_consent(fact, told=told, by=world.by)


def _without_consent(world: World, fact: ReferralFact, *, confirms: bool) -> None:
    asks = _somebody_else(world.by)
    if asks is None:
        return
    reason = "She is in surgery and cannot be asked; the hospital needs to know who she is."
    consents.ask_without_consent(fact, reason=reason, by=asks)
    if confirms:
        (waits,) = consents_queries.overrides_said(seen_by=world.by, of=[fact.person])
        consents.confirm_without_consent(override=waits.id, by=world.by)


def _somebody_else(by: Actor) -> Actor | None:
    """A colleague who may refer, if there is one."""
    actors = (access.actor_of(user, at_terminal=True) for user in access.users(seen_by=by))
    able = [one for one in actors if one.user != by.user and one.may(Permission.REFER)]
    return able[0] if able else None


def _demanded(world: World, family: Family) -> None:
    came = world.today - timedelta(days=6)
    warrant = _logged(
        world, DemandKind.WARRANT_ADMINISTRATIVE, came, "Where the father is.", family.people[0]
    )
    demands.advise(
        demand=warrant,
        finding=Finding.DOES_NOT_COMPEL,
        words="An officer signed it, not a judge. Give nothing, and say that counsel answers.",
        asked_on=came,
        on=came + timedelta(days=1),
        by=world.by,
    )
    demands.decide(
        demand=warrant,
        decision=Decision.NOTHING,
        left=(),
        on=came + timedelta(days=1),
        by=world.by,
    )
    _logged(world, DemandKind.SUBPOENA_ADMINISTRATIVE, world.today, "All names on our lists.")


def _logged(
    world: World, kind: DemandKind, on: date, asked: str, about: Someone | None = None
) -> UUID:
    ice = world.agencies["ice"]
    fact = DemandFact(
        kind,
        by_whom="Two officers who gave no names; one badge ended in 41.",
        asked=asked,
        agency=ice,
        records=(about.id,) if about else (),
    )
    told = TellingFact(How.IN_PERSON, on, told_on=on, organisation=ice)
    return demands.log_demand(fact, told=told, by=world.by)
