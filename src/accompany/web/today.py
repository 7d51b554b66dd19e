"""What needs a person's attention, most urgent first?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import clock, codes
from accompany.consents import queries as consents
from accompany.custody import queries as custody
from accompany.custody.terms import QuestionKind as StaysLeaveOpen
from accompany.demands import queries as demanded
from accompany.enquiries import queries as asked_by_others
from accompany.erasure import queries as erasure
from accompany.people import queries as people
from accompany.sources import queries as sources
from accompany.sources.terms import QuestionKind as RowLeavesOpen
from accompany.sources.terms import Step
from accompany.web import phrases
from accompany.web.account import locks_told
from accompany.web.door import Request, under
from accompany.web.entering import ENDED, LAST_HERE

under("today", "questions", "answer")

KINDS: dict[str, Any] = {
    kind.value: kind.label
    for kind in (
        StaysLeaveOpen.NOBODY_SAYS,
        StaysLeaveOpen.GAP,
        StaysLeaveOpen.OVERLAP,
        StaysLeaveOpen.IMPOSSIBLE_ORDER,
        StaysLeaveOpen.UNKNOWN_CUSTODIAN,
        RowLeavesOpen.CONTRADICTS,
        RowLeavesOpen.REPEATS,
        *RowLeavesOpen,
    )
}
"""Every kind of question in its words, the most urgent first."""

SHOWN = 10
COUNTED = 1_000
A_PAGE = 50
NOW = _("As on record now.")


@asks_for()
def today(request: Request) -> HttpResponse:
    """What waits; a reader who sees no persons is sent to what they came for."""
    if request.actor.has_lapsed:
        return render(request, "today/lapsed.html", {"weeks": settings.ACCOMPANY_LAPSE_WEEKS})
    if not request.actor.may(Permission.SEE_PERSONS):
        return redirect("figures")
    gaps, overlaps = _about_persons(request.actor)
    kinds = waiting_by_kind(request.actor)
    files, lists = _files(request.actor), _new_lists(request)
    enquiries = _enquiries(request.actor)
    demands = demanded.waiting(seen_by=request.actor)
    overrides = _overrides(request.actor)
    erasures = _erasures(request.actor)
    context = {
        "day": clock.today(),
        "gaps": gaps,
        "overlaps": overlaps,
        "kinds": kinds,
        "open": sum(one.count for one in kinds),
        "is_more": any(one.is_more for one in kinds),
        "files": files,
        "lists": lists,
        "enquiries": enquiries,
        "demands": demands,
        "locks": locks_told(request),
        "ended": request.session.pop(ENDED, None),
        "overrides": overrides,
        "erasures": erasures,
        "may_see_figures": request.actor.may(Permission.SEE_FIGURES),
        "nothing": not (kinds or files or enquiries or demands or overrides or erasures),
        "known_line": NOW,
    }
    return render(request, "today/today.html", context)


@dataclass(frozen=True)
class Waiting:
    """The open questions of one kind: how many (at least), since when, and where to see them."""

    kind: str
    label: Any
    count: int
    is_more: bool
    since: date | None
    days: int | None


def waiting_by_kind(actor: Actor, *, of: UUID | None = None) -> list[Waiting]:
    """
    What is open by kind, of one list or of all. It counts to a thousand and no further: whether
    there are more does not change what is to be done, and a page must not grow with the record.
    """
    found = []
    waiting = people.open_questions(seen_by=actor)
    if of is not None:
        waiting = waiting.filter(of=of)
    for kind, label in KINDS.items():
        of_kind = waiting.filter(kind=kind)
        count = len(of_kind.order_by().values_list("pk", flat=True)[: COUNTED + 1])
        if count:
            dated = of_kind.filter(since__isnull=False).order_by("since")
            since = dated.values_list("since", flat=True).first()
            shown = min(count, COUNTED)
            found.append(Waiting(kind, label, shown, count > COUNTED, since, _days_since(since)))
    return found


def _days_since(day: date | None) -> int | None:
    return None if day is None else max(0, (clock.today() - day).days)


@dataclass(frozen=True)
class Asked:
    """
    One open question as a page shows it.

    `until` is the end of a gap that has one; `earlier` names the row that the row repeats.
    """

    id: UUID
    kind: str
    label: Any
    code: str | None
    person_url: str | None
    row: sources.RowRef | None
    row_url: str | None
    column: str | None
    since: date | None
    until: date | None
    days: int | None
    place: int | None = None
    earlier: str = ""
    earlier_url: str | None = None


def _about_persons(actor: Actor) -> tuple[list[Asked], list[Asked]]:
    open_now = people.questions_waiting(StaysLeaveOpen.NOBODY_SAYS, seen_by=actor, limit=SHOWN)
    gaps = people.questions_waiting(StaysLeaveOpen.GAP, seen_by=actor, limit=SHOWN)
    overlaps = people.questions_waiting(StaysLeaveOpen.OVERLAP, seen_by=actor, limit=SHOWN)
    first = [*open_now, *gaps][:SHOWN]  # what goes on stands before what is over
    told = asked_of([*first, *overlaps], actor)
    return told[: len(first)], told[len(first) :]


def asked_of(questions: Iterable[Any], actor: Actor) -> list[Asked]:
    """Questions as pages show them, in their order: codes and days, nothing that is sealed."""
    found = list(questions)
    codes_of = people.codes_of(one.person for one in found if one.person)
    rows = people.rows_of((one.row for one in found), seen_by=actor)
    gaps = custody.gaps_of(one.person for one in found if one.kind == StaysLeaveOpen.GAP)
    earlier = people.rows_repeated(found, seen_by=actor)
    return [
        _asked(one, codes_of.get(one.person), rows.get(one.row), gaps, earlier.get(one.pk))
        for one in found
    ]


def _asked(
    one: Any,
    code: str | None,
    row: sources.RowRef | None,
    gaps: Any,
    earlier: sources.RowRef | None,
) -> Asked:
    since, until = gaps.get(bytes(one.key), (one.since, None))
    days = (until - since).days if since and until else _days_since(since)
    return Asked(
        id=one.pk,
        kind=one.kind,
        label=KINDS.get(one.kind, one.kind),
        code=codes.shown(code) if code else None,
        person_url=reverse("person", args=[codes.shown(code)]) if code else None,
        row=row,
        row_url=row_url(row) if row else None,
        column=one.column,
        since=since,
        until=until,
        days=days,
        place=row.place if row else one.place,
        earlier=phrases.place(earlier.sheet, earlier.place) if earlier else "",
        earlier_url=row_url(earlier) if earlier else None,
    )


def row_url(row: sources.RowRef) -> str:
    """The address of a received row."""
    address = reverse("row", args=[codes.shown(row.list_code), row.place])
    return f"{address}?sheet={row.sheet}" if row.sheet else address


def _files(actor: Actor) -> list[Any]:
    """Files under way, those that wait for a decision first."""
    if not actor.may(Permission.RECEIVE_LISTS):
        return []
    order = [Step.LOOKED, Step.REFUSED, Step.RECORDING, Step.LOOKING]
    files = files_under_way(actor, limit=SHOWN)
    return sorted(files, key=lambda one: order.index(Step(one.step)))


def files_under_way(actor: Actor, *, limit: int) -> list[Any]:
    """The newest files under way, with who sent them."""
    return list(sources.under_way(seen_by=actor).select_related("teller")[:limit])


def _enquiries(actor: Actor) -> int:
    """How many questions of other organisations wait for the reader's decision."""
    if not actor.may_all((Permission.ASK_OTHERS, Permission.ANSWER_OTHERS)):
        return 0
    return len(asked_by_others.waiting(seen_by=actor).values_list("pk")[:COUNTED])


def _overrides(actor: Actor) -> int:
    """How many referrals without consent wait for a second person."""
    if not actor.may(Permission.REFER):
        return 0
    return len(consents.overrides(seen_by=actor).values_list("pk")[:COUNTED])


def _erasures(actor: Actor) -> dict[str, Any] | None:
    """How many erasures wait for a second person, and for whoever carries them out, since when."""
    if not actor.may(Permission.ERASE):
        return None
    found = erasure.waiting(seen_by=actor)
    confirmed = sorted(one.confirmed_at for one in found if one.holds and one.confirmed_at)
    asked = sorted(one.at for one in found if not one.holds)
    if not found:
        return None
    return {
        "asked": len(asked),
        "asked_since": next(iter(asked), None),
        "confirmed": len(confirmed),
        "confirmed_since": next(iter(confirmed), None),
    }


def _new_lists(request: Request) -> list[Any]:
    """The newest lists, if they came since the reader's last sign-in."""
    if not request.actor.may(Permission.SEE_LISTS):
        return []
    last = request.session.get(LAST_HERE)
    since = datetime.fromisoformat(last) if last else None
    newest = list(sources.lists(seen_by=request.actor).filter(withdrawn_in=None)[:SHOWN])
    entries = access.entries(one.recorded_in for one in newest)
    return [
        {
            "code": codes.shown(one.code),
            "at": entries[one.recorded_in].at,
            "counts": entries[one.recorded_in].counts,
        }
        for one in newest
        if since is None or entries[one.recorded_in].at > since
    ]


@asks_for(Permission.SEE_PERSONS)
def questions(request: Request) -> HttpResponse:
    """The open questions of one kind, the oldest first: all, or those of one list."""
    received = _list_asked(request)
    of = received.pk if received else None
    kinds = waiting_by_kind(request.actor, of=of)
    kind = request.GET.get("kind") or (kinds[0].kind if kinds else "")
    if kind and kind not in KINDS:
        raise Http404
    after = _place_in(request.GET.get("after", ""))
    found = people.questions_waiting(
        kind, seen_by=request.actor, of=of, after=after, limit=A_PAGE + 1
    )
    page = found[:A_PAGE]
    context = {
        "kinds": kinds,
        "kind": kind,
        "list": codes.shown(received.code) if received else "",
        "label": KINDS.get(kind),
        "questions": asked_of(page, request.actor),
        "may_answer": request.actor.may(Permission.ANSWER),
        "is_later": after is not None,
        "next": _place_of(page[-1]) if len(found) > A_PAGE else None,
        "words": said_to_be_shown(len(page)),
        "known_line": NOW,
    }
    return render(request, "today/questions.html", context)


def _list_asked(request: Request) -> Any:
    """The list whose questions are asked for; None for all. Raises Http404 if it is not there."""
    written = request.GET.get("list", "")
    if not written:
        return None
    code = codes.understood(written) if request.actor.may(Permission.SEE_LISTS) else None
    found = sources.received_list(code, seen_by=request.actor) if code else None
    if found is None:
        raise Http404
    return found


def said_to_be_shown(count: int) -> str:
    """How many a page shows."""
    return ngettext("%(count)s on this page", "%(count)s on this page", count) % {"count": count}


def _place_of(question: Any) -> str:
    return f"{question.since or ''}~{question.pk}"


def _place_in(text: str) -> tuple[date | None, UUID] | None:
    """Where a page begins, as `_place_of` writes it. Raises Http404 for anything else."""
    if not text:
        return None
    day, _mark, key = text.partition("~")
    try:
        return (date.fromisoformat(day) if day else None), UUID(key)
    except ValueError as unreadable:
        raise Http404 from unreadable
