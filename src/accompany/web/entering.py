"""Who comes in, who leaves, and in what language do they read?"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accompany.access import actions, queries
from accompany.access.door import asks_for, open_to_anybody
from accompany.web.door import Request

BACKEND = "django.contrib.auth.backends.ModelBackend"
LAST_HERE = "last_here"


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


@open_to_anybody
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The way in. It says the same whatever was wrong: name, password, account, too many tries."""
    if request.user.is_authenticated:
        return redirect("today")
    form = SignIn(request.POST or None)
    if request.method != "POST":
        return render(request, "entering/sign_in.html", {"form": form})
    if not form.is_valid() or not _let_in(request, **form.cleaned_data):
        blank = SignIn()
        return render(request, "entering/sign_in.html", {"form": blank, "failed": True}, status=403)
    return _in_their_language(request, redirect("today"))


@sensitive_variables("password")
def _let_in(request: HttpRequest, username: str, password: str) -> bool:
    origin = origin_of(request)
    if queries.is_throttled(username, origin):
        return False
    user = queries.user_with(username, password)
    if user is None:
        actions.sign_in_failed(username=username, origin=origin)
        return False
    before = user.last_login
    actions.signed_in(user=user)
    login(request, user, backend=BACKEND)
    request.session[LAST_HERE] = before.isoformat() if before else None
    return True


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
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


# Exempt: who must be gone at once must not meet an error because their session is old. The session
# cookie is SameSite=Lax, so another site can end no session by it.
@open_to_anybody
@csrf_exempt
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The quick exit: one press, no question, nothing left in the browser."""
    user: Any = request.user
    if user.is_authenticated:
        actions.signed_out(user=user)
    request.session.flush()
    response = redirect("weather")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
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


@asks_for()
@sensitive_post_parameters("password", "again")
def choose_password(request: Request) -> HttpResponse:
    """Choose one's own password, after the first sign-in or at any time."""
    user: Any = request.user
    form = ChoosePassword(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        actions.choose_password(user=user, password=password, by=request.actor)
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
