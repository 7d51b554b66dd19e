"""
Every setting of an installation, read once from the environment.

`TABLE` names each with its default and its help; the reference in `docs/` is made from it.
"""

import hmac
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import fontpkg_atkinson_hyperlegible
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from accompany.access.key_source import KeySource, named_in
from accompany.base.refusal import Misconfigured, Objection, Refused

NOT_A_NUMBER = Objection(
    "config.not-a-number",
    "Nothing was done: %(setting)s is not a whole number above 0.",
    "Write it in digits, or take the setting away.",
)
NOT_A_SWITCH = Objection(
    "config.not-a-switch",
    "Nothing was done: %(setting)s is neither 1 nor empty.",
    "Set it to 1, or take the setting away.",
)
NOT_A_ZONE = Objection(
    "config.not-a-zone",
    "Nothing was done: %(setting)s names no time zone.",
    "Write it like America/New_York, or take the setting away.",
)
NOT_A_DATABASE = Objection(
    "config.not-a-database",
    "Nothing was done: %(setting)s is not the URL of a PostgreSQL database.",
    "Write it like postgresql://user:password@host:port/name, or take the setting away.",
)


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
        "ACCOMPANY_OWNER_URL",
        "",
        "The same PostgreSQL as the role that owns the tables, for setup, restore, migrate and "
        "erasure. Empty: one role owns and runs, and doctor says so.",
    ),
    Setting(
        "ACCOMPANY_PLAIN_SQLITE",
        "",
        "1: the SQLite file is not encrypted as a whole, because its disk is.",
    ),
    Setting(
        "ACCOMPANY_KEY_FILE", "", "Where the key file lies. Empty: the file `key` in the home."
    ),
    Setting("ACCOMPANY_KEY", "", "The keys, in place of a file: its lines, parted by `;`."),
    Setting(
        "ACCOMPANY_KEY_COMMAND",
        "",
        "A command that prints the keys, in place of a file: so that a key service fits.",
    ),
    Setting(
        "ACCOMPANY_BACKUP_TO",
        "",
        "Whom backups are encrypted to: age recipients (`age1…`), parted by spaces.",
    ),
    Setting(
        "ACCOMPANY_BACKUP_PASSPHRASE",
        "",
        "The passphrase of backups, where they are encrypted to no recipient.",
    ),
    Setting(
        "ACCOMPANY_LAPSE_WEEKS",
        "6",
        "After so many weeks without use an account, and a companion's place in a case, lapses.",
    ),
    Setting(
        "ACCOMPANY_IDLE_MINUTES", "30", "After so many minutes without a click a session has ended."
    ),
    Setting(
        "ACCOMPANY_READS_AN_HOUR",
        "600",
        "After so many pages in an hour an account proves again who it is before it reads on.",
    ),
    Setting(
        "ACCOMPANY_PASSWORD_LIST",
        "",
        "A file of known passwords, one a line, or their SHA-1 digests in order: none is taken.",
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


def number(name: str) -> int:
    """A setting that is a whole number above 0."""
    told = read(name)
    if not (told.isascii() and told.isdecimal() and 0 < len(told) <= 9 and int(told)):
        _refuse(NOT_A_NUMBER, name)
    return int(told)


def switch(name: str) -> bool:
    """A setting that is 1 or not there."""
    told = read(name)
    if told not in ("", "0", "1"):
        _refuse(NOT_A_SWITCH, name)
    return told == "1"


def zone(name: str) -> str:
    """A setting that is a time zone."""
    told = read(name)
    try:
        ZoneInfo(told)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse(NOT_A_ZONE, name)
    return told


def database_url(name: str) -> str:
    """A setting that is the URL of a PostgreSQL, or empty."""
    told = read(name)
    try:
        parts = urlsplit(told)
        is_one = parts.scheme in ("postgresql", "postgres") and (parts.port or 1) > 0
    except ValueError:
        is_one = False
    if told and not (is_one and parts.path.strip("/")):
        _refuse(NOT_A_DATABASE, name)
    return told


def _refuse(objection: Objection, name: str) -> NoReturn:
    # The value is not told: a URL of a database has a password in it.
    raise Misconfigured([replace(objection, values=(("setting", name),))])


HOME = Path(read("ACCOMPANY_HOME"))
ACCOMPANY_HOME = HOME
ACCOMPANY_KEY_FILE = Path(read("ACCOMPANY_KEY_FILE") or HOME / "key")
ACCOMPANY_KEY = read("ACCOMPANY_KEY")
ACCOMPANY_KEY_COMMAND = read("ACCOMPANY_KEY_COMMAND")
ACCOMPANY_BACKUP_TO = read("ACCOMPANY_BACKUP_TO")
ACCOMPANY_BACKUP_PASSPHRASE = read("ACCOMPANY_BACKUP_PASSPHRASE")
ACCOMPANY_USER = read("ACCOMPANY_USER")
ACCOMPANY_LAPSE_WEEKS = number("ACCOMPANY_LAPSE_WEEKS")
ACCOMPANY_IDLE_MINUTES = number("ACCOMPANY_IDLE_MINUTES")
ACCOMPANY_READS_AN_HOUR = number("ACCOMPANY_READS_AN_HOUR")
ACCOMPANY_PASSWORD_LIST = read("ACCOMPANY_PASSWORD_LIST")
ACCOMPANY_IS_DEMO = (HOME / "demo.json").exists()
ACCOMPANY_SPOOL = HOME / "under-way"


ACCOMPANY_UPLOAD_LIMIT = number("ACCOMPANY_UPLOAD_LIMIT") * 1_000_000


def _secret() -> str:
    """
    The secret for cookies, derived from the keys.

    Without the keys nothing is served, and the door says why; then a secret of the moment does.
    """
    source = KeySource(ACCOMPANY_KEY_FILE, ACCOMPANY_KEY, ACCOMPANY_KEY_COMMAND)
    try:
        web = named_in(source.read())["web"]
    except (Refused, KeyError):
        return secrets.token_hex(32)
    return hmac.digest(web.hex().encode(), b"django", "sha256").hex()


def _file_key() -> bytes:
    """The key of the SQLite file as a whole: asked for when the first connection is made."""
    from accompany.access import keyring  # noqa: PLC0415 - it reads these settings

    return keyring.key("database")


def _database(url: str, *, plain: bool) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3" if plain else "accompany.base.whole_file",
            "NAME": HOME / "record.sqlite3",
            "OPTIONS": ({} if plain else {"key": _file_key})
            | {
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
_plain = switch("ACCOMPANY_PLAIN_SQLITE")
_own_url, _owner_url = database_url("ACCOMPANY_DATABASE_URL"), database_url("ACCOMPANY_OWNER_URL")
# Set by the commands that make tables or erase, and by nothing else.
_owning = os.environ.get("ACCOMPANY_OWNING") == "1" and bool(_owner_url)
DATABASES = {"default": _database(_owner_url if _owning else _own_url, plain=_plain)}
ACCOMPANY_WAYS_TO_DATABASE = [_database(url, plain=_plain) for url in (_own_url, _owner_url) if url]
ACCOMPANY_APPLICATION_ROLE = unquote(urlsplit(_own_url).username or "") if _owner_url else ""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
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
    "accompany.enquiries.apps.EnquiriesConfig",
    "accompany.consents.apps.ConsentsConfig",
    "accompany.notes.apps.NotesConfig",
    "accompany.demands.apps.DemandsConfig",
    "accompany.erasure.apps.ErasureConfig",
    "accompany.figures.apps.FiguresConfig",
    "accompany.exchange.apps.ExchangeConfig",
    "accompany.web.apps.WebConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
    {"NAME": "accompany.access.passwords.PasswordOthersUse"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
USE_I18N = True
FORMAT_MODULE_PATH = ["accompany.config.formats"]
TIME_ZONE = zone("ACCOMPANY_ZONE")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
# The font comes inside a package, as it is; the style sheet asks for it under `fonts/`.
STATICFILES_DIRS = [("fonts", Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files")]
WHITENOISE_ALLOW_ALL_ORIGINS = False
SESSION_ENGINE = "accompany.access.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Uploads go to disk sealed, by our own handler; Django's would write them in the clear.
FILE_UPLOAD_HANDLERS = ["accompany.web.uploads.SealedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

_https = switch("ACCOMPANY_HTTPS")
_HOST = "__Host-" if _https else ""  # browsers take such a cookie from this very host alone
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
LANGUAGE_COOKIE_NAME, DEVICE_COOKIE_NAME = f"{_HOST}language", f"{_HOST}device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https  # what did not come by the proxy leads to it
SECURE_HSTS_SECONDS = 63_072_000 if _https else 0  # two years
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
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
    "formatters": {
        "plain": {
            "format": "{asctime} {levelname} {message}",
            "style": "{",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
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
