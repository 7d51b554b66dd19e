"""Everything that changes who works here and who may see what."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accompany.access import (
    keyring,
    queries,
    rotation,
    rules,
    sealing,
    second_factors,
    sessions,
    trail,
)
from accompany.access.actors import Actor
from accompany.access.models import (
    Case,
    CaseMember,
    CaseRecord,
    Lent,
    Organisation,
    Team,
    TeamMember,
    User,
    Wall,
)
from accompany.access.permissions import OF_ROLE
from accompany.access.queries import USER_UNKNOWN
from accompany.access.terms import Event, LentFor, OrganisationKind, Permission, Ref, Role
from accompany.base import clock, codes
from accompany.base.ids import uuid7
from accompany.base.models import take_numbers
from accompany.base.refusal import Objection, Refused, refuse_if

AGENCIES = (
    ("cbp", "CBP"),
    ("ice", "ICE"),
    ("orr", "ORR"),
    ("usms", "US Marshals Service"),
    ("bop", "Bureau of Prisons"),
    ("eoir", "EOIR"),
    ("dhs", "DHS"),
    ("hhs", "HHS"),
)

SET_UP_ALREADY = Objection(
    "access.set-up-already",
    "This record has been set up already, so nothing was changed.",
    "To add people, use `accompany users invite` or the page Users.",
)
NAME_TAKEN = Objection(
    "access.user-name-taken",
    "There is an account with that user name.",
    "Choose another user name.",
)
NAME_EMPTY = Objection(
    "access.user-name-empty",
    "The account has no user name, or nothing to call the person by.",
    "Fill in both.",
)
ORGANISATION_THERE = Objection(
    "access.organisation-there",
    "There is an organisation of that code or name already.",
    "See `accompany organisations`.",
)
TEAM_THERE = Objection(
    "access.team-there",
    "There is a team of that name already.",
    "Choose another name, or change the members of that team.",
)
TEAM_NAMELESS = Objection(
    "access.team-nameless",
    "The team has no name.",
    "Give it one that your colleagues know it by.",
)
NOT_YOURSELF = Objection(
    "access.not-yourself",
    "Nobody can deactivate the account they are using.",
    "Ask another administrator.",
)
LAST_ADMINISTRATOR = Objection(
    "access.last-administrator",
    "This is the last active administrator, and somebody must be able to let people in.",
    "Invite another administrator first.",
)
RENEWED_BY_ANOTHER = Objection(
    "access.renewed-by-another",
    "Nobody renews the account they are using.",
    "Ask another administrator, or whoever runs the server: `accompany users renew`.",
)
UNLOCKED_BY_ANOTHER = Objection(
    "access.unlocked-by-another",
    "Nobody unlocks their own account.",
    "Ask another administrator, or whoever runs the server: `accompany users reset`.",
)


def set_up(*, organisation: str, username: str, called: str, password: str | None = None) -> str:
    """
    Make the first organisation and its administrator; returns their password.

    Without a password a random one is made, to be changed at the first sign-in. Raises Refused if
    the record is set up already.
    """
    with transaction.atomic():
        if queries.is_set_up():
            raise Refused([SET_UP_ALREADY])
        home = Organisation(code="own", name=organisation, kind=OrganisationKind.HOLDER)
        setup = Actor(None, home.pk, OF_ROLE[Role.ADMINISTRATOR], at_terminal=True)
        with trail.change(Event.SET_UP, by=setup):
            rotation.begin_first()
            home.save(force_insert=True)
            for code, name in AGENCIES:
                Organisation.objects.create(code=code, name=name, kind=OrganisationKind.AGENCY)
            chosen = password or one_time_password()
            user = _new_user(username, called, Role.ADMINISTRATOR, home.pk, chosen)
            user.made_by_setup = True
            user.must_choose_password = password is None
            user.save(force_insert=True)
    return chosen


def one_time_password() -> str:
    """A password of 80 random bits that can be read aloud."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _new_user(username: str, called: str, role: Role, organisation: UUID, password: str) -> User:
    user = User(username=username, role=role, organisation_id=organisation)
    sealer = sealing.new_sealers("user", [user.pk])[user.pk]
    user.sealed_name = sealer.seal(called, field=queries.NAME_FIELD, row=user.pk)
    user.password = make_password(password)
    return user


def name_organisation(*, code: str, name: str, kind: OrganisationKind, by: Actor) -> Organisation:
    """
    Put an organisation on record, as one that tells or one that keeps records here.

    Raises Refused if there is one of that code or name.
    """
    by.must(Permission.MANAGE_USERS)
    refuse_if([ORGANISATION_THERE] if _is_named(code, name) else [])
    organisation = Organisation(code=code.casefold(), name=name, kind=kind)
    about = [Ref("organisation", organisation.pk)]
    try:
        with transaction.atomic(), trail.change(Event.ORGANISATIONS_NAMED, by=by, about=about):
            organisation.save(force_insert=True)
    except IntegrityError:
        if not _is_named(code, name):
            raise
        raise Refused([ORGANISATION_THERE]) from None  # by somebody who was a moment faster
    return organisation


def _is_named(code: str, name: str) -> bool:
    return any(queries.organisation(one) is not None for one in (code, name))


def invite_user(
    *, username: str, called: str, role: Role, by: Actor, organisation: UUID | None = None
) -> tuple[User, str]:
    """
    Make an account; returns it with a password for one sign-in. Raises Refused.

    Into another organisation only the set-up's administrator lets somebody in: else whoever manages
    the users of one could read the records of every other.
    """
    by.must(Permission.MANAGE_USERS)
    if organisation not in (None, by.organisation) and not _is_of_the_set_up(by):
        raise PermissionDenied
    username, called = username.strip(), called.strip()
    objections = []
    if not username or not called:
        objections.append(NAME_EMPTY)
    if _is_taken(username):
        objections.append(NAME_TAKEN)
    refuse_if(objections)
    password = one_time_password()
    try:
        with transaction.atomic():
            user = _new_user(username, called, role, organisation or by.organisation, password)
            user.must_choose_password = True
            with trail.change(Event.USER_INVITED, by=by, about=[Ref("user", user.pk)]):
                user.save(force_insert=True)
    except IntegrityError:
        if not _is_taken(username):
            raise
        raise Refused([NAME_TAKEN]) from None  # by somebody who was a moment faster
    return user, password


def _is_taken(username: str) -> bool:
    return User.objects.filter(username=username).exists()


def _is_of_the_set_up(by: Actor) -> bool:
    return by.user is not None and User.objects.filter(pk=by.user, made_by_setup=True).exists()


def deactivate_user(*, username: str, by: Actor) -> None:
    """End an account's access. Raises Refused for one's own, and for the last administrator."""
    user = _mine(username, by)
    objections = [NOT_YOURSELF] if user.pk == by.user and not by.at_terminal else []
    with transaction.atomic():
        if user.role == Role.ADMINISTRATOR and _locked_administrators(user) <= {user.pk}:
            objections.append(LAST_ADMINISTRATOR)
        refuse_if(objections)
        with trail.change(Event.USER_DEACTIVATED, by=by, about=[Ref("user", user.pk)]):
            user.is_active = False
            user.save(update_fields=["is_active"])
            sessions.end(user.pk)


def reactivate_user(*, username: str, by: Actor) -> None:
    """Let an account in again."""
    user = _mine(username, by)
    with trail.change(Event.USER_REACTIVATED, by=by, about=[Ref("user", user.pk)]):
        user.is_active = True
        user.save(update_fields=["is_active"])


def reset_user(*, username: str, by: Actor, second_factors_too: bool = False) -> str:
    """
    Give an account a new password for one sign-in, unlock it, and end its sessions; returns it.

    With `second_factors_too` its second factors and recovery codes go: for who lost a telephone.
    Raises Refused for one's own account that is locked.
    """
    user = _mine(username, by)
    if user.locked_at and user.pk == by.user and not by.at_terminal:
        raise Refused([UNLOCKED_BY_ANOTHER])
    password, about = one_time_password(), [Ref("user", user.pk)]
    with trail.change(Event.USER_RESET, by=by, about=about):
        user.password = make_password(password)
        user.must_choose_password = True
        user.locked_at = user.locked_by = user.lock_seen_by = None
        user.save(
            update_fields=[
                "password",
                "must_choose_password",
                "locked_at",
                "locked_by",
                "lock_seen_by",
            ]
        )
        sessions.end(user.pk)
        if second_factors_too:
            with trail.change(Event.SECOND_FACTORS_RESET, by=by, about=about):
                second_factors.remove_all(user.pk)
    return password


def choose_password(*, user: User, password: str, by: Actor, session: UUID | None = None) -> None:
    """
    Set the password that a user chose for themselves; nobody chooses another's.

    Their sessions end, but the one in use.
    """
    if by.user != user.pk:
        raise PermissionDenied
    with trail.change(Event.PASSWORD_CHOSEN, by=by, about=[Ref("user", user.pk)]):
        user.password = make_password(password)
        user.must_choose_password = False
        user.save(update_fields=["password", "must_choose_password"])
        sessions.end(user.pk, besides=session)


def choose_language(*, user: User, language: str) -> None:
    """Remember the language a user reads in: nothing about anybody, so no entry."""
    User.objects.filter(pk=user.pk).update(language=language)


def _mine(username: str, by: Actor) -> User:
    by.must(Permission.MANAGE_USERS)
    user = User.objects.filter(username=username, organisation=by.organisation).first()
    if user is None:
        raise Refused([USER_UNKNOWN])
    return user


def _locked_administrators(user: User) -> set[UUID]:
    """
    The active administrators of a user's organisation, as they stay until this transaction ends.

    Two who deactivate each other wait here for one another, and one of them stays.
    """
    active = User.objects.filter(
        organisation=user.organisation_id, role=Role.ADMINISTRATOR, is_active=True
    )
    return set(active.select_for_update().order_by("pk").values_list("pk", flat=True))


def signed_in(*, user: User) -> None:
    """Leave the entry of a sign-in."""
    actor = queries.actor_of(user)
    trail.look(Event.SIGNED_IN, by=actor, about=[Ref("user", user.pk)])


def signed_out(*, user: User) -> None:
    """Leave the entry of a sign-out."""
    trail.look(Event.SIGNED_OUT, by=queries.actor_of(user), about=[Ref("user", user.pk)])


def make_team(*, name: str, members: Iterable[str] = (), by: Actor) -> Team:
    """
    A team of users of the actor's organisation, by user name.

    Raises Refused for a name that is empty or taken, and for a user who is not there.
    """
    by.must(Permission.MANAGE_USERS)
    users = [_mine(username, by) for username in members]
    team = Team(organisation_id=by.organisation)
    about = [Ref("team", team.pk), *(Ref("user", user.pk) for user in users)]
    with _named_once(name, team), trail.change(Event.TEAM_CHANGED, by=by, about=about):
        team.save(force_insert=True)
        TeamMember.objects.bulk_create([TeamMember(team=team, user=user) for user in users])
    return team


def name_team(*, team: UUID, name: str, by: Actor) -> None:
    """Call a team otherwise. Raises Refused for a name that is empty or taken."""
    found = _team(team, by)
    about = [Ref("team", team)]
    with _named_once(name, found), trail.change(Event.TEAM_CHANGED, by=by, about=about):
        found.save(update_fields=["name"])


@contextmanager
def _named_once(name: str, team: Team) -> Iterator[None]:
    """Give a team its name; refuse it if it is empty, or another of the house has it."""
    team.name = name.strip()
    others = Team.objects.filter(organisation=team.organisation_id, name=team.name)
    refuse_if([] if team.name else [TEAM_NAMELESS])
    refuse_if([TEAM_THERE] if others.exclude(pk=team.pk).exists() else [])
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused([TEAM_THERE]) from None  # by somebody who was a moment faster


def join_team(*, team: UUID, username: str, by: Actor) -> None:
    """Let a user of the actor's organisation see what is kept to the team. Raises Refused."""
    _team(team, by)
    user = _mine(username, by)
    with trail.change(Event.TEAM_CHANGED, by=by, about=[Ref("team", team), Ref("user", user.pk)]):
        TeamMember.objects.get_or_create(team_id=team, user=user)


def leave_team(*, team: UUID, username: str, by: Actor) -> None:
    """A user no longer sees what is kept to the team. Raises Refused."""
    _team(team, by)
    user = _mine(username, by)
    with trail.change(Event.TEAM_CHANGED, by=by, about=[Ref("team", team), Ref("user", user.pk)]):
        TeamMember.objects.filter(team=team, user=user).delete()


def _team(team: UUID, by: Actor) -> Team:
    by.must(Permission.MANAGE_USERS)
    return Team.objects.get(pk=team, organisation=by.organisation)


def keep_to_team(*, record: UUID, team: UUID, by: Actor) -> None:
    """
    From now on only this team sees the record, within the organisation that holds it.

    `people.actions` calls this, which knows whose the record is. Raises Team.DoesNotExist for the
    team of another organisation.
    """
    _team(team, by)
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        Wall.objects.get_or_create(record=record, team_id=team)


def keep_no_longer(*, record: UUID, team: UUID, by: Actor) -> None:
    """
    The record is kept to this team no longer: to others if there are, else to nobody.

    `people.actions` calls this. Raises Team.DoesNotExist for the team of another organisation.
    """
    _team(team, by)
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        Wall.objects.filter(record=record, team=team).delete()


def lend(
    *,
    record: UUID,
    to: UUID,
    until: datetime,
    by: Actor,
    kind: LentFor = LentFor.SLOT,
    username: str | None = None,
) -> None:
    """
    Let an organisation, or one user of it, see the record until a moment.

    `people.actions` calls this, which knows whose the record is; of a referral `consents.actions`,
    which knows what the person agreed to. Raises Refused for more than ten hours, but where it is a
    referral, and for a user who is not there.
    """
    by.must(Permission.REFER if kind is LentFor.REFERRAL else Permission.MANAGE_USERS)
    since = clock.now()
    objections = rules.objections_to_lending(kind, since, until)
    borrower = User.objects.filter(username=username, organisation=to).first() if username else None
    if username and borrower is None:
        objections.append(rules.NOT_OF_THEM)
    refuse_if(objections)
    about = [Ref("person", record), *([Ref("user", borrower.pk)] if borrower else [])]
    with trail.change(Event.ACCESS_CHANGED, by=by, about=about):
        Lent.objects.create(
            id=uuid7(),
            record=record,
            to_id=to,
            user=borrower,
            kind=kind,
            since=since,
            until=until,
        )


def take_back(*, record: UUID, lent: UUID, by: Actor) -> None:
    """End at once what was lent of a record; `people.actions` calls this."""
    by.must(Permission.MANAGE_USERS)
    now = clock.now()
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        Lent.objects.filter(pk=lent, record=record, until__gt=now).update(until=now)


def end_referral(*, record: UUID, to: UUID, by: Actor) -> None:
    """End at once what was lent of a record with a referral; `consents.actions` calls this."""
    by.must(Permission.RECORD)
    now = clock.now()
    lent = Lent.objects.filter(record=record, to=to, kind=LentFor.REFERRAL, until__gt=now)
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        lent.update(until=now)


def make_case(*, by: Actor) -> Case:
    """A case of the actor's organisation, about nobody yet."""
    by.must(Permission.MANAGE_USERS)
    made = Case(organisation_id=by.organisation)
    with trail.change(Event.CASE_CHANGED, by=by, about=[Ref("case", made.pk)]):
        (number,) = take_numbers(1)
        made.code = codes.code_of(number, keyring.key("codes"))
        made.save(force_insert=True)
    return made


def put_in_case(*, case: UUID, record: UUID, by: Actor) -> None:
    """
    From now on the members of the case see the record; `people.actions` calls this.

    Raises Case.DoesNotExist for the case of another organisation.
    """
    _case(case, by)
    with trail.change(Event.CASE_CHANGED, by=by, about=[Ref("case", case), Ref("person", record)]):
        CaseRecord.objects.get_or_create(case_id=case, record=record)


def take_from_case(*, case: UUID, record: UUID, by: Actor) -> None:
    """The members of the case no longer see the record by it."""
    _case(case, by)
    with trail.change(Event.CASE_CHANGED, by=by, about=[Ref("case", case), Ref("person", record)]):
        CaseRecord.objects.filter(case=case, record=record).delete()


def join_case(*, case: UUID, username: str, by: Actor) -> None:
    """
    Let a user of the actor's organisation see the persons of a case, from today on.

    Who was a member is one anew: that is how a place that lapsed is renewed. Raises Refused for a
    user who is not there.
    """
    _case(case, by)
    user = _mine(username, by)
    with trail.change(Event.CASE_CHANGED, by=by, about=[Ref("case", case), Ref("user", user.pk)]):
        CaseMember.objects.update_or_create(
            case_id=case, user=user, defaults={"used_on": clock.today()}
        )


def leave_case(*, case: UUID, username: str, by: Actor) -> None:
    """A user no longer sees the persons of a case by it."""
    _case(case, by)
    user = _mine(username, by)
    with trail.change(Event.CASE_CHANGED, by=by, about=[Ref("case", case), Ref("user", user.pk)]):
        CaseMember.objects.filter(case=case, user=user).delete()


def _case(case: UUID, by: Actor) -> Case:
    by.must(Permission.MANAGE_USERS)
    return Case.objects.get(pk=case, organisation=by.organisation)


def opened(*, records: Iterable[UUID], by: Actor) -> None:
    """Note that a member opened records of their cases today, once a day: so no place lapses."""
    if by.cases:
        today = clock.today()
        CaseMember.objects.filter(
            user=by.user,
            case__in=by.cases,
            case__records__record__in=list(records),
            used_on__lt=today,
        ).update(used_on=today)


def used(*, user: User, by: Actor) -> None:
    """Note that an account is in use today, once a day; one that has lapsed stays so."""
    today = clock.today()
    if not by.has_lapsed and user.used_on < today:
        User.objects.filter(pk=user.pk).update(used_on=today)


def renew_user(*, username: str, by: Actor) -> None:
    """Let an account that has lapsed see persons again. Raises Refused for one's own."""
    user = _mine(username, by)
    refuse_if([RENEWED_BY_ANOTHER] if user.pk == by.user and not by.at_terminal else [])
    with trail.change(Event.USER_RENEWED, by=by, about=[Ref("user", user.pk)]):
        User.objects.filter(pk=user.pk).update(used_on=clock.today())
