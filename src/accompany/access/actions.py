"""Everything that changes who works here and who may see what."""

import secrets
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accompany.access import keyring, queries, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import (
    Lent,
    Organisation,
    SignInAttempt,
    Team,
    TeamMember,
    User,
    Wall,
)
from accompany.access.permissions import OF_ROLE
from accompany.access.terms import Event, OrganisationKind, Permission, Ref, Role
from accompany.base import clock
from accompany.base.ids import uuid7
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
USER_UNKNOWN = Objection(
    "access.user-unknown",
    "There is no such account in this organisation.",
    "Look at the list of users.",
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
    """Put an organisation on record, as one that tells or one that keeps records here."""
    by.must(Permission.MANAGE_USERS)
    organisation = Organisation(code=code.casefold(), name=name, kind=kind)
    with trail.change(
        Event.ORGANISATIONS_NAMED, by=by, about=[Ref("organisation", organisation.pk)]
    ):
        organisation.save(force_insert=True)
    return organisation


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


def reactivate_user(*, username: str, by: Actor) -> None:
    """Let an account in again."""
    user = _mine(username, by)
    with trail.change(Event.USER_REACTIVATED, by=by, about=[Ref("user", user.pk)]):
        user.is_active = True
        user.save(update_fields=["is_active"])


def reset_user(*, username: str, by: Actor) -> str:
    """Give an account a new password for one sign-in, and end its sessions; returns it."""
    user = _mine(username, by)
    password = one_time_password()
    with trail.change(Event.USER_RESET, by=by, about=[Ref("user", user.pk)]):
        user.password = make_password(password)  # sessions hang on its hash
        user.must_choose_password = True
        user.save(update_fields=["password", "must_choose_password"])
    return password


def choose_password(*, user: User, password: str, by: Actor) -> None:
    """Set the password that a user chose for themselves; nobody chooses another's."""
    if by.user != user.pk:
        raise PermissionDenied
    with trail.change(Event.PASSWORD_CHOSEN, by=by, about=[Ref("user", user.pk)]):
        user.password = make_password(password)
        user.must_choose_password = False
        user.save(update_fields=["password", "must_choose_password"])


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


def sign_in_failed(*, username: str, origin: str) -> None:
    """Note a failed sign-in, by digests, for throttling; attempts that no longer count go."""
    tried, came_from = queries.attempt_digests(username, origin)
    now = clock.now()
    SignInAttempt.objects.filter(at__lt=now - queries.SIGN_IN_WINDOW).delete()
    SignInAttempt.objects.create(tried=tried, origin=came_from, at=now)


def make_team(*, name: str, members: list[str], by: Actor) -> Team:
    """A team of users of the actor's organisation, by user name."""
    by.must(Permission.MANAGE_USERS)
    users = [_mine(username, by) for username in members]
    with trail.change(Event.TEAM_CHANGED, by=by, about=[Ref("user", user.pk) for user in users]):
        team, _new = Team.objects.get_or_create(organisation_id=by.organisation, name=name)
        TeamMember.objects.filter(team=team).delete()
        TeamMember.objects.bulk_create([TeamMember(team=team, user=user) for user in users])
    return team


def keep_to_team(*, record: UUID, team: UUID, by: Actor) -> None:
    """
    From now on only this team sees the record, within the organisation that holds it.

    `people.actions` calls this, which knows whose the record is. Raises Team.DoesNotExist for the
    team of another organisation.
    """
    by.must(Permission.MANAGE_USERS)
    Team.objects.get(pk=team, organisation=by.organisation)
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        Wall.objects.get_or_create(record=record, team_id=team)


def lend(*, record: UUID, to: UUID, until: datetime, by: Actor) -> None:
    """Let another organisation see the record until a moment; called by `people.actions`."""
    by.must(Permission.MANAGE_USERS)
    with trail.change(Event.ACCESS_CHANGED, by=by, about=[Ref("person", record)]):
        Lent.objects.create(id=uuid7(), record=record, to_id=to, until=until)


def make_key() -> str:
    """Make the key file of a new record; returns where it lies. Raises Refused if there is one."""
    return str(keyring.make())
