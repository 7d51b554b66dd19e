"""Teams, to which some records are kept: who is in them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accompany.access import actions, queries
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base.refusal import Objection, Refused
from accompany.web.cases import Join
from accompany.web.door import Request, under

under("users", "teams", "make-team", "team")


class Named(forms.Form):
    """What a team is called."""

    name = forms.CharField(
        label=_("Name of the team"),
        max_length=60,
        help_text=_("A name that tells of nobody on record."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@asks_for(Permission.MANAGE_USERS)
def teams(request: Request) -> HttpResponse:
    """Every team here, and who is in it; or one more is made."""
    return _page(request, Named(auto_id="make_%s"))


@asks_for(Permission.MANAGE_USERS)
def make_team(request: Request) -> HttpResponse:
    """A team of nobody yet."""
    form = Named(request.POST if request.method == "POST" else None, auto_id="make_%s")
    if not form.is_valid():
        return _page(request, form)
    try:
        made = actions.make_team(name=form.cleaned_data["name"], by=request.actor)
    except Refused as refused:
        return _page(request, form, refused.objections)
    return redirect("team", made.pk)


def _page(request: Request, form: Named, objections: tuple[Objection, ...] = ()) -> HttpResponse:
    found = queries.teams(seen_by=request.actor)
    context = {
        "teams": [{"key": one.pk, "name": one.name, "members": _members(one)} for one in found],
        "form": form,
        "objections": objections,
    }
    status = 409 if objections else 422 if form.errors else 200
    return render(request, "users/teams.html", context, status=status)


def _members(team: Any) -> list[str]:
    return [place.user.username for place in team.teammember_set.all()]


@asks_for(Permission.MANAGE_USERS)
def team(request: Request, key: UUID) -> HttpResponse:
    """One team: members go in and out, and it is called otherwise."""
    found = queries.team(key, seen_by=request.actor)
    if found is None:
        raise Http404
    objections: tuple[Objection, ...] = ()
    if request.method == "POST":
        try:
            _change(found, request)
        except Refused as refused:
            objections = refused.objections
        else:
            return redirect("team", key)
    context = {
        "team": {"key": key, "name": found.name, "members": _members(found)},
        "join": Join(auto_id="join_%s"),
        "named": Named({"name": found.name}, auto_id="name_%s"),
        "objections": objections,
    }
    return render(request, "users/team.html", context, status=409 if objections else 200)


def _change(team: Any, request: Request) -> None:
    """Do to a team what a button says. Raises Refused, and Http404 for a button we do not have."""
    username = request.POST.get("username", "").replace("\0", "").strip()
    named = Named(request.POST)
    name = named.cleaned_data["name"] if named.is_valid() else ""
    by = request.actor
    changes: dict[str, Callable[[], None]] = {
        "join": lambda: actions.join_team(team=team.pk, username=username, by=by),
        "leave": lambda: actions.leave_team(team=team.pk, username=username, by=by),
        "name": lambda: actions.name_team(team=team.pk, name=name, by=by),
    }
    change = changes.get(request.POST.get("do", ""))
    if change is None:
        raise Http404
    change()
