"""Who said so, which lists were received, what their rows hold, and what is asked."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, QuerySet

from accompany.access import sealing, trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Known
from accompany.base.refusal import Objection, Refused
from accompany.sources.models import (
    FILE_NAME_FIELD,
    HEADING_FIELD,
    MAPPING_FIELD,
    PIECE_FIELD,
    RAW_FIELD,
    TELLING_FIELD,
    Answer,
    FilePiece,
    Incoming,
    Question,
    ReceivedList,
    ReceivedRow,
    Statement,
    Telling,
)
from accompany.sources.terms import Event, RowKind, Step, Teller

FILE_ERASED = Objection(
    "sources.file-erased",
    "This workbook cannot be had back: somebody whom it names was erased, and the file with them.",
    "What its other rows told stands on the pages of the persons they name.",
)


def standing(model: Any, known: Known | None) -> Any:
    """The statements of a kind on record at a position, or now; querysets of models drop types."""
    return model.objects.standing(known)


@dataclass(frozen=True, slots=True)
class Source:
    """Who told, how and when. `who` is an organisation's name; others have person or words."""

    teller: Teller
    who: str | None
    person: UUID | None
    document: str | None
    words: str | None
    how: str
    told_on: date | None


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where a received row is: the list's code, the row's place, the sheet's number."""

    list_code: str
    place: int
    sheet: int
    id: UUID

    @classmethod
    def of(cls, row: ReceivedRow) -> "RowRef":
        """Where this row is."""
        return cls(row.of.code, row.place, row.sheet, row.pk)


def tellings(ids: Iterable[UUID]) -> dict[UUID, Source]:
    """The sources of statements, by the id of their telling."""
    found = Telling.objects.filter(pk__in=set(ids)).select_related("organisation")
    sealed = sealing.sealers(telling.pk for telling in found if telling.words is not None)
    return {telling.pk: _source(telling, sealed) for telling in found}


def _source(telling: Telling, sealed: dict[UUID, sealing.Sealer]) -> Source:
    words = None
    if telling.words is not None and telling.pk in sealed:
        words = sealed[telling.pk].open_text(telling.words, field=TELLING_FIELD, row=telling.pk)
    return Source(
        teller=Teller(telling.teller),
        who=telling.organisation.name if telling.organisation else None,
        person=telling.person,
        document=telling.document,
        words=words,
        how=telling.how,
        told_on=telling.told_on,
    )


def own_rows(ids: Iterable[UUID | None], *, seen_by: Actor) -> dict[UUID, ReceivedRow]:
    """Received rows by id, and not what they hold; those of another house's lists are not there."""
    wanted = {one for one in ids if one is not None}
    own = ReceivedRow.objects.filter(holder=seen_by.organisation)
    found = own.filter(pk__in=wanted).select_related("of")
    places = found.only("id", "place", "sheet", "recorded_in", "of__code", "of__id")
    return {row.pk: row for row in places}


def repeated(questions: Iterable[Question], *, seen_by: Actor) -> dict[UUID, ReceivedRow]:
    """The earlier row that each questioned row repeats, by the question; not what it holds."""
    asked = [one for one in questions if one.earlier_place is not None]
    if not asked:
        return {}
    rows = ReceivedRow.objects.filter(
        holder=seen_by.organisation,
        of__in={one.of for one in asked},
        place__in={one.earlier_place for one in asked},
    )
    found = rows.select_related("of").only(
        "id", "place", "sheet", "recorded_in", "of__code", "of__id"
    )
    there: dict[Any, ReceivedRow] = {(row.of_id, row.sheet, row.place): row for row in found}
    earlier = {one.pk: (one.of, one.earlier_sheet, one.earlier_place) for one in asked}
    return {key: there[at] for key, at in earlier.items() if at in there}


def lists(*, seen_by: Actor) -> QuerySet[ReceivedList]:
    """The lists that the actor's organisation received, newest first; withdrawn ones too."""
    seen_by.must(Permission.SEE_LISTS)
    return ReceivedList.objects.filter(holder=seen_by.organisation).order_by("-recorded_in")


def received_list(code: str, *, seen_by: Actor) -> ReceivedList | None:
    """The list of that code, if it is there for this actor."""
    return lists(seen_by=seen_by).filter(code=code).first()


def with_digest(digest: bytes, *, holder: UUID) -> ReceivedList | None:
    """The list standing that was received with exactly these bytes."""
    return ReceivedList.objects.now().filter(holder=holder, digest=digest).first()


@dataclass(frozen=True, slots=True)
class ListNames:
    """What is sealed of a list: the file's name, its headings, the mapping that was used."""

    file_name: str
    heading: tuple[str, ...]
    mapping: str | None


def names_of(received: ReceivedList) -> ListNames:
    """A list's file name, headings and mapping, opened; blank if its key is destroyed."""
    sealer = sealing.sealers([received.pk]).get(received.pk)
    if sealer is None:
        return ListNames("", (), None)
    heading = sealer.open_text(received.heading, field=HEADING_FIELD, row=received.pk)
    mapping = None
    if received.mapping is not None:
        mapping = sealer.open_text(received.mapping, field=MAPPING_FIELD, row=received.pk)
    return ListNames(
        sealer.open_text(received.file_name, field=FILE_NAME_FIELD, row=received.pk),
        tuple(json.loads(heading)),
        mapping,
    )


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows of a list are what."""

    kept: int
    records: int
    not_records: int


def row_counts(received: ReceivedList) -> RowCounts:
    """How many rows were kept, less the heading and what stands before it."""
    counted = ReceivedRow.objects.filter(of=received).values("kind").annotate(n=Count("pk"))
    found = {row["kind"]: row["n"] for row in counted.order_by("kind")}
    records, others = found.get(RowKind.RECORD, 0), found.get(RowKind.NOT_A_RECORD, 0)
    return RowCounts(records + others, records, others)


def row(received: ReceivedList, place: int, sheet: int = 0) -> ReceivedRow | None:
    """The row at a place of a list."""
    return ReceivedRow.objects.filter(of=received, place=place, sheet=sheet).first()


def rows(
    received: ReceivedList, *, after: tuple[int, int] = (-1, 0), limit: int = 100
) -> list[ReceivedRow]:
    """Rows of a list in their order, after a sheet and place; not what they hold."""
    sheet, place = after
    found = ReceivedRow.objects.filter(of=received, sheet__gte=sheet).defer("raw")
    found = found.exclude(sheet=sheet, place__lte=place)
    return list(found.order_by("sheet", "place")[:limit])


def brought_by(row: ReceivedRow) -> dict[str, int]:
    """How many statements of each kind a row brought, withdrawn ones too."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Statement):
            came = model.objects.filter(recorded_in=row.recorded_in, row=row.pk)
            found[model._meta.label_lower] = came.count()
    return {label: count for label, count in found.items() if count}


def codes_of(lists: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of lists, by id."""
    return dict(ReceivedList.objects.filter(pk__in=set(lists)).values_list("pk", "code"))


def raw_of(rows: Sequence[ReceivedRow]) -> dict[UUID, bytes]:
    """The very bytes of received rows, opened; an erased row is not among them."""
    sealers = sealing.sealers(one.pk for one in rows)
    return {
        one.pk: sealers[one.pk].open(one.raw, field=RAW_FIELD, row=one.pk)
        for one in rows
        if one.pk in sealers
    }


def open_row(one: ReceivedRow, *, seen_by: Actor) -> bytes | None:
    """The bytes of one row; the look leaves its entry. None if the row was erased."""
    seen_by.must(Permission.SEE_PERSONS)
    trail.look(Event.ROW_OPENED, by=seen_by, about=[Ref("list", one.of_id), Ref("row", one.pk)])
    return raw_of([one]).get(one.pk)


def file_of(received: ReceivedList, *, seen_by: Actor) -> Iterator[bytes]:
    """
    The file as it was received, byte for byte but for erased rows; having it leaves an entry.

    Raises Refused for a workbook that names somebody who is erased: it is one sealed whole.
    """
    seen_by.must(Permission.FETCH_FILES)
    if is_file_erased(received):
        raise Refused([FILE_ERASED])
    trail.look(Event.FILE_FETCHED, by=seen_by, about=[Ref("list", received.pk)])
    if FilePiece.objects.filter(of=received).exists():
        return _pieces(received)
    return _rows_again(received)


def is_file_erased(received: ReceivedList) -> bool:
    """Whether a list's file was a workbook, and somebody whom it names is erased."""
    pieces = FilePiece.objects.filter(of=received).values_list("pk", flat=True)
    return len(sealing.sealers(pieces)) < len(pieces)


def _pieces(received: ReceivedList) -> Iterator[bytes]:
    pieces = FilePiece.objects.filter(of=received).order_by("position")
    sealers = sealing.sealers(pieces.values_list("pk", flat=True))
    for piece in pieces.iterator(chunk_size=4):
        yield sealers[piece.pk].open(piece.content, field=PIECE_FIELD, row=piece.pk)


def _rows_again(received: ReceivedList) -> Iterator[bytes]:
    after = -1
    rows = ReceivedRow.objects.filter(of=received).order_by("place")
    while chunk := list(rows.filter(place__gt=after)[:2_000]):
        raw = raw_of(chunk)
        yield b"".join(raw.get(one.pk, b"") for one in chunk)
        after = chunk[-1].place


def question_key(kind: str, *about: UUID | str) -> bytes:
    """The key of a question: a keyed digest of its kind and of all that raises it."""
    parts = [part.hex if isinstance(part, UUID) else part for part in about]
    return sealing.digest_of("question", "\x1f".join([kind, *parts]))


def open_questions(*, seen_by: Actor) -> QuerySet[Question]:
    """Questions of the actor's organisation that nobody has answered."""
    if not seen_by.may(Permission.SEE_PERSONS):
        seen_by.must(Permission.SEE_LISTS)
    return unanswered().filter(holder=seen_by.organisation)


def unanswered() -> QuerySet[Question]:
    """Questions without an answer that stands."""
    answers = Answer.objects.now().filter(question=OuterRef("key"))
    return Question.objects.filter(~Exists(answers))


def questions_by_kind(received: ReceivedList) -> dict[str, int]:
    """How many questions a list raised, answered or not, by kind."""
    counted = Question.objects.filter(of=received.pk).values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in counted.order_by("kind")}


def answers_about(persons: Iterable[UUID], known: Known | None) -> list[Answer]:
    """The answers that stand about persons."""
    return list(Answer.objects.standing(known).filter(person__in=set(persons)))


def question(key: UUID, *, seen_by: Actor) -> Question | None:
    """One open question of the actor's organisation."""
    return open_questions(seen_by=seen_by).filter(pk=key).first()


def under_way(*, seen_by: Actor) -> QuerySet[Incoming]:
    """Files of the actor's organisation that were uploaded and are not done with."""
    seen_by.must(Permission.RECEIVE_LISTS)
    waiting = Incoming.objects.filter(holder=seen_by.organisation).exclude(
        step__in=[Step.RECORDED, Step.DROPPED]
    )
    return waiting.order_by("-id")


def incoming(key: UUID, *, seen_by: Actor) -> Incoming | None:
    """One uploaded file of the actor's organisation."""
    seen_by.must(Permission.RECEIVE_LISTS)
    return Incoming.objects.filter(pk=key, holder=seen_by.organisation).first()
