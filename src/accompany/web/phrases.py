"""
How is what the record holds said in words, in the reader's language?

Plain values in, words out: no query, no clock. What is not known is said, and nothing is rounded.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accompany.access.terms import Event as AccessEvent
from accompany.base import codes
from accompany.base.dates import Precision, When
from accompany.consents.terms import Event as ConsentsEvent
from accompany.custody.terms import Custodian, Departure
from accompany.custody.terms import Event as CustodyEvent
from accompany.custody.terms import QuestionKind as StaysQuestion
from accompany.demands.terms import Event as DemandsEvent
from accompany.enquiries.terms import Event as EnquiriesEvent
from accompany.erasure.terms import Event as ErasureEvent
from accompany.facilities.terms import Event as FacilitiesEvent
from accompany.figures.queries import erased_words
from accompany.notes.terms import Event as NotesEvent
from accompany.people.rules import full_name
from accompany.people.terms import Event as PeopleEvent
from accompany.people.terms import IdentifierKind, Issuer, NameFact, NameKind, Relation, Sex
from accompany.sources.queries import Source
from accompany.sources.terms import ERASED, Certainty, DocumentKind, How, Teller
from accompany.sources.terms import Event as SourcesEvent
from accompany.sources.terms import QuestionKind as RowQuestion
from accompany.web.country_names import country

NOT_KNOWN = gettext_lazy("not known")


def day(on: date) -> str:
    """2 March 2026."""
    return date_format(on, "DATE_FORMAT")


def month(on: date) -> str:
    """March 2026."""
    return date_format(on, "YEAR_MONTH_FORMAT")


def moment(at: datetime) -> str:
    """14 July 2026, 10:40, in the installation's zone."""
    return date_format(at.astimezone(ZoneInfo(settings.TIME_ZONE)), "DATETIME_FORMAT")


def when(told: When | None) -> str:
    """A moment as sure as its source was: a day, a month, a year, between two days, or not told."""
    if told is None:
        return _("day not told")
    first, last = told.first_day, told.last_day
    if told.precision is Precision.MONTH and first is not None:
        return month(first)
    if told.precision is Precision.YEAR and first is not None:
        return str(first.year)
    if told.day is not None:
        return day(told.day)
    return _between(first, last)


def _between(first: date | None, last: date | None) -> str:
    if first is not None and last is not None:
        return _("between %(first)s and %(last)s") % {"first": day(first), "last": day(last)}
    if first is not None:
        return _("on %(day)s or later, day not known") % {"day": day(first)}
    if last is not None:
        return _("on %(day)s or before, day not known") % {"day": day(last)}
    return _("on a day that is not known")


def bound(told: When | None) -> str:
    """
    A moment as it stands within a sentence, after words such as since, until or to.

    Other languages ask for an article there: desde *el* 3 de octubre, but desde octubre.
    """
    if told is None:
        return pgettext("after a preposition", "a day that is not told")
    if told.precision in (Precision.MONTH, Precision.YEAR):
        return when(told)
    if told.day is not None:
        return pgettext("after a preposition", "%(day)s") % {"day": day(told.day)}
    first, last = told.first_day, told.last_day
    if first is not None and last is not None:
        words = {"first": day(first), "last": day(last)}
        return pgettext("after a preposition", "a day between %(first)s and %(last)s") % words
    if first is not None:
        said = pgettext("after a preposition", "%(day)s or later, day not known")
        return said % {"day": day(first)}
    if last is not None:
        said = pgettext("after a preposition", "%(day)s or before, day not known")
        return said % {"day": day(last)}
    return pgettext("after a preposition", "a day that is not known")


def span(began: When | None, ended: When | None) -> str:
    """From when until when, for one stay; an end that nobody told leaves it open."""
    if began is None:
        return _("Until %(end)s; the beginning is not told") % {"end": bound(ended)}
    if ended is None:
        return _("Since %(beginning)s") % {"beginning": bound(began)}
    return _("%(beginning)s to %(end)s") % {"beginning": bound(began), "end": bound(ended)}


def days_between(began: When | None, ended: When | None, today: date) -> int | None:
    """How many days, where both ends are known to the day; an open stay is counted until today."""
    first = began.day if began else None
    last = today if ended is None else ended.day
    return None if first is None or last is None or last < first else (last - first).days


def days(count: int) -> str:
    """1 day, 24 days."""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def listed(words: Iterable[str]) -> str:
    """Ana, Ben and Cruz."""
    return get_text_list([str(word) for word in words], _("and"))


LONG = 120  # letters of a title; a cell of a list may hold thousands


def short(words: str) -> str:
    """Words as they are, or the beginning of what is too long for a title."""
    return words if len(words) <= LONG else f"{words[:LONG].rstrip()}…"


# Persons


def name(fact: NameFact | None) -> str:
    """A name as people say it, short enough for a title or a link."""
    return _("Name not known") if fact is None else short(full_name(fact))


def called(fact: NameFact | None) -> str:
    """The first of the given names, as a family calls its own; without one, the whole name."""
    return short(fact.given.split()[0]) if fact is not None and fact.given.strip() else name(fact)


def name_kind(kind: NameKind) -> str:
    """What a name is to the person, as a label."""
    labels = {
        NameKind.TOLD: _("Name"),
        NameKind.SPELLING: _("Another spelling"),
        NameKind.ALIAS: _("Another name"),
    }
    return labels[kind]


def sex(code: str) -> str:
    """A sex in words."""
    return str(Sex(code).label)


def nationality(code: str) -> str:
    """A nationality, by the country's name."""
    return country(code)


def birth(told: str) -> str:
    """A day, month or year of birth, given as ISO 8601."""
    parts = told.split("-")
    try:
        if len(parts) == 3:
            return day(date(*map(int, parts)))
        if len(parts) == 2:
            return month(date(int(parts[0]), int(parts[1]), 1))
    except ValueError:
        return told
    return told


def age(years: int, on: date | None) -> str:
    """An age as it was stated, with its day if that was told."""
    said = ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    if on is None:
        return _("%(age)s; on what day is not told") % {"age": said}
    return _("%(age)s on %(day)s") % {"age": said, "day": day(on)}


def identifier(kind: str) -> str:
    """What kind of number it is, as a label."""
    return str(IdentifierKind(kind).label)


def number(issuer: str, value: str | None) -> str:
    """A number with whoever gave it, or that there is none."""
    if value is None:
        return _("Has none from %(issuer)s") % {"issuer": Issuer(issuer).label}
    return _("%(number)s, given by %(issuer)s") % {"number": value, "issuer": Issuer(issuer).label}


def relation(one: Relation) -> str:
    """What a relative is, as a label."""
    return capital(str(one.label))


def capital(words: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return words[:1].upper() + words[1:]


def within(words: str) -> str:
    """The same words as they stand within a sentence."""
    return words[:1].lower() + words[1:]


# Who has a person


def custodian(who: Custodian) -> str:
    """Who has a person, as a heading."""
    return capital(str(who.label))


_WITH = {
    Custodian.FAMILY: gettext_lazy("With family"),
    Custodian.SPONSOR: gettext_lazy("With a sponsor"),
    Custodian.OWN_CARE: gettext_lazy("In their own care"),
    Custodian.OTHER: gettext_lazy("With somebody else"),
    Custodian.UNKNOWN: gettext_lazy("Held by somebody who is not known"),
    Custodian.LOCAL: gettext_lazy("Held by a state or local authority"),
    Custodian.DHS: gettext_lazy("Held by DHS, which part is not told"),
}


def held_by(who: Custodian) -> str:
    """Who has a person, as the beginning of a sentence: Held by ORR; With family."""
    if who in _WITH:
        return str(_WITH[who])
    return _("Held by %(who)s") % {"who": who.label}


def departure(how: Departure) -> str:
    """How a stay ended."""
    return str(how.label)


# Who says so


def source(told: Source, called: Mapping[UUID, str]) -> str:
    """Who told: an organisation, a person (named only if the reader may see them), a document."""
    if told.teller is Teller.ORGANISATION:
        return told.who or _("an organisation")
    if told.person == ERASED:
        return a_person_erased()
    if told.teller is Teller.PERSON:
        return called.get(told.person, _("a person on record")) if told.person else ""
    kind = told.document or ""
    document = str(DocumentKind(kind).label) if kind in DocumentKind.values else kind
    return (
        _("%(document)s: %(words)s") % {"document": document, "words": told.words}
        if (told.words)
        else document
    )


_SAID = {
    Certainty.VERIFIED: gettext_lazy("Verified: %(source)s"),
    Certainty.SAID: gettext_lazy("Said by %(source)s"),
    Certainty.DOUBTED: gettext_lazy("In doubt: %(source)s"),
    Certainty.REFUTED: gettext_lazy("Refuted: %(source)s"),
}


def certain(sure: Certainty, told: Source, called: Mapping[UUID, str]) -> str:
    """How sure a statement is, by whom, how and on what day it was told."""
    if told.teller is Teller.DOCUMENT and sure is Certainty.SAID:
        said = _("By %(source)s") % {"source": source(told, called)}
    else:
        said = str(_SAID[sure]) % {"source": source(told, called)}
    parts = [said]
    if told.how != How.SEEN:
        parts.append(str(How(told.how).label))
    if told.told_on is not None:
        parts.append(_("told %(day)s") % {"day": day(told.told_on)})
    return ", ".join(parts)


def learned(on: date) -> str:
    """When we learned it."""
    return _("learned %(day)s") % {"day": day(on)}


# Questions and the trail

_QUESTIONS = {kind.value: kind.label for kind in chain(StaysQuestion, RowQuestion)}
_EVENTS = {
    event.value: event.label
    for event in chain(
        AccessEvent,
        SourcesEvent,
        PeopleEvent,
        FacilitiesEvent,
        CustodyEvent,
        EnquiriesEvent,
        ErasureEvent,
        ConsentsEvent,
        NotesEvent,
        DemandsEvent,
    )
}


def question(kind: str) -> str:
    """What a question of this kind asks."""
    return str(_QUESTIONS.get(kind, kind))


def place(sheet: int, row: int) -> str:
    """Where a row is in a list: row 118; row 118 of sheet 2. `sheet` is 0 in a text."""
    if sheet:
        words = {"row": number_format(row), "sheet": number_format(sheet)}
        return _("row %(row)s of sheet %(sheet)s") % words
    return _("row %(row)s") % {"row": number_format(row)}


def event(code: str) -> str:
    """What an entry of the trail says happened."""
    return str(_EVENTS.get(code, code))


def known_line(at: datetime | None, erased: int = 0) -> str:
    """What stands in the foot: as on record now, or as known, and how many were erased since."""
    if at is None:
        return _("As on record now.")
    said = _("As known on %(moment)s.") % {"moment": moment(at)}
    return f"{said} {erased_words(erased)}" if erased else said


def a_person_erased() -> str:
    """Who stands where somebody was who is erased."""
    return _("a person erased")


def code(written: str) -> str:
    """A code as people read it."""
    return codes.shown(written)
