"""Who works here, and what may each do?"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accompany.access import (
    actions,
    entering,
    queries,
    second_factors,
    sessions,
    throttling,
    watching,
)
from accompany.access.door import asks_for
from accompany.access.permissions import OF_ROLE
from accompany.access.terms import Permission, Role
from accompany.base import clock
from accompany.base.refusal import Objection, Refused
from accompany.web import devices
from accompany.web.account import locks_told
from accompany.web.door import Request, under

under("users", "invite", "deactivate", "reactivate", "reset", "renew")
under("users", "lock", "lock-seen", "end-sessions")


class Invite(forms.Form):
    """Somebody who is to work here."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in. It need not be a name."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    called = forms.CharField(
        label=_("How colleagues call them"),
        max_length=60,
        help_text=_("Stands beside what they do. It is kept sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)


@asks_for(Permission.MANAGE_USERS)
@require_safe
def users(request: Request) -> HttpResponse:
    """Everybody who works here, and what each role may do."""
    return _page(request)


def _page(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    found = list(queries.users(seen_by=request.actor))
    ids = [user.pk for user in found]
    names, open_now = queries.names_of(ids), sessions.of(ids)
    proven, wrong = second_factors.with_any(ids), throttling.wrong_factors(ids)
    much = watching.read_much(ids)
    context = {
        "users": [
            {
                **_line(user, names.get(user.pk, ""), request),
                "sessions": [_signed_in(one) for one in open_now.get(user.pk, []) if one.is_open],
                "has_second_factor": user.pk in proven,
                "wrong_factors": wrong.get(user.pk, 0),
                "read_much": user.pk in much,
            }
            for user in found
        ],
        "locks": locks_told(request),
        "roles": [role.label for role in Role],
        "permissions": [
            (permission.label, [permission in OF_ROLE[role] for role in Role])
            for permission in Permission
        ],
        **more,
    }
    return render(request, "users/users.html", context, status=status)


def _line(user: Any, called: str, request: Request) -> dict[str, Any]:
    return {
        "username": user.username,
        "called": called,
        "role": Role(user.role).label,
        "active": user.is_active,
        "waits": user.must_choose_password,
        "has_lapsed": queries.has_lapsed(user.used_on, clock.today()),
        "is_me": user.pk == request.actor.user,
        "last_login": user.last_login,
        "locked_at": user.locked_at,
    }


def _signed_in(session: Any) -> dict[str, Any]:
    return {
        "device": devices.said(session.device),
        "began_at": session.began_at,
        "seen_at": session.seen_at,
    }


@asks_for(Permission.MANAGE_USERS, proof=True)
def invite(request: Request) -> HttpResponse:
    """Make an account; its first password is shown on this page and nowhere else."""
    form = Invite(request.POST or None)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.invite_user(**_facts(form), by=request.actor)
            return _let_in(request, user.username, password)
        except Refused as refused:
            objections = refused.objections
    context = {"form": form, "objections": objections}
    return render(request, "users/invite.html", context)


def _facts(form: Invite) -> dict[str, Any]:
    return {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}


def _let_in(request: Request, username: str, password: str) -> HttpResponse:
    context = {"username": username, "password": password}
    return render(request, "users/let_in.html", context)


def _named(request: Request) -> str:
    """The account that a button is about. No database knows a name with a null in it."""
    return request.POST.get("username", "").replace("\0", "")


def _change(request: Request, change: Callable[..., Any]) -> HttpResponse:
    """Change the account that a button is about; what is refused is told on the page."""
    try:
        change(username=_named(request), by=request.actor)
    except Refused as refused:
        return _page(request, objections=refused.objections, status=409)
    return redirect("users")


# User names are in no address: some are made of a person's own.
@asks_for(Permission.MANAGE_USERS)
@require_POST
def deactivate(request: Request) -> HttpResponse:
    """End an account's access at once."""
    return _change(request, actions.deactivate_user)


@asks_for(Permission.MANAGE_USERS)
@require_POST
def reactivate(request: Request) -> HttpResponse:
    """Let an account in again."""
    return _change(request, actions.reactivate_user)


@asks_for(Permission.MANAGE_USERS)
@require_POST
def renew(request: Request) -> HttpResponse:
    """Let an account that has lapsed see persons again."""
    return _change(request, actions.renew_user)


@asks_for(Permission.MANAGE_USERS)
@require_POST
def lock(request: Request) -> HttpResponse:
    """Lock an account at once, until it is reset."""
    return _change(request, entering.lock)


@asks_for(Permission.MANAGE_USERS)
@require_POST
def lock_seen(request: Request) -> HttpResponse:
    """Take note that an account was locked."""
    return _change(request, entering.lock_seen)


@asks_for(Permission.MANAGE_USERS)
@require_POST
def end_sessions(request: Request) -> HttpResponse:
    """Sign somebody out everywhere."""
    return _change(request, entering.end_sessions)


@asks_for(Permission.MANAGE_USERS, proof=True)
@require_POST
def reset(request: Request) -> HttpResponse:
    """
    Give an account a new first password, shown once, unlock it, and end its sessions.

    With the box, its second factors go too, for who lost a telephone.
    """
    username = _named(request)
    too = request.POST.get("second_factors") == "too"
    try:
        password = actions.reset_user(username=username, by=request.actor, second_factors_too=too)
    except Refused as refused:
        return _page(request, objections=refused.objections, status=409)
    return _let_in(request, username, password)
