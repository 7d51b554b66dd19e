"""Demands for data: what to do at the door, logging one, counsel's answer, and the log."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accompany.access import queries as access
from accompany.access import trail
from accompany.access.door import asks_for
from accompany.access.terms import OrganisationKind, Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.demands import actions, queries
from accompany.demands.terms import (
    Decision,
    DemandFact,
    DemandKind,
    DemandLine,
    DemandSaid,
    Event,
    Finding,
    Left,
)
from accompany.people import queries as people
from accompany.sources.rules import NOT_COME
from accompany.sources.terms import DocumentKind, How, TellingFact
from accompany.web import phrases
from accompany.web.door import Request
from accompany.web.forms_telling import LookAgain, choice, day_field, offer, words_field
from accompany.web.record import others

BROUGHT: tuple[How, ...] = (How.IN_PERSON, How.PHONE, How.LETTER, How.MESSAGE, How.PORTAL)


@asks_for(Permission.LOG_DEMANDS)
@require_safe
def demands(request: Request) -> HttpResponse:
    """The disclosure log: codes and days, and nobody's name, so that it can be printed."""
    lines = queries.log(seen_by=request.actor)
    may_decide = request.actor.may(Permission.DECIDE_DEMANDS)
    context = {
        "lines": [_line(one) for one in lines],
        "gave": sum(one.decision is Decision.DISCLOSED for one in lines),
        "may_open": may_decide,
        "known_line": phrases.known_line(None),
    }
    return render(request, "demands/demands.html", context)


def _line(one: DemandLine) -> dict[str, Any]:
    return {
        "key": one.id,
        "kind": one.kind.label,
        "received_on": one.received_on,
        "agency": one.agency,
        "records": one.records,
        "finding": one.finding.label if one.finding else "",
        "answered_on": one.answered_on,
        "state": one.state.label,
        "decision": one.decision.label if one.decision else "",
        "left": "; ".join(phrases.within(str(what.label)) for what in one.left),
        "decided_on": one.decided_on,
    }


class Log(LookAgain):
    """What somebody brought who demands to be told of people."""

    watched: ClassVar[tuple[str, ...]] = ("by_whom", "asked")

    kind = choice(
        _("What is it?"),
        DemandKind.choices,
        help_text=_(
            "Look who signed it. If you are not sure that it was a judge, take the last one."
        ),
    )
    agency = forms.ChoiceField(label=_("From which agency"), required=False)
    by_whom = words_field(
        _("Who came or wrote"),
        required=True,
        help_text=_("Names, badge numbers, as they gave them. Kept sealed."),
    )
    asked = words_field(
        _("What they asked, and what was said"),
        required=True,
        help_text=_("As close to their words as you can. Kept sealed."),
    )
    how = choice(_("How it came"), [(one.value, one.label) for one in BROUGHT])
    received_on = day_field(_("On what day"))
    records = forms.CharField(
        label=_("Codes of the persons it is about, if you know them"),
        required=False,
        max_length=400,
        help_text=_("Do not look for them now. Several are parted by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = request.actor
        found = access.organisations().filter(kind=OrganisationKind.AGENCY)
        agencies = [(str(one.pk), one.name) for one in found]
        offer(self, "agency", ("", _now("another, or not told")), agencies)
        self.fields["received_on"].initial = clock.today
        if not self.actor.may(Permission.SEE_PERSONS):
            del self.fields["records"]

    def clean_received_on(self) -> date:
        """A day that has come."""
        return _come(self.cleaned_data["received_on"])

    def clean_records(self) -> tuple[UUID, ...]:
        """The records of the codes that were typed, those that the reader may see."""
        written = self.cleaned_data["records"].replace(",", " ").split()
        found = []
        for word in written:
            code = codes.understood(word)
            record = people.person(code, seen_by=self.actor) if code else None
            if record is None or record.withdrawn_in is not None:
                raise forms.ValidationError(_now("There is no record of that code. Read it again."))
            found.append(record.pk)
        return tuple(dict.fromkeys(found))

    def fact(self) -> DemandFact:
        """The demand as it was brought."""
        chosen = self.cleaned_data
        return DemandFact(
            kind=DemandKind(chosen["kind"]),
            by_whom=chosen["by_whom"],
            asked=chosen["asked"],
            agency=UUID(chosen["agency"]) if chosen["agency"] else None,
            records=chosen.get("records", ()),
        )

    def told(self) -> TellingFact:
        """Who told of it: the agency, else the paper."""
        chosen = self.cleaned_data
        agency = UUID(chosen["agency"]) if chosen["agency"] else None
        return TellingFact(
            How(chosen["how"]),
            chosen["received_on"],
            told_on=chosen["received_on"],
            organisation=agency,
            document=None if agency else DocumentKind.OTHER.value,
        )


def _come(day: date) -> date:
    if day > clock.today():
        raise forms.ValidationError(_(NOT_COME.why))
    return day


@asks_for(Permission.LOG_DEMANDS)
def log_demand(request: Request) -> HttpResponse:
    """What to do now, and a form to log what came."""
    form = Log(request.POST if request.method == "POST" else None, request=request)
    objections: tuple[Objection, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            key = actions.log_demand(form.fact(), told=form.told(), by=request.actor)
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            said = _now("It was logged. Counsel finds it under Today. Give nothing until then.")
            messages.success(request, said)
            return redirect("demand", key)
    status = 409 if objections else 422 if form.errors else 200
    context = {"form": form, "objections": objections, "known_line": phrases.known_line(None)}
    return render(request, "demands/log.html", context, status=status)


class Advise(LookAgain):
    """What counsel answers."""

    watched: ClassVar[tuple[str, ...]] = ("words",)

    finding = forms.ChoiceField(
        label=_("Counsel says"), choices=Finding.choices, widget=forms.RadioSelect
    )
    words = words_field(
        _("What is to be done, in counsel’s words"),
        required=True,
        help_text=_("Whoever logged it reads this too. Kept sealed."),
    )
    asked_on = day_field(_("Counsel was asked on"))
    on = day_field(_("Counsel answered on"))

    def __init__(self, *args: Any, received_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_on"].initial = received_on
        self.fields["on"].initial = clock.today

    def clean_on(self) -> date:
        """A day that has come."""
        return _come(self.cleaned_data["on"])


class Decide(forms.Form):
    """What was done, and what left."""

    decision = forms.ChoiceField(
        label=_("What was done"), choices=Decision.choices, widget=forms.RadioSelect
    )
    left = forms.MultipleChoiceField(
        label=_("If a judge’s order was followed: what left"),
        choices=Left.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    done_on = day_field(_("On what day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = clock.today

    def clean_done_on(self) -> date:
        """A day that has come."""
        return _come(self.cleaned_data["done_on"])


@asks_for(Permission.LOG_DEMANDS)
def demand(request: Request, key: UUID) -> HttpResponse:
    """One demand: what was brought; counsel answers it and says what was done."""
    found = queries.demand(key, seen_by=request.actor)
    if found is None:
        raise Http404
    may_decide = request.actor.may(Permission.DECIDE_DEMANDS)
    if request.method == "POST" and not may_decide:
        raise Http404
    what = request.POST.get("do")
    advise = Advise(request.POST if what == "advise" else None, received_on=found.line.received_on)
    decide = Decide(request.POST if what == "decide" else None)
    bound: Any = advise if advise.is_bound else decide
    objections: tuple[Objection, ...] = ()
    if bound.is_bound and bound.is_valid():
        try:
            _do(key, bound, request)
        except Refused as refused:
            objections = refused.objections
        else:
            messages.success(request, _now("It was recorded."))
            return redirect("demand", key)
    refs = [Ref("demand", key), *(Ref("person", one) for one in found.records)]
    trail.look(Event.OPENED, by=request.actor, about=refs)
    context = _shown(found, request) | {
        "may_decide": may_decide,
        "advise": advise,
        "decide": decide,
        "wrong": bound if bound.is_bound else None,
        "objections": objections,
    }
    status = 409 if objections else 422 if bound.errors else 200
    return render(request, "demands/demand.html", context, status=status)


def _shown(found: DemandSaid, request: Request) -> dict[str, Any]:
    logged_by = found.logged_by
    named = others(found.records, seen_by=request.actor)
    return {
        "line": _line(found.line),
        "key": found.line.id,
        "by_whom": found.by_whom,
        "asked": found.asked,
        "words_erased": found.words_erased,
        "answer": found.answer,
        "asked_counsel_on": found.asked_counsel_on,
        "persons": list(named.values()),
        "logged_by": access.names_of([logged_by]).get(logged_by, "") if logged_by else "",
        "known_line": phrases.known_line(None),
        "names_people": True,
    }


def _do(key: UUID, form: Any, request: Request) -> None:
    chosen = form.cleaned_data
    if isinstance(form, Advise):
        actions.advise(
            demand=key,
            finding=Finding(chosen["finding"]),
            words=chosen["words"],
            asked_on=chosen["asked_on"],
            on=chosen["on"],
            by=request.actor,
        )
        return
    actions.decide(
        demand=key,
        decision=Decision(chosen["decision"]),
        left=[Left(one) for one in chosen["left"]],
        on=chosen["done_on"],
        by=request.actor,
    )
