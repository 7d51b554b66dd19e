"""Erasing a person: what will go, who asks, and who confirms."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accompany.access import queries as access
from accompany.access import trail
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import codes, grants
from accompany.base.refusal import Objection, Refused
from accompany.erasure import actions, queries
from accompany.erasure.terms import Because, Waiting
from accompany.people import queries as people
from accompany.people.terms import Event
from accompany.web import phrases
from accompany.web.door import Request, under
from accompany.web.people import record_of
from accompany.web.record import others

under("people", "erase", "confirm-erasure", "erasures")


class Ask(forms.Form):
    """Why a person is erased: one of a few reasons, and no words, which would tell of them."""

    because = forms.ChoiceField(
        label=_("Why"), choices=Because.choices, widget=forms.RadioSelect, required=True
    )


@asks_for(Permission.SEE_PERSONS, Permission.ERASE)
def erase(request: Request, code: str) -> HttpResponse:
    """
    What goes with a person; one asks for it and another confirms it, or either drops it.

    Afterwards the code answers like one that was never given.
    """
    record = _ours(code, request)
    form = Ask(request.POST if "ask" in request.POST else None)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            return _do(request, record, form)
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
    return _page(request, record, form, objections)


@asks_for(Permission.SEE_PERSONS, Permission.ERASE, proof=True)
@require_POST
def confirm_erasure(request: Request, code: str) -> HttpResponse:
    """
    Confirm what somebody else asked for; who confirms has proved just before that it is them.

    Where another role owns the tables, it then waits for whoever holds that one.
    """
    record = _ours(code, request)
    try:
        gone = actions.confirm_erasure(person=record.pk, by=request.actor)
    except Refused as refused:
        return _page(request, record, Ask(), refused.objections)
    except ObjectDoesNotExist:
        raise Http404 from None
    said = _now("It is confirmed. Nothing goes until whoever runs the installation carries it out.")
    messages.success(request, said if gone is None else _now("The person was erased."))
    return redirect("erasures")


def _ours(code: str, request: Request) -> Any:
    """A record that our own house holds; whom another holds is not there to be erased."""
    record = record_of(code, request.actor)
    if record.holder_id != request.actor.organisation:
        raise Http404
    return record


def _page(
    request: Request, record: Any, form: Ask, objections: tuple[Objection, ...]
) -> HttpResponse:
    trail.look(Event.PERSON_OPENED, by=request.actor, about=[Ref("person", record.pk)])
    status = 409 if objections else 422 if form.errors else 200
    context = _context(request, record.pk) | {"form": form, "objections": objections}
    return render(request, "people/erase.html", context, status=status)


def _do(request: Request, record: Any, form: Ask) -> HttpResponse:
    if "drop" in request.POST:
        actions.drop_erasure(person=record.pk, by=request.actor)
        messages.success(request, _now("The person stays on record."))
        return redirect("person", codes.shown(record.code))
    if not form.is_bound:
        raise Http404
    because = Because(form.cleaned_data["because"])
    actions.ask_to_erase(person=record.pk, because=because, by=request.actor)
    messages.success(request, _now("It was asked for. Nothing goes until another person confirms."))
    return redirect("erasures")


def _context(request: Request, person: UUID) -> dict[str, Any]:
    actor = request.actor
    waiting = queries.waiting_for(person, seen_by=actor)
    named = others([person], seen_by=actor).get(person)
    return {
        "code": codes.shown(people.codes_of([person])[person]),
        "name": named.name if named else "",
        "goes": queries.goes(person, seen_by=actor),
        "waiting": None if waiting is None else _waiting([waiting])[0],
        "is_mine": waiting is not None and waiting.by == actor.user,
        "by_the_owner": not grants.may_erase(connection),
        "known_line": phrases.known_line(None),
        "names_people": True,
    }


@asks_for(Permission.SEE_PERSONS, Permission.ERASE)
@require_safe
def erasures(request: Request) -> HttpResponse:
    """The erasures that wait, by code: for a second person, or for the owner of the tables."""
    context = {
        "waiting": _waiting(queries.waiting(seen_by=request.actor)),
        "known_line": phrases.known_line(None),
    }
    return render(request, "people/erasures.html", context)


def _waiting(found: list[Waiting]) -> list[dict[str, Any]]:
    """What waits, as the pages say it: codes, and how colleagues are called."""
    names = access.names_of(who for one in found for who in (one.by, one.confirmed_by) if who)
    shown = people.codes_of(one.person for one in found)
    return [
        {
            "code": codes.shown(shown[one.person]),
            "because": one.because.label,
            "who": names.get(one.by, ""),
            "at": one.at,
            "confirmed_by": names.get(one.confirmed_by, "") if one.confirmed_by else None,
            "confirmed_at": one.confirmed_at,
            "holds": one.holds,
        }
        for one in found
    ]
