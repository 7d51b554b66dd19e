"""Which lists came in, what do they hold, and how is one received or withdrawn?"""

from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accompany.access import queries as access
from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.exchange import incoming as files
from accompany.exchange import receiving
from accompany.exchange.faults import column_letter, column_runs
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.sources import queries as sources
from accompany.sources.terms import Event, RowKind, Step
from accompany.web import phrases
from accompany.web.door import Request, under
from accompany.web.today import (
    KINDS,
    NOW,
    asked_of,
    files_under_way,
    said_to_be_shown,
    waiting_by_kind,
)
from accompany.web.uploads import is_too_large

under("lists", "receive", "under-way", "decide", "list", "rows", "row", "withdraw", "list-file")

LISTS_A_PAGE = 25
ROWS_A_PAGE = 100
REFRESH = "3"  # seconds; a page that waits loads itself again, without a script

STATEMENTS: dict[str, Any] = {
    "people.person": _("Records of persons"),
    "people.name": _("Names"),
    "people.identifier": _("Numbers"),
    "people.birth": _("Birth or age"),
    "people.description": _("Sex and nationality"),
    "people.membership": _("On the list"),
    "people.tie": _("Ties"),
    "people.arrival": _("Arrivals together"),
    "custody.apprehension": _("Apprehensions"),
    "custody.handover": _("Hand-overs"),
    "custody.stay": _("Stays"),
    "custody.separation": _("Separations"),
    "custody.reunification": _("Reunifications"),
    "facilities.facility": _("Places"),
}
"""What a row can bring, in words."""


def layout_words(name: str) -> str:
    """A kind of list in words; one that is no longer known, by its name."""
    layout = receiving.LAYOUTS.get(name)
    return _now(layout.help) if layout else name


@asks_for(Permission.SEE_LISTS)
@require_safe
def lists(request: Request) -> HttpResponse:
    """The lists that came in, newest first; those that were withdrawn are marked."""
    found = sources.lists(seen_by=request.actor).select_related("source__organisation")
    before = request.GET.get("before", "")
    if before:
        found = found.filter(recorded_in__lt=_number(before))
    page = list(found[: LISTS_A_PAGE + 1])
    shown = page[:LISTS_A_PAGE]
    entries = access.entries(one.recorded_in for one in shown)
    waiting = []
    if request.actor.may(Permission.RECEIVE_LISTS):
        waiting = files_under_way(request.actor, limit=LISTS_A_PAGE)
    context = {
        "lists": [_listed(one, entries[one.recorded_in].counts) for one in shown],
        "waiting": waiting,
        "is_later": bool(before),
        "next": str(shown[-1].recorded_in) if len(page) > LISTS_A_PAGE else None,
        "words": said_to_be_shown(len(shown)),
        "may_receive": request.actor.may(Permission.RECEIVE_LISTS),
        "known_line": NOW,
    }
    return render(request, "lists/lists.html", context)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def _listed(one: Any, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "code": codes.shown(one.code),
        "layout": layout_words(one.layout),
        "teller": one.source.organisation.name if one.source.organisation else "",
        "received_on": one.received_on,
        "as_of": one.as_of,
        "rows": counts.get("rows"),
        "persons": counts.get("persons"),
        "withdrawn": one.withdrawn_in is not None,
    }


class Receive(forms.Form):
    """A file, and what is said with it."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    layout = forms.ChoiceField(label=_("Kind of list"), widget=forms.RadioSelect)
    teller = forms.ChoiceField(
        label=_("From"),
        required=False,
        help_text=_("Who sent it. Left open: the agency that such lists come from, else your own."),
    )
    received_on = forms.DateField(label=_("Received on"))
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        help_text=_("The day of which the list speaks, if it says so."),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=200,
        help_text=_("Of a workbook, if only one of its sheets is to be read."),
    )
    mapping = forms.CharField(
        label=_("Columns under other names"),
        required=False,
        max_length=100_000,
        strip=False,
        help_text=_("The text of a mapping file, which says what each column means. See Help."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["file"].help_text = _(
            "A table as CSV or XLSX of up to %(size)s MB, as it was sent. It is kept exactly so, "
            "encrypted."
        ) % {"size": settings.ACCOMPANY_UPLOAD_LIMIT // 1_000_000}
        fields["layout"].choices = [(name, layout_words(name)) for name in receiving.LAYOUTS]
        fields["teller"].choices = [
            ("", _("As the kind of list says")),
            *((str(one.pk), one.name) for one in access.organisations()),
        ]
        for name in ("received_on", "as_of"):
            fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            fields[name].input_formats = ["%Y-%m-%d"]

    def clean_received_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


@asks_for(Permission.RECEIVE_LISTS)
def receive(request: Request) -> HttpResponse:
    """Step 1: choose the file. It is looked at by a job, and nothing is recorded yet."""
    if request.method != "POST":
        form = Receive(initial={"received_on": clock.today(), "layout": "people"})
        return render(request, "lists/receive.html", {"form": form, "known_line": NOW})
    form = Receive(request.POST, request.FILES)
    if is_too_large(request):
        objections = [files.too_large(settings.ACCOMPANY_UPLOAD_LIMIT)]
        context = {"objections": objections, "known_line": NOW}
        return render(request, "lists/not_decided.html", context, status=413)
    if not form.is_valid():
        return render(request, "lists/receive.html", {"form": form, "known_line": NOW}, status=400)
    upload = form.cleaned_data["file"]
    taken = files.take_in(
        upload.key,
        file_name=upload.name,
        size=upload.size,
        layout=form.cleaned_data["layout"],
        teller=form.cleaned_data["teller"] or None,
        received_on=form.cleaned_data["received_on"],
        as_of=form.cleaned_data["as_of"],
        mapping=form.cleaned_data["mapping"] or None,
        sheet=form.cleaned_data["sheet"] or None,
        by=request.actor,
    )
    upload.is_taken = True
    return redirect("under-way", taken.pk)


STEPS = {
    Step.LOOKING: "lists/progress.html",
    Step.LOOKED: "lists/look.html",
    Step.RECORDING: "lists/progress.html",
    Step.RECORDED: "lists/recorded.html",
    Step.REFUSED: "lists/refused.html",
    Step.DROPPED: "lists/dropped.html",
}


@asks_for(Permission.RECEIVE_LISTS)
@require_safe
def under_way(request: Request, key: Any) -> HttpResponse:
    """Steps 2 and 3: how far it is, what the list would add, and what became of it."""
    incoming = _incoming(request, key)
    step = Step(incoming.step)
    context = {
        "incoming": incoming,
        "key": str(incoming.pk),
        "layout": layout_words(incoming.layout),
        "recording": step is Step.RECORDING,
        "known_line": NOW,
    }
    if step in (Step.LOOKED, Step.REFUSED):
        trail.look(Event.LIST_OPENED, by=request.actor, about=[Ref("incoming", incoming.pk)])
        context["file_name"] = files.file_name_of(incoming)
    if step in (Step.LOOKED, Step.RECORDED):
        found = files.found_so_far(incoming)
        context |= {
            "found": found,
            "lines": sum_of(found),
            "questions": _by_kind(found),
            "unused": _unused(found),
        }
    if step is Step.RECORDED:
        context["code"] = codes.shown(incoming.list_code)
        context["may_withdraw"] = request.actor.may(Permission.WITHDRAW_LISTS)
    if step is Step.REFUSED:
        context["objections"] = files.objections_of(incoming)
        context["before"] = files.received_as(incoming)
    response = render(request, STEPS[step], context)
    if step in (Step.LOOKING, Step.RECORDING):
        response["Refresh"] = REFRESH
    return response


def _incoming(request: Request, key: Any) -> Any:
    incoming = sources.incoming(key, seen_by=request.actor)
    if incoming is None:
        raise Http404
    return incoming


def sum_of(found: Any) -> list[dict[str, Any]]:
    """How the number of persons came about, line by line."""
    less = ngettext("row that is no record", "rows that are no records", found.not_records)
    lines = [(found.rows, ngettext("row in the file", "rows in the file", found.rows), False)]
    if found.not_records:
        lines.append((-found.not_records, less, False))
    persons = ngettext(
        "person, with a record of their own",
        "persons, each with a record of their own",
        found.persons,
    )
    lines.append((found.persons, persons, True))
    if found.relatives:
        relatives = ngettext(
            "relative whom a row names, with a record of their own. Not counted above.",
            "relatives whom rows name, each with a record of their own. Not counted above.",
            found.relatives,
        )
        lines.append((found.relatives, relatives, False))
    if found.repeats:
        repeats = ngettext(
            "row looks like a repeat of another in this list. Both stay until somebody decides.",
            "rows look like repeats of others in this list. All stay until somebody decides.",
            found.repeats,
        )
        lines.append((found.repeats, repeats, False))
    return [{"number": _number_words(n), "words": w, "is_total": t} for n, w, t in lines]


def _number_words(number: int) -> str:
    return f"{number:,}" if number >= 0 else f"− {-number:,}"


def _by_kind(found: Any) -> list[tuple[Any, int, str]]:
    """Each kind of question in words, how often it rises, and the first row where it does."""
    there = found.questions
    kinds = [*(kind for kind in KINDS if kind in there), *(there.keys() - KINDS.keys())]
    return [(KINDS.get(kind, kind), there[kind], _example(found, kind)) for kind in kinds]


def _example(found: Any, kind: str) -> str:
    return phrases.place(*found.examples[kind]) if kind in found.examples else ""


def _unused(found: Any) -> str:
    """What is said of the columns that are used for nothing, by their letters."""
    if not found.unused:
        return _now("All are used.")
    runs = column_runs(found.unused)
    return ngettext(
        "Column %(letters)s is kept as received and used for nothing.",
        "Columns %(letters)s are kept as received and used for nothing.",
        len(found.unused),
    ) % {"letters": phrases.listed(runs)}


@asks_for(Permission.RECEIVE_LISTS)
@require_POST
def decide(request: Request, key: Any) -> HttpResponse:
    """Have the list recorded, or let the file go."""
    incoming = _incoming(request, key)
    try:
        files.decide(incoming, record=request.POST.get("record") == "yes", by=request.actor)
    except Refused as refused:
        context = {"objections": refused.objections, "known_line": NOW}
        return render(request, "lists/not_decided.html", context, status=409)
    return redirect("under-way", incoming.pk)


def _list(request: Request, code: str) -> Any:
    understood = codes.understood(code)
    found = sources.received_list(understood, seen_by=request.actor) if understood else None
    if found is None:
        raise Http404
    return found


@asks_for(Permission.SEE_LISTS)
@require_safe
def one_list(request: Request, code: str) -> HttpResponse:
    """What a list held, what it leaves open, and what can be done with it."""
    received = _list(request, code)
    actor = request.actor
    counts = access.entries([received.recorded_in])[received.recorded_in].counts
    teller = sources.tellings([received.source_id]).get(received.source_id)
    context = {
        "code": codes.shown(received.code),
        "received": received,
        "layout": layout_words(received.layout),
        "teller": teller.who if teller else "",
        "lines": _lines(counts),
        "questions": _open(actor, received),
        "withdrawn": received.withdrawn_in is not None,
        "may_fetch": _may_fetch(actor, received),
        "may_withdraw": actor.may(Permission.WITHDRAW_LISTS) and received.withdrawn_in is None,
        "may_see": actor.may(Permission.SEE_PERSONS),
        "known_line": NOW,
    }
    if context["may_see"]:
        trail.look(Event.LIST_OPENED, by=actor, about=[Ref("list", received.pk)])
        context["file_name"] = sources.names_of(received).file_name
    if context["withdrawn"]:
        withdrawn = access.entries([received.withdrawn_in])[received.withdrawn_in]
        context["withdrawn_at"] = withdrawn.at
    return render(request, "lists/list.html", context)


def _open(actor: Actor, received: Any) -> list[Any]:
    if not actor.may(Permission.SEE_PERSONS):
        return []
    return waiting_by_kind(actor, of=received.pk)


def _lines(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The sum of a recorded list, from the counts of its entry."""
    return sum_of(
        receiving.Found(
            rows=counts.get("rows", 0),
            persons=counts.get("persons", 0),
            relatives=counts.get("relatives", 0),
            repeats=counts.get("repeats", 0),
            not_records=counts.get("not_records", 0),
            questions={},
            columns=0,
            columns_used=0,
        )
    )


def _may_fetch(actor: Actor, received: Any) -> bool:
    """Whether the actor may have the file: one telling of somebody kept from them is not there."""
    if sources.is_file_erased(received):
        return False
    return actor.may(Permission.FETCH_FILES) and not people.hides_list(received, from_=actor)


@asks_for(Permission.FETCH_FILES, Permission.SEE_LISTS, proof=True)
@require_POST
def file(request: Request, code: str) -> HttpResponse | StreamingHttpResponse:
    """The file as it was received, byte for byte."""
    received = _list(request, code)
    if not _may_fetch(request.actor, received):
        raise Http404
    content = sources.file_of(received, seen_by=request.actor)
    name = sources.names_of(received).file_name or f"{codes.shown(received.code)}.csv"
    response = StreamingHttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


@asks_for(Permission.SEE_LISTS, Permission.SEE_PERSONS)
@require_safe
def rows(request: Request, code: str) -> HttpResponse:
    """The rows of a list in their order: what each is and whose record it made, none opened."""
    received = _list(request, code)
    found = sources.rows(received, after=_row_place(request), limit=ROWS_A_PAGE + 1)
    page = found[:ROWS_A_PAGE]
    made = people.persons_of_rows(page, of=received, seen_by=request.actor)
    code = codes.shown(received.code)
    last = page[-1] if len(found) > ROWS_A_PAGE else None
    hidden = people.hidden_rows(page, of=received, from_=request.actor)
    page = [one for one in page if one.pk not in hidden]
    context = {
        "code": code,
        "rows": [_row_line(one, code, made.get(one.pk, [])) for one in page],
        "words": said_to_be_shown(len(page)),
        "next": f"{last.sheet}.{last.place}" if last else None,
        "is_later": "after" in request.GET,
        "sheets": any(one.sheet for one in page),
        "known_line": NOW,
    }
    return render(request, "lists/rows.html", context)


def _row_place(request: Request) -> tuple[int, int]:
    after = request.GET.get("after", "")
    if not after:
        return (-1, 0)
    sheet, _mark, place = after.partition(".")
    return _number(sheet), _number(place)


def _row_line(one: Any, code: str, persons: list[Any]) -> dict[str, Any]:
    ref = sources.RowRef(code, one.place, one.sheet, one.pk)
    address = reverse("row", args=[code, one.place])
    return {
        "place": ref.place,
        "sheet": ref.sheet,
        "url": f"{address}?sheet={one.sheet}" if one.sheet else address,
        "kind": RowKind(one.kind).label,
        "codes": [codes.shown(person.code) for person in persons],
    }


@asks_for(Permission.SEE_LISTS, Permission.SEE_PERSONS)
@require_safe
def row(request: Request, code: str, place: int) -> HttpResponse:
    """One row as it was received, beside its headings, and what came of it."""
    received = _list(request, code)
    one = sources.row(received, place, _number(request.GET.get("sheet") or "0"))
    hidden = people.hidden_rows([one] if one else [], of=received, from_=request.actor)
    if one is None or hidden:
        raise Http404
    raw = sources.open_row(one, seen_by=request.actor)
    made = people.persons_of_rows([one], of=received, seen_by=request.actor).get(one.pk, [])
    open_ones = people.questions_of_row(one, [person.pk for person in made])
    context = {
        "code": codes.shown(received.code),
        "row": one,
        "kind": RowKind(one.kind).label,
        "erased": raw is None,
        "cells": [] if raw is None else _cells(received, raw),
        "persons": [codes.shown(person.code) for person in made],
        "brought": _brought(one),
        "questions": asked_of(open_ones, request.actor),
        "may_answer": request.actor.may(Permission.ANSWER),
        "withdrawn": received.withdrawn_in is not None,
        "names_people": True,
        "known_line": NOW,
    }
    return render(request, "lists/row.html", context)


def _cells(received: Any, raw: bytes) -> list[dict[str, str]]:
    """The cells of a row as received, each with its column letter and the heading above it."""
    heading = sources.names_of(received).heading
    found = []
    for index, cell in enumerate(receiving.cells_of(received, raw)):
        name = heading[index] if index < len(heading) else ""
        found.append({"letter": column_letter(index), "heading": name, "cell": cell or ""})
    return found


def _brought(one: Any) -> list[tuple[Any, int]]:
    return [(STATEMENTS.get(label, label), n) for label, n in sources.brought_by(one).items()]


class Withdraw(forms.Form):
    """Why a list is withdrawn."""

    because = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=2_000,
        help_text=_("A sentence. It is kept with the list, sealed."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@asks_for(Permission.WITHDRAW_LISTS, Permission.SEE_LISTS)
def withdraw(request: Request, code: str) -> HttpResponse:
    """Withdraw a list as a whole, after saying how much rests on it."""
    received = _list(request, code)
    if received.withdrawn_in is not None:
        return redirect("list", codes.shown(received.code))
    form = Withdraw(request.POST or None)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            because = form.cleaned_data["because"]
            people_actions.withdraw_list(received, because=because, by=request.actor)
            return redirect("list", codes.shown(received.code))
        except Refused as refused:
            objections = refused.objections
    context = {
        "code": codes.shown(received.code),
        "form": form,
        "resting": people_actions.resting_on(received, by=request.actor),
        "objections": objections,
        "known_line": NOW,
    }
    return render(request, "lists/withdraw.html", context)
