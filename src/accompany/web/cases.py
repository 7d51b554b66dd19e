"""Who sees which record: cases and their members, and what is lent for hours."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accompany.access import actions, queries
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.web.door import Request, under
from accompany.web.forms_telling import offer
from accompany.web.people import record_of

under("users", "cases", "make-case", "case")
under("people", "who-sees")

HOURS = 10

NO_SUCH_RECORD = Objection(
    "web.no-such-record",
    "There is no person of that code that you may let others see.",
    "Read the code again, as it is on the page or on the paper.",
)
NO_SUCH_CASE = Objection(
    "web.no-such-case",
    "There is no case of that code here.",
    "Read the code again, as it is on the page Cases.",
)
NOBODY_NAMED = Objection(
    "web.nobody-to-lend-to",
    "It is not said to whom the record is lent.",
    "Choose an organisation, or give the user name of one of your own.",
)


@asks_for(Permission.MANAGE_USERS)
@require_safe
def cases(request: Request) -> HttpResponse:
    """Every case here: whom it is about, and who is a member."""
    found = list(queries.cases(seen_by=request.actor))
    return render(request, "users/cases.html", {"cases": [_line(one) for one in found]})


def _line(case: Any) -> dict[str, Any]:
    today = clock.today()
    members = [
        {
            "username": one.user.username,
            "used_on": one.used_on,
            "has_lapsed": queries.has_lapsed(one.used_on, today),
        }
        for one in case.members.all()
    ]
    return {"code": codes.shown(case.code), "persons": len(case.records.all()), "members": members}


@asks_for(Permission.MANAGE_USERS)
@require_POST
def make_case(request: Request) -> HttpResponse:
    """A case about nobody yet."""
    made = actions.make_case(by=request.actor)
    return redirect("case", codes.shown(made.code))


class Put(forms.Form):
    """A person whom the case is about."""

    record = forms.CharField(
        label=_("Code of the person"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class Join(forms.Form):
    """A user who becomes a member."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


@asks_for(Permission.MANAGE_USERS)
def case(request: Request, code: str) -> HttpResponse:
    """One case: persons go in and out, and so do members."""
    found = _case(code, request)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST":
        try:
            _change(found, request)
        except Refused as refused:
            objections = refused.objections
        else:
            return redirect("case", codes.shown(found.code))
    records = [one.record for one in found.records.all()]
    # Behind a wall even the administrator sees no code.
    shown = people.standing(records, seen_by=request.actor)
    context = {
        "case": _line(found),
        "records": sorted(codes.shown(one.code) for one in shown.values()),
        "unseen": len(records) - len(shown),
        "put": Put(auto_id="put_%s"),
        "join": Join(auto_id="join_%s"),
        "objections": objections,
    }
    return render(request, "users/case.html", context, status=409 if objections else 200)


def _case(code: str, request: Request) -> Any:
    understood = codes.understood(code)
    found = queries.case(understood, seen_by=request.actor) if understood else None
    if found is None:
        raise Http404
    return found


def _change(case: Any, request: Request) -> None:
    """Do to a case what a button says. Raises Refused, and Http404 for a button we do not have."""
    username = request.POST.get("username", "").strip()
    changes: dict[str, Callable[[], None]] = {
        "put": lambda: people_actions.put_in_case(
            person=_record(request), case=case.pk, by=request.actor
        ),
        "take": lambda: actions.take_from_case(
            case=case.pk, record=_record(request), by=request.actor
        ),
        "join": lambda: actions.join_case(case=case.pk, username=username, by=request.actor),
        "leave": lambda: actions.leave_case(case=case.pk, username=username, by=request.actor),
    }
    change = changes.get(request.POST.get("do", ""))
    if change is None:
        raise Http404
    try:
        change()
    except ObjectDoesNotExist:
        raise Refused([NO_SUCH_RECORD]) from None


def _record(request: Request) -> Any:
    understood = codes.understood(request.POST.get("record", ""))
    found = people.person(understood, seen_by=request.actor) if understood else None
    if found is None:
        raise Refused([NO_SUCH_RECORD])
    return found.pk


# Who sees one record


class Lend(forms.Form):
    """To whom a record is lent, and for how many hours."""

    to = forms.ChoiceField(label=_("Organisation"))
    username = forms.CharField(
        label=_("Only to this account of theirs"),
        required=False,
        max_length=60,
        help_text=_("Its user name. Left open: to all of them who see persons."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    hours = forms.IntegerField(
        label=_("Hours"), min_value=1, max_value=HOURS, help_text=_("At most ten.")
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = (str(request.actor.organisation), _("our own, to one account"))
        others = [(str(one.pk), one.name) for one in queries.holders(seen_by=request.actor)]
        offer(self, "to", own, others)
        self.fields["hours"].widget.attrs["inputmode"] = "numeric"


@asks_for(Permission.SEE_PERSONS, Permission.MANAGE_USERS)
def who_sees(request: Request, code: str) -> HttpResponse:
    """Who sees this record: the teams and cases it is in, and to whom it is lent for hours."""
    record = record_of(code, request.actor)
    if record.withdrawn_in is not None or record.holder_id != request.actor.organisation:
        raise Http404
    is_lending = request.POST.get("do") == "lend"
    form = Lend(request.POST if is_lending else None, request=request)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and (not is_lending or form.is_valid()):
        try:
            _let(record, form, request)
        except Refused as refused:
            objections = refused.objections
        else:
            return _afterwards(record, request)
    kept_to = list(queries.teams_about(record.pk, seen_by=request.actor))
    context = {
        "code": codes.shown(record.code),
        "form": form,
        "objections": objections,
        "teams": kept_to,
        "other_teams": [one for one in queries.teams(seen_by=request.actor) if one not in kept_to],
        "cases": [
            codes.shown(one.code) for one in queries.cases_about(record.pk, seen_by=request.actor)
        ],
        "lent": list(queries.lent_now(record.pk, seen_by=request.actor)),
        "action": reverse("who-sees", args=[codes.shown(record.code)]),
    }
    status = 409 if objections else 422 if form.errors else 200
    return render(request, "people/who_sees.html", context, status=status)


def _afterwards(record: Any, request: Request) -> HttpResponse:
    """Back to who sees the record; or to the search, where one does not see it any more."""
    if people.person(record.code, seen_by=request.actor) is None:
        messages.success(request, _now("The record is kept to the team, and you are not in it."))
        return redirect("people")
    return redirect("who-sees", codes.shown(record.code))


def _let(record: Any, form: Lend, request: Request) -> None:
    """Do what a button says. Raises Refused, and Http404 for a button we do not have."""
    done = request.POST.get("do", "")
    try:
        if done == "lend":
            _lend(record, form.cleaned_data, request)
        elif done == "take-back":
            lent = request.POST.get("lent", "")
            people_actions.take_back(person=record.pk, lent=_id(lent), by=request.actor)
        elif done == "put":
            _put(record, request)
        elif done in ("keep", "open"):
            _keep(record, request)
        else:
            raise Http404
    except ObjectDoesNotExist:
        raise Http404 from None


def _lend(record: Any, chosen: dict[str, Any], request: Request) -> None:
    own = str(request.actor.organisation)
    refuse_if([NOBODY_NAMED] if chosen["to"] == own and not chosen["username"].strip() else [])
    people_actions.lend(
        person=record.pk,
        to=_id(chosen["to"]),
        until=clock.now() + timedelta(hours=chosen["hours"]),
        by=request.actor,
        username=chosen["username"].strip() or None,
    )


def _keep(record: Any, request: Request) -> None:
    """Keep a record to a team, or to it no longer."""
    team = _id(request.POST.get("team", ""))
    if request.POST.get("do") == "keep":
        people_actions.keep_to_team(person=record.pk, team=team, by=request.actor)
    else:
        people_actions.keep_no_longer(person=record.pk, team=team, by=request.actor)


def _put(record: Any, request: Request) -> None:
    understood = codes.understood(request.POST.get("case", ""))
    found = queries.case(understood, seen_by=request.actor) if understood else None
    if found is None:
        raise Refused([NO_SUCH_CASE])
    people_actions.put_in_case(person=record.pk, case=found.pk, by=request.actor)


def _id(text: str) -> Any:
    try:
        return forms.UUIDField().clean(text)
    except forms.ValidationError:
        raise Http404 from None
