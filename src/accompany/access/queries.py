"""Who works here, who is acting, and what does the trail say?"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Prefetch, Q, QuerySet

from accompany.access import rules, sealing
from accompany.access.actors import Actor
from accompany.access.models import (
    About,
    Case,
    CaseMember,
    Entry,
    Lent,
    Organisation,
    Team,
    TeamMember,
    User,
)
from accompany.access.permissions import LEFT_WHEN_LAPSED
from accompany.access.terms import OrganisationKind, Permission, Ref
from accompany.base import clock
from accompany.base.refusal import Objection, Refused

NAME_FIELD = "access_user.sealed_name"

NOT_SET_UP = Objection(
    "access.not-set-up",
    "This record has not been set up yet.",
    "Run `accompany setup` first.",
)
NO_SUCH_USER = Objection(
    "access.no-such-user",
    "There is no active account of that name.",
    "Check the name with `accompany users`, or leave --as out.",
)

USER_UNKNOWN = Objection(
    "access.user-unknown",
    "There is no such account in this organisation.",
    "Look at the list of users.",
)


def actor_of(user: User, *, at_terminal: bool = False) -> Actor:
    """The actor that a user is today. At a terminal no account lapses: somebody must renew them."""
    today = clock.today()
    lapsed = not at_terminal and has_lapsed(user.used_on, today)
    permissions = user.permissions
    return Actor(
        user=user.pk,
        organisation=user.organisation_id,
        permissions=permissions & LEFT_WHEN_LAPSED if lapsed else permissions,
        teams=frozenset(user.teams.values_list("pk", flat=True)),
        at_terminal=at_terminal,
        cases=frozenset()
        if Permission.SEE_EVERY_CASE in permissions
        else _cases_of(user, today, lapse=not at_terminal),
        has_lapsed=lapsed,
    )


def has_lapsed(used_on: date, today: date) -> bool:
    """Whether what was last used on a day has lapsed by another."""
    return rules.has_lapsed(used_on, today, weeks=settings.ACCOMPANY_LAPSE_WEEKS)


def _cases_of(user: User, today: date, *, lapse: bool) -> frozenset[UUID]:
    places = CaseMember.objects.filter(user=user).values_list("case", "used_on")
    return frozenset(case for case, used_on in places if not (lapse and has_lapsed(used_on, today)))


def actor_for(user: UUID) -> Actor | None:
    """The actor that a user is, for a job of theirs; None once they are locked or not active."""
    found = User.objects.filter(pk=user, is_active=True, locked_at=None).first()
    return None if found is None else actor_of(found)


def operator(username: str | None = None) -> Actor:
    """
    The actor that a command is: the account named, else the administrator of the set-up.

    Raises Refused if the record is not set up, or nobody active has that name.
    """
    name = username or settings.ACCOMPANY_USER
    users = User.objects.filter(is_active=True)
    user = users.filter(username=name).first() if name else users.filter(made_by_setup=True).first()
    if user is None:
        raise Refused([NO_SUCH_USER if name else NOT_SET_UP])
    return actor_of(user, at_terminal=True)


def user_with(username: str, password: str) -> User | None:
    """
    The user of that name and password, if nothing keeps them out.

    A name that nobody has takes as long to refuse.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        make_password(password)
        return None
    right = check_password(password, user.password)
    return user if right and user.is_active and user.locked_at is None else None


def user_half_in(user: str) -> User | None:
    """The user who gave the password, and whom nothing keeps out since."""
    return User.objects.filter(pk=user, is_active=True, locked_at=None).first()


def is_set_up() -> bool:
    """Whether the set-up has been run."""
    return User.objects.filter(made_by_setup=True).exists()


def users(*, seen_by: Actor) -> QuerySet[User]:
    """The users of the actor's organisation."""
    seen_by.must(Permission.MANAGE_USERS)
    found = User.objects.filter(organisation=seen_by.organisation)
    return found.select_related("organisation").order_by("username")


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """How colleagues call the users, by id."""
    found = User.objects.filter(pk__in=set(ids))
    sealers = sealing.sealers(user.pk for user in found)
    return {
        user.pk: sealers[user.pk].open_text(user.sealed_name, field=NAME_FIELD, row=user.pk)
        for user in found
        if user.pk in sealers
    }


def organisations() -> QuerySet[Organisation]:
    """Every organisation that tells or keeps records here."""
    return Organisation.objects.order_by("name")


def organisation(code: str) -> Organisation | None:
    """The organisation of that code or name, if there is one."""
    return (
        Organisation.objects.filter(code=code.casefold()).first()
        or Organisation.objects.filter(name__iexact=code).first()
    )


def teams(*, seen_by: Actor) -> QuerySet[Team]:
    """The teams of the actor's organisation."""
    seen_by.must(Permission.MANAGE_USERS)
    found = Team.objects.filter(organisation=seen_by.organisation).order_by("name")
    places = TeamMember.objects.select_related("user").order_by("user__username")
    return found.prefetch_related(Prefetch("teammember_set", places))


def team(key: UUID | str, *, seen_by: Actor) -> Team | None:
    """The team of that id or name, if it is there for this actor."""
    by = {"pk": key} if isinstance(key, UUID) else {"name": key}
    return teams(seen_by=seen_by).filter(**by).first()


def names_of_teams(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of teams, by id."""
    return dict(Team.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def cases(*, seen_by: Actor) -> QuerySet[Case]:
    """The cases of the actor's organisation, newest first, for whoever manages its users."""
    seen_by.must(Permission.MANAGE_USERS)
    found = Case.objects.filter(organisation=seen_by.organisation).order_by("-id")
    return found.prefetch_related("records", "members__user")


def case(code: str, *, seen_by: Actor) -> Case | None:
    """The case of that code, if it is there for this actor."""
    return cases(seen_by=seen_by).filter(code=code).first()


def codes_of_cases(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of cases, by id."""
    return dict(Case.objects.filter(pk__in=set(ids)).values_list("pk", "code"))


def cases_about(record: UUID, *, seen_by: Actor) -> QuerySet[Case]:
    """The cases of the actor's organisation that a record is in."""
    return cases(seen_by=seen_by).filter(records__record=record)


def teams_about(record: UUID, *, seen_by: Actor) -> QuerySet[Team]:
    """The teams to which a record is kept."""
    return teams(seen_by=seen_by).filter(wall__record=record)


def lent_now(record: UUID, *, seen_by: Actor) -> QuerySet[Lent]:
    """To whom a record is lent at this moment, the first to end first."""
    seen_by.must(Permission.MANAGE_USERS)
    now = clock.now()
    found = Lent.objects.filter(record=record, since__lte=now, until__gt=now)
    return found.select_related("to", "user").order_by("until", "id")


def borrowed(*, by: Actor, now: datetime) -> QuerySet[Lent]:
    """What is lent to an actor at a moment: to them alone, or to all of their organisation."""
    to = Q(user=by.user) if by.user else Q(pk=None)
    if by.may(Permission.SEE_EVERY_CASE):
        to |= Q(user=None)
    return Lent.objects.filter(to, to=by.organisation, since__lte=now, until__gt=now)


def holders(*, seen_by: Actor) -> QuerySet[Organisation]:
    """The other organisations that keep records here."""
    found = Organisation.objects.filter(kind=OrganisationKind.HOLDER).order_by("name")
    return found.exclude(pk=seen_by.organisation)


@dataclass(frozen=True)
class TrailLine:
    """One line of the trail as people read it."""

    number: int
    at: datetime
    who: str | None
    at_terminal: bool
    event: str
    is_look: bool
    counts: dict[str, int]


def trail_about(record: UUID, *, seen_by: Actor, limit: int = 20) -> list[TrailLine]:
    """
    The newest looks at and changes of one record, for whoever may see it.

    Colleagues by what they are called; of others, their organisation.
    """
    seen_by.must(Permission.SEE_PERSONS)
    numbers = About.objects.filter(record=record).order_by("-entry").values_list("entry", flat=True)
    wanted = list(dict.fromkeys(numbers[: limit * 2]))[:limit]
    return _lines(Entry.objects.filter(number__in=wanted).order_by("-number"), seen_by)


def trail(*, seen_by: Actor, before: int | None = None, limit: int = 50) -> list[TrailLine]:
    """What the actor's organisation did and looked at, newest first, for whoever watches it."""
    seen_by.must(Permission.READ_TRAIL)
    own = User.objects.filter(organisation=seen_by.organisation).values("pk")
    # The set-up has no user yet, and is everybody's.
    entries = Entry.objects.filter(Q(actor__in=own) | Q(actor=None)).order_by("-number")
    if before is not None:
        entries = entries.filter(number__lt=before)
    return _lines(entries[:limit], seen_by)


def _lines(entries: Iterable[Entry], seen_by: Actor) -> list[TrailLine]:
    found: list[Any] = list(entries)
    names = _called({entry.actor for entry in found if entry.actor}, seen_by.organisation)
    return [
        TrailLine(
            entry.number,
            entry.at,
            names.get(entry.actor),
            entry.at_terminal,
            entry.event,
            not entry.brings,
            json.loads(entry.counts),
        )
        for entry in found
    ]


def _called(users: set[UUID], house: UUID) -> dict[UUID, str]:
    """Those of a house as colleagues call them, anybody else by their organisation's name."""
    others = User.objects.filter(pk__in=users).exclude(organisation=house)
    elsewhere = dict(others.values_list("pk", "organisation__name"))
    return names_of(users - elsewhere.keys()) | elsewhere


REFS_SHOWN = 3


def refs_of(numbers: Iterable[int], *, seen_by: Actor) -> dict[int, list[Ref]]:
    """The first records that each of these entries is about."""
    seen_by.must(Permission.READ_TRAIL)
    found: dict[int, list[Ref]] = {}
    rows = About.objects.filter(entry__in=list(numbers), position__lt=REFS_SHOWN)
    for about in rows.order_by("entry", "position"):
        found.setdefault(about.entry, []).append(Ref(about.kind, about.record))
    return found


@dataclass(frozen=True, slots=True)
class EntrySaid:
    """When an entry of the trail was made, and the counts it carries."""

    at: datetime
    counts: dict[str, int]


def entries(numbers: Iterable[int]) -> dict[int, EntrySaid]:
    """Entries by number: moments and counts, which name nobody."""
    found = Entry.objects.filter(number__in=list(numbers)).values_list("number", "at", "counts")
    return {number: EntrySaid(at, json.loads(counts)) for number, at, counts in found}
