"""
What does one cell of a list say?

Every reader takes a cell as it was received and answers with a value, or with why there is none:
blank, redacted by who released it, or not readable, which keeps the cell and raises a question.
Nothing is guessed: what could mean two things is not readable.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from typing import Generic, Literal, TypeVar

from accompany.base.refusal import Objection
from accompany.exchange.countries import COUNTRIES

Value = TypeVar("Value")
Order = Literal["mdy", "dmy", "ymd", "auto"]

NOT_A_DAY = Objection(
    code="exchange.not-a-day",
    why="Not a date.",
    remedy="Kept as received; the day is not known, and a question is open.",
)
NO_SUCH_DAY = Objection(
    code="exchange.no-such-day",
    why="A date that no calendar has.",
    remedy="Kept as received; the day is not known, and a question is open.",
)
CENTURY_NOT_TOLD = Objection(
    code="exchange.century-not-told",
    why="A date whose year has two digits, so that its century is a guess.",
    remedy="Kept as received; the day is not known, and a question is open.",
)
DAY_OR_MONTH = Objection(
    code="exchange.day-or-month",
    why="A date in which day and month can be either way round.",
    remedy="Say in the mapping in which order dates are written, and receive the list again.",
)
NOT_AN_AGE = Objection(
    code="exchange.not-an-age",
    why="Not an age in whole years from 0 to 120.",
    remedy="Kept as received; the age is not known, and a question is open.",
)
NOT_AN_A_NUMBER = Objection(
    code="exchange.not-an-a-number",
    why="Not an A-number: it has seven to nine digits.",
    remedy="Kept as received; the number is not known, and a question is open.",
)
NOT_A_SEX = Objection(
    code="exchange.not-a-sex",
    why="None of the words that we know for a sex.",
    remedy="Kept as received; the sex is not known, and a question is open.",
)
NOT_A_STANDING = Objection(
    code="exchange.not-a-standing",
    why="None of the words that we know for a standing on a list.",
    remedy="Kept as received; the standing is not known, and a question is open.",
)
NOT_A_COUNTRY = Objection(
    code="exchange.not-a-country",
    why="None of the names that we know for a country.",
    remedy="Kept as received; the country is not known, and a question is open.",
)
NOT_A_NAME = Objection(
    code="exchange.not-a-name",
    why="Not a name that we can take apart.",
    remedy="Kept as received; the name is not known, and a question is open.",
)
FORMULA = Objection(
    code="exchange.formula",
    why="A formula, or the error that one left; formulas are never worked out.",
    remedy="Kept as received; the value is not known, and a question is open.",
)


@dataclass(frozen=True, slots=True)
class Read(Generic[Value]):
    """The cell says this."""

    value: Value


@dataclass(frozen=True, slots=True)
class Blank:
    """The cell says nothing, or says that nothing is known."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """Who released the list has struck the cell out: there is a value, and it is kept from us."""


@dataclass(frozen=True, slots=True)
class HasNone:
    """The cell says that the person has no such number; that is a fact, not a gap."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The cell says something that we cannot read; it is kept, and raises a question."""

    why: Objection


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which only the year, or year and month, were told."""

    year: int
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """
    A person's names as written, taken apart.

    `sure` if the cell told given names and surnames apart by a comma; else they were told apart by
    custom: one given name first, two surnames last.
    """

    given: str
    family: tuple[str, ...]
    sure: bool = True


NoValue = Blank | Redacted | Unreadable

BLANK = Blank()
REDACTED = Redacted()
HAS_NONE = HasNone()

# Days, numbers and codes are short; a long cell would otherwise be held by the caches below.
_LONGEST_SHORT = 100
_LONGEST_NAME = 300
_LONGEST_LIST = 10_000

# Controls, unpaired halves of characters, and what is unseen or turns the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff]"
)
_HYPHENS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
_UNCOUNTED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_REDACTION = re.compile(
    r"""
      [\[(]? \s* (?: redacted | redactado | redactada | testado | testada | withheld ) \s* [\])]?
    | x{3,} | x{1,4} (?: [/-] x{1,4} )+ | \*{3,} | [█▇■▓]+
    | (?: \(? b \)? \s* \( \s* [1-9] \s* \) (?: \s* \( \s* [a-f] \s* \) )? [\s,;/&.-]* )+
    """,
    re.VERBOSE,
)
_NOTHING = frozenset({"", "-", "--", "---", ".", "?", "null"})
_UNKNOWN = frozenset(
    {
        *("unknown", "unk", "not known", "n/a", "na", "none", "not available", "not provided"),
        *("desconocido", "desconocida", "se desconoce", "no se sabe", "sin dato", "sin datos"),
    }
)
_ERRORS = frozenset(
    {"#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#calc!"}
)
# So are spreadsheets kept from dropping leading noughts.
_TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')


Result = TypeVar("Result")


def _remembered(read: Callable[[str], Result]) -> Callable[[str], Result]:
    """As `read`, its answers to short texts kept: in a list the same few come again and again."""
    kept = lru_cache(maxsize=1 << 14)(read)

    @wraps(read)
    def reading(given: str) -> Result:
        return kept(given) if len(given) <= _LONGEST_SHORT else read(given)

    return reading


@_remembered
def fold(text: str) -> str:
    """
    Text as it is compared: without case, accents, odd hyphens and spaces, or unseen characters.

    Folding twice is folding once.
    """
    if text.isascii():
        return clean(text).casefold()
    text = unicodedata.normalize("NFKD", clean(text)).casefold()
    text = unicodedata.normalize("NFKD", " ".join(text.split()))
    bare = "".join(letter for letter in text if unicodedata.category(letter) not in _UNCOUNTED)
    return " ".join(bare.translate(_HYPHENS).split())


def clean(text: str) -> str:
    """Text as it is stored: as written, on one line, without what cannot be seen or stored."""
    return " ".join(_UNSEEN.sub("", text).split())


def text(cell: str | None) -> Read[str] | NoValue:
    """What the cell says, as it is."""
    return BLANK if cell is None else _text(cell)


@_remembered
def _text(cell: str) -> Read[str] | NoValue:
    said = _said(cell)
    return Read(said) if isinstance(said, str) else said


def day(cell: str | None, order: Order = "mdy") -> Read[date | Partial] | NoValue:
    """
    The day, or as much of it as is told; `order` is how numbers alone are written.

    Under `auto`, and where `ymd` is expected but the year is last, 3/4 is not readable and 13/4 is.
    Time of day is not read.
    """
    return _short(cell, lambda given: _day(given, order), NOT_A_DAY)


def whole(cell: str | None, most: int = 120) -> Read[int] | NoValue:
    """A whole number from 0 to `most`: an age in years."""
    return _short(cell, lambda given: _whole(given, most), NOT_AN_AGE)


def a_number(cell: str | None) -> Read[str] | HasNone | NoValue:
    """The number of a person's alien file as nine digits, however it is written."""
    return _short(cell, _a_number, NOT_AN_A_NUMBER)


def sex(cell: str | None) -> Read[str] | NoValue:
    """One of f, m and x."""
    return _short(cell, _sex, NOT_A_SEX)


def standing(cell: str | None) -> Read[str] | NoValue:
    """One of in, out and indicated."""
    return _short(cell, _standing, NOT_A_STANDING)


def country(cell: str | None) -> Read[str] | NoValue:
    """The country's two letters in ISO 3166, from its name or people in English or Spanish."""
    return _short(cell, _country, NOT_A_COUNTRY)


def person_names(cell: str | None) -> Read[Names] | NoValue:
    """A person's names, from `Surname Surname, Given Given` or the names in their spoken order."""
    said = _said(cell)
    if not isinstance(said, str):
        return said
    if fold(said) in _UNKNOWN:
        return BLANK
    names = _names(said) if len(said) <= _LONGEST_NAME else None
    return Unreadable(NOT_A_NAME) if names is None else Read(names)


def several(cell: str | None) -> Read[tuple[str, ...]] | HasNone | NoValue:
    """Each of several persons or things in one cell, as written; a comma does not part them."""
    said = _said(cell)
    if not isinstance(said, str) or cell is None:
        return BLANK if isinstance(said, str) else said
    if fold(said) in _NOBODY:
        return HAS_NONE
    if len(cell) > _LONGEST_LIST:
        return Unreadable(NOT_A_NAME)
    parts = (clean(_LIST_MARK.sub("", part)) for part in _BETWEEN.split(cell))
    found = tuple(part for part in parts if part)
    return Read(found) if found else BLANK


def _said(cell: str | None) -> str | NoValue:
    """The cell's text as it is stored, or why it says nothing that could be read."""
    if cell is None:
        return BLANK
    said = clean(cell)
    if said.startswith("="):
        quoted = _TEXT_AS_FORMULA.fullmatch(said)
        return _said(quoted[1]) if quoted else Unreadable(FORMULA)
    if len(said) > _LONGEST_SHORT:
        return said
    folded = fold(said)
    if folded in _NOTHING:
        return BLANK
    if folded in _ERRORS:
        return Unreadable(FORMULA)
    return REDACTED if _REDACTION.fullmatch(folded) else said


def _short(cell: str | None, reader: Callable[[str], Result], why: Objection) -> Result | NoValue:
    """What the reader makes of a cell that is short enough to be what it reads."""
    if cell is None:
        return BLANK
    return reader(cell) if len(cell) <= _LONGEST_SHORT else Unreadable(why)


_TIME_OF_DAY = re.compile(
    r"(?:t|,?\s)\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"\s*(?:[ap]\.?\s?m\.?)?\s*(?:z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/. ]([0-9]{1,2}|[a-z]{3,10})[-/. ]'?[0-9]{2}")
_YEAR_AND_MONTH = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})")
_MONTH_AND_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_RUN_TOGETHER = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_WORDS = re.compile(r"[0-9a-z ,./-]+")
_TOKEN = re.compile(r"[0-9]+|[a-z]+")
_FILLERS = frozenset({"de", "del", "of", "st", "nd", "rd", "th", "the", "el"})
_MONTHS = {
    month: number
    for number, months in enumerate(
        (
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september set septiembre setiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        start=1,
    )
    for month in months.split()
}


@lru_cache(maxsize=1 << 14)
def _day(cell: str, order: Order) -> Read[date | Partial] | NoValue:
    said = _told(cell)
    if not isinstance(said, str):
        return said
    said = _TIME_OF_DAY.sub("", said)
    if found := _YEAR_FIRST.fullmatch(said) or _RUN_TOGETHER.fullmatch(said):
        groups = found.groups()
        return _date(groups[0], groups[-2], groups[-1])
    if found := _YEAR_LAST.fullmatch(said):
        return _date_in_order(found[1], found[3], found[4], order)
    if _SHORT_YEAR.fullmatch(said):
        return Unreadable(CENTURY_NOT_TOLD)
    return _part_of_date(said) or _date_in_words(said) or Unreadable(NOT_A_DAY)


def _date(
    year: str | int, month: str | int, day_of_month: str | int
) -> Read[date | Partial] | Unreadable:
    try:
        return Read(date(int(year), int(month), int(day_of_month)))
    except ValueError:
        return Unreadable(NO_SUCH_DAY)


def _date_in_order(
    first: str, second: str, year: str, order: Order
) -> Read[date | Partial] | Unreadable:
    if order == "mdy" or (order != "dmy" and (int(second) > 12 or first == second)):
        return _date(year, first, second)
    if order == "dmy" or int(first) > 12:
        return _date(year, second, first)
    return Unreadable(DAY_OR_MONTH)


def _part_of_date(said: str) -> Read[date | Partial] | Unreadable | None:
    if _YEAR.fullmatch(said):
        return Read(Partial(int(said)))
    if found := _YEAR_AND_MONTH.fullmatch(said):
        return _month(found[1], int(found[2]))
    if found := _MONTH_AND_YEAR.fullmatch(said):
        return _month(found[2], int(found[1]))
    return None


def _month(year: str, month: int) -> Read[date | Partial] | Unreadable:
    if int(year) and 1 <= month <= 12:
        return Read(Partial(int(year), month))
    return Unreadable(NO_SUCH_DAY)


def _date_in_words(said: str) -> Read[date | Partial] | Unreadable | None:
    """`5 May 2018`, `mayo 5, 2018`, `5 de mayo del 2018`, `2018 May 5`, `May 2018`."""
    tokens = [token for token in _TOKEN.findall(said) if token not in _FILLERS]
    months = [_MONTHS[token] for token in tokens if token in _MONTHS]
    numbers = [token for token in tokens if token.isdigit()]
    if not _WORDS.fullmatch(said) or len(months) != 1 or len(numbers) + 1 != len(tokens):
        return None
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) != len(numbers) - 1 or len(days) > 1:
        return None
    return _date(years[0], months[0], days[0]) if days else _month(years[0], months[0])


_AGE = re.compile(r"([0-9]{1,3})(?:\.0+)?(?: ?(?:years?|yrs?\.?|y/o|anos?)(?: old| de edad)?)?")


@lru_cache(maxsize=1 << 12)
def _whole(cell: str, most: int) -> Read[int] | NoValue:
    said = _told(cell)
    if not isinstance(said, str):
        return said
    found = _AGE.fullmatch(said)
    return Read(int(found[1])) if found and int(found[1]) <= most else Unreadable(NOT_AN_AGE)


_A_NUMBER = re.compile(
    r"(?:a(?:lien)?)?\s*(?:file|registration)?\s*(?:number|num\.?|no\.?)?\s*[#:-]*\s*"
    r"([0-9](?:[ -]?[0-9]){6,8})"
)
_NO_NUMBER = frozenset(
    {
        *("none", "no", "n/a", "na", "no a-number", "no a number", "no anumber", "no a#", "no a #"),
        *("no number", "has none", "has no a-number", "without a-number", "not assigned"),
        *("ninguno", "ninguna", "no tiene", "sin numero", "sin numero a", "sin numero de a"),
        *("sin a-number", "no aplica", "sin numero de extranjero", "not applicable"),
    }
)


def _a_number(cell: str) -> Read[str] | HasNone | NoValue:
    said = _said(cell)
    if not isinstance(said, str):
        return said
    folded = fold(said)
    if folded in _NO_NUMBER:
        return HAS_NONE
    if folded in _UNKNOWN:
        return BLANK
    found = _A_NUMBER.fullmatch(folded)
    digits = re.sub("[ -]", "", found[1]).zfill(9) if found else ""
    # Nine noughts are written where a form insists on a number.
    return Read(digits) if digits.strip("0") else Unreadable(NOT_AN_A_NUMBER)


# H is left out: where it stands for hombre, M stands for mujer, and no cell tells which list it is.
_SEXES = {
    word: code
    for code, words in {
        "f": "f female woman girl femenino femenina fem mujer nina hembra",
        "m": "m male man boy masculino masculina masc hombre nino varon",
        "x": "x nonbinary non-binary no-binario no-binaria",
    }.items()
    for word in words.split()
} | {"no binario": "x", "no binaria": "x", "non binary": "x"}


@lru_cache(maxsize=1 << 10)
def _sex(cell: str) -> Read[str] | NoValue:
    said = _told(cell)
    if not isinstance(said, str):
        return said
    code = _SEXES.get(said.rstrip("."))
    return Read(code) if code else Unreadable(NOT_A_SEX)


# No *removed*: of a person it is said where they were taken out of the country.
_STANDINGS = {
    word: code
    for code, words in {
        "in": "in; on; on the list; included; dentro; en la lista; incluido; incluida",
        "out": "out; off; off the list; taken off the list; excluded; fuera; fuera de la lista; "
        "excluido; excluida; retirado de la lista; retirada de la lista",
        "indicated": "indicated; indicated, not all criteria met; not all criteria met; "
        "indicado; indicada",
    }.items()
    for word in words.split("; ")
}


@lru_cache(maxsize=1 << 10)
def _standing(cell: str) -> Read[str] | NoValue:
    said = _told(cell)
    if not isinstance(said, str):
        return said
    code = _STANDINGS.get(said.rstrip("."))
    return Read(code) if code else Unreadable(NOT_A_STANDING)


_NOT_OF_A_COUNTRY = re.compile(r"[^a-z]+")


@lru_cache(maxsize=1 << 12)
def _country(cell: str) -> Read[str] | NoValue:
    said = _told(cell)
    if not isinstance(said, str):
        return said
    code = COUNTRIES.get(_NOT_OF_A_COUNTRY.sub(" ", said).strip())
    return Read(code) if code else Unreadable(NOT_A_COUNTRY)


def _told(cell: str) -> str | NoValue:
    """The cell's text folded, or why nothing is told; words for *unknown* tell nothing."""
    said = _said(cell)
    if not isinstance(said, str):
        return said
    folded = fold(said)
    return BLANK if folded in _UNKNOWN else folded


_PARTICLES = frozenset(
    {
        *("de", "del", "la", "las", "los", "el", "da", "das", "do", "dos", "di", "du"),
        *("van", "von", "der", "den", "ten", "san", "santa", "santo", "mc", "mac"),
    }
)
_JOINING = "y"
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_NOBODY = frozenset({"none", "no", "0", "n/a", "ninguno", "ninguna", "no tiene", "no children"})
_NAME = re.compile(r"[^\d]*[^\W\d_][^\d]*")
_BETWEEN = re.compile(
    r"[;|\n\r\v\x85\u2028\u2029]+|\s(?:y|and|&)\s|\se\s+(?=h?[ií])", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•·]+|[0-9]{1,2}[.)])\s+")


def _names(said: str) -> Names | None:
    """Names taken apart; None if there are none, if digits are among them, or too many commas."""
    parts = [_without_redactions(part) for part in said.split(",")]
    suffixes = [part for part in parts[1:] if fold(part).rstrip(".") in _SUFFIXES]
    parts = [part for part in parts if part not in suffixes]
    if len(parts) > 2 or not _NAME.fullmatch("".join(parts)):
        return None
    if len(parts) == 1:
        given, family = _by_custom(parts[0].split())
    else:
        given, family = parts[1], _surnames(parts[0].split())
    return Names(" ".join([given, *suffixes]).strip(), family, sure=len(parts) == 2)


def _without_redactions(said: str) -> str:
    return "" if _REDACTION.fullmatch(fold(said)) else said.strip()


def _by_custom(words: list[str]) -> tuple[str, tuple[str, ...]]:
    """Given names and surnames in spoken order: the last two of three or more are surnames."""
    later = _surnames(words[1:])
    split = max(len(later) - 2, 0)
    return " ".join([words[0], *later[:split]]), later[split:]


def _surnames(words: list[str]) -> tuple[str, ...]:
    """Surnames with their particles: `de la Cruz Pérez` are two, and so are `Ortega y Gasset`."""
    surnames: list[str] = []
    held: list[str] = []
    for place, word in enumerate(words):
        folded = fold(word)
        last = place == len(words) - 1
        if folded == _JOINING and surnames and not last:
            continue
        held.append(word)
        if last or folded not in _PARTICLES:
            surnames.append(" ".join(held))
            held = []
    return tuple(surnames)
