"""
Recording by hand: plain forms, each with its telling.

Each view loads, reads the form, makes one call, answers. What the domain declines is shown with the
form as it was filled; what was recorded is shown on the person's page, after a redirect.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.custody import actions as custody_actions
from accompany.custody import queries as custody
from accompany.facilities import actions as facilities_actions
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.people.terms import Event
from accompany.sources import actions as sources_actions
from accompany.web import corrections, forms_people, phrases
from accompany.web.door import Request, under
from accompany.web.forms_telling import LookAgain
from accompany.web.people import record_of
from accompany.web.person_page import Reader, person_page
from accompany.web.record import Other, others, read, url_of

under(
    "people",
    "record-person",
    "record-facts",
    "record-stay",
    "record-tie",
    "record-arrival",
    "record-standing",
    "record-separation",
    "record-reunification",
    "join",
    "part",
    "correct",
)

RECORDS = (Permission.SEE_PERSONS, Permission.RECORD)


def _asks(
    request: Request,
    form: LookAgain,
    record_it: Callable[[], Any],
    *,
    page: dict[str, Any],
    done: Any,
    about: list[UUID],
) -> HttpResponse:
    """A page with a form: recorded and redirected, or shown with what stands against it."""
    objections: tuple[Objection, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            record_it()
        except Refused as refused:
            objections = refused.objections
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, done)
            return redirect(page["after"]())
    _looked(request.actor, about)
    context = {"form": form, "objections": objections, **page}
    context |= {"known_line": phrases.known_line(None), "names_people": bool(about)}
    status = 409 if objections else 422 if form.is_bound else 200
    return render(request, page.get("template", "people/record.html"), context, status=status)


def _looked(actor: Actor, about: list[UUID]) -> None:
    """The pages name whom they are about, so that nobody records something of somebody else."""
    if about:
        refs = [Ref("person", one) for one in about]
        trail.look(Event.PERSON_OPENED, by=actor, about=refs)


def _standing(code: str, actor: Actor) -> Any:
    """A record that stands and is ours: of a withdrawn or a lent one nothing more is recorded."""
    record = record_of(code, actor)
    if record.withdrawn_in is not None or record.holder_id != actor.organisation:
        raise Http404
    return record


def _other(record: Any, actor: Actor) -> Other:
    return others([record.pk], seen_by=actor)[record.pk]


def _about(
    request: Request,
    record: Any,
    form: LookAgain,
    record_it: Callable[[], Any],
    *,
    title: Any,
    button: Any,
    done: Any,
    **more: Any,
) -> HttpResponse:
    """A form about one person who is on record."""
    shown = codes.shown(record.code)
    page = {
        "title": title,
        "button": button,
        "person": _other(record, request.actor),
        "after": lambda: reverse("person", args=[shown]),
        **more,
    }
    return _asks(request, form, record_it, page=page, done=done, about=[record.pk])


def _data(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


# A person

FORM_USED = Objection(
    "web.form-used",
    "This form was sent before, and what it recorded is not to be seen here.",
    "Begin with a new form.",
)


@asks_for(*RECORDS)
def new_person(request: Request) -> HttpResponse:
    """A person who has no record yet."""
    form = forms_people.PersonForm(_data(request), actor=request.actor)
    made: list[str] = []
    page = {
        "title": _("A person who has no record yet"),
        "button": _("Record this person"),
        "after": lambda: reverse("person", args=[codes.shown(made[0])]),
    }
    done = _("The person is on record.")
    return _asks(
        request,
        form,
        lambda: made.append(_record_person(form, request.actor)),
        page=page,
        done=done,
        about=[],
    )


def _record_person(form: forms_people.PersonForm, actor: Actor) -> str:
    """Record a person; a form that was sent twice leads to the record it made the first time."""
    key: UUID = form.cleaned_data["once"]
    try:
        (code,) = people_actions.record_persons([form.fact(key)], told=form.told(), by=actor)
    except IntegrityError:
        if not people.codes_of([key]):
            raise
        known = people.standing([key], seen_by=actor)
        refuse_if([] if key in known else [FORM_USED])
        code = known[key].code
    return code


@asks_for(*RECORDS)
def more(request: Request, code: str) -> HttpResponse:
    """More about a person: names, numbers, birth, sex, nationality."""
    record = _standing(code, request.actor)
    form = forms_people.MoreForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: people_actions.describe_persons(
            [form.fact(record.pk)], told=form.told(), by=request.actor
        ),
        title=_("More about this person"),
        button=_("Record it"),
        done=_("It is on record."),
    )


@asks_for(*RECORDS)
def tie(request: Request, code: str) -> HttpResponse:
    """Who somebody is to this person."""
    record = _standing(code, request.actor)
    form = forms_people.TieForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: people_actions.record_ties(
            [form.fact(record.pk)], told=form.told(), by=request.actor
        ),
        title=_("A tie"),
        button=_("Record the tie"),
        done=_("The tie is on record."),
    )


@asks_for(*RECORDS)
def arrival(request: Request, code: str) -> HttpResponse:
    """With whom this person arrived."""
    record = _standing(code, request.actor)
    form = forms_people.ArrivalForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: people_actions.record_arrivals(
            form.arrivals(record.pk), told=form.told(), by=request.actor
        ),
        title=_("With whom they arrived"),
        button=_("Record the arrival"),
        done=_("The arrival is on record."),
    )


@asks_for(*RECORDS)
def standing(request: Request, code: str, of: str) -> HttpResponse:
    """How this person now stands on a list that named them; what was told before stays."""
    record = _standing(code, request.actor)
    received = _list_of(record, of)
    form = forms_people.StandingForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: people_actions.record_standings(
            [form.fact(record.pk, received.pk)], told=form.told(), by=request.actor
        ),
        title=_("Standing on list %(code)s") % {"code": codes.shown(received.code)},
        button=_("Record the standing"),
        done=_("The standing is on record."),
        note=_("What was told before stays to be seen. The newest counts."),
    )


def _list_of(record: Any, written: str) -> Any:
    """The list of that code, if it stands and has a row about this person."""
    code = codes.understood(written)
    for one in people.memberships([record.pk]):
        if one.of.code == code and one.of.withdrawn_in is None:
            return one.of
    raise Http404


# Custody


@asks_for(*RECORDS)
def stay(request: Request, code: str) -> HttpResponse:
    """Who had, or has, this person."""
    record = _standing(code, request.actor)
    form = forms_people.StayForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: _at_place(form, request.actor, lambda: [form.fact(record.pk)], _stays),
        title=_("Who has had this person"),
        button=_("Record the stay"),
        done=_("The stay is on record."),
    )


def _stays(facts: list[Any], **more: Any) -> None:
    custody_actions.record_stays(facts, **more)


@asks_for(*RECORDS)
def separation(request: Request, code: str) -> HttpResponse:
    """That an authority took children from a parent or caregiver."""
    record = _standing(code, request.actor)
    initial = {"children": codes.shown(record.code)}
    form = forms_people.SeparationForm(_data(request), actor=request.actor, initial=initial)
    record_all = custody_actions.record_separations
    return _about(
        request,
        record,
        form,
        lambda: _at_place(form, request.actor, form.separations, record_all),
        title=_("A separation"),
        button=_("Record the separation"),
        done=_("The separation is on record."),
    )


@asks_for(*RECORDS)
def reunification(request: Request, code: str) -> HttpResponse:
    """That children and an adult were brought together."""
    record = _standing(code, request.actor)
    initial = {"children": codes.shown(record.code)}
    form = forms_people.ReunificationForm(_data(request), actor=request.actor, initial=initial)
    record_all = custody_actions.record_reunifications
    return _about(
        request,
        record,
        form,
        lambda: _at_place(form, request.actor, form.reunifications, record_all),
        title=_("Together again"),
        button=_("Record the reunification"),
        done=_("The reunification is on record."),
    )


def _at_place(
    form: Any, actor: Actor, facts: Callable[[], list[Any]], record_all: Callable[..., None]
) -> None:
    """Record something at a place, which may have to be put on record first: all or nothing."""
    with transaction.atomic():
        _record_place(form, actor)
        record_all(facts(), told=form.told(), by=actor)


def _record_place(form: Any, actor: Actor) -> None:
    place = form.new_place() if hasattr(form, "new_place") else None
    if place is not None:
        facilities_actions.record_places([place], told=form.told(), by=actor)


# Joining and parting


@asks_for(Permission.SEE_PERSONS, Permission.LINK)
def join(request: Request, code: str) -> HttpResponse:
    """Join this record with another of the same person; it can be undone."""
    record = _standing(code, request.actor)
    form = forms_people.JoinForm(_data(request), actor=request.actor)
    return _about(
        request,
        record,
        form,
        lambda: people_actions.join_records(
            one=record.pk,
            other=form.cleaned_data["other"],
            reasons=form.cleaned_data["reasons"],
            told=form.told(),
            by=request.actor,
        ),
        title=_("Join with another record of the same person"),
        button=_("Join the two records"),
        done=_("The two records are joined. Both keep their codes, and they can be parted again."),
        note=_("Both records keep their codes and all that was said of them. It can be undone."),
    )


@asks_for(Permission.SEE_PERSONS, Permission.LINK)
def part(request: Request, code: str, other: str) -> HttpResponse:
    """Part two joined records; both are given back as they were."""
    record, joined = _standing(code, request.actor), _standing(other, request.actor)
    form = forms_people.Reasoned(_data(request))
    return _about(
        request,
        record,
        form,
        lambda: people_actions.part_records(
            one=record.pk,
            other=joined.pk,
            reasons=form.cleaned_data["reasons"],
            by=request.actor,
        ),
        title=_("Part from record %(code)s") % {"code": codes.shown(joined.code)},
        button=_("Part the two records"),
        done=_("The two records are parted again."),
    )


# Corrections


@asks_for(Permission.SEE_PERSONS, Permission.CORRECT)
def correct(request: Request, code: str, kind: str, key: UUID) -> HttpResponse:
    """Withdraw a statement for a reason, or put another in its place."""
    record = _standing(code, request.actor)
    told_of = read([record.pk], seen_by=request.actor, known=None)
    told = corrections.told_in(told_of, key)
    statement = people.statement(kind, key) or custody.statement(kind, key)
    if not told or statement is None or kind not in corrections.KINDS:
        raise Http404
    if not people.persons_named(statement) <= told_of.others.keys():
        raise Http404
    withdraw = "withdraw" in request.POST
    data = _data(request)
    alone = forms_people.Reasoned(data if withdraw else None, prefix="alone")
    instead = corrections.successor_form(
        kind, told, None if withdraw else data, actor=request.actor
    )
    page = person_page(
        record.pk,
        told_of,
        asked=[],
        answers=[],
        reader=Reader(may_correct=True),
        today=clock.today(),
    )
    return _about(
        request,
        record,
        alone if withdraw else instead,
        lambda: _correct(
            statement, kind, None if withdraw else instead, alone, told, request.actor
        ),
        title=_("Correct a statement"),
        button=_("Put this in its place"),
        done=_("It was withdrawn.") if withdraw else _("It was corrected."),
        template="people/correct.html",
        alone=alone,
        instead=instead,
        now=corrections.shown_now(page, key),
    )


def _correct(
    statement: Any, kind: str, form: Any, alone: Any, told: list[Any], actor: Actor
) -> None:
    area = custody_actions if kind.startswith("custody.") else people_actions
    if form is None:
        area.correct(statement, reason=alone.cleaned_data["reasons"], by=actor)
        return
    with transaction.atomic():
        _record_place(form, actor)
        area.correct(
            statement,
            reason=form.cleaned_data["reasons"],
            by=actor,
            successor=corrections.successor(kind, form, told),
            told=form.told(),
        )


# Questions

WITHOUT_PERSON = gettext_lazy("This question is about a row and about no person.")


@asks_for(Permission.SEE_PERSONS, Permission.ANSWER)
def answer(request: Request, key: UUID) -> HttpResponse:
    """Answer a question; it stays answered for as long as it can rise."""
    question = people.open_questions(seen_by=request.actor).filter(pk=key).first()
    if question is None:
        raise Http404
    person = _person_of(question, request.actor)
    form = forms_people.AnswerForm(_data(request), actor=request.actor, kind=question.kind)
    rows = people.rows_of([question.row], seen_by=request.actor)
    row = rows.get(question.row) if question.row else None
    earlier = people.rows_repeated([question], seen_by=request.actor).get(question.pk)
    page = {
        "title": f"{phrases.question(question.kind)}.",
        "button": _("Record the answer"),
        "person": person,
        "note": None if person else WITHOUT_PERSON,
        "since": question.since,
        "row_url": url_of(row) if row else None,
        "earlier": phrases.place(earlier.sheet, earlier.place) if earlier else "",
        "earlier_url": url_of(earlier) if earlier else None,
        "after": lambda: person.url if person else reverse("today"),
    }
    return _asks(
        request,
        form,
        lambda: _answer(question, form, request.actor),
        page=page,
        done=_("The answer is on record."),
        about=[person.id] if person else [],
    )


def _person_of(question: Any, actor: Actor) -> Other | None:
    """The person a question is about; None where it is about a row alone."""
    if question.person is None:
        return None
    return others([question.person], seen_by=actor).get(question.person)


def _answer(question: Any, form: forms_people.AnswerForm, actor: Actor) -> None:
    sources_actions.answer_question(
        question,
        outcome=form.chosen(),
        words=form.cleaned_data["words"],
        told=form.told(),
        by=actor,
    )
