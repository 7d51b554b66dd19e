"""What may I see and do about my own account: second factors, sessions, and the lock?"""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accompany.access import entering as access
from accompany.access import (
    passkeys,
    queries,
    rules,
    second_factors,
    sessions,
    throttling,
    watching,
)
from accompany.access.door import asks_for
from accompany.access.second_factors import LONGEST_NAME
from accompany.access.terms import Role, Vain
from accompany.base.refusal import Objection, Refused
from accompany.web import devices, known_devices, proof
from accompany.web.door import Request
from accompany.web.entering import answer_of, origin_of, passkey_asked, passkey_proven
from accompany.web.proof import site_of

SECRET, TO_MAKE = "app_secret", "passkey_to_make"  # what the session keeps while one is set up


@asks_for()
@require_safe
def account(request: Request) -> HttpResponse:
    """One's own account."""
    return _page(request)


def _page(request: Request, objections: tuple[Objection, ...] = ()) -> HttpResponse:
    user: Any = request.user
    session: Any = request.session
    found = sessions.of([user.pk]).get(user.pk, [])
    context = {
        "username": user.username,
        "role": Role(user.role).label,
        "factors": second_factors.of(user.pk),
        "needs_one": rules.needs_second_factor(user.permissions),
        "codes_left": second_factors.codes_left(user.pk),
        "sessions": [_said(one, here=session.row_id) for one in found],
        "wrong_codes": throttling.wrong_factors([user.pk]).get(user.pk, 0),
        "minutes": int(sessions.idle().total_seconds() // 60),
        "objections": objections,
        "longest_name": LONGEST_NAME,
    }
    status = 409 if objections else 200
    return render(request, "account/account.html", context, status=status)


def _said(session: Any, *, here: UUID | None) -> dict[str, Any]:
    return {
        "id": session.pk,
        "device": devices.said(session.device),
        "is_open": session.is_open,
        "is_here": session.pk == here,
        "began_at": session.began_at,
        "seen_at": session.seen_at,
    }


# --- setting one up -------------------------------------------------------------------------------


@asks_for()
@require_safe
def set_up(request: Request) -> HttpResponse:
    """Which second factor? What those come to first who need one and have none."""
    user: Any = request.user
    context = {
        "must": proof.lacks_second_factor(request),
        "takes_passkeys": site_of(request).takes_passkeys,
        "is_first": not second_factors.has_any(user.pk),
    }
    return render(request, "account/set_up.html", context)


class NewApp(forms.Form):
    """The code that an app shows, and how to call it."""

    code = forms.CharField(
        label=_("The code that the app shows now"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    name = forms.CharField(
        label=_("How to call it"),
        help_text=_("So that you know it again on the page of your account. It is kept sealed."),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@asks_for(proof=True)
@sensitive_post_parameters("code")
def add_app(request: Request) -> HttpResponse:
    """Tie an app that shows codes to the account."""
    user: Any = request.user
    form, objections = NewApp(request.POST or None), tuple[Objection, ...]()
    secret = request.session.setdefault(SECRET, second_factors.new_secret())
    if request.method == "POST" and form.is_valid():
        try:
            second_factors.add_app(user=user, secret=secret, by=request.actor, **form.cleaned_data)
            del request.session[SECRET]
            return _added(request)
        except Refused as refused:
            objections = refused.objections
    address = second_factors.address_of(secret, username=user.username)
    context = {
        "form": form,
        "objections": objections,
        "picture": _qr(address),
        "address": address,
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
    }
    return render(request, "account/add_app.html", context, status=409 if objections else 200)


def _qr(address: str) -> SafeString:
    """An address drawn for a camera: black on white in the dark too, or few cameras see it."""
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", omitsize=True)
    return mark_safe(svg)  # noqa: S308 - drawn from what we made


class NewPasskey(forms.Form):
    """What the browser made, and how to call it."""

    name = NewApp.declared_fields["name"]
    passkey = forms.CharField(max_length=passkeys.LONGEST, widget=forms.HiddenInput)


@asks_for(proof=True)
@sensitive_post_parameters("passkey")
def add_passkey(request: Request) -> HttpResponse:
    """Tie a passkey to the account. It needs a script; an app that shows codes needs none."""
    user: Any = request.user
    form, objections = NewPasskey(request.POST or None), tuple[Objection, ...]()
    if request.method == "POST" and form.is_valid():
        try:
            _keep_passkey(request, user, **form.cleaned_data)
            return _added(request)
        except Refused as refused:
            objections = refused.objections
    options, request.session[TO_MAKE] = second_factors.asking_to_make(site_of(request), user=user)
    context = {"form": NewPasskey(), "asked": options, "objections": objections}
    return render(request, "account/add_passkey.html", context, status=409 if objections else 200)


def _keep_passkey(request: Request, user: Any, name: str, passkey: str) -> None:
    state, said = request.session.pop(TO_MAKE, None), answer_of(passkey)
    if state is None or said is None:
        raise Refused([second_factors.PASSKEY_NOT_RIGHT])
    second_factors.add_passkey(
        user=user, site=site_of(request), state=state, answer=said, name=name, by=request.actor
    )


def _added(request: Request) -> HttpResponse:
    """With the first second factor come recovery codes, shown once."""
    user: Any = request.user
    request.session[proof.BY_FACTOR] = True
    if second_factors.codes_left(user.pk):
        return redirect("account")
    return _show_codes(request, user)


def _show_codes(request: Request, user: Any) -> HttpResponse:
    codes = second_factors.make_recovery_codes(user=user, by=request.actor)
    return render(request, "account/recovery_codes.html", {"codes": codes})


# --- looking after them ---------------------------------------------------------------------------


@asks_for(proof=True)
@require_POST
def recovery_codes(request: Request) -> HttpResponse:
    """Ten new recovery codes, shown on this page and nowhere else."""
    return _show_codes(request, request.user)


@asks_for()
@require_POST
def rename_factor(request: Request) -> HttpResponse:
    """Call a second factor otherwise."""
    user: Any = request.user
    try:
        second_factors.rename(
            user=user,
            factor=_id_in(request, "factor"),
            name=request.POST.get("name", "").strip(),
            by=request.actor,
        )
    except Refused as refused:
        return _page(request, refused.objections)
    return redirect("account")


@asks_for(proof=True)
@require_POST
def remove_factor(request: Request) -> HttpResponse:
    """Take a second factor from one's account."""
    user: Any = request.user
    try:
        second_factors.remove(user=user, factor=_id_in(request, "factor"), by=request.actor)
    except Refused as refused:
        return _page(request, refused.objections)
    return redirect("account")


def _id_in(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Refused([second_factors.FACTOR_UNKNOWN]) from None


@asks_for()
@require_POST
def end_session(request: Request) -> HttpResponse:
    """End one of one's own sessions, such as one where only the password was given."""
    user: Any = request.user
    try:
        access.end_sessions(
            username=user.username, by=request.actor, only=_id_in(request, "session")
        )
    except Refused as refused:
        return _page(request, refused.objections)
    return redirect("account")


@asks_for()
def lock(request: Request) -> HttpResponse:
    """Lock one's own account at once: no proof is asked, for the worst day."""
    user: Any = request.user
    if request.method != "POST":
        return render(request, "account/lock.html")
    access.lock(username=user.username, by=request.actor)
    request.session.flush()
    request.user = AnonymousUser()
    del request.actor  # the page after it is framed for nobody
    response = render(request, "account/locked.html")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# --- proving it again -----------------------------------------------------------------------------


class Proof(forms.Form):
    """
    The password; a passkey does as well.

    A code of an app does not: whoever holds an unlocked telephone with a session open holds its
    codes too.
    """

    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@asks_for()
@sensitive_post_parameters("password", "passkey")
def prove(request: Request) -> HttpResponse:
    """Prove again who one is, before an export or work on keys and accounts."""
    user: Any = request.user
    is_tried = request.method == "POST"
    if not is_tried or not _is_proven(request, user):
        if is_tried:
            watching.note(Vain.PROOF)
        context = {
            "form": Proof(),
            "failed": is_tried,
            "asked": passkey_asked(request, user.pk),
            "press_again": request.session.get(proof.PRESS_AGAIN, False),
            "read_much": request.session.get(proof.READ_MUCH, False),
        }
        status = 403 if is_tried else 200
        return render(request, "account/prove.html", context, status=status)
    access.proved_again(user=user, by=request.actor)
    request.session.cycle_key()
    proof.note(request.session)
    request.session.pop(proof.PRESS_AGAIN, None)
    request.session.pop(proof.READ_MUCH, None)
    return redirect(request.session.pop(proof.THEN, None) or reverse("account"))


def _is_proven(request: Request, user: Any) -> bool:
    origin = known_devices.origin(request, user.username) or origin_of(request)
    attempt = throttling.take(throttling.password_of(user.username), origin=origin)
    if attempt is None:
        return False
    form = Proof(request.POST)
    if "passkey" in request.POST:
        proven = passkey_proven(request, user.pk)
    else:
        proven = form.is_valid() and _is_theirs(user, form.cleaned_data["password"])
    if proven:
        throttling.give_back(attempt)
    return proven


@sensitive_variables("password")
def _is_theirs(user: Any, password: str) -> bool:
    return queries.user_with(user.username, password) is not None


def locks_told(request: Request) -> list[dict[str, Any]]:
    """What administrators are told of accounts that were locked, until one presses Seen."""
    locked = access.locks_to_tell(seen_by=request.actor)
    lockers = access.names_of_lockers(locked)
    return [
        {
            "username": user.username,
            "at": user.locked_at,
            "by_owner": user.locked_by == user.pk,
            "by": lockers.get(user.locked_by, "") if user.locked_by else "",
        }
        for user in locked
    ]
