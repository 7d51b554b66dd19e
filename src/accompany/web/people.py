"""Pages about persons: finding them, one person, one family."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accompany.access import actions as access_actions
from accompany.access import queries as access
from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Known
from accompany.base import clock, codes
from accompany.custody import queries as custody
from accompany.custody.queries import StaySaid
from accompany.facilities import queries as facilities
from accompany.people import queries as people
from accompany.people import search
from accompany.people.search import Found, Hit, Narrowed
from accompany.people.terms import AgeGroup, Event, Sex
from accompany.sources import queries as sources
from accompany.web import phrases
from accompany.web.country_names import countries
from accompany.web.door import Request, under
from accompany.web.families import FamilyPage, family_page
from accompany.web.forms_telling import offer
from accompany.web.person_page import Asked, PersonPage, Reader, person_page
from accompany.web.record import Read, read, url_of

under("people", "person", "family")

A_PAGE = 25
NOT_CHOSEN = ("", gettext_lazy("any"))


class Find(forms.Form):
    """One box for names, codes and A-numbers, and what to narrow the records to."""

    text = forms.CharField(
        label=gettext_lazy("Name, code or A-number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)
    nationality = forms.ChoiceField(label=gettext_lazy("Nationality"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Age"), required=False)
    on_list = forms.CharField(
        label=gettext_lazy("On the list, by its code"), required=False, max_length=20
    )
    asked = forms.BooleanField(label=gettext_lazy("With an open question"), required=False)
    onward = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for name, choices in (
            ("sex", Sex.choices),
            ("nationality", countries()),
            ("group", AgeGroup.choices),
        ):
            offer(self, name, NOT_CHOSEN, choices)

    def clean_on_list(self) -> Any:
        """The list of that code, if the reader may see it."""
        written = self.cleaned_data["on_list"]
        if not written:
            return None
        found = sources.received_list(codes.understood(written) or "", seen_by=self.actor)
        if found is None:
            raise forms.ValidationError(_("There is no list of that code."))
        return found

    def narrowed(self) -> Narrowed:
        """What the records are narrowed to."""
        chosen = self.cleaned_data
        return Narrowed(
            sex=Sex(chosen["sex"]) if chosen["sex"] else None,
            nationality=chosen["nationality"] or None,
            group=AgeGroup(chosen["group"]) if chosen["group"] else None,
            on_list=chosen["on_list"],
            asked=chosen["asked"],
        )


@asks_for(Permission.SEE_PERSONS)
def people_page(request: Request) -> HttpResponse:
    """Find persons: what is looked for is posted, so that no name stands in an address."""
    form = Find(request.POST if request.method == "POST" else {}, actor=request.actor)
    if not form.is_valid():
        return render(request, "people/people.html", {"form": form, "known_line": _now()})
    text = form.cleaned_data["text"].strip()
    if (code := _code_of_one(text, request.actor)) is not None:
        return redirect("person", codes.shown(code))
    start, found = _found(form, text, request.actor)
    trail.look(
        Event.PERSONS_FOUND,
        by=request.actor,
        about=[Ref("person", hit.person.pk) for hit in found.hits],
    )
    context = {
        "form": form,
        "may_see_lists": request.actor.may(Permission.SEE_LISTS),
        "may_ask_others": bool(text) and request.actor.may(Permission.ASK_OTHERS),
        "hits": _hit_lines(found, request.actor),
        "found": found,
        "text": text,
        "pages": _pages(text, start, found),
        "narrow": form.narrowed().is_narrow,
        "known_line": _now(),
        "names_people": True,
        "may_record": request.actor.may(Permission.RECORD),
    }
    return render(request, "people/people.html", context)


def _now() -> str:
    return phrases.known_line(None)


def _code_of_one(text: str, actor: Actor) -> str | None:
    """The code that was typed, if it is a record's: then its page is what was looked for."""
    code = codes.understood(text)
    found = people.person(code, seen_by=actor) if code else None
    return None if found is None else found.code


def _found(form: Find, text: str, actor: Actor) -> tuple[int, Found]:
    """A page of records, and where among them it begins."""
    narrowed, onward, year = form.narrowed(), form.cleaned_data["onward"], clock.today().year
    if text:
        start = int(onward) if onward.isdecimal() else 0
        found = search.find(
            text, seen_by=actor, limit=A_PAGE, offset=start, narrowed=narrowed, year=year
        )
        return start, found
    last = people.person(codes.understood(onward) or "", seen_by=actor) if onward else None
    before = last.pk if last else None
    return 0, search.newest(
        seen_by=actor, narrowed=narrowed, before=before, limit=A_PAGE, year=year
    )


@dataclass(frozen=True)
class Pages:
    """Where one is among the records found, and where to go on from."""

    words: str
    before: str | None
    after: str | None


def _pages(text: str, start: int, found: Found) -> Pages:
    if text:
        words = _("%(first)s to %(last)s, the nearest first") % {
            "first": start + 1,
            "last": start + len(found.hits),
        }
        after = str(start + A_PAGE) if found.more else None
        return Pages(words if found.hits else "", _back(start), after)
    after = None
    if found.further is not None:
        after = people.codes_of([found.further]).get(found.further)
    return Pages(_("The newest records first"), None, after)


def _back(start: int) -> str | None:
    return str(max(0, start - A_PAGE)) if start else None


@dataclass(frozen=True)
class HitLine:
    """One record that was found, as its line says it."""

    code: str
    names: tuple[str, ...]
    born: str
    where: str
    lists: tuple[str, ...]
    is_withdrawn: bool


def _hit_lines(found: Found, actor: Actor) -> list[HitLine]:
    ids = [hit.person.pk for hit in found.hits]
    stays: dict[UUID, list[StaySaid]] = {}
    # Without sealers: an address or a name in a stay's words stays sealed here.
    for stay in custody.stays_said(ids, {}):
        stays.setdefault(stay.said.person, []).append(stay)
    last = {person: _latest(line) for person, line in stays.items()}
    places = facilities.names_of({stay.place for stay in last.values() if stay.place})
    lists: dict[UUID, list[str]] = {}
    for one in people.memberships(ids):
        if one.of.holder_id == actor.organisation:
            lists.setdefault(one.person_id, []).append(codes.shown(one.of.code))
    return [_hit_line(hit, last, places, lists) for hit in found.hits]


def _hit_line(
    hit: Hit,
    last: dict[UUID, StaySaid],
    places: dict[UUID, str],
    lists: dict[UUID, list[str]],
) -> HitLine:
    stay = last.get(hit.person.pk)
    return HitLine(
        code=codes.shown(hit.person.code),
        names=tuple(phrases.name(name) for name in hit.names),
        born=_born(hit),
        where=_where(stay, places),
        lists=tuple(dict.fromkeys(lists.get(hit.person.pk, ()))),
        is_withdrawn=hit.is_withdrawn,
    )


def _born(hit: Hit) -> str:
    """Ages as they were stated, and years of birth, each once."""
    said = [phrases.age(one.age, one.age_on) for one in hit.births if one.age is not None]
    said += [_("born %(year)s") % {"year": str(one.year)} for one in hit.births if one.year]
    return "; ".join(dict.fromkeys(said))


def _latest(line: list[StaySaid]) -> StaySaid:
    """The last stay to begin that is not told to have ended, else the last of all."""
    still = [stay for stay in line if stay.ended is None]
    return (still or line)[-1]


def _where(stay: StaySaid | None, places: dict[UUID, str]) -> str:
    if stay is None:
        return _("No source has told who has them")
    held = phrases.held_by(stay.custodian)
    place = places.get(stay.place, "") if stay.place else ""
    words = f"{held}, {place}" if place else held
    if stay.ended is not None:
        return _("%(held)s until %(when)s") % {"held": words, "when": phrases.bound(stay.ended)}
    return _("%(held)s, since %(when)s") % {"held": words, "when": phrases.bound(stay.began)}


# One person


@dataclass(frozen=True)
class Moment:
    """As what a page stands: now, or a day that was asked for and the sealed position it means."""

    day: date | None
    known: Known | None
    line: str
    today: date
    wrong: bool = False

    @property
    def shown(self) -> str:
        """The day for the form, in ISO 8601."""
        return self.day.isoformat() if self.day else ""


def moment_of(request: Request) -> Moment:
    """The moment that a page was asked for."""
    written = request.GET.get("on", "")
    today = clock.today()
    try:
        day = parse_date(written)
    except ValueError:
        day = None
    if day is None:
        return Moment(None, None, _now(), today, wrong=bool(written))
    known = trail.known(clock.end_of_day(min(day, today)))
    erased = trail.erased_since(known, organisation=request.actor.organisation)
    return Moment(day, known, phrases.known_line(known.moment, erased), min(day, today))


def record_of(code: str, actor: Actor) -> Any:
    """The record of a code; what the reader may not see answers like what is not there."""
    understood = codes.understood(code)
    found = people.person(understood, seen_by=actor) if understood else None
    if found is None:
        raise Http404
    return found


@asks_for(Permission.SEE_PERSONS)
def person(request: Request, code: str) -> HttpResponse:
    """One person: who has them, says who; what is known, and what sources disagree on."""
    record, moment = record_of(code, request.actor), moment_of(request)
    records = people.joined_with(record.pk, seen_by=request.actor, known=moment.known)
    stands = bool(records) and records[0].pk == record.pk
    ids = [one.pk for one in records] if stands else []
    told = read(ids, seen_by=request.actor, known=moment.known)
    reader = _reader(record, moment, request.actor)
    page = _person_page(record.pk, told, moment, request.actor, reader)
    about = dict.fromkeys([record.pk, *page.shows])
    trail.look(Event.PERSON_OPENED, by=request.actor, about=[Ref("person", one) for one in about])
    access_actions.opened(records=[record.pk], by=request.actor)
    context = {
        "code": codes.shown(record.code),
        "page": page,
        "stands": stands,
        "is_withdrawn": record.withdrawn_in is not None,
        "moment": moment,
        "known_line": moment.line,
        "names_people": True,
        "looks": _looks(record.pk, request.actor),
        "may_let_see": _may_let_see(record, request.actor),
        "is_ours": _is_ours(record, request.actor),
        "may_read_counsel": request.actor.may(Permission.COUNSEL_NOTES),
        "may_read_therapy": request.actor.may(Permission.THERAPY_NOTES),
        "may_erase": request.actor.may(Permission.ERASE)
        and record.holder_id == request.actor.organisation
        and moment.known is None,
        "may_record": reader.may_record and stands,
        "may_link": reader.may_link and stands,
    }
    return render(request, "people/person.html", context)


def _may_let_see(record: Any, actor: Actor) -> bool:
    """Whether the reader says who sees the record: it is the house's own, and stands."""
    return _is_ours(record, actor) and actor.may(Permission.MANAGE_USERS)


def _is_ours(record: Any, actor: Actor) -> bool:
    """Whether the record stands and the reader's house holds it: consent and notes hang on that."""
    return record.holder_id == actor.organisation and record.withdrawn_in is None


def _reader(record: Any, moment: Moment, actor: Actor) -> Reader:
    """What can be done now with a record; with one that another organisation lent, nothing."""
    if moment.known is not None or record.holder_id != actor.organisation:
        return Reader()
    return Reader(
        may_correct=actor.may(Permission.CORRECT),
        may_answer=actor.may(Permission.ANSWER),
        may_link=actor.may(Permission.LINK),
        may_record=actor.may(Permission.RECORD),
    )


def _person_page(
    record: UUID, told: Read, moment: Moment, actor: Actor, reader: Reader
) -> PersonPage:
    return person_page(
        record,
        told,
        asked=_asked(told.records, actor) if moment.known is None else [],
        answers=[bytes(one.question) for one in sources.answers_about(told.records, moment.known)],
        reader=reader,
        today=moment.today,
    )


def _looks(record: UUID, actor: Actor) -> list[dict[str, Any]]:
    """The newest looks and changes, this look the first."""
    return [
        {"who": line.who, "at": line.at, "words": phrases.event(line.event)}
        for line in access.trail_about(record, seen_by=actor, limit=8)
    ]


def _earlier(row: Any) -> tuple[str, str | None]:
    return (phrases.place(row.sheet, row.place), url_of(row)) if row else ("", None)


def _asked(records: tuple[UUID, ...], actor: Actor) -> list[Asked]:
    found = list(sources.open_questions(seen_by=actor).filter(person__in=records).order_by("id"))
    rows = people.rows_of((one.row for one in found), seen_by=actor)
    earlier = people.rows_repeated(found, seen_by=actor)
    return [
        Asked(
            one.pk,
            one.kind,
            bytes(one.key),
            url_of(rows[one.row]) if one.row and one.row in rows else None,
            *_earlier(earlier.get(one.pk)),
        )
        for one in found
    ]


# One family


@asks_for(Permission.SEE_PERSONS)
def family(request: Request, code: str) -> HttpResponse:
    """The family a person is shown with: who had each of them, together and apart."""
    record, moment = record_of(code, request.actor), moment_of(request)
    page, ids = _family_page(record, moment, request.actor)
    about = dict.fromkeys([record.pk, *ids])
    trail.look(Event.FAMILY_OPENED, by=request.actor, about=[Ref("person", one) for one in about])
    access_actions.opened(records=[record.pk], by=request.actor)
    context = {
        "code": codes.shown(record.code),
        "page": page,
        "moment": moment,
        "known_line": moment.line,
        "names_people": True,
        "action": reverse("family", args=[codes.shown(record.code)]),
    }
    return render(request, "people/family.html", context)


def _family_page(record: Any, moment: Moment, actor: Actor) -> tuple[FamilyPage | None, list[UUID]]:
    """The family's line and the records it shows; no line where the record did not stand."""
    members = people.family_of(record.pk, seen_by=actor, known=moment.known)
    if not members[0] or members[0][0].pk != record.pk:
        return None, []
    sets = [[one.pk for one in records] for records in members]
    ids = [one for records in sets for one in records]
    told = read(ids, seen_by=actor, known=moment.known, beyond=False)
    names = [records[0].code for records in members]
    return family_page(sets, names, told, today=moment.today), list(told.others)
