"""What a person agreed to, and what left for other organisations: pages, forms, and the ledger."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accompany.access import queries as access
from accompany.access import trail
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.consents import actions, queries, rules
from accompany.consents.terms import (
    ConsentFact,
    ConsentSaid,
    Event,
    Form,
    Language,
    Purpose,
    ReferralFact,
    ReferralSaid,
    Way,
    What,
)
from accompany.exchange import referred
from accompany.people import queries as people
from accompany.sources.terms import How, TellingFact
from accompany.web import phrases
from accompany.web.door import Request, under
from accompany.web.forms_telling import LookAgain, choice, day_field, offer, words_field
from accompany.web.people import record_of
from accompany.web.record import erased, others

under("people", "consent", "record-consent", "withdraw-consent", "refer", "overrides")

A_YEAR = timedelta(days=365)


def _own(code: str, request: Request) -> Any:
    """A record that stands and that the reader's house holds: of any other nothing is shown."""
    record = record_of(code, request.actor)
    if record.withdrawn_in is not None or record.holder_id != request.actor.organisation:
        raise Http404
    return record


def _several(label: Any, **more: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, choices=What.choices, widget=widget, **more)


def _person(record: Any, request: Request) -> Any:
    return others([record.pk], seen_by=request.actor)[record.pk]


# The page of what was agreed to and what left


@asks_for(Permission.SEE_PERSONS)
@require_safe
def consent(request: Request, code: str) -> HttpResponse:
    """Every consent of a person, and every referral: what left, for whom, on what ground."""
    record = _own(code, request)
    return _page(request, record)


def _page(
    request: Request, record: Any, objections: tuple[Objection, ...] = (), status: int = 200
) -> HttpResponse:
    actor = request.actor
    consents = queries.consents_said(record.pk, seen_by=actor)
    referrals = queries.referrals_said(record.pk, seen_by=actor)
    near = [record.pk, *(one.given_by for one in consents)]
    trail.look(Event.CONSENTS_OPENED, by=actor, about=[Ref("person", one) for one in set(near)])
    named = others(near, seen_by=actor)
    lines = [_consent_line(one, named) for one in consents]
    users = {user for one in referrals for user in (one.asked_by, one.confirmed_by) if user}
    who = access.names_of(users)
    context = {
        "code": codes.shown(record.code),
        "person": named[record.pk],
        "holding": [one for one in lines if one["state"] == "holds"],
        "over": [one for one in lines if one["state"] != "holds"],
        "referrals": [_referral_line(one, who, request) for one in referrals],
        "waiting": _waiting(request, record.pk),
        "may_record": actor.may(Permission.RECORD),
        "may_refer": actor.may(Permission.REFER),
        "objections": objections,
        "known_line": phrases.known_line(None),
        "names_people": True,
    }
    return render(request, "consents/consent.html", context, status=status)


def _waiting(request: Request, person: UUID) -> int:
    if not request.actor.may(Permission.REFER):
        return 0
    return queries.overrides(seen_by=request.actor).filter(person=person).count()


def _consent_line(one: ConsentSaid, named: dict[UUID, Any]) -> dict[str, Any]:
    given = one.given
    state = "withdrawn" if one.withdrawn_in else "over"
    if not one.withdrawn_in and clock.today() < given.since:
        state = "not-yet"
    elif not one.withdrawn_in and rules.holds(given, clock.today()):
        state = "holds"
    recipient = _organisation_names().get(given.recipient) if given.recipient else None
    return {
        "key": given.id,
        "state": state,
        "recipient": recipient,
        "purpose": given.purpose.label,
        "what": _said(given.what),
        "words": one.words,
        "lang": one.language.value if one.language is not Language.OTHER else "",
        "language": one.language.label,
        "form": one.form.label,
        "witness": one.witness,
        "is_own": one.given_by == one.person,
        "given_by": named.get(one.given_by, erased()),
        "since": given.since,
        "last": given.expires_on - timedelta(days=1),
    }


def _organisation_names() -> dict[UUID, str]:
    return {one.pk: one.name for one in access.organisations()}


def _said(what: frozenset[What]) -> str:
    """In their order, parted by semicolons: some of them are lists themselves."""
    return "; ".join(phrases.within(str(one.label)) for one in What if one in what)


def _referral_line(one: ReferralSaid, who: dict[UUID, str], request: Request) -> dict[str, Any]:
    is_file = one.fact.way is Way.FILE and request.actor.may(Permission.EXPORT_RECORD)
    return {
        "key": one.id,
        "to": one.to_name,
        "purpose": one.fact.purpose.label,
        "way": one.fact.way.label,
        "what": _said(one.fact.what),
        "codes": sorted(one.fact.what),
        "until": one.fact.until,
        "made_on": one.made_on,
        "asked_by": who.get(one.asked_by, ""),
        "confirmed_by": who.get(one.confirmed_by, "") if one.confirmed_by else "",
        "reason": one.reason,
        "is_file": is_file,
    }


# Recording and withdrawing a consent


class ConsentForm(LookAgain):
    """What somebody agreed to: the exact text first, then what it means here."""

    watched: ClassVar[tuple[str, ...]] = ("words", "witness")

    words = words_field(
        _("The exact text that was read to them"),
        required=True,
        help_text=_("The whole of it, in the language in which it was read. Kept sealed."),
    )
    language = choice(_("Read to them in"), Language.choices)
    given_by = forms.CharField(
        label=_("If a parent or guardian agreed for them: that person’s code"),
        required=False,
        max_length=20,
        help_text=_("The tie must be on record. Left open: the person agreed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    recipient = forms.ChoiceField(label=_("Who may be told"))
    purpose = choice(_("What for"), Purpose.choices)
    what = _several(_("What they may be told"))
    form = forms.ChoiceField(label=_("How it was given"), choices=Form.choices)
    witness = forms.CharField(
        label=_("Who witnessed it"),
        required=False,
        max_length=200,
        help_text=_("Needed if it was spoken. Kept sealed."),
    )
    since = day_field(_("It holds from"))
    last = day_field(_("The last day on which it holds"))

    def __init__(self, *args: Any, request: Request, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.record = request, record
        found = [(str(one.pk), one.name) for one in queries.recipients(seen_by=request.actor)]
        self.nobody = _now("nobody but us")
        offer(self, "recipient", ("", "–"), [("own", self.nobody), *found])
        self.fields["since"].initial = clock.today
        self.fields["last"].initial = lambda: clock.today() + A_YEAR

    def clean_given_by(self) -> UUID:
        """The record of whoever agreed: the person, unless another code was typed."""
        written = self.cleaned_data["given_by"]
        if not written:
            key: UUID = self.record.pk
            return key
        code = codes.understood(written)
        found = people.person(code, seen_by=self.request.actor) if code else None
        if found is None or found.withdrawn_in is not None:
            raise forms.ValidationError(_now("There is no record of that code. Read it again."))
        return found.pk

    def fact(self) -> ConsentFact:
        """The consent as it was given."""
        chosen = self.cleaned_data
        return ConsentFact(
            person=self.record.pk,
            given_by=chosen["given_by"],
            purpose=Purpose(chosen["purpose"]),
            recipient=None if chosen["recipient"] == "own" else UUID(chosen["recipient"]),
            what=frozenset(What(one) for one in chosen["what"]),
            words=chosen["words"],
            language=Language(chosen["language"]),
            form=Form(chosen["form"]),
            witness=chosen["witness"],
            since=chosen["since"],
            expires_on=chosen["last"] + timedelta(days=1),
        )


@asks_for(Permission.SEE_PERSONS, Permission.RECORD)
def record_consent(request: Request, code: str) -> HttpResponse:
    """Record what a person agreed to."""
    record = _own(code, request)
    data = request.POST if request.method == "POST" else None
    form = ConsentForm(data, request=request, record=record)
    objections: tuple[Objection, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            _record(form, request)
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _now("The consent was recorded."))
            return redirect("consent", codes.shown(record.code))
    return _form_page(request, record, form, objections, "consents/record.html")


def _record(form: ConsentForm, request: Request) -> None:
    fact = form.fact()
    told = TellingFact(How.IN_PERSON, clock.today(), told_on=fact.since, person=fact.given_by)
    actions.record_consent(fact, told=told, by=request.actor)


def _form_page(
    request: Request,
    record: Any,
    form: LookAgain,
    objections: tuple[Objection, ...],
    template: str,
    **more: Any,
) -> HttpResponse:
    trail.look(Event.CONSENTS_OPENED, by=request.actor, about=[Ref("person", record.pk)])
    context = {
        "code": codes.shown(record.code),
        "person": _person(record, request),
        "form": form,
        "objections": objections,
        "known_line": phrases.known_line(None),
        "names_people": True,
        **more,
    }
    status = 409 if objections else 422 if form.errors else 200
    return render(request, template, context, status=status)


class WithdrawForm(LookAgain):
    """That somebody no longer agrees, and how they said so."""

    watched: ClassVar[tuple[str, ...]] = ("reason",)

    reason = words_field(
        _("What they said, or why it is withdrawn"),
        required=True,
        help_text=_(
            "Nobody has to give a reason: “She no longer wants it” is enough. Kept sealed."
        ),
    )
    how = choice(_("How was it told?"), How.choices)
    told_on = day_field(_("Told on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_on"].initial = clock.today


@asks_for(Permission.SEE_PERSONS, Permission.RECORD)
def withdraw_consent(request: Request, code: str, key: UUID) -> HttpResponse:
    """Withdraw a consent; what was lent by it ends at once."""
    record = _own(code, request)
    found = queries.consent(key, seen_by=request.actor)
    if found is None:
        raise Http404
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    objections: tuple[Objection, ...] = ()
    if form.is_bound and form.is_valid():
        told = TellingFact(
            How(form.cleaned_data["how"]),
            clock.today(),
            told_on=form.cleaned_data["told_on"],
            person=found.given_by_id,
        )
        try:
            actions.withdraw_consent(
                consent=key, reason=form.cleaned_data["reason"], told=told, by=request.actor
            )
        except Refused as refused:
            objections = refused.objections
        else:
            said = _now("The consent was withdrawn. What was lent by it is lent no more.")
            messages.success(request, said)
            return redirect("consent", codes.shown(record.code))
    (given,) = queries.given_in([found])
    more = {"purpose": given.purpose.label, "recipient": found.recipient}
    return _form_page(request, record, form, objections, "consents/withdraw.html", **more)


# Referring


class ReferForm(LookAgain):
    """Whom a person is referred to, for what, and what leaves."""

    watched: ClassVar[tuple[str, ...]] = ("reason",)

    to = forms.ChoiceField(label=_("To which organisation"))
    purpose = choice(_("What for"), Purpose.choices)
    way = forms.ChoiceField(label=_("How"), choices=Way.choices, widget=forms.RadioSelect)
    until = day_field(
        _("If it is lent: until the end of this day"),
        required=False,
    )
    what = _several(
        _("If a file is made, or they are told: what leaves"),
        required=False,
        help_text=_("No more than they need. What is lent is lent whole."),
    )
    reason = words_field(
        _("Only if the person cannot be asked: why it cannot wait"),
        help_text=_("Another person reads it and decides. Kept sealed."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(one.pk), one.name) for one in queries.recipients(seen_by=request.actor)]
        offer(self, "to", ("", "–"), found)

    def fact(self, person: UUID) -> ReferralFact:
        """The referral as it was asked for."""
        chosen = self.cleaned_data
        way = Way(chosen["way"])
        return ReferralFact(
            person,
            UUID(chosen["to"]),
            Purpose(chosen["purpose"]),
            way,
            frozenset(What(one) for one in chosen["what"]),
            chosen["until"] if way is Way.LENT else None,
        )


@asks_for(Permission.SEE_PERSONS, Permission.REFER)
def refer(request: Request, code: str) -> HttpResponse:
    """Refer a person by their consent, or ask a second person where they cannot be asked."""
    record = _own(code, request)
    form = ReferForm(request.POST if request.method == "POST" else None, request=request)
    objections: tuple[Objection, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            said = _refer(form, record, request)
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, said)
            return redirect("consent", codes.shown(record.code))
    return _form_page(request, record, form, objections, "consents/refer.html")


def _refer(form: ReferForm, record: Any, request: Request) -> str:
    fact = form.fact(record.pk)
    if "without" in request.POST:
        reason = form.cleaned_data["reason"]
        actions.ask_without_consent(fact, reason=reason, by=request.actor)
        return _now("It was asked for. Nothing leaves until another person confirms it.")
    actions.refer(fact, by=request.actor)
    return _now("The person was referred. What left stands in the ledger below.")


@asks_for(Permission.SEE_PERSONS, Permission.EXPORT_RECORD, proof=True)
@require_POST
def file(request: Request, code: str, key: UUID) -> HttpResponse:
    """The file of a referral: what it names, and nothing else, whatever is asked for."""
    record = _own(code, request)
    found = queries.referral(key, seen_by=request.actor)
    if found is None or found.fact.person not in queries.own_records(
        record.pk, seen_by=request.actor
    ):
        raise Http404
    try:
        content = referred.file_of(
            found, what=request.POST.getlist("what") or None, by=request.actor
        )
    except Refused as refused:
        return _page(request, record, refused.objections, 409)
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{codes.shown(record.code)}.json"'
    return answer


# What waits for a second person


@asks_for(Permission.SEE_PERSONS, Permission.REFER)
def overrides(request: Request) -> HttpResponse:
    """Referrals without consent that wait: why, who asked, and to confirm or drop them."""
    objections: tuple[Objection, ...] = ()
    if request.method == "POST":
        try:
            said = _decide(request)
        except Refused as refused:
            objections = refused.objections
        else:
            messages.success(request, said)
            return redirect("overrides")
    found = queries.overrides_said(seen_by=request.actor)
    about = list(dict.fromkeys(one.fact.person for one in found))
    if about:
        refs = [Ref("person", one) for one in about]
        trail.look(Event.CONSENTS_OPENED, by=request.actor, about=refs)
    named = others(about, seen_by=request.actor)
    who = access.names_of(one.by for one in found)
    context = {
        "waiting": [
            {
                "key": one.id,
                "person": named[one.fact.person],
                "to": one.to_name,
                "purpose": one.fact.purpose.label,
                "way": one.fact.way.label,
                "what": _said(one.fact.what),
                "until": one.fact.until,
                "reason": one.reason,
                "who": who.get(one.by, ""),
                "at": one.at,
                "is_mine": one.by == request.actor.user,
            }
            for one in found
        ],
        "objections": objections,
        "known_line": phrases.known_line(None),
        "names_people": bool(about),
    }
    return render(request, "consents/overrides.html", context, status=409 if objections else 200)


def _decide(request: Request) -> str:
    try:
        key = UUID(request.POST.get("override", ""))
    except ValueError:
        raise Http404 from None
    try:
        if request.POST.get("do") == "confirm":
            actions.confirm_without_consent(override=key, by=request.actor)
            return _now("The person was referred without consent.")
        actions.drop_without_consent(override=key, by=request.actor)
    except ObjectDoesNotExist:
        raise Http404 from None
    return _now("It was dropped, and nothing left.")
