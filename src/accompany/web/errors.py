"""
What does a reader see when there is no page?

Nothing of what was asked for: an address may be mistyped into a name. What may not be seen is not
there, in the same words and with the same status.
"""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _now

from accompany.access import watching
from accompany.access.door import open_to_anybody
from accompany.access.terms import Vain
from accompany.base import machine


@open_to_anybody
def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that no browser of ours sends; `exception` may quote it, and is not read."""
    return render(request, "errors/not_understood.html", status=400)


@open_to_anybody
def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or none for this reader; `exception` is not read."""
    return render(request, "errors/not_there.html", status=404)


@open_to_anybody
def not_sent_from_here(request: HttpRequest, **_reason: Any) -> HttpResponse:
    """A form that did not come from one of our pages, or from one that is too old."""
    watching.note(Vain.FORM_FROM_ELSEWHERE)
    return render(request, "errors/not_sent_from_here.html", status=403)


@open_to_anybody
def broken(_request: HttpRequest) -> HttpResponse:
    """
    A fault of ours, or of the machine, which is told apart.

    The page asks nothing of database or session: either may be what broke.
    """
    objection = machine.objection_to(sys.exc_info()[1])
    context = {} if objection is None else {"told": objection.told(_now)}
    page = render_to_string("errors/broken.html", context)
    return HttpResponse(page, status=500 if objection is None else 503)
