"""What was done and looked at, by whom?"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accompany.access import checkpoints, queries, watching
from accompany.access import trail as kept
from accompany.access.door import asks_for
from accompany.access.terms import Event as AccessEvent
from accompany.access.terms import Permission, Ref
from accompany.base import codes
from accompany.erasure.terms import Because
from accompany.people import queries as people
from accompany.sources import queries as sources
from accompany.web import phrases
from accompany.web.door import Request

COUNTS: dict[str, Any] = {
    "rows": _("rows"),
    "persons": _("persons"),
    "statements": _("statements"),
    "links": _("links"),
    "answers": _("answers"),
    "relatives": _("relatives"),
    "repeats": _("repeats"),
    "not_records": _("rows that are no records"),
    "records": _("records"),
    "kept": _("statements kept for others"),
    "files": _("files"),
    "counted": _("counted"),
    "keys": _("keys"),
    "digests": _("digests"),
    "wrapping_key": _("is the number of the wrapping key"),
    "table_rows": _("rows of all tables"),
    **{f"because-{because}": because.label for because in Because},
}
A_PAGE = 50


@asks_for(Permission.READ_TRAIL)
@require_safe
def trail(request: Request) -> HttpResponse:
    """The trail, newest first. It tells codes and counts, and reading it leaves an entry too."""
    before = _number(request.GET.get("before", ""))
    found = queries.trail(seen_by=request.actor, before=before, limit=A_PAGE + 1)
    page = found[:A_PAGE]
    refs = queries.refs_of([line.number for line in page], seen_by=request.actor)
    words = words_of(ref for about in refs.values() for ref in about)
    kept.look(AccessEvent.TRAIL_READ, by=request.actor, about=[])
    checkpoint = checkpoints.newest(seen_by=request.actor) if before is None else None
    context = {
        "in_vain": _in_vain(request) if before is None else [],
        "checkpoint": checkpoint,
        "digest": checkpoints.in_groups(checkpoint.digest) if checkpoint else "",
        "lines": [_line(line, refs.get(line.number, []), words) for line in page],
        "next": str(page[-1].number) if len(found) > A_PAGE else None,
        "is_later": before is not None,
        "words": _span(page),
    }
    return render(request, "trail/trail.html", context)


def _in_vain(request: Request) -> list[dict[str, Any]]:
    """What was tried in vain in the last days, by whom."""
    found = watching.counted(seen_by=request.actor)
    names = queries.names_of(one.account for one in found if one.account)
    return [
        {
            "who": names.get(one.account) if one.account else None,
            "what": one.kind.label,
            "times": one.times,
            "last_hour": one.last_hour,
        }
        for one in found
    ]


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def _span(page: list[queries.TrailLine]) -> str:
    if not page:
        return ""
    first, last = page[0].number, page[-1].number
    return _now("Entries %(first)s to %(last)s") % {"first": f"{first:,}", "last": f"{last:,}"}


def _line(line: queries.TrailLine, about: list[Ref], words: dict[UUID, str]) -> dict[str, Any]:
    counts = [(COUNTS.get(name, name), n) for name, n in line.counts.items() if n]
    return {
        "number": line.number,
        "at": line.at,
        "who": line.who,
        "at_terminal": line.at_terminal,
        "event": phrases.event(line.event),
        "is_look": line.is_look,
        "about": [words[ref.id] for ref in about if ref.id in words],
        "counts": counts,
    }


def words_of(refs: Iterable[Ref]) -> dict[UUID, str]:
    """What entries are about, as codes; users as their colleagues call them."""
    by_kind: dict[str, set[UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, set()).add(ref.id)
    persons = people.codes_of(by_kind.get("person", ()))
    lists = sources.codes_of(by_kind.get("list", ()))
    users = queries.names_of(by_kind.get("user", ()))
    cases = queries.codes_of_cases(by_kind.get("case", ()))
    teams = queries.names_of_teams(by_kind.get("team", ()))
    return {
        **{key: codes.shown(code) for key, code in persons.items()},
        **{key: _now("list %(code)s") % {"code": codes.shown(code)} for key, code in lists.items()},
        **{key: _now("case %(code)s") % {"code": codes.shown(code)} for key, code in cases.items()},
        **{key: _now("team %(name)s") % {"name": name} for key, name in teams.items()},
        **users,
    }
