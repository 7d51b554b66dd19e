"""
Every setting of an installation, read once from the environment.

`TABLE` names each with its default and its help; the reference in `docs/` is made from it.
"""

import hmac
import os
import secrets
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import fontpkg_atkinson_hyperlegible
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class Setting(NamedTuple):
    """One setting: the variable that gives it, what it is if not given, and what it does."""

    name: str
    default: str
    help: str


TABLE = (
    Setting(
        "ACCOMPANY_HOME",
        str(Path.home() / ".accompany"),
        "The folder that holds database, key and files under way.",
    ),
    Setting(
        "ACCOMPANY_DATABASE_URL",
        "",
        "postgresql://user:password@host:port/name. Empty: SQLite in the home.",
    ),
    Setting(
        "ACCOMPANY_KEY_FILE", "", "Where the key file lies. Empty: the file `key` in the home."
    ),
    Setting("ACCOMPANY_ZONE", "America/New_York", "Its time zone: its days end there."),
    Setting("ACCOMPANY_HOSTS", "localhost,127.0.0.1,[::1]", "The host names it answers to."),
    Setting("ACCOMPANY_HTTPS", "", "1 if a proxy before it speaks HTTPS."),
    Setting(
        "ACCOMPANY_UPLOAD_LIMIT",
        "256",
        "The largest file that is taken from a browser, in MB; a terminal takes any.",
    ),
    Setting("ACCOMPANY_USER", "", "The account as which commands act, unless --as names one."),
)


def read(name: str) -> str:
    """The value of one setting of the table."""
    (setting,) = (setting for setting in TABLE if setting.name == name)
    return os.environ.get(name) or setting.default


HOME = Path(read("ACCOMPANY_HOME"))
ACCOMPANY_HOME = HOME
ACCOMPANY_KEY_FILE = Path(read("ACCOMPANY_KEY_FILE") or HOME / "key")
ACCOMPANY_USER = read("ACCOMPANY_USER")
ACCOMPANY_SPOOL = HOME / "under-way"


def _megabytes(name: str) -> int:
    """A setting that is a number of megabytes, in bytes."""
    told = read(name)
    if not told.isdecimal():
        raise ImproperlyConfigured(f"{name} is not a whole number of megabytes, such as 256.")
    return int(told) * 1_000_000


ACCOMPANY_UPLOAD_LIMIT = _megabytes("ACCOMPANY_UPLOAD_LIMIT")


def _secret() -> str:
    """
    The secret for cookies, derived from the key file.

    Without a key file nothing is served; then a secret of the moment does.
    """
    try:
        lines = ACCOMPANY_KEY_FILE.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return secrets.token_hex(32)
    for line in lines:
        name, _equals, value = line.partition("=")
        if name.strip() == "web":
            return hmac.digest(value.strip().encode(), b"django", "sha256").hex()
    return secrets.token_hex(32)


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "record.sqlite3",
            "OPTIONS": {
                # IMMEDIATE: a transaction that turns from reading to writing would be refused.
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                # FULL: a custody record survives a loss of power. recursive_triggers: without it
                # INSERT OR REPLACE passes by the guards. secure_delete: what is erased is gone.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON; "
                    "PRAGMA cache_size=-32768;"
                ),
            },
        }
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in read("ACCOMPANY_HOSTS").split(",")]
DATABASES = {"default": _database(read("ACCOMPANY_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "accompany.base.apps.BaseConfig",
    "accompany.access.apps.AccessConfig",
    "accompany.sources.apps.SourcesConfig",
    "accompany.people.apps.PeopleConfig",
    "accompany.facilities.apps.FacilitiesConfig",
    "accompany.custody.apps.CustodyConfig",
    "accompany.figures.apps.FiguresConfig",
    "accompany.exchange.apps.ExchangeConfig",
    "accompany.web.apps.WebConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accompany.web.door.Door",
]

ROOT_URLCONF = "accompany.config.urls"
WSGI_APPLICATION = "accompany.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "accompany.web.door.frame",
            ],
        },
    },
]

AUTH_USER_MODEL = "access.User"
LOGIN_URL = "sign-in"
CSRF_FAILURE_VIEW = "accompany.web.errors.not_sent_from_here"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
USE_I18N = True
FORMAT_MODULE_PATH = ["accompany.config.formats"]
TIME_ZONE = read("ACCOMPANY_ZONE")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
# The font comes inside a package, as it is; the style sheet asks for it under `fonts/`.
STATICFILES_DIRS = [("fonts", Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files")]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Uploads go to disk sealed, by our own handler; Django's would write them in the clear.
FILE_UPLOAD_HANDLERS = ["accompany.web.uploads.SealedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

_https = read("ACCOMPANY_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Only base.log writes, and what it writes holds codes and counts. Django's own request log names
# URLs, which hold codes; its tracebacks are not kept, since a message may quote a record.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {message}", "style": "{"}},
    "filters": {"without_traceback": {"()": "accompany.base.log.WithoutTraceback"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without_traceback"],
        }
    },
    "loggers": {
        "accompany": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django_tasks": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django_tasks_db": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
