"""Who is on record, who belongs with whom, and what is said of them?"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.models import Digest, Wall
from accompany.access.sealing import Sealer
from accompany.access.terms import Permission
from accompany.access.trail import Known
from accompany.base.refusal import Refused
from accompany.people import rules
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
    PersonQuerySet,
    SamePerson,
    Tie,
)
from accompany.people.terms import IdentifierKind, NameFact, NameKind, Relation
from accompany.sources import queries as sources
from accompany.sources.models import Question, ReceivedList, ReceivedRow, Statement
from accompany.sources.queries import RowRef
from accompany.sources.queries import standing as statements
from accompany.sources.terms import Certainty

NOBODY = UUID(int=0)
"""An id that no record has, to ask the same question where nobody was found."""

_NEAR = 200  # more than a family: a number or a party that many have in common


def persons(*, seen_by: Actor) -> QuerySet[Person]:
    """The records this actor may see; withdrawn ones too, marked."""
    return Person.objects.seen_by(seen_by)


def person(code: str, *, seen_by: Actor) -> Person | None:
    """The record of that code, if it is there for this actor."""
    return persons(seen_by=seen_by).filter(code=code).first()


def standing(
    wanted: Iterable[UUID], *, seen_by: Actor, known: Known | None = None
) -> dict[UUID, Person]:
    """Those of the records that stand (or stood) and that the actor may see, by id."""
    found = Person.objects.standing(known).seen_by(seen_by).filter(pk__in=set(wanted))
    return {record.pk: record for record in found}


def must_see(wanted: Iterable[UUID], by: Actor) -> None:
    """Raise Person.DoesNotExist unless the actor may see every one: the others do not exist."""
    ids = set(wanted)
    if Person.objects.now().seen_by(by).filter(pk__in=ids).count() != len(ids):
        raise Person.DoesNotExist


def must_hold(wanted: Iterable[UUID], by: Actor) -> None:
    """
    Raise Person.DoesNotExist unless the actor may see every one: the others do not exist.

    Raise Refused if one is another organisation's, lent to be read.
    """
    ids = set(wanted)
    seen = Person.objects.now().seen_by(by).filter(pk__in=ids)
    holders = list(seen.values_list("holder", flat=True))
    if len(holders) != len(ids):
        raise Person.DoesNotExist
    if set(holders) - {by.organisation}:
        raise Refused([rules.LENT_TO_READ])


def joined_with(one: UUID, *, seen_by: Actor, known: Known | None = None) -> list[Person]:
    """
    The records joined with this one that the actor may see, itself first.

    The others of the set do not exist for them.
    """
    pointers = Joined.objects.standing(known)
    canonical = pointers.filter(person=one).values_list("canonical", flat=True).first()
    members = {one}
    if canonical is not None:
        members |= set(pointers.filter(canonical=canonical).values_list("person", flat=True))
    found = Person.objects.standing(known).seen_by(seen_by).filter(pk__in=members)
    return sorted(found, key=lambda record: (record.pk != one, record.pk))


def held_with(one: UUID, *, holder: UUID) -> list[UUID]:
    """The records joined with this one, and itself, that an organisation holds; withdrawn too."""
    return held_with_each([one], holder=holder)[one]


def held_with_each(records: Iterable[UUID], *, holder: UUID) -> dict[UUID, list[UUID]]:
    """As `held_with`, for each of these records, in as many questions as for one."""
    each = set(records)
    sets = sets_of(each)
    held = Person.objects.filter(pk__in=sets, holder=holder).order_by("pk")
    members: dict[UUID, list[UUID]] = defaultdict(list)
    for record in held.values_list("pk", flat=True):
        members[sets[record]].append(record)
    return {one: members[sets[one]] for one in each}


def sets_of(records: Iterable[UUID]) -> dict[UUID, UUID]:
    """These records and all that are joined with them now, each with the id its set goes by."""
    wanted = set(records)
    pointers = Joined.objects.now()
    mine = dict(pointers.filter(person__in=wanted).values_list("person", "canonical"))
    joined = pointers.filter(canonical__in=set(mine.values()))
    return {one: one for one in wanted} | dict(joined.values_list("person", "canonical"))


@dataclass(frozen=True, slots=True)
class Said:
    """What every statement on a page comes with: what it is, who said it, how sure, and its row."""

    kind: str
    id: UUID
    person: UUID
    certainty: Certainty
    source: UUID
    learned_on: date
    row: UUID | None

    @classmethod
    def of(cls, statement: Any) -> "Said":
        """The common part of a statement about a person."""
        return cls(
            statement._meta.label_lower,
            statement.pk,
            statement.person_id,
            Certainty(statement.certainty),
            statement.source_id,
            statement.learned_on,
            statement.row_id,
        )


@dataclass(frozen=True, slots=True)
class Saying:
    """One fact about a person as one source has it; `value` is None if it is not known."""

    what: str
    value: Any
    said: Said


@dataclass(frozen=True, slots=True)
class TieSaid:
    """A tie as one source has it: the relative is the relation of the person."""

    person: UUID
    relative: UUID
    relation: Relation
    said: Said


@dataclass(frozen=True, slots=True)
class LinkSaid:
    """That two records are of one person, with the reasons."""

    a: UUID
    b: UUID
    reasons: str
    source: UUID
    learned_on: date


def sealers_of(records: Iterable[UUID]) -> dict[UUID, Sealer]:
    """The sealers of persons."""
    return sealing.sealers(records)


def names_said(
    records: Iterable[UUID], sealers: dict[UUID, Sealer], known: Known | None = None
) -> list[Saying]:
    """Every name of these records, opened, in the order they came."""
    found = statements(Name, known).filter(person__in=set(records)).order_by("id")
    return [
        Saying("name", name_in(name, sealers[name.person_id]), Said.of(name))
        for name in found
        if name.person_id in sealers
    ]


def name_in(name: Name, sealer: Sealer) -> NameFact:
    """The parts of a name, opened."""
    given, family, second, written = json.loads(
        sealer.open_text(name.parts, field=PARTS_FIELD, row=name.pk)
    )
    return NameFact(given, family, second, written, NameKind(name.kind))


def facts_said(
    records: Iterable[UUID], sealers: dict[UUID, Sealer], known: Known | None = None
) -> list[Saying]:
    """Births, descriptions and identifiers of these records, opened, in the order they came."""
    wanted = set(records)
    return [
        *_births(statements(Birth, known).filter(person__in=wanted).order_by("id"), sealers),
        *_descriptions(statements(Description, known).filter(person__in=wanted).order_by("id")),
        *_identifiers(
            statements(Identifier, known).filter(person__in=wanted).order_by("id"), sealers
        ),
    ]


def _births(found: Iterable[Any], sealers: dict[UUID, Sealer]) -> list[Saying]:
    sayings = []
    for birth in found:
        said = Said.of(birth)
        if birth.told is not None and birth.person_id in sealers:
            told = sealers[birth.person_id].open_text(birth.told, field=TOLD_FIELD, row=birth.pk)
            sayings.append(Saying("born", told, said))
        elif birth.year is not None:
            sayings.append(Saying("born", str(birth.year), said))
        if birth.age is not None:
            sayings.append(Saying("age", (birth.age, birth.age_on), said))
    return sayings


def _descriptions(found: Iterable[Any]) -> list[Saying]:
    sayings = []
    for one in found:
        if one.sex is not None:
            sayings.append(Saying("sex", one.sex, Said.of(one)))
        if one.nationality is not None:
            sayings.append(Saying("nationality", one.nationality, Said.of(one)))
    return sayings


def _identifiers(found: Iterable[Any], sealers: dict[UUID, Sealer]) -> list[Saying]:
    sayings = []
    for one in found:
        value = None
        if one.value is not None:
            if one.person_id not in sealers:
                continue
            value = sealers[one.person_id].open_text(one.value, field=VALUE_FIELD, row=one.pk)
        what = f"identifier.{one.kind}"
        sayings.append(Saying(what, (one.issuer, value, one.given), Said.of(one)))
    return sayings


def ties_said(records: Iterable[UUID], known: Known | None = None) -> list[TieSaid]:
    """Ties of these records in either direction, as they were said."""
    wanted = set(records)
    found = statements(Tie, known).filter(Q(person__in=wanted) | Q(relative__in=wanted))
    return [
        TieSaid(tie.person_id, tie.relative_id, Relation(tie.relation), Said.of(tie))
        for tie in found.order_by("id")
    ]


def links_said(records: Iterable[UUID], known: Known | None = None) -> list[LinkSaid]:
    """The links among these records, with their reasons opened."""
    wanted = set(records)
    found = list(statements(SamePerson, known).filter(a__in=wanted, b__in=wanted))
    sealers = sealing.sealers(link.a_id for link in found)
    return [
        LinkSaid(
            link.a_id,
            link.b_id,
            sealers[link.a_id].open_text(link.reasons, field=REASONS_FIELD, row=link.pk)
            if link.a_id in sealers
            else "",
            link.source_id,
            link.learned_on,
        )
        for link in found
    ]


def arrivals_said(records: Iterable[UUID], known: Known | None = None) -> list[Arrival]:
    """With whom these records arrived: every statement of the same parties."""
    arrivals = statements(Arrival, known)
    parties = arrivals.filter(person__in=set(records)).values_list("party", flat=True)
    found: list[Any] = list(arrivals.filter(party__in=set(parties)).order_by("id"))
    return found


def family_units_of(records: Iterable[UUID], known: Known | None = None) -> set[UUID]:
    """
    Every record with a family-unit number that one of these has; both as told by then.

    A number that was withdrawn since finds nobody, in the past either: its digest is gone.
    """
    kind = IdentifierKind.FAMILY_UNIT
    told = statements(Identifier, known).filter(pk=OuterRef("identifier"))
    of_kind = Digest.objects.filter(Exists(told), kind=kind)
    mine = of_kind.filter(person__in=set(records)).values_list("digest", flat=True)
    digests = {bytes(digest) for digest in mine}
    return set(of_kind.filter(digest__in=digests).values_list("person", flat=True))


_BEARERS = 100  # more than would ever share a number but by mistake


def with_identifier(kind: IdentifierKind, value: str, *, seen_by: Actor) -> list[UUID]:
    """The first records that the actor may see with exactly this identifier, normalised."""
    found = bearers_of(kind, value).seen_by(seen_by)
    return list(found.order_by("pk").values_list("pk", flat=True)[:_BEARERS])


def bearers_of(kind: IdentifierKind, value: str) -> PersonQuerySet:
    """The records of every organisation with exactly this identifier, for whoever matches them."""
    from_value = sealing.digest_of(f"identifier.{kind}", value)
    bearers = Digest.objects.filter(kind=kind, digest=from_value).values("person")
    return Person.objects.now().filter(pk__in=bearers)


def must_hold_lists(wanted: Iterable[UUID], by: Actor) -> None:
    """Raise ReceivedList.DoesNotExist unless each list stands and the actor's own house has it."""
    ids = set(wanted)
    own = ReceivedList.objects.now().filter(pk__in=ids, holder=by.organisation)
    if own.count() != len(ids):
        raise ReceivedList.DoesNotExist


def on_lists(records: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which of these records are, as a subject, named on which lists: the record, and the list."""
    found = statements(Membership, None).filter(person__in=set(records))
    return set(found.values_list("person", "of"))


def standings_now(told: Iterable[Membership]) -> set[UUID]:
    """
    Of statements about standings those that count: of each record, on each list, the newest.

    One that was refuted counts for nothing.
    """
    newest: dict[tuple[UUID, UUID], tuple[int, UUID]] = {}
    for one in told:
        if one.certainty != Certainty.REFUTED:
            of, came = (one.person_id, one.of_id), (one.recorded_in, one.pk)
            newest[of] = max(newest.get(of, came), came)
    return {key for _number, key in newest.values()}


def memberships(records: Iterable[UUID], known: Known | None = None) -> list[Membership]:
    """How these records stand, and stood, on the lists whose rows are about them."""
    found: list[Any] = list(
        statements(Membership, known)
        .filter(person__in=set(records))
        .select_related("of")
        .order_by("recorded_in", "id")
    )
    return found


def family_of(one: UUID, *, seen_by: Actor, known: Known | None = None) -> list[list[Person]]:
    """
    The family a person is shown with, each as the records joined with theirs that the actor sees.

    All who are tied to, arrived with, or share a family-unit number with the person or a record
    joined to theirs: one step out, the person first.
    """
    own = joined_with(one, seen_by=seen_by, known=known)
    ids = {record.pk for record in own}
    near = {end for tie in ties_said(ids, known) for end in (tie.person, tie.relative)}
    near |= {arrival.person_id for arrival in arrivals_said(ids, known)}
    near |= family_units_of(ids, known)
    return [own, *_joined_sets(sorted(near - ids)[:_NEAR], seen_by, known)]


def _joined_sets(near: list[UUID], seen_by: Actor, known: Known | None) -> list[list[Person]]:
    """The records joined with each of these, each set once; questions asked: always three."""
    pointers = Joined.objects.standing(known)
    canonical = dict(pointers.filter(person__in=near).values_list("person", "canonical"))
    joined = pointers.filter(canonical__in=set(canonical.values()))
    canonical |= dict(joined.values_list("person", "canonical"))
    visible = Person.objects.standing(known).seen_by(seen_by).filter(pk__in={*near, *canonical})
    records = {record.pk: record for record in visible}
    sets: dict[UUID, list[Person]] = {}
    for one in near:
        if one in records:
            sets.setdefault(canonical.get(one, one), []).append(records.pop(one))
    for record in records.values():
        if canonical.get(record.pk) in sets:
            sets[canonical[record.pk]].append(record)
    return list(sets.values())


def codes_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of persons, by id."""
    return dict(Person.objects.filter(pk__in=set(ids)).values_list("pk", "code"))


def about_whom(one: Any) -> UUID:
    """The person whom a statement is about."""
    person: UUID = one.person_id
    return person


def persons_named(one: Any) -> set[UUID]:
    """The persons whom a statement about one of them makes no sense without: its two ends."""
    return {one.person_id, one.relative_id} if isinstance(one, Tie) else {one.person_id}


def statement(kind: str, key: UUID) -> Statement | None:
    """One statement about a person that stands, by its kind and id; a list itself names its own."""
    models: dict[str, Any] = {
        model._meta.label_lower: model
        for model in (Name, Birth, Description, Identifier, Tie, Arrival, Membership)
    }
    model = models.get(kind)
    found: Statement | None = None if model is None else model.objects.now().filter(pk=key).first()
    # Whom a list names is taken from it with the list alone: else its counts would be wrong.
    is_by_list = isinstance(found, Membership) and found.row_id is not None
    return None if is_by_list else found


def counts_of(received: ReceivedList) -> tuple[int, int]:
    """How many subjects a list has, and how many relatives its rows name."""
    subjects = Membership.objects.filter(of=received, recorded_in=received.recorded_in).count()
    persons = Person.objects.filter(recorded_in=received.recorded_in).count()
    return subjects, persons - subjects


def open_questions(*, seen_by: Actor) -> QuerySet[Question]:
    """Open questions about rows, for who sees lists, and about persons whom this actor may see."""
    person = Person.objects.seen_by(seen_by).filter(pk=OuterRef("person"))
    about_rows = Q(person=None) if seen_by.may(Permission.SEE_LISTS) else Q(pk=None)
    return sources.open_questions(seen_by=seen_by).filter(about_rows | Exists(person))


def questions_waiting(
    kind: str,
    *,
    seen_by: Actor,
    of: UUID | None = None,
    after: tuple[date | None, UUID] | None = None,
    limit: int = 50,
) -> list[Question]:
    """
    Open questions of a kind after one of them: oldest first, those without a day last.

    `of`: those alone that a list brought.
    """
    of_kind = open_questions(seen_by=seen_by).filter(kind=kind)
    if of is not None:
        of_kind = of_kind.filter(of=of)
    dated = of_kind.filter(since__isnull=False).order_by("since", "id")
    undated = of_kind.filter(since=None).order_by("id")
    if after is not None:
        since, last = after
        if since is None:
            dated, undated = dated.none(), undated.filter(pk__gt=last)
        else:
            dated = dated.filter(since__gte=since).exclude(since=since, pk__lte=last)
    found = list(dated[:limit])
    return found + list(undated[: limit - len(found)])


def persons_of_rows(
    rows: Iterable[ReceivedRow], *, of: ReceivedList, seen_by: Actor
) -> dict[UUID, list[Person]]:
    """The records that received rows of one list made and the actor may see, by row."""
    wanted = [row.pk for row in rows]
    made = Person.objects.filter(recorded_in=of.recorded_in, row__in=wanted).seen_by(seen_by)
    found: dict[UUID, list[Person]] = {}
    for record in made.order_by("id"):
        if record.row_id is not None:
            found.setdefault(record.row_id, []).append(record)
    return found


def hidden_rows(rows: Iterable[ReceivedRow], *, of: ReceivedList, from_: Actor) -> set[UUID | None]:
    """
    Rows of a list that tell of a person whom this actor may not see: they are not there.

    The same is asked of the database where there is no row at all.
    """
    wanted = [row.pk for row in rows] or [NOBODY]
    made = Person.objects.filter(recorded_in=of.recorded_in, row__in=wanted)
    unseen = made.exclude(pk__in=made.seen_by(from_).values("pk"))
    return set(unseen.values_list("row", flat=True))


def hides_list(received: ReceivedList, *, from_: Actor) -> bool:
    """Whether a list as a whole tells of a person whom this actor may not see."""
    walled = Person.objects.filter(pk__in=Wall.objects.values("record"))
    numbers = walled.values_list("pk", "recorded_in")
    of_list = {pk for pk, number in numbers if number == received.recorded_in}
    seen = Person.objects.filter(pk__in=of_list).seen_by(from_)
    return seen.count() != len(of_list)


def rows_of(ids: Iterable[UUID | None], *, seen_by: Actor) -> dict[UUID, RowRef]:
    """
    Where received rows are, by id, for whoever may open them.

    One that tells of somebody whom this actor may not see is not there: nothing leads to it.
    """
    found = sources.own_rows(ids, seen_by=seen_by)
    unseen = _rows_unseen(found.values(), seen_by)
    return {key: RowRef.of(row) for key, row in found.items() if key not in unseen}


def rows_repeated(questions: Iterable[Question], *, seen_by: Actor) -> dict[UUID, RowRef]:
    """
    Where the earlier rows are that questioned rows repeat, by the question.

    One that tells of somebody whom this actor may not see is not there.
    """
    found = sources.repeated(questions, seen_by=seen_by)
    unseen = _rows_unseen(found.values(), seen_by)
    return {key: RowRef.of(row) for key, row in found.items() if row.pk not in unseen}


def _rows_unseen(rows: Iterable[ReceivedRow], actor: Actor) -> set[UUID | None]:
    came = {row.pk: row.recorded_in for row in rows}
    if not came:
        return set()
    made = Person.objects.filter(recorded_in__in=set(came.values()), row__in=list(came))
    unseen = made.exclude(pk__in=made.seen_by(actor).values("pk"))
    return set(unseen.values_list("row", flat=True))


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row that repeats an earlier one of its list: sheet (0 in a text) and place of both."""

    sheet: int
    row: int
    earlier_sheet: int
    earlier_row: int


def repeats_in(received: ReceivedList, *, seen_by: Actor) -> list[Repeat]:
    """
    Every row of a list that repeats an earlier one, answered or not, in their order.

    Without those of which either row tells of somebody whom this actor may not see.
    """
    seen_by.must(Permission.SEE_LISTS)
    own = ReceivedRow.objects.filter(pk=OuterRef("row"))
    asked = Question.objects.filter(of=received.pk, earlier_place__isnull=False)
    found = asked.annotate(sheet=Subquery(own.values("sheet"))).order_by("sheet", "place")
    hidden = _places_hidden(received, seen_by)
    told: Any = found.values_list("sheet", "place", "earlier_sheet", "earlier_place").iterator()
    return [Repeat(*one) for one in told if not hidden & {one[:2], one[2:]}]


def _places_hidden(received: ReceivedList, actor: Actor) -> set[tuple[int, int]]:
    """Sheets and places of a list's rows that tell of somebody kept from this actor."""
    if not Wall.objects.exists():
        return set()
    walled = Person.objects.filter(
        pk__in=Wall.objects.values("record"), recorded_in=received.recorded_in
    )
    unseen = walled.exclude(pk__in=walled.seen_by(actor).values("pk"))
    rows = ReceivedRow.objects.filter(pk__in=unseen.values("row"))
    return set(rows.values_list("sheet", "place"))


def questions_of_row(row: ReceivedRow, persons: Iterable[UUID]) -> list[Question]:
    """The open questions about these persons, or about the row where it is about nobody."""
    about = Q(person__in=set(persons)) | Q(person=None, row=row.pk)
    return list(sources.unanswered().filter(about).order_by("id"))
