"""
Who may be meant by a name, a code or an A-number?

Names are encrypted at rest, so they are searched in the memory of the process that answers: one
index of words, read once from the record and kept fresh from the trail. Nothing of it is ever
written. While names are still being read the answer says so, and never "no such person".
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import About, Batch, Entry, Waiting
from accompany.access.sealing import Sealer
from accompany.base import codes, log
from accompany.base.word_index import WordIndex
from accompany.people import queries, rules
from accompany.people.models import (
    PARTS_FIELD,
    Birth,
    Description,
    Membership,
    Name,
    Person,
)
from accompany.people.terms import AgeGroup, IdentifierKind, NameFact, Sex
from accompany.sources import queries as sources
from accompany.sources.models import ReceivedList

_CHUNK = 2_000  # names read at a time
_IN = 500  # values of one IN
_AT_ONCE = 20_000  # so few names are read while the first reader waits
_CHANGED = 5_000  # persons; more are read anew, in a thread
_MOST = 4_000  # nearest persons looked through for those whom a reader may see
_WINDOW = 4_000  # records looked through at a time for those that fit a filter
_WINDOWS = 2
_A_NUMBER = re.compile(r"[Aa]?\d{7,9}")
_CODE = re.compile(r"\w{3}-\w{3}-\w", re.ASCII)


class _Seen(NamedTuple):
    """How far the trail was read: a batch, and its digest, so that another record is told apart."""

    number: int
    digest: bytes


class Names:
    """The names of one record, in the memory of one process, for many readers in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: WordIndex | None = None
        self._seen = _Seen(0, b"")
        self._reader: threading.Thread | None = None

    def fresh(self) -> tuple[WordIndex, bool]:
        """The index, as fresh as the trail; and whether names are still being read."""
        with self._lock:
            if self._index is None:
                self._begin()
            else:
                self._catch_up(self._index)
            return self._index or WordIndex(), self._reader is not None

    def start(self) -> None:
        """Begin to read in a thread, before anybody asks."""
        with self._lock:
            if self._index is None:
                self._read_in_thread()

    def stay_fresh(self, pause: float) -> threading.Event:
        """
        Keep the index fresh in a thread, looking every so many seconds, so that who is erased is
        forgotten where nobody searches too; set what it returns to end it.
        """
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(pause):
                with suppress(Exception):  # the database may be gone for a while
                    self.fresh()
                connection.close()

        threading.Thread(target=keep, name="names-fresh", daemon=True).start()
        return ended

    def _begin(self) -> None:
        if self._reader is None and _are_few():
            self._read()
        else:
            self._read_in_thread()

    def _read_in_thread(self) -> None:
        if self._reader is None:
            self._reader = threading.Thread(target=self._read_apart, name="names", daemon=True)
            self._reader.start()

    def _read_apart(self) -> None:
        try:
            self._read()
        except Exception as error:  # the next search begins anew
            log.fault("the names of the record could not be read", error)
        finally:
            self._reader = None
            connection.close()

    def _read(self) -> None:
        # The position first: what comes while names are read is caught up with afterwards.
        seen = _newest()
        self._index, self._seen = WordIndex(_every_name()), seen

    def _catch_up(self, index: WordIndex) -> None:
        """Take in what the trail brought since, or begin anew if it brought much."""
        if Waiting.objects.exists():
            trail.seal()
        # First what waits: an entry sealed between the two questions stands in both answers.
        numbers = set(Waiting.objects.values_list("number", flat=True))
        batches = list(Batch.objects.filter(number__gte=self._seen.number).order_by("number"))
        if self._seen.number and not (batches and _seen(batches[0]) == self._seen):
            self._index = None  # another record stands where this one was
            self._begin()
            return
        newer = [batch for batch in batches if batch.number > self._seen.number]
        numbers.update(number for batch in newer for number in trail.numbers_in(batch))
        if self._take_in(index, sorted(numbers)) and newer:
            self._seen = _seen(newer[-1])

    def _take_in(self, index: WordIndex, numbers: Sequence[int]) -> bool:
        changed = _persons_changed(numbers)
        if len(changed) > _CHANGED:
            self._read_in_thread()
            return False
        if changed:
            names = _names_of(changed)
            index.replace((person, names.get(person, ())) for person in changed)
        erased = bool(trail.erasures(numbers))
        if erased:
            # The entry does not say who; nobody who is off the record keeps a name.
            index.replace((person, ()) for person in _off_the_record(index.persons()))
        if erased or index.rebuild_due:
            index.rebuild()
        return True


def _seen(batch: Batch) -> _Seen:
    return _Seen(batch.number, bytes(batch.digest))


def _newest() -> _Seen:
    last = Batch.objects.order_by("-number").first()
    return _Seen(0, b"") if last is None else _seen(last)


def _are_few() -> bool:
    there: bool = _standing(Name).order_by("id")[_AT_ONCE : _AT_ONCE + 1].exists()
    return not there


def _standing(model: Any) -> Any:
    """What stands of one kind of statement about persons."""
    return model.objects.now()


def _every_name() -> Iterator[tuple[UUID, str]]:
    names = _standing(Name).order_by("id").values_list("id", "person_id", "parts")
    after = UUID(int=0)
    while chunk := list(names.filter(id__gt=after)[:_CHUNK]):
        yield from _opened(chunk)
        after = chunk[-1][0]


def _opened(rows: Sequence[tuple[UUID, UUID, bytes]]) -> Iterator[tuple[UUID, str]]:
    sealers = sealing.sealers(person for _key, person, _parts in rows)
    for key, person, parts in rows:
        if person in sealers:
            for text in _texts(sealers[person], key, parts):
                yield person, text


def _texts(sealer: Sealer, key: UUID, parts: bytes) -> Iterator[str]:
    """A name as it is put together, and as it was written if that differs."""
    *told, written = json.loads(sealer.open_text(parts, field=PARTS_FIELD, row=key))
    together = " ".join(part for part in told if part)
    if together:
        yield together
    if written and written != together:
        yield written


def _off_the_record(persons: Sequence[UUID]) -> Iterator[UUID]:
    """Those of the persons, in the order of their ids, of whom there is no record."""
    for start in range(0, len(persons), _CHUNK):
        part = persons[start : start + _CHUNK]
        between = Person.objects.filter(pk__gte=part[0], pk__lte=part[-1])
        there = set(between.values_list("pk", flat=True))
        yield from (person for person in part if person not in there)


def _persons_changed(numbers: Sequence[int]) -> set[UUID]:
    """Persons whose names came or went with these entries; no more than one too many."""
    changed: set[UUID] = set()
    for start in range(0, len(numbers), _IN):
        entries = Entry.objects.filter(number__in=numbers[start : start + _IN], brings=True)
        brought = list(entries.values_list("number", flat=True))
        about = About.objects.filter(entry__in=brought, kind="person")
        came: Any = Name.objects.filter(recorded_in__in=brought)
        changed.update(about.values_list("record", flat=True)[: _CHANGED + 1])
        changed.update(came.values_list("person", flat=True)[: _CHANGED + 1])
        if brought and _lists_went(brought):
            went: Any = Name.objects.filter(withdrawn_in__in=brought)
            changed.update(went.values_list("person", flat=True)[: _CHANGED + 1])
    return changed


def _lists_went(numbers: Sequence[int]) -> bool:
    """Whether a list was withdrawn: its entry names the list and not its persons."""
    return About.objects.filter(entry__in=numbers, kind="list").exists()


def _names_of(persons: Iterable[UUID]) -> dict[UUID, list[str]]:
    wanted, found = list(persons), dict[UUID, list[str]]()
    for start in range(0, len(wanted), _IN):
        rows = _standing(Name).filter(person__in=wanted[start : start + _IN])
        for person, text in _opened(list(rows.values_list("id", "person_id", "parts"))):
            found.setdefault(person, []).append(text)
    return found


names = Names()
"""The one index of this process."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What records are narrowed to; `asked`: an open question is about them."""

    sex: Sex | None = None
    nationality: str | None = None
    group: AgeGroup | None = None
    on_list: ReceivedList | None = None
    asked: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return self != NOT_NARROWED


NOT_NARROWED = Narrowed()


@dataclass(frozen=True, slots=True)
class BirthTold:
    """A year of birth or a stated age, as one source has it: what is plain of a birth."""

    year: int | None
    age: int | None
    age_on: date | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, with its names opened; `score` is 1.0 where all of it fits."""

    person: Person
    names: tuple[NameFact, ...]
    births: tuple[BirthTold, ...]
    score: float

    @property
    def is_withdrawn(self) -> bool:
        """Whether the record was withdrawn; such a one is found by its code alone."""
        return self.person.withdrawn_in is not None


@dataclass(frozen=True, slots=True)
class Found:
    """
    A page of what was found; `more` if there is more of it.

    `loading`: names are still being read, so that not to be found means nothing yet. `further` is
    the record from which on to look further, where filters let few through.
    """

    hits: tuple[Hit, ...]
    more: bool = False
    loading: bool = False
    further: UUID | None = None


def find(
    text: str,
    *,
    seen_by: Actor,
    limit: int = 50,
    offset: int = 0,
    narrowed: Narrowed = NOT_NARROWED,
    year: int = 0,
) -> Found:
    """
    The records that a name, a code or an A-number may mean and the actor may see, nearest first.

    `year` is the year of today, for ages.
    """
    index, loading = names.fresh()
    wanted = offset + limit + 1
    exact = _exact(text, seen_by)
    fits = _fitting(narrowed, seen_by, year)
    may_be_name = len(exact) < wanted and not _is_written_as_code(text)
    near = _near(index, text, wanted, fits) if may_be_name else {}
    scores = dict.fromkeys(exact, 1.0) | {k: v for k, v in near.items() if k not in exact}
    page = list(scores.items())[offset:wanted]
    hits = _hits(dict(page[:limit]), seen_by)
    return Found(hits, more=len(page) > limit, loading=loading)


def newest(
    *,
    seen_by: Actor,
    narrowed: Narrowed = NOT_NARROWED,
    before: UUID | None = None,
    limit: int = 50,
    year: int = 0,
) -> Found:
    """
    The newest records that the actor may see and that pass the filters, from one of them on.

    Where filters let few through, only so many records are looked at, and `further` says from where
    to go on.
    """
    kept: list[UUID] = []
    # Questions are about records that lie apart, and may be about some that do not exist here.
    fits = _fitting(narrowed, seen_by, year, together=not narrowed.asked)
    window = _WINDOW if narrowed.is_narrow else limit + 1
    for _ in range(_WINDOWS if narrowed.is_narrow else 1):
        near = _newest_records(narrowed, seen_by=seen_by, before=before, limit=window)
        inside = fits(near) if narrowed.is_narrow else set(near)
        kept += [person for person in near if person in inside]
        before = near[-1] if len(near) == window else None
        if before is None or len(kept) > limit:
            break
    page = kept[:limit]
    more = len(kept) > limit
    further = page[-1] if more else before
    return Found(_hits(dict.fromkeys(page, 1.0), seen_by), more=more, further=further)


def nearest(text: str, *, limit: int) -> dict[UUID, float] | None:
    """
    How near the names of persons are to a name, whoever holds them; None while they are being read.

    For a job that shows it to nobody: who is meant is for their holders to see, and to tell or not.
    """
    index, loading = names.fresh()
    return None if loading else {hit.person: hit.score for hit in index.search(text, limit)}


def _is_written_as_code(text: str) -> bool:
    """Whether a text is a code in a code's own groups: no name is, however it may sound."""
    return bool(_CODE.fullmatch(text.strip())) and codes.understood(text.strip()) is not None


def _exact(text: str, seen_by: Actor) -> list[UUID]:
    """The record of that code, withdrawn or not, and those with that A-number."""
    found: list[UUID] = []
    code = codes.understood(text.strip())
    if code is not None and (record := queries.person(code, seen_by=seen_by)) is not None:
        found.append(record.pk)
    number = a_number(text)
    if number is not None:
        bearers = queries.with_identifier(IdentifierKind.A_NUMBER, number, seen_by=seen_by)
        found += [one for one in bearers if one not in found]
    return found


def a_number(text: str) -> str | None:
    """The nine digits of the A-number that a text is, or None: A12 345-678 is 012345678."""
    plain = re.sub(r"[\s\-‐‑–.#]", "", text)
    return plain.lstrip("Aa").zfill(9) if _A_NUMBER.fullmatch(plain) else None


Fits = Callable[[Sequence[UUID]], set[UUID]]


def _fitting(narrowed: Narrowed, actor: Actor, year: int, *, together: bool = False) -> Fits:
    """Which of some records pass the filters; `together`: they lie side by side in the record."""

    def fits(records: Sequence[UUID]) -> set[UUID]:
        seen = records if together else list(_visible(records, seen_by=actor))
        return _inside(seen, narrowed, year=year, together=together)

    return fits


def _near(index: WordIndex, text: str, wanted: int, fits: Fits) -> dict[UUID, float]:
    """The nearest persons who fit, in order; more are looked through until a page is full."""
    asked = max(64, 2 * wanted)
    while True:
        near = index.search(text, asked)
        inside = fits([hit.person for hit in near] or [queries.NOBODY])
        kept = {hit.person: hit.score for hit in near if hit.person in inside}
        if len(kept) >= wanted or len(near) < asked or asked >= _MOST:
            return kept
        asked = min(4 * asked, _MOST)


def _hits(scores: dict[UUID, float], actor: Actor) -> tuple[Hit, ...]:
    records = {one.pk: one for one in queries.persons(seen_by=actor).filter(pk__in=list(scores))}
    sealers = queries.sealers_of(records)
    called: dict[UUID, list[NameFact]] = {}
    for saying in queries.names_said(records, sealers):
        called.setdefault(saying.said.person, []).append(saying.value)
    births = _births_told(records)
    return tuple(
        Hit(
            records[person],
            tuple(sorted(called.get(person, ()), key=lambda name: not rules.full_name(name))),
            tuple(births.get(person, ())),
            score,
        )
        for person, score in scores.items()
        if person in records
    )


def _births_told(records: Iterable[UUID]) -> dict[UUID, list[BirthTold]]:
    found: dict[UUID, list[BirthTold]] = {}
    births = _standing(Birth).filter(person__in=list(records)).order_by("id")
    for person, *told in births.values_list("person", "year", "age", "age_on"):
        found.setdefault(person, []).append(BirthTold(*told))
    return found


def _visible(records: Iterable[UUID], *, seen_by: Actor) -> list[UUID]:
    """Those of the records that stand and that the actor may see, in the order given."""
    wanted, seen = list(records), set[UUID]()
    standing = Person.objects.now().seen_by(seen_by)
    for start in range(0, len(wanted), _IN):
        part = standing.filter(pk__in=wanted[start : start + _IN])
        seen.update(part.values_list("pk", flat=True))
    return [record for record in wanted if record in seen]


def _newest_records(
    narrowed: Narrowed, *, seen_by: Actor, before: UUID | None, limit: int
) -> list[UUID]:
    """The newest records from one of them on: of all, of a list, or of those asked about."""
    if narrowed.asked:
        asked = sources.open_questions(seen_by=seen_by).filter(person__isnull=False)
        asked = asked if before is None else asked.filter(person__lt=before)
        persons = asked.order_by("-person").values_list("person", flat=True).distinct()[:limit]
        return [person for person in persons if person is not None]
    standing = Person.objects.now().seen_by(seen_by)
    if narrowed.on_list is not None and before is None:
        before = _above(narrowed.on_list)
    if before is not None:
        standing = standing.filter(pk__lt=before)
    return list(standing.order_by("-pk").values_list("pk", flat=True)[:limit])


def _above(received: ReceivedList) -> UUID | None:
    """An id just above those of the persons whom a list brought: they lie side by side."""
    brought = Person.objects.filter(recorded_in=received.recorded_in)
    last = brought.order_by("-row").values_list("row", flat=True).first()
    ids = list(brought.filter(row=last).values_list("pk", flat=True)) if last else []
    return UUID(int=max(ids).int + 1) if ids else None


def _inside(records: Sequence[UUID], narrowed: Narrowed, *, year: int, together: bool) -> set[UUID]:
    """Those of the records that pass every filter."""
    inside = set(records)
    for keep in _filters(narrowed, year):
        if inside:
            inside &= _kept(keep, records, together=together)
    return inside


Keep = Callable[[Q], Iterable[UUID]]


def _filters(narrowed: Narrowed, year: int) -> Iterator[Keep]:
    described = {"sex": narrowed.sex, "nationality": narrowed.nationality}
    for field, value in described.items():
        if value is not None:
            yield _described_as(field, value)
    if narrowed.group is not None:
        yield lambda about: _of_group(about, narrowed.group, year)
    if narrowed.on_list is not None:
        of_list = _standing(Membership).filter(of=narrowed.on_list)
        yield lambda about: of_list.filter(about).values_list("person", flat=True)
    if narrowed.asked:
        waiting: Any = sources.unanswered()
        yield lambda about: waiting.filter(about).values_list("person", flat=True)


def _described_as(field: str, value: str) -> Keep:
    of_value = _standing(Description).filter(**{field: value})
    return lambda about: of_value.filter(about).values_list("person", flat=True)


def _of_group(about: Q, group: AgeGroup | None, year: int) -> Iterator[UUID]:
    """By the stated age as it stands, as in figures; without one, by the year of birth."""
    births = _standing(Birth).filter(about)
    for person, age, born in births.values_list("person", "age", "year"):
        stated = year - born if age is None and born is not None else age
        if rules.age_group(stated) == group:
            yield person


def _kept(keep: Keep, records: Sequence[UUID], *, together: bool) -> set[UUID]:
    if together:
        return set(keep(Q(person__gte=min(records), person__lte=max(records))))
    found: set[UUID] = set()
    for start in range(0, len(records), _IN):
        found.update(keep(Q(person__in=records[start : start + _IN])))
    return found
