"""
The web's side of the one door: who comes, what the page asks, and what every page is framed with.

A page that may not be seen answers like one that does not exist.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accompany.access import actions, queries, watching
from accompany.access.actors import Actor
from accompany.access.door import ANYBODY, asked_by, asks_for_proof
from accompany.access.terms import Permission, Vain
from accompany.base import clock
from accompany.web import proof, uploads


class Request(HttpRequest):
    """A request whose actor is known: what views of signed-in readers are handed."""

    actor: Actor


NAVIGATION = (
    ("today", _("Today"), Permission.SEE_PERSONS),
    ("people", _("Find"), Permission.SEE_PERSONS),
    ("lists", _("Lists"), Permission.SEE_LISTS),
    ("figures", _("Figures"), Permission.SEE_FIGURES),
    ("trail", _("Trail"), Permission.READ_TRAIL),
    ("users", _("Users"), Permission.MANAGE_USERS),
    ("help", _("Help"), None),
)


METHODS = ("GET", "HEAD", "POST")
ALWAYS = ("prove", "lock-account", "sign-out", "set-language")
SET_UP = ("choose-password", "set-up-second-factor", "add-app", "add-passkey")
"""Pages for those who have yet to choose a password, or to set up a second factor."""


class Door:
    """Middleware that lets nobody past a view that does not say what it asks, or asks for more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        watching.begin()
        response = self._get_response(request)
        uploads.let_go(request)
        _keep_what_was_in_vain(request, response)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], _args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Ask what the view asks."""
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        asked = asked_by(view)
        if asked == ANYBODY:
            return None
        if not request.user.is_authenticated:
            return redirect("sign-in")
        request.actor = queries.actor_of(request.user)
        if asked is None or not request.actor.may_all(asked):
            raise Http404
        actions.used(user=request.user, by=request.actor)
        request.session.seen()
        return self._first(request, view)

    @staticmethod
    def _first(request: Any, view: Callable[..., Any]) -> HttpResponse | None:
        """What must be done before this page, if anything: a password, a second factor, a proof."""
        name, user = request.resolver_match.url_name, request.user
        if user.must_choose_password and name not in ("choose-password", *ALWAYS):
            return redirect("choose-password")
        if proof.lacks_second_factor(request) and name not in (*SET_UP, *ALWAYS):
            return redirect("set-up-second-factor")
        if asks_for_proof(view) and not proof.is_fresh(request.session):
            return proof.ask(request)
        if _reads_persons(request, asked_by(view)) and watching.reads_too_fast(user.pk):
            watching.note(Vain.READ_MUCH)
            return proof.ask(request, read_much=True)
        return None


def _reads_persons(request: HttpRequest, asked: frozenset[Any] | None) -> bool:
    """
    Whether a request reads of persons; one that records is let through, whatever was read before.

    A search is sent as a form, and asks for no more than reading.
    """
    if asked is None or Permission.SEE_PERSONS not in asked:
        return False
    reads = {Permission.SEE_PERSONS, Permission.SEE_LISTS}
    return request.method in ("GET", "HEAD") or asked <= reads


def _keep_what_was_in_vain(request: Any, response: HttpResponse) -> None:
    """Count what was noted, and a page of ours that is not there for somebody who is signed in."""
    is_closed = response.status_code in (403, 404) and request.resolver_match is not None
    if is_closed and not watching.has_noted() and request.user.is_authenticated:
        watching.note(Vain.NOT_THERE)
    if watching.has_noted():
        watching.keep(by=request.user.pk if request.user.is_authenticated else None)


def frame(request: Any) -> dict[str, Any]:
    """What base.html needs: the navigation, the reader's name, and since when the page stands."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.user is None:
        return {"nav": [], "reader": None, "now": clock.now()}
    here = request.resolver_match.url_name if request.resolver_match else ""
    nav = [
        (name, label, here == name or SECTION.get(here) == name)
        for name, label, permission in NAVIGATION
        if permission is None or actor.may(permission)
    ]
    return {
        "nav": nav,
        "reader": queries.names_of([actor.user]).get(actor.user),
        "now": clock.now(),
        "language": translation.get_language(),
        "may_log_demands": actor.may(Permission.LOG_DEMANDS),
    }


SECTION: dict[str, str] = {}
"""Pages that belong under an item of the navigation, by the names of their addresses."""


def under(section: str, *names: str) -> None:
    """Put pages under an item of the navigation."""
    SECTION.update(dict.fromkeys(names, section))


def undeclared() -> list[str]:
    """The addresses whose view does not say what it asks; with any, nothing is served."""
    return [
        str(pattern.pattern)
        for pattern in _patterns(get_resolver())
        if asked_by(pattern.callback) is None
    ]


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for pattern in resolver.url_patterns:
        found += _patterns(pattern) if isinstance(pattern, URLResolver) else [pattern]
    return found
