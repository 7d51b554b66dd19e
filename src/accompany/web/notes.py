"""Privileged notes of one person, for those whose they are."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accompany.access import queries as access
from accompany.access import trail
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.notes import actions, queries
from accompany.notes.terms import Event, NoteKind
from accompany.web import phrases
from accompany.web.door import Request, under
from accompany.web.forms_telling import LookAgain, words_field
from accompany.web.people import record_of
from accompany.web.record import others

under("people", "counsel-notes", "therapy-notes")


class Write(LookAgain):
    """A note."""

    watched: ClassVar[tuple[str, ...]] = ("words",)

    words = words_field(_("Write a note"), required=True)


class Withdraw(LookAgain):
    """Why a note is withdrawn."""

    watched: ClassVar[tuple[str, ...]] = ("reason",)

    reason = words_field(
        _("Why it is withdrawn"),
        required=True,
        help_text=_("In general words: the note itself is not to be told here. Kept sealed."),
    )


@asks_for(Permission.SEE_PERSONS, Permission.COUNSEL_NOTES)
def counsel_notes(request: Request, code: str) -> HttpResponse:
    """The notes of counsel about a person."""
    return _notes(request, code, NoteKind.COUNSEL)


@asks_for(Permission.SEE_PERSONS, Permission.THERAPY_NOTES)
def therapy_notes(request: Request, code: str) -> HttpResponse:
    """The notes of therapy about a person."""
    return _notes(request, code, NoteKind.THERAPY)


def _notes(request: Request, code: str, kind: NoteKind) -> HttpResponse:
    record = record_of(code, request.actor)
    if record.withdrawn_in is not None or record.holder_id != request.actor.organisation:
        raise Http404
    shown = codes.shown(record.code)
    withdraws = "note" in request.POST
    form = Write(request.POST if request.method == "POST" and not withdraws else None)
    away = Withdraw(request.POST if withdraws else None, auto_id="away_%s")
    bound: Any = away if withdraws else form
    objections: tuple[Objection, ...] = ()
    if bound.is_bound and bound.is_valid():
        try:
            said = _do(request, record.pk, kind, bound)
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, said)
            return redirect(f"{kind.value}-notes", shown)
    trail.look(Event.NOTES_OPENED, by=request.actor, about=[Ref("person", record.pk)])
    found = queries.notes(record.pk, kind, seen_by=request.actor)
    who = access.names_of(one.by for one in found)
    context = {
        "code": shown,
        "person": others([record.pk], seen_by=request.actor)[record.pk],
        "title": kind.label,
        "notes": [
            {"key": one.id, "words": one.words, "on": one.on, "who": who.get(one.by, "")}
            for one in found
        ],
        "form": form,
        "away": away,
        "wrong": bound if bound.is_bound else None,
        "objections": objections,
        "known_line": phrases.known_line(None),
        "names_people": True,
    }
    status = 409 if objections else 422 if bound.errors else 200
    return render(request, "notes/notes.html", context, status=status)


def _do(request: Request, person: UUID, kind: NoteKind, form: Any) -> str:
    if isinstance(form, Withdraw):
        try:
            key = UUID(request.POST["note"])
        except ValueError:
            raise Http404 from None
        reason = form.cleaned_data["reason"]
        actions.withdraw_note(note=key, kind=kind, reason=reason, by=request.actor)
        return _now("The note was withdrawn.")
    words = form.cleaned_data["words"]
    actions.write_note(person=person, kind=kind, words=words, on=clock.today(), by=request.actor)
    return _now("The note was kept.")
