"""Asking other organisations about somebody, and deciding on what they ask of us."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accompany.access import trail
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused
from accompany.enquiries import actions, queries, rules
from accompany.enquiries.terms import AnswerKind, Event, QuestionFact
from accompany.people import queries as people
from accompany.people.search import a_number
from accompany.web import phrases
from accompany.web.door import Request, under
from accompany.web.forms_telling import offer
from accompany.web.record import names_by_record

under("people", "ask-others", "passed-on", "enquiries", "enquiry", "asked-of-us")

A_PAGE = 50
OLDEST = 1900


class Ask(forms.Form):
    """Whom somebody asks about, and why."""

    given = forms.CharField(label=_("Given names"), required=False, max_length=200)
    family = forms.CharField(label=_("Family name"), required=False, max_length=200)
    second_family = forms.CharField(label=_("Second family name"), required=False, max_length=200)
    born = forms.IntegerField(label=_("Year of birth"), required=False, min_value=OLDEST)
    a_number = forms.CharField(label=_("A-number"), required=False, max_length=20)
    why = forms.CharField(
        label=_("Why you ask"),
        max_length=2_000,
        help_text=_("Who looks for them, and what for. Whoever may answer reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_a_number(self) -> str | None:
        """Its nine digits."""
        written = self.cleaned_data["a_number"].strip()
        number = a_number(written) if written else None
        if written and number is None:
            raise forms.ValidationError(_("An A-number has seven to nine digits."))
        return number

    def clean_born(self) -> int | None:
        """A year that has begun."""
        year: int | None = self.cleaned_data["born"]
        if year is not None and year > clock.today().year:
            raise forms.ValidationError(_("This year has not begun yet."))
        return year


@asks_for(Permission.SEE_PERSONS, Permission.ASK_OTHERS)
def ask(request: Request) -> HttpResponse:
    """Ask every other organisation about somebody; the answer is the same whoever holds what."""
    form = Ask(request.POST or None)
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(QuestionFact(**form.cleaned_data), by=request.actor)
        except Refused as refused:
            objections = refused.objections
        else:
            return redirect("passed-on")
    context = {"form": form, "objections": objections, "days": rules.LASTS.days}
    status = 409 if objections else 422 if form.errors else 200
    return render(request, "enquiries/ask.html", context, status=status)


@asks_for(Permission.SEE_PERSONS, Permission.ASK_OTHERS)
@require_safe
def passed_on(request: Request) -> HttpResponse:
    """That a question was passed on: all that whoever asks is ever told at once."""
    return render(request, "enquiries/passed_on.html", {"days": rules.LASTS.days})


@asks_for(Permission.SEE_PERSONS, Permission.ASK_OTHERS)
@require_safe
def enquiries(request: Request) -> HttpResponse:
    """What others ask of us and waits, and what we asked."""
    may_answer = request.actor.may(Permission.ANSWER_OTHERS)
    waiting = list(queries.waiting(seen_by=request.actor)[:A_PAGE]) if may_answer else []
    asked = list(queries.asked(seen_by=request.actor)[:A_PAGE])
    _looked(request, Event.OWN_OPENED, [*asked])
    questions = queries.questions_in(asked, seen_by=request.actor)
    answers = queries.answers_to(asked, seen_by=request.actor)
    context = {
        "may_answer": may_answer,
        "waiting": [{"key": one.pk, "at": one.at, "who": one.organisation} for one in waiting],
        "asked": [
            {
                "key": one.pk,
                "at": one.at,
                "whom": _whom(questions[one.pk]),
                "is_answered": one.pk in answers,
            }
            for one in asked
            if one.pk in questions
        ],
        "ended": [{"at": one.at, "ended_at": one.ended_at} for one in asked if one.ended_at],
        "days": rules.LASTS.days,
        "names_people": True,
    }
    return render(request, "enquiries/enquiries.html", context)


def _whom(question: QuestionFact) -> str:
    return question.name or f"A{question.a_number}"


@asks_for(Permission.SEE_PERSONS, Permission.ASK_OTHERS)
@require_safe
def enquiry(request: Request, key: UUID) -> HttpResponse:
    """One question of ours: passed on, until somebody answers."""
    found = list(queries.asked(seen_by=request.actor).filter(pk=key))
    questions = queries.questions_in(found, seen_by=request.actor)
    if key not in questions:
        raise Http404
    _looked(request, Event.OWN_OPENED, found)
    answers = queries.answers_to(found, seen_by=request.actor).get(key, [])
    context = {
        "question": questions[key],
        "at": found[0].at,
        "answers": [
            {
                "who": one.who,
                "words": one.words,
                "is_lent": one.kind is AnswerKind.LEND,
                "code": codes.shown(one.code) if one.code else None,
            }
            for one in answers
        ],
        "names_people": True,
    }
    return render(request, "enquiries/enquiry.html", context)


def _looked(request: Request, event: Event, found: list[Any], *records: UUID) -> None:
    about = [Ref("enquiry", one.pk) for one in found]
    about += [Ref("person", one) for one in records]
    if about:
        trail.look(event, by=request.actor, about=about)


class Answer(forms.Form):
    """What a holder decides."""

    kind = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What you say"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    record = forms.ChoiceField(label=_("Which record is lent"), required=False)
    hours = forms.IntegerField(
        label=_("Hours"), required=False, min_value=1, max_value=10, help_text=_("At most ten.")
    )

    def __init__(
        self, *args: Any, records: list[tuple[str, str]], may_lend: bool, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        kinds = [one for one in AnswerKind.choices if may_lend or one[0] != AnswerKind.LEND]
        offer(self, "kind", kinds[0], kinds[1:])
        if may_lend:
            offer(self, "record", ("", "–"), records)
        else:
            del self.fields["record"], self.fields["hours"]


@asks_for(Permission.SEE_PERSONS, Permission.ANSWER_OTHERS)
def asked_of_us(request: Request, key: UUID) -> HttpResponse:
    """One question of others, whom it may mean here, and the decision to answer it or not."""
    found = list(queries.waiting(seen_by=request.actor).filter(pk=key))
    questions = queries.questions_in(found, seen_by=request.actor)
    if key not in questions:
        raise Http404
    records = queries.records_meant(key, seen_by=request.actor)
    shown = [(str(one.pk), codes.shown(one.code)) for one in records]
    is_answer = request.POST.get("do") == "answer"
    form = Answer(
        request.POST if is_answer else None,
        records=shown,
        may_lend=request.actor.may(Permission.MANAGE_USERS),
    )
    objections: tuple[Objection, ...] = ()
    if request.method == "POST" and (not is_answer or form.is_valid()):
        try:
            _decide(key, form if is_answer else None, request)
        except Refused as refused:
            objections = refused.objections
        else:
            return redirect("enquiries")
    _looked(request, Event.OPENED, found, *(one.pk for one in records))
    context = {
        "question": questions[key],
        "at": found[0].at,
        "who": found[0].organisation.name,
        "records": _named(records),
        "form": form,
        "objections": objections,
        "names_people": True,
    }
    status = 409 if objections else 422 if form.errors else 200
    return render(request, "enquiries/asked_of_us.html", context, status=status)


def _named(records: list[Any]) -> list[dict[str, str]]:
    ids = [one.pk for one in records]
    called = names_by_record(people.names_said(ids, people.sealers_of(ids)))
    return [
        {"code": codes.shown(one.code), "name": phrases.name(called.get(one.pk))} for one in records
    ]


def _decide(key: UUID, form: Answer | None, request: Request) -> None:
    if form is None:
        actions.leave(enquiry=key, by=request.actor)
        return
    chosen = form.cleaned_data
    record = chosen.get("record")
    try:
        actions.answer(
            enquiry=key,
            kind=AnswerKind(chosen["kind"]),
            words=chosen["words"],
            record=UUID(record) if record else None,
            lent_for=timedelta(hours=chosen.get("hours") or 10),
            by=request.actor,
        )
    except ObjectDoesNotExist:
        raise Http404 from None
