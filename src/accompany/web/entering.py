"""Who comes in, who leaves, and in what language do they read?"""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accompany.access import (
    actions,
    passkeys,
    queries,
    second_factors,
    sessions,
    throttling,
    watching,
)
from accompany.access import entering as ways_in
from accompany.access.door import asks_for, open_to_anybody
from accompany.access.terms import Vain
from accompany.base.refusal import Refused
from accompany.web import devices, known_devices, proof
from accompany.web.door import Request
from accompany.web.proof import site_of

User = Any  # the model is no business of a page

BACKEND = "django.contrib.auth.backends.ModelBackend"
LAST_HERE = "last_here"
ENDED = "ended_elsewhere"


class SignIn(forms.Form):
    """A user name and a password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    own_device = forms.BooleanField(
        label=_("This device is my own"),
        help_text=_(
            "Then a mark stays in it when you sign out, so that nobody’s wrong tries can keep you "
            "out. Leave it open on a shared or borrowed one."
        ),
        required=False,
    )


@open_to_anybody
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """
    The way in: a password, then a second factor where the account has one.

    It says the same whatever was wrong: name, password, account, too many tries.
    """
    if request.user.is_authenticated:
        return redirect("today")
    form = SignIn(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "entering/sign_in.html", {"form": form})
    user = _known(request, **form.cleaned_data) if form.is_valid() else None
    if user is None:
        watching.note_by_name(Vain.SIGN_IN, form.cleaned_data.get("username", ""))
        return _not_in(request)
    if second_factors.has_any(user.pk):
        _open_half(request, user, own_device=form.cleaned_data["own_device"])
        return redirect("second-factor")
    return _in(request, user, by_factor=False, own_device=form.cleaned_data["own_device"])


def _not_in(request: HttpRequest) -> HttpResponse:
    context = {"form": SignIn(), "failed": True}
    return render(request, "entering/sign_in.html", context, status=403)


@sensitive_variables("password")
def _known(request: HttpRequest, username: str, password: str, **_more: object) -> User | None:
    """Whose name and password these are, if not too many were tried."""
    origin = known_devices.origin(request, username) or origin_of(request)
    attempt = throttling.take(throttling.password_of(username), origin=origin)
    if attempt is None:
        return None
    user = queries.user_with(username, password)
    if user is not None:
        throttling.give_back(attempt)
    return user


def _open_half(request: HttpRequest, user: User, *, own_device: bool) -> None:
    """Remember who gave the password: nobody is signed in yet."""
    request.session.flush()
    request.session[sessions.HALF_OPEN] = {
        "user": str(user.pk),
        "of": user.get_session_auth_hash(),
        "own_device": own_device,
    }
    request.session[sessions.DEVICE] = devices.named(request.headers.get("User-Agent", ""))


def _half_open(request: HttpRequest) -> User | None:
    """Who gave the password in this browser, within ten minutes, and still may come in."""
    half = request.session.get(sessions.HALF_OPEN)
    if not half:
        return None
    user = queries.user_half_in(half["user"])
    is_same = user and constant_time_compare(half["of"], user.get_session_auth_hash())
    return user if is_same else None


class SecondFactor(forms.Form):
    """A code of an app or of the paper."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that your app shows now, or one of your recovery codes."),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


@open_to_anybody
@sensitive_post_parameters("code", "passkey")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second half of the way in."""
    user = _half_open(request)
    if user is None:
        return redirect("sign-in")
    if request.method != "POST":
        return _ask_second_factor(request, user)
    if not _second_factor_proven(request, user):
        watching.note(Vain.SECOND_FACTOR, account=user.pk)
        return _ask_second_factor(request, user, failed=True)
    own_device = request.session[sessions.HALF_OPEN]["own_device"]
    return _in(request, user, by_factor=True, own_device=own_device)


def _ask_second_factor(request: HttpRequest, user: User, *, failed: bool = False) -> HttpResponse:
    context = {
        "form": SecondFactor(),
        "failed": failed,
        "asked": passkey_asked(request, user.pk),
        "codes": second_factors.has_app(user.pk),
    }
    status = 403 if failed else 200
    return render(request, "entering/second_factor.html", context, status=status)


ASKED = "passkey_asked"


def passkey_asked(request: Any, user: UUID) -> dict[str, Any] | None:
    """What the page asks of a passkey, remembered for one answer; None without a passkey."""
    asking = second_factors.asking_to_sign(site_of(request), user=user)
    if asking is None:
        return None
    options, request.session[ASKED] = asking
    return options


def passkey_proven(request: Any, user: UUID) -> bool:
    """Whether what a browser sent is a passkey of this user that answers what was asked."""
    state, said = request.session.pop(ASKED, None), answer_of(request.POST["passkey"])
    if state is None or said is None:
        return False
    return second_factors.is_proven_by_passkey(
        user=user, site=site_of(request), state=state, answer=said
    )


def answer_of(text: str) -> dict[str, Any] | None:
    """What a passkey's script sent, if it is what one sends."""
    try:
        found = json.loads(text) if len(text) <= passkeys.LONGEST else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _second_factor_proven(request: HttpRequest, user: User) -> bool:
    device = known_devices.origin(request, user.username)
    attempt = throttling.take(
        throttling.factor_of(user.pk, known=device is not None),
        origin=device or origin_of(request),
        a_day=None if device else throttling.TRIES_A_DAY,
    )
    if attempt is None:
        return False
    form = SecondFactor(request.POST)
    if "passkey" in request.POST:
        proven = passkey_proven(request, user.pk)
    else:
        proven = form.is_valid() and second_factors.is_proven_by_code(
            user=user.pk, typed=form.cleaned_data["code"]
        )
    if proven:
        throttling.give_back(attempt)
    return proven


def _in(request: HttpRequest, user: User, *, by_factor: bool, own_device: bool) -> HttpResponse:
    """Open the session, which ends the account's others, and go where the day begins."""
    before, elsewhere = user.last_login, sessions.of([user.pk]).get(user.pk, [])
    actions.signed_in(user=user)
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[LAST_HERE] = before.isoformat() if before else None
    request.session[sessions.DEVICE] = devices.named(request.headers.get("User-Agent", ""))
    request.session[ENDED] = [devices.said(one.device) for one in elsewhere if one.is_open]
    proof.note(request.session, by_factor=by_factor)
    try:
        sessions.open_now(request.session)
    except Refused:  # it was locked within this moment
        request.session.flush()
        request.user = AnonymousUser()
        return _not_in(request)
    response = _in_their_language(request, redirect("today"))
    known_devices.keep(request, response, user, own=own_device)
    return response


@open_to_anybody
def way_in(request: HttpRequest, secret: str) -> HttpResponse:
    """
    A one-time way in, made at the terminal.

    Loading the page does nothing, since programs that look ahead load pages; the button lets in.
    """
    if request.method != "POST":
        return render(request, "entering/way_in.html", {"secret": secret})
    user = ways_in.by_way_in(secret)
    if user is None:
        watching.note(Vain.SIGN_IN)
        return render(request, "entering/way_in.html", {"failed": True}, status=403)
    stands = settings.ACCOMPANY_IS_DEMO or second_factors.has_any(user.pk)
    return _in(request, user, by_factor=stands, own_device=False)


def origin_of(request: HttpRequest) -> str:
    """From where a request comes; behind a proxy, what the proxy itself saw."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _in_their_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What was chosen before signing in holds from now on; else what they read in last time."""
    user: Any = request.user
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen and translation.check_for_language(chosen):
        actions.choose_language(user=user, language=chosen)
    else:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


# Exempt: who must be gone at once must not meet an error because their session is old. The session
# cookie is SameSite=Lax, so another site can end no session by it.
@open_to_anybody
@csrf_exempt
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """
    The quick exit: one press, no question, nothing left in the browser.

    But where its owner said that the device is their own, the mark by which it is known again.
    """
    user: Any = request.user
    if user.is_authenticated:
        actions.signed_out(user=user)
    request.session.flush()
    response = redirect("weather")
    if not known_devices.is_own(request):
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response
    response["Clear-Site-Data"] = '"cache", "storage"'
    for name in request.COOKIES:
        if name != settings.DEVICE_COOKIE_NAME:
            response.delete_cookie(name, samesite="Lax")
    return response


@open_to_anybody
@require_safe
def weather(request: HttpRequest) -> HttpResponse:
    """A page about the weather, for whoever looks over a shoulder. It names nothing of ours."""
    return render(request, "entering/weather.html")


class ChoosePassword(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_(
            "At least 12 characters. Four words that have nothing to do with each other do well."
        ),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The password, if it may be one."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        if self.user.check_password(password):
            raise forms.ValidationError(_("This is the password you came in with. Choose another."))
        return password

    def clean_again(self) -> str:
        """The second, if it is like the first."""
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("password") not in (None, again):
            raise forms.ValidationError(_("The two are not the same."))
        return again


@asks_for(proof=True)
@sensitive_post_parameters("password", "again")
def choose_password(request: Request) -> HttpResponse:
    """Choose one's own password, after the first sign-in or at any time."""
    user: Any = request.user
    form = ChoosePassword(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        session: Any = request.session
        actions.choose_password(
            user=user, password=password, by=request.actor, session=session.row_id
        )
        update_session_auth_hash(request, user)
        return redirect("today")
    context = {"form": form, "must": user.must_choose_password}
    return render(request, "entering/choose_password.html", context)


@open_to_anybody
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Read on in another language, and remember it for whoever is signed in."""
    response: HttpResponse = i18n.set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        actions.choose_language(user=request.user, language=language)
    return response
