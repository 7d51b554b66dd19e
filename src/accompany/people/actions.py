"""
Everything that changes persons and how they belong together.

What a list can bring is made ready by `…_ready` (sealing and keys, no database) and recorded by
`record_…`, so that a form and an import share facts, rules and rows.
"""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accompany.access import actions as access
from accompany.access import rotation, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import Digest, Key
from accompany.access.sealing import DIGEST_COLUMNS, KEY_COLUMNS, Sealer
from accompany.access.terms import Event as AccessEvent
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Change, Tell
from accompany.base import clock
from accompany.base.dates import When, columns_of
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.people import queries, rules
from accompany.people.models import (
    PARTS_FIELD,
    REASONS_FIELD,
    TOLD_FIELD,
    VALUE_FIELD,
    Arrival,
    Birth,
    Description,
    Identifier,
    Joined,
    Membership,
    Name,
    Person,
    SamePerson,
    Tie,
)
from accompany.people.terms import (
    ArrivalFact,
    BirthFact,
    Event,
    IdentifierFact,
    NameFact,
    PersonFact,
    StandingFact,
    TieFact,
)
from accompany.sources import actions as sources
from accompany.sources.actions import Ready, head
from accompany.sources.models import Answer, Question, ReceivedList, Statement
from accompany.sources.terms import ERASED, TellingFact, Told
from accompany.sources.terms import Event as SourcesEvent

Tables = dict[Any, list[tuple[Any, ...]]]


def persons_ready(
    facts: Sequence[PersonFact], *, told: Told, holder: UUID, codes: Sequence[str]
) -> list[Ready]:
    """New persons and all that is told of them, sealed, ready to be stored."""
    sealers, keys = sealing.made("person", [fact.id for fact in facts if _is_sealed(fact)])
    persons = [
        (*head(told, fact.row, key=fact.id), code, holder)
        for fact, code in zip(facts, codes, strict=True)
    ]
    described = _described(facts, sealers, told)
    return [Ready.of(Key, keys, KEY_COLUMNS), Ready.of(Person, persons), *described]


def _is_sealed(fact: PersonFact) -> bool:
    """Whether anything about the person is sealed; who has nothing sealed needs no key."""
    numbers = any(identifier.value is not None for identifier in fact.identifiers)
    return bool(fact.names) or numbers or (fact.birth is not None and fact.birth.told is not None)


def _described(facts: Sequence[PersonFact], sealers: dict[UUID, Sealer], told: Told) -> list[Ready]:
    tables: Tables = {
        model: [] for model in (Name, Identifier, Birth, Description, Membership, Digest)
    }
    for fact in facts:
        _describe(fact, sealers.get(fact.id), told, tables)
    digests = Ready.of(Digest, tables.pop(Digest), DIGEST_COLUMNS)
    return [*(Ready.of(model, rows) for model, rows in tables.items()), digests]


def _describe(fact: PersonFact, sealer: Sealer | None, told: Told, tables: Tables) -> None:
    for name in fact.names:
        tables[Name].append(_name_row(fact.id, name, sealer, head(told, fact.row)))
    for identifier in fact.identifiers:
        row = _identifier_row(fact.id, identifier, sealer, head(told, fact.row))
        tables[Identifier].append(row)
        tables[Digest] += _digest_rows(row[0], fact.id, identifier)
    if fact.birth is not None:
        tables[Birth].append(_birth_row(fact.id, fact.birth, sealer, head(told, fact.row)))
    if fact.sex is not None or fact.nationality is not None:
        tables[Description].append((*head(told, fact.row), fact.id, fact.sex, fact.nationality))
    if fact.on_list is not None:
        tables[Membership].append((*head(told, fact.row), fact.id, fact.on_list, fact.standing))


def _seal(sealer: Sealer | None, text: str, field: str, row: UUID) -> bytes:
    assert sealer is not None  # noqa: S101 - `_is_sealed` saw to it
    return sealer.seal(text, field=field, row=row)


def _name_row(
    person: UUID, name: NameFact, sealer: Sealer | None, base: tuple[Any, ...]
) -> tuple[Any, ...]:
    parts = [name.given, name.family, name.second_family, name.written]
    text = json.dumps(parts, ensure_ascii=False)
    return (*base, person, name.kind, _seal(sealer, text, PARTS_FIELD, base[0]))


def _identifier_row(
    person: UUID, fact: IdentifierFact, sealer: Sealer | None, base: tuple[Any, ...]
) -> tuple[Any, ...]:
    value = None if fact.value is None else _seal(sealer, fact.value, VALUE_FIELD, base[0])
    kinds = (fact.kind, fact.issuer)
    return (*base, person, *kinds, value, fact.value is None, *columns_of(fact.given))


def _digest_rows(
    identifier: UUID, person: UUID, fact: IdentifierFact
) -> list[tuple[UUID, str, bytes, UUID, UUID]]:
    if fact.value is None:
        return []
    return [
        (uuid7(), fact.kind.value, identifier_digest(fact.kind, fact.value), identifier, person)
    ]


def identifier_digest(kind: str, value: str) -> bytes:
    """The keyed digest by which an identifier of this kind and (normalised) value is found."""
    return sealing.digest_of(f"identifier.{kind}", value)


def renew_digests(*, by: Actor, tell: Tell) -> int:
    """
    Replace the key for digests of identifiers, lost or known to others, and make all anew.

    How many were made. Broken off, it is done again from the beginning under the same key; nobody
    else may be at work. Raises Refused where somebody must put the next key in place first.
    """
    by.must(Permission.OPERATE)
    key = rotation.next_digest_key()
    count, done = Digest.objects.count(), 0
    with trail.change(AccessEvent.DIGESTS_RENEWED, by=by, counts={"digests": count}):
        rotation.forget_attempts()
        for rows in rotation.digests_in_chunks():
            rotation.put_digests(digests_of(rows, key=key))
            done += len(rows)
            tell("Making digests anew", done, count)
    rotation.take_next_digest_key()
    return done


def digests_of(
    rows: Sequence[rotation.DigestOf], *, key: bytes | None = None
) -> list[tuple[UUID, bytes]]:
    """
    The digests of identifiers on record, each with the id of its row, made from what is sealed.

    Those whose identifier cannot be opened, because it is erased, are left out.
    """
    values = Identifier.objects.in_bulk([row.identifier for row in rows])
    sealers = sealing.sealers([row.person for row in rows])
    found = []
    for row in rows:
        said, sealer = values.get(row.identifier), sealers.get(row.person)
        if said is None or said.value is None or sealer is None:
            continue
        value = sealer.open(said.value, field=VALUE_FIELD, row=said.pk)
        found.append((row.id, sealing.digest_of(f"identifier.{row.kind}", value, key=key)))
    return found


def _birth_row(
    person: UUID, fact: BirthFact, sealer: Sealer | None, base: tuple[Any, ...]
) -> tuple[Any, ...]:
    told = None if fact.told is None else _seal(sealer, fact.told, TOLD_FIELD, base[0])
    return (*base, person, told, fact.year, fact.age, fact.age_on)


def record_persons(
    facts: Sequence[PersonFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> list[str]:
    """
    Record persons as one telling has them; returns their codes.

    Raises Refused, with every objection of every fact, if one may not be; then nothing is recorded.
    """
    by.must(Permission.RECORD)
    with sources.telling(
        Event.PERSONS_RECORDED,
        told,
        by=by,
        about=[Ref("person", fact.id) for fact in facts],
        objections=rules.objections_to_recording(facts),
        days=rules.days_told(facts),
        within=within,
    ) as (source, change):
        codes = sources.take_codes(len(facts))
        ready = persons_ready(facts, told=source, holder=by.organisation, codes=codes)
        sources.store(ready, change)
    return codes


@contextmanager
def recording(
    event: str,
    told: TellingFact | Told,
    persons: Iterable[UUID],
    *,
    by: Actor,
    objections: Iterable[Objection] = (),
    days: Iterable[When | date | None] = (),
    kept: Container[UUID] = (),
    within: Change | None = None,
) -> Iterator[tuple[Told, Change]]:
    """
    A change by which something told of persons is recorded, who stay on record until it is done.

    Else a list withdrawn meanwhile would leave behind what is being said of its persons. Raises
    Person.DoesNotExist unless the actor may see every one, and what `sources.telling` raises, or
    Refused if one is lent. `kept`: whom a statement named that is being corrected; of them nothing
    new is said, and the actor need not see them.
    """
    by.must(Permission.RECORD)
    named = list(dict.fromkeys(persons))
    about = [Ref("person", one) for one in named]
    with sources.holding_the_record():
        queries.must_hold((one for one in named if one not in kept), by)
        with sources.telling(
            event, told, by=by, about=about, objections=objections, days=days, within=within
        ) as recorded:
            yield recorded


def describe_persons(
    facts: Sequence[PersonFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> None:
    """Record more of persons who are on record: each fact's `id` is theirs. Raises Refused."""
    with recording(
        Event.FACTS_RECORDED,
        told,
        [fact.id for fact in facts],
        by=by,
        objections=rules.objections_to_recording(facts, known=True),
        days=rules.days_told(facts),
        within=within,
    ) as (source, change):
        sealers = sealing.sealers_for("person", [fact.id for fact in facts if _is_sealed(fact)])
        sources.store(_described(facts, sealers, source), change)


def ties_ready(facts: Sequence[TieFact], *, told: Told) -> list[Ready]:
    """Ties ready to be stored."""
    rows = [
        (*head(told, fact.row, fact.certainty), fact.person, fact.relative, fact.relation.value)
        for fact in facts
    ]
    return [Ready.of(Tie, rows)]


def record_ties(
    facts: Sequence[TieFact], *, told: TellingFact | Told, by: Actor, within: Change | None = None
) -> None:
    """Record ties between persons on record. Raises Refused with every objection."""
    with recording(
        Event.TIES_RECORDED,
        told,
        [one for fact in facts for one in (fact.person, fact.relative)],
        by=by,
        objections=rules.objections_to_ties(facts),
        within=within,
    ) as (source, change):
        sources.store(ties_ready(facts, told=source), change)


def standings_ready(facts: Sequence[StandingFact], *, told: Told) -> list[Ready]:
    """Standings on lists ready to be stored."""
    rows = [(*head(told, fact.row), fact.person, fact.of, fact.standing.value) for fact in facts]
    return [Ready.of(Membership, rows)]


def record_standings(
    facts: Sequence[StandingFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> None:
    """
    Record how persons now stand on lists that named them; what was told before stays.

    Raises Refused with every objection; ReceivedList.DoesNotExist if a list is not ours, or was
    withdrawn.
    """
    persons = [fact.person for fact in facts]
    event = Event.STANDINGS_RECORDED
    with recording(event, told, persons, by=by, within=within) as (source, change):
        queries.must_hold_lists({fact.of for fact in facts}, by)
        refuse_if(rules.objections_to_standings(facts, queries.on_lists(persons)))
        sources.store(standings_ready(facts, told=source), change)


def arrivals_ready(facts: Sequence[ArrivalFact], *, told: Told) -> list[Ready]:
    """Arrivals together ready to be stored."""
    rows = [
        (*head(told, fact.row), fact.person, fact.party, *columns_of(fact.on)) for fact in facts
    ]
    return [Ready.of(Arrival, rows)]


def record_arrivals(
    facts: Sequence[ArrivalFact],
    *,
    told: TellingFact | Told,
    by: Actor,
    within: Change | None = None,
) -> None:
    """Record that persons arrived together. Raises Refused."""
    with recording(
        Event.TIES_RECORDED,
        told,
        [fact.person for fact in facts],
        by=by,
        days=rules.days_told(facts),
        within=within,
    ) as (source, change):
        sources.store(arrivals_ready(facts, told=source), change)


def correct(
    statement: Statement,
    *,
    reason: str,
    by: Actor,
    successor: PersonFact | TieFact | ArrivalFact | StandingFact | None = None,
    told: TellingFact | None = None,
) -> None:
    """
    Withdraw a statement about a person for a reason, and record what stands in its place, if given.

    Raises Refused without a reason, or if the statement no longer stands.
    """
    with correcting(statement, reason=reason, by=by) as change:
        if isinstance(statement, Identifier):
            sources.destroy_digests(Identifier.objects.filter(pk=statement.pk))
        if successor is None or told is None:
            return
        if isinstance(successor, TieFact):
            record_ties([successor], told=told, by=by, within=change)
        elif isinstance(successor, ArrivalFact):
            record_arrivals([successor], told=told, by=by, within=change)
        elif isinstance(successor, StandingFact):
            record_standings([successor], told=told, by=by, within=change)
        else:
            describe_persons([successor], told=told, by=by, within=change)


@contextmanager
def correcting(statement: Statement, *, reason: str, by: Actor) -> Iterator[Change]:
    """
    The correction of a statement about a person whom the actor sees and their own house holds.

    Raises Person.DoesNotExist or Refused if that is not so, and what `sources.correcting` raises.
    """
    person, label = queries.about_whom(statement), statement._meta.label_lower
    about = Ref("person", person)
    with sources.holding_the_record():  # first: who withdraws a list waits for what is corrected
        queries.must_hold([person], by)
        with sources.correcting(label, statement.pk, about=about, reason=reason, by=by) as change:
            yield change


def join_records(*, one: UUID, other: UUID, reasons: str, told: TellingFact, by: Actor) -> None:
    """
    Record that two records are of one person, for a reason. Raises Refused.

    Both keep their codes, their pages and all that was said of them.
    """
    by.must(Permission.LINK)
    objections = [] if reasons.strip() else [rules.REASONS_MISSING]
    if one == other:
        raise Refused([*objections, rules.SAME_RECORD])
    a, b = sorted((one, other))
    about = [Ref("person", a), Ref("person", b)]
    # Sets grow into each other, and rows locked one by one could wait in a ring.
    with sources.holding_the_record(alone=True):
        queries.must_hold([a, b], by)
        members = _joined_now({a, b})
        if SamePerson.objects.now().filter(a=a, b=b).exists():
            objections.append(rules.JOINED_ALREADY)
        if len(members) > rules.LARGEST_SET:
            objections.append(rules.SET_TOO_LARGE)
        with sources.telling(
            Event.RECORDS_JOINED, told, by=by, about=about, objections=objections
        ) as (source, change):
            link = head(source)
            sealer = sealing.sealers_for("person", [a])[a]
            sealed = sealer.seal(reasons, field=REASONS_FIELD, row=link[0])
            sources.store([Ready.of(SamePerson, [(*link, a, b, sealed)])], change)
            _point(members, change.number)


def part_records(*, one: UUID, other: UUID, reasons: str, by: Actor) -> None:
    """Withdraw the link between two records; both are given back with all that hung on them."""
    by.must(Permission.LINK)
    if not reasons.strip():
        raise Refused([rules.REASONS_MISSING])
    a, b = sorted((one, other))
    about = [Ref("person", a), Ref("person", b)]
    with sources.holding_the_record(alone=True):
        queries.must_hold([a, b], by)
        members = _joined_now({a, b})
        link = SamePerson.objects.now().filter(a=a, b=b)
        if not link.exists():
            raise Refused([rules.NOT_JOINED])
        with trail.change(Event.RECORDS_PARTED, by=by, about=about, reason=reasons) as change:
            sources.withdraw(link, change, expected=1)
            _point(members, change.number)


def _joined_now(persons: set[UUID]) -> list[UUID]:
    """These records and every record joined with one of them, in order."""
    now = Joined.objects.now()
    sets = set(now.filter(person__in=persons).values_list("canonical", flat=True))
    return sorted(persons | set(now.filter(canonical__in=sets).values_list("person", flat=True)))


_following: list[Callable[[Sequence[UUID]], None]] = []


def follow_joins(follow: Callable[[Sequence[UUID]], None]) -> None:
    """
    Have an area above told, within each change by which records are joined or parted, of whom.

    What it derives of joined records would else stay as it was.
    """
    if follow not in _following:
        _following.append(follow)


def _point(members: Sequence[UUID], number: int) -> None:
    """Let the pointers of these records follow the links that stand, closing and opening as few."""
    links = SamePerson.objects.now().filter(Q(a__in=members) | Q(b__in=members))
    wanted = _pointing(members, links.values_list("a", "b"))
    standing = dict(
        Joined.objects.now().filter(person__in=members).values_list("person", "canonical")
    )
    changed = [p for p, c in standing.items() if wanted.get(p) != c]
    Joined.objects.now().filter(person__in=changed).update(until=number)
    Joined.objects.bulk_create(
        Joined(person_id=person, canonical_id=c, since=number)
        for person, c in wanted.items()
        if standing.get(person) != c
    )
    for start in range(0, len(members), 500):
        for follow in _following:
            follow(members[start : start + 500])


def hold_in_turn(persons: Iterable[UUID]) -> None:
    """
    Have whoever does so too for one of these persons, or one joined with them, wait until this
    transaction ends; they then read what it recorded.

    In the order of their ids, so that no two wait for each other. What names them comes in still.
    """
    held = Person.objects.filter(pk__in=queries.sets_of(persons)).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk", flat=True))


def held_as_one(person: UUID, *, by: Actor) -> list[UUID]:
    """
    The records that are this person's and that the actor's house holds, for the erasure of all.

    Asked while the record is held alone (`sources.holding_the_record`). Raises Person.DoesNotExist
    if the record is not the house's, or not for this actor to see.
    """
    by.must(Permission.ERASE)
    queries.persons(seen_by=by).get(pk=person, holder=by.organisation)
    held = Person.objects.filter(pk__in=queries.held_with(person, holder=by.organisation))
    return sorted(held.select_for_update().values_list("pk", flat=True))


def keep_place_of_erased(*, change: Change) -> None:
    """Put on record, once, the record that stands where somebody was who is erased."""
    if not Person.objects.filter(pk=ERASED).exists():
        source = Told(ERASED, clock.today())
        row = (*head(source, key=ERASED), "", ERASED)
        sources.store([Ready.of(Person, [row])], change)


def unjoin(persons: Iterable[UUID], *, change: Change) -> None:
    """
    Take persons out of every set they were ever in, as part of the change that erases them.

    The others point to each other as the links among themselves have it, in the past too.
    """
    gone = set(persons)
    links = _links_around(gone)
    near = {end for a, b, *_when in links for end in (a, b)}
    Joined.objects.filter(Q(person__in=near) | Q(canonical__in=near)).delete()
    among = [link for link in links if not {link[0], link[1]} & gone]
    Joined.objects.bulk_create(_pointers_in_time(sorted(near - gone), among))


Link = tuple[UUID, UUID, int, int | None]


def _links_around(persons: set[UUID]) -> list[Link]:
    """Every link, withdrawn or not, that leads over any number of others to one of these."""
    near, found = set(persons), list[Link]()
    while True:
        links = SamePerson.objects.filter(Q(a__in=near) | Q(b__in=near))
        found = list(links.values_list("a", "b", "recorded_in", "withdrawn_in"))
        ends = {end for a, b, *_when in found for end in (a, b)}
        if ends <= near:
            return found
        near |= ends


def _pointers_in_time(members: Sequence[UUID], links: Sequence[Link]) -> Iterator[Joined]:
    """The pointers of these records from the first link on, each with its since and until."""
    standing: dict[UUID, tuple[UUID, int]] = {}
    for number in sorted({one for *_ends, came, went in links for one in (came, went) if one}):
        now = [(a, b) for a, b, came, went in links if came <= number < (went or number + 1)]
        wanted = _pointing(members, now)
        for person, (canonical, since) in list(standing.items()):
            if wanted.get(person) != canonical:
                del standing[person]
                yield Joined(person_id=person, canonical_id=canonical, since=since, until=number)
        for person, canonical in wanted.items():
            standing.setdefault(person, (canonical, number))
    for person, (canonical, since) in standing.items():
        yield Joined(person_id=person, canonical_id=canonical, since=since)


def _pointing(members: Iterable[UUID], links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """To whom each record that is joined with another points."""
    canonical = rules.canonical_of(members, links)
    sizes = Counter(canonical.values())
    return {person: c for person, c in canonical.items() if sizes[c] > 1}


def resting_on(received: ReceivedList, *, by: Actor) -> dict[str, int]:
    """How much a withdrawal of the list takes along: persons, statements, links and answers."""
    by.must(Permission.WITHDRAW_LISTS)
    counts = {"persons": 0, "statements": 0, "links": 0, "answers": 0}
    for model, resting in _resting(received):
        what = {Person: "persons", SamePerson: "links", Answer: "answers"}.get(model, "statements")
        counts[what] += resting.count()
    return counts


def withdraw_list(received: ReceivedList, *, because: str, by: Actor) -> dict[str, int]:
    """
    Withdraw a list as a whole, with the persons, links and answers that rest on it.

    Codes still lead to their pages, marked; numbers find nobody any more, in the past either.
    Raises Refused without a reason, or a second time.
    """
    by.must(Permission.WITHDRAW_LISTS)
    if not because.strip():
        raise Refused([sources.REASON_MISSING])
    with sources.holding_the_record(alone=True):
        counts = resting_on(received, by=by)
        with trail.change(
            SourcesEvent.LIST_WITHDRAWN,
            by=by,
            about=[Ref("list", received.pk)],
            counts=counts,
            reason=because,
        ) as change:
            _withdraw_with_all(received, change)
    return counts


def _withdraw_with_all(received: ReceivedList, change: Change) -> None:
    sources.withdraw(ReceivedList.objects.filter(pk=received.pk), change, expected=1)
    came = Person.objects.filter(recorded_in=received.recorded_in).values("pk")
    in_sets = Joined.objects.now().filter(person__in=came).values_list("person", flat=True)
    joined = _joined_now(set(in_sets))
    for model, resting in _resting(received):
        if model is Identifier:
            sources.destroy_digests(resting)
        sources.withdraw(resting, change)
    _point(joined, change.number)
    Question.objects.filter(Q(of=received.pk) | Q(person__in=came)).delete()


def _resting(received: ReceivedList) -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Every statement that came with the list, or names it or a person who did; persons last."""
    came = Person.objects.filter(recorded_in=received.recorded_in)
    for model in sorted(sources.statement_models(), key=lambda m: m is Person):
        if model is ReceivedList:
            continue
        rests = Q(recorded_in=received.recorded_in)
        if model is not Person:
            for column in model.persons:
                rests |= Q(**{f"{column}__in": came.values("pk")})
        if model in (Answer, Membership):
            rests |= Q(of=received.pk)
        yield model, model.objects.filter(rests, withdrawn_in=None)


def keep_to_team(*, person: UUID, team: UUID, by: Actor) -> None:
    """
    From now on only this team sees the record.

    Raises Person.DoesNotExist if it is not there, Refused if it is only lent to us.
    """
    by.must(Permission.MANAGE_USERS)
    queries.must_hold([person], by)
    access.keep_to_team(record=person, team=team, by=by)


def keep_no_longer(*, person: UUID, team: UUID, by: Actor) -> None:
    """
    The record is kept to this team no longer; with the last one, the house sees it again.

    Only who sees it may: a member. Raises Person.DoesNotExist if it is not there for them.
    """
    by.must(Permission.MANAGE_USERS)
    queries.must_hold([person], by)
    access.keep_no_longer(record=person, team=team, by=by)


def lend(
    *,
    person: UUID,
    to: UUID,
    until: datetime,
    by: Actor,
    username: str | None = None,
) -> None:
    """
    Let an organisation, or one user of it, see the record until a moment, for at most ten hours.

    For longer it is a referral, which asks for consent (`consents.actions`). Raises
    Person.DoesNotExist if the record is not there, Refused if it is only lent to us.
    """
    by.must(Permission.MANAGE_USERS)
    queries.must_hold([person], by)
    access.lend(record=person, to=to, until=until, by=by, username=username)


def take_back(*, person: UUID, lent: UUID, by: Actor) -> None:
    """End at once what was lent. Raises Person.DoesNotExist if the record is not there."""
    by.must(Permission.MANAGE_USERS)
    queries.must_hold([person], by)
    access.take_back(record=person, lent=lent, by=by)


def put_in_case(*, person: UUID, case: UUID, by: Actor) -> None:
    """
    From now on the members of the case see the record.

    Raises Person.DoesNotExist if it is not there, Case.DoesNotExist if that is not ours.
    """
    by.must(Permission.MANAGE_USERS)
    queries.must_hold([person], by)
    access.put_in_case(record=person, case=case, by=by)
