"""Who works here: an action changes what it says and leaves its entry, or changes nothing."""

from functools import partial
from threading import Thread

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accompany.access import actions, queries
from accompany.access.models import Entry, Organisation, Team, TeamMember, User
from accompany.access.permissions import OF_ROLE
from accompany.access.terms import Event, OrganisationKind, Permission, Ref, Role
from accompany.base.refusal import Refused
from tests.world import changes_nothing, newest_entry, refs, refused, somebody_waits

OTHERS = [role for role in Role if role is not Role.ADMINISTRATOR]


def user_of(actor):
    return User.objects.get(pk=actor.user)


# --- the set-up ---------------------------------------------------------------------------------


def test_the_set_up_makes_an_organisation_and_its_administrator(world):
    user = user_of(world.admin)
    assert (user.username, user.role, user.made_by_setup) == ("ines", "administrator", True)
    assert Organisation.objects.get(pk=world.home).name == "Casa Común"


def test_the_set_up_puts_the_agencies_on_record(world):
    agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY)
    assert set(agencies.values_list("code", flat=True)) >= {"cbp", "ice", "orr", "usms", "bop"}


def test_the_set_up_leaves_the_first_entry(world):
    assert Entry.objects.earliest("number").event == Event.SET_UP


def test_a_record_is_set_up_once(world):
    with refused("access.set-up-already"):
        actions.set_up(organisation="Casa Otra", username="otra", called="Otra")


def test_the_database_keeps_one_administrator_of_the_set_up(world):
    user = user_of(world.actor())
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(made_by_setup=True)


def test_there_is_no_default_password(db):
    one = actions.set_up(organisation="Casa Común", username="ines", called="Inés T.")
    assert User.objects.get().must_choose_password
    assert one != actions.one_time_password()
    assert check_password(one, User.objects.get().password)


# --- accounts -----------------------------------------------------------------------------------


def test_an_invited_user_comes_in_with_the_password_given_once(world):
    user, password = actions.invite_user(
        username="marisol", called="Marisol", role=Role.TRACER, by=world.admin
    )
    assert queries.user_with("marisol", password) == user
    assert (user.role, user.organisation_id, user.must_choose_password) == (
        "tracer",
        world.home,
        True,
    )


def test_an_invitation_leaves_its_entry(world):
    user, _password = actions.invite_user(
        username="marisol", called="Marisol", role=Role.TRACER, by=world.admin
    )
    assert newest_entry().event == Event.USER_INVITED
    assert refs(newest_entry()) == [Ref("user", user.pk)]


def test_how_a_user_is_called_is_opened_for_colleagues(world):
    user, _password = actions.invite_user(
        username="m", called="Marisol Q.", role=Role.TRACER, by=world.admin
    )
    assert queries.names_of([user.pk]) == {user.pk: "Marisol Q."}


@pytest.mark.parametrize(
    ("username", "called", "codes"),
    [
        ("ines", "Otra Inés", ["access.user-name-taken"]),
        (" ines ", "Otra Inés", ["access.user-name-taken"]),
        ("  ", "Marisol", ["access.user-name-empty"]),
        ("marisol", "", ["access.user-name-empty"]),
        ("ines", "", ["access.user-name-empty", "access.user-name-taken"]),
    ],
)
def test_whom_nobody_can_invite(world, username, called, codes):
    with refused(*codes):
        actions.invite_user(username=username, called=called, role=Role.TRACER, by=world.admin)


def test_of_two_who_invite_the_same_name_at_once_one_is_refused(world, monkeypatch):
    invite = partial(actions.invite_user, username="marisol", called="Marisol", by=world.admin)

    def overtaken():
        monkeypatch.undo()
        invite(role=Role.AUDITOR)
        return "una-sola-vez"

    monkeypatch.setattr(actions, "one_time_password", overtaken)
    with pytest.raises(Refused) as refusal:
        invite(role=Role.TRACER)
    assert str(refusal.value) == "access.user-name-taken"
    assert User.objects.get(username="marisol").role == Role.AUDITOR


def test_another_fault_of_an_invitation_is_no_refusal(world, monkeypatch):
    def broken(*_told):
        raise IntegrityError

    monkeypatch.setattr(actions, "_new_user", broken)
    with changes_nothing(IntegrityError):
        actions.invite_user(username="marisol", called="Marisol", role=Role.TRACER, by=world.admin)


def test_nobody_lets_themselves_into_another_organisation(world):
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    with changes_nothing(PermissionDenied):
        actions.invite_user(
            username="x", called="X", role=Role.ADMINISTRATOR, organisation=world.home, by=theirs
        )


def test_a_deactivated_user_does_not_come_in(world):
    user = user_of(world.actor())
    User.objects.filter(pk=user.pk).update(password=user_of(world.admin).password)
    actions.deactivate_user(username=user.username, by=world.admin)
    assert queries.user_with(user.username, "brisa-lenta-sobre-el-lago") is None
    assert queries.actor_for(user.pk) is None


def test_a_user_is_deactivated_and_let_in_again(world):
    user = user_of(world.actor())
    actions.deactivate_user(username=user.username, by=world.admin)
    actions.reactivate_user(username=user.username, by=world.admin)
    assert queries.actor_for(user.pk)
    events = Entry.objects.order_by("-number").values_list("event", flat=True)[:2]
    assert list(events) == [Event.USER_REACTIVATED, Event.USER_DEACTIVATED]


def test_nobody_deactivates_themselves(world):
    world.colleague(Role.ADMINISTRATOR)
    me = queries.actor_of(user_of(world.admin))
    with refused("access.not-yourself"):
        actions.deactivate_user(username="ines", by=me)


def test_the_last_administrator_stays(world):
    with refused("access.last-administrator"):
        actions.deactivate_user(username="ines", by=world.admin)


def test_an_administrator_who_was_deactivated_does_not_count(world):
    other = user_of(world.colleague(Role.ADMINISTRATOR))
    actions.deactivate_user(username=other.username, by=world.admin)
    with refused("access.last-administrator"):
        actions.deactivate_user(username="ines", by=world.admin)


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_deactivate_each_other_at_the_same_moment_one_stays(world, monkeypatch):
        me = world.admin
        other = user_of(world.colleague(Role.ADMINISTRATOR))
        raised, change = [], actions.trail.change

        def meanwhile():
            try:
                actions.deactivate_user(username="ines", by=queries.actor_of(other))
            except Exception as error:
                raised.append(str(error))
            finally:
                connection.close()

        def overtaken(*args, **more):
            monkeypatch.undo()
            thread.start()
            while thread.is_alive() and not somebody_waits():
                thread.join(0.01)
            return change(*args, **more)

        thread = Thread(target=meanwhile)
        monkeypatch.setattr(actions.trail, "change", overtaken)
        actions.deactivate_user(username=other.username, by=me)
        thread.join()
        assert raised == ["access.last-administrator"]
        assert [user_of(me).is_active, user_of(queries.actor_of(other)).is_active] == [True, False]


def test_at_the_terminal_one_administrator_goes_when_another_is_there(world):
    world.colleague(Role.ADMINISTRATOR)
    actions.deactivate_user(username="ines", by=world.admin)
    assert not user_of(world.admin).is_active


def test_a_reset_gives_a_new_password_for_one_sign_in(world):
    user = user_of(world.actor())
    old = user.password
    password = actions.reset_user(username=user.username, by=world.admin)
    user.refresh_from_db()
    assert user.must_choose_password
    assert check_password(password, user.password)
    assert user.password != old  # sessions hang on it
    assert newest_entry().event == Event.USER_RESET


def test_a_chosen_password_takes_the_place_of_the_first(world):
    actor = world.actor()
    actions.choose_password(user=user_of(actor), password="otra-brisa-sobre-el-mar", by=actor)
    assert not user_of(actor).must_choose_password
    assert check_password("otra-brisa-sobre-el-mar", user_of(actor).password)
    assert newest_entry().event == Event.PASSWORD_CHOSEN


def test_nobody_chooses_another_s_password(world):
    user, by = user_of(world.actor(Role.TRACER)), world.actor()
    with changes_nothing(PermissionDenied):
        actions.choose_password(user=user, password="otra-brisa-sobre-el-mar", by=by)


@pytest.mark.parametrize("act", ["deactivate_user", "reactivate_user", "reset_user"])
def test_another_organisation_s_user_is_unknown(world, act):
    theirs = user_of(world.actor(Role.CASEWORKER, world.elsewhere))
    with refused("access.user-unknown"):
        getattr(actions, act)(username=theirs.username, by=world.admin)


@pytest.mark.parametrize("act", ["deactivate_user", "reactivate_user", "reset_user"])
@pytest.mark.parametrize("role", OTHERS)
def test_only_an_administrator_changes_accounts(world, act, role):
    by = world.actor(role)
    with changes_nothing(PermissionDenied):
        getattr(actions, act)(username="ines", by=by)


@pytest.mark.parametrize("role", OTHERS)
def test_only_an_administrator_invites(world, role):
    by = world.actor(role)
    with changes_nothing(PermissionDenied):
        actions.invite_user(username="x", called="X", role=role, by=by)


def test_organisations_are_known_by_code_and_name(world):
    made = actions.name_organisation(
        code="Vecina", name="Casa Vecina", kind=OrganisationKind.HOLDER, by=world.admin
    )
    assert queries.organisation("VECINA") == queries.organisation("casa vecina") == made
    assert refs(newest_entry()) == [Ref("organisation", made.pk)]


def test_a_language_is_remembered(world):
    actions.choose_language(user=user_of(world.admin), language="es")
    assert user_of(world.admin).language == "es"


# --- signing in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ines", "otra"),
        ("nadie", "brisa-lenta-sobre-el-lago"),
        ("Ines", "brisa-lenta-sobre-el-lago"),
    ],
)
def test_a_wrong_name_or_password_is_nobody(world, username, password):
    assert queries.user_with(username, password) is None


def test_signing_in_and_out_leave_entries(world):
    actions.signed_in(user=user_of(world.admin))
    actions.signed_out(user=user_of(world.admin))
    events = Entry.objects.order_by("-number").values_list("event", flat=True)[:2]
    assert list(events) == [Event.SIGNED_OUT, Event.SIGNED_IN]


# --- who commands act as ------------------------------------------------------------------------


def test_a_command_acts_as_the_administrator_of_the_set_up(world):
    assert queries.operator() == world.admin
    assert world.admin.at_terminal


def test_a_command_acts_as_whom_it_names(world, settings):
    user = user_of(world.actor(Role.TRACER))
    assert queries.operator(user.username).user == user.pk
    settings.ACCOMPANY_USER = user.username
    assert queries.operator().user == user.pk


def test_a_command_of_nobody_is_refused(world):
    with refused("access.no-such-user"):
        queries.operator("nadie")


def test_before_the_set_up_no_command_acts(db):
    with refused("access.not-set-up"):
        queries.operator()


# --- permissions --------------------------------------------------------------------------------

MAY = """
                   | administrator | tracer | caseworker | analyst | auditor | companion | counsel | therapist
see-persons        | x             | x      | x          |         |         | x         | x       | x
see-every-case     | x             | x      | x          |         |         |           | x       |
record             | x             | x      | x          |         |         |           |         |
correct            | x             | x      | x          |         |         |           |         |
link               | x             | x      | x          |         |         |           |         |
answer             | x             | x      | x          |         |         |           |         |
receive-lists      | x             | x      | x          |         |         |           |         |
withdraw-lists     | x             | x      |            |         |         |           |         |
fetch-files        | x             | x      | x          |         |         |           |         |
see-lists          | x             | x      | x          | x       | x       |           |         |
see-figures        | x             | x      | x          | x       | x       |           |         |
see-exact-figures  | x             | x      |            |         |         |           |         |
erase              | x             |        |            |         |         |           |         |
read-trail         | x             |        |            |         | x       |           |         |
refer              | x             | x      | x          |         |         |           |         |
export-record      | x             | x      | x          |         |         |           |         |
log-demands        | x             | x      | x          | x       | x       | x         | x       | x
decide-demands     | x             |        |            |         |         |           | x       |
counsel-notes      |               |        |            |         |         |           | x       |
therapy-notes      |               |        |            |         |         |           |         | x
ask-others         | x             | x      | x          |         |         |           |         |
answer-others      | x             | x      |            |         |         |           |         |
manage-users       | x             |        |            |         |         |           |         |
operate            | x             |        |            |         |         |           |         |
"""  # noqa: E501 - a table


def test_who_may_do_what():
    heading, *lines = (
        [cell.strip() for cell in line.split("|")] for line in MAY.strip("\n").splitlines()
    )
    table = {
        Role(role): {
            Permission(line[0]) for line in lines if len(line) > place and line[place] == "x"
        }
        for place, role in enumerate(heading)
        if place
    }
    assert table == OF_ROLE


def test_an_actor_must_have_every_permission_asked(world):
    actor = world.actor(Role.ANALYST)
    actor.must(Permission.SEE_FIGURES)
    with pytest.raises(PermissionDenied):
        actor.must(Permission.SEE_FIGURES, Permission.SEE_PERSONS)


# --- teams --------------------------------------------------------------------------------------


def members_of(team):
    return set(TeamMember.objects.filter(team=team).values_list("user", flat=True))


def test_a_team_is_its_members(world):
    one, two, three = (user_of(world.colleague()) for _ in range(3))
    names = [user.username for user in (one, two)]
    team = actions.make_team(name="Norte", members=names, by=world.admin)
    assert members_of(team) == {one.pk, two.pk}
    actions.join_team(team=team.pk, username=three.username, by=world.admin)
    actions.join_team(team=team.pk, username=three.username, by=world.admin)
    actions.leave_team(team=team.pk, username=one.username, by=world.admin)
    assert members_of(team) == {two.pk, three.pk}
    assert newest_entry().event == Event.TEAM_CHANGED
    assert refs(newest_entry()) == [Ref("team", team.pk), Ref("user", one.pk)]


def test_a_team_is_called_otherwise(world):
    team = actions.make_team(name="Norte", by=world.admin)
    actions.name_team(team=team.pk, name=" Sur ", by=world.admin)
    assert Team.objects.get().name == "Sur"
    assert (newest_entry().event, refs(newest_entry())) == (
        Event.TEAM_CHANGED,
        [Ref("team", team.pk)],
    )


@pytest.mark.parametrize(
    ("name", "code"), [("Norte", "access.team-there"), ("  ", "access.team-nameless")]
)
def test_a_team_has_a_name_of_its_own(world, name, code):
    actions.make_team(name="Norte", members=["ines"], by=world.admin)
    other = actions.make_team(name="Sur", by=world.admin)
    with refused(code):
        actions.make_team(name=name, by=world.admin)
    with refused(code):
        actions.name_team(team=other.pk, name=name, by=world.admin)


def test_another_organisation_may_call_its_team_the_same(world):
    actions.make_team(name="Norte", by=world.admin)
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    assert actions.make_team(name="Norte", by=theirs).organisation_id == world.elsewhere


def test_nobody_of_another_organisation_is_put_in_a_team(world):
    theirs = user_of(world.actor(Role.CASEWORKER, world.elsewhere))
    team = actions.make_team(name="Sur", by=world.admin)
    with refused("access.user-unknown"):
        actions.make_team(name="Norte", members=[theirs.username], by=world.admin)
    with refused("access.user-unknown"):
        actions.join_team(team=team.pk, username=theirs.username, by=world.admin)


def test_nobody_changes_another_organisation_s_team(world):
    team = actions.make_team(name="Norte", members=["ines"], by=world.admin)
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    for act in (
        lambda: actions.name_team(team=team.pk, name="Sur", by=theirs),
        lambda: actions.join_team(team=team.pk, username=world.username(theirs), by=theirs),
        lambda: actions.leave_team(team=team.pk, username="ines", by=theirs),
    ):
        with changes_nothing(Team.DoesNotExist):
            act()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_who_manages_users_changes_a_team(world, role):
    team, actor = actions.make_team(name="Norte", by=world.admin), world.actor(role)
    for act in (
        lambda: actions.make_team(name="Sur", by=actor),
        lambda: actions.name_team(team=team.pk, name="Sur", by=actor),
        lambda: actions.join_team(team=team.pk, username="ines", by=actor),
        lambda: actions.leave_team(team=team.pk, username="ines", by=actor),
    ):
        with changes_nothing(PermissionDenied):
            act()


# --- organisations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"), [("ORR", "Otra"), ("otra", "orr"), ("otra", "Casa común")]
)
def test_an_organisation_is_named_once(world, code, name):
    with refused("access.organisation-there"):
        actions.name_organisation(code=code, name=name, kind=OrganisationKind.OTHER, by=world.admin)
