"""
Everything that changes what sources told: tellings, lists and their rows, answers, withdrawals.

Statements of every area enter and leave through `store` and `withdraw`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

from accompany.access import keyring, sealing, trail
from accompany.access.actors import Actor
from accompany.access.models import Digest, Key
from accompany.access.terms import Permission, Ref
from accompany.access.trail import Change
from accompany.base import clock, codes
from accompany.base.bulk import Plain, plain_rows, plain_value, record_plain
from accompany.base.dates import When
from accompany.base.ids import uuid7
from accompany.base.models import take_numbers
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.base.tables import TableKind, kind_of
from accompany.sources import rules
from accompany.sources.models import (
    ANSWER_FIELD,
    FILE_NAME_FIELD,
    HEADING_FIELD,
    MAPPING_FIELD,
    PIECE_FIELD,
    RAW_FIELD,
    TELLING_FIELD,
    Answer,
    FilePiece,
    Question,
    ReceivedList,
    ReceivedRow,
    Statement,
    Telling,
)
from accompany.sources.terms import (
    Certainty,
    Event,
    ListFact,
    Outcome,
    QuestionFact,
    RowFact,
    Teller,
    TellingFact,
    Told,
)

ALREADY_WITHDRAWN = Objection(
    "sources.already-withdrawn",
    "This was withdrawn already, so nothing was changed.",
    "Look at the page again to see what stands now.",
)
REASON_MISSING = Objection(
    "sources.reason-missing",
    "Nothing was withdrawn, because no reason was given.",
    "Say in a sentence why it is withdrawn.",
)


@dataclass(frozen=True, slots=True)
class Ready:
    """
    Rows of one table made ready: in plain values, all but the number of the entry to come.

    Statements have 0 in place of the number.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Plain, ...]]

    @classmethod
    def of(
        cls,
        model: type[models.Model],
        rows: Sequence[tuple[Any, ...]],
        columns: tuple[str, ...] = (),
    ) -> "Ready":
        """Statements as tuples in the order of `statement_columns`; other tables name theirs."""
        columns = columns or statement_columns(model)
        return cls(model, columns, plain_rows(model, columns, rows))


@lru_cache(maxsize=64)
def statement_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a statement as it is recorded, in the order of the model."""
    fields = model._meta.concrete_fields
    return tuple(field.name for field in fields if field.name != "withdrawn_in")


_ROW_AT, _NUMBER_AT = 4, 5


def store(ready: Iterable[Ready], change: Change) -> None:
    """Write rows made ready, as part of a change that bears witness to each statement."""
    for table in ready:
        rows = table.rows
        if kind_of(table.model) is TableKind.STATEMENT:
            number = change.number
            rows = [(*row[:_NUMBER_AT], number, *row[_NUMBER_AT + 1 :]) for row in rows]
            change.brings(table.model._meta.label_lower, rows, row_at=_ROW_AT)
        if table.model is Key:
            rows = sealing.wrapped_as_now(rows)
        if table.model is Digest:
            sealing.refuse_stale_digests()
        record_plain(table.model, table.columns, rows)


def head(
    told: Told,
    row: UUID | None = None,
    certainty: Certainty | None = None,
    key: UUID | None = None,
) -> tuple[Any, ...]:
    """The columns that every statement begins with; the id is new, unless a fact brings its own."""
    sure = told.certainty if certainty is None else certainty
    return (key or uuid7(), told.telling, sure, told.learned_on, row, 0)


def tell(fact: TellingFact, *, change: Change, key: UUID | None = None) -> Told:
    """Note an occasion on which somebody told us something, as the source of what follows."""
    telling = Telling(
        id=key or uuid7(),
        teller=_teller(fact),
        organisation_id=fact.organisation,
        person=fact.person,
        document=fact.document,
        how=fact.how,
        told_on=fact.told_on,
        received_by=change.by.user,
        recorded_in=change.number,
    )
    if fact.words:
        sealer = sealing.new_sealers("telling", [telling.pk])[telling.pk]
        telling.words = sealer.seal(fact.words, field=TELLING_FIELD, row=telling.pk)
    telling.save(force_insert=True)
    change.brought(telling_line(telling))
    return Told(telling.pk, fact.learned_on, fact.certainty)


def telling_line(telling: Telling) -> str:
    """What is witnessed of a telling: all of it, since who said so is half of what was said."""
    fields = Telling._meta.concrete_fields
    values = (plain_value(getattr(telling, field.attname)) for field in fields)
    return trail.line_of(Telling._meta.label_lower, values)


def _teller(fact: TellingFact) -> Teller:
    if fact.document is not None:
        return Teller.DOCUMENT
    return Teller.PERSON if fact.person is not None else Teller.ORGANISATION


def take_codes(how_many: int) -> list[str]:
    """Codes nobody had before, for persons and lists alike."""
    key = keyring.key("codes")
    return [codes.code_of(number, key) for number in take_numbers(how_many)]


def keep_list(fact: ListFact, *, told: Told, change: Change) -> str:
    """Put a received list on record, as part of the change that records its rows; its code."""
    sealer = sealing.new_sealers("list", [fact.id])[fact.id]
    (code,) = take_codes(1)
    row = (
        fact.id,
        told.telling,
        told.certainty.value,
        told.learned_on,
        None,
        0,
        code,
        change.by.organisation,
        fact.layout,
        fact.digest,
        fact.received_on,
        fact.as_of,
        sealer.seal(fact.file_name, field=FILE_NAME_FIELD, row=fact.id),
        sealer.seal(json.dumps(list(fact.heading)), field=HEADING_FIELD, row=fact.id),
        None
        if fact.mapping is None
        else sealer.seal(fact.mapping, field=MAPPING_FIELD, row=fact.id),
        fact.format,
        fact.encoding,
        fact.delimiter,
        change.by.user,
    )
    store([Ready.of(ReceivedList, [row])], change)
    return code


_ROW_COLUMNS = ("id", "of", "place", "sheet", "kind", "raw", "holder", "mac", "recorded_in")


RowContent = tuple[bytes, bytes, int, int, str, bytes]


def sealed_rows(rows: Sequence[RowFact], *, of: UUID) -> tuple[list[RowContent], Ready]:
    """Each row of a list sealed under a key of its own, and the keys for the vault."""
    sealers, keys = sealing.made("row", [row.id for row in rows])
    contents = [
        row_content(
            row.id,
            of,
            row.place,
            row.sheet,
            row.kind.value,
            sealers[row.id].seal(row.raw, field=RAW_FIELD, row=row.id),
        )
        for row in rows
    ]
    return contents, Ready.of(Key, keys, sealing.KEY_COLUMNS)


def row_content(row: UUID, of: UUID, place: int, sheet: int, kind: str, raw: bytes) -> RowContent:
    """What a row's MAC runs over, besides the statements it brought; `raw` is sealed."""
    return (row.bytes, of.bytes, place, sheet, kind, raw)


def keep_rows(contents: Iterable[RowContent], *, change: Change) -> None:
    """Keep sealed rows, each bound to the statements it brought: those must be stored before."""
    holder, number = change.by.organisation.bytes, change.number
    rows = [(*one, holder, change.bind_row(one[0], one), number) for one in contents]
    record_plain(ReceivedRow, _ROW_COLUMNS, rows)


def keep_pieces(pieces: Iterable[bytes], *, of: UUID, change: Change) -> None:
    """Keep a file that its rows cannot give back, in sealed pieces, each under a key of its own."""
    for position, piece in enumerate(pieces):
        key = uuid7()
        sealer = sealing.new_sealers("piece", [key])[key]
        content = sealer.seal(piece, field=PIECE_FIELD, row=key)
        FilePiece.objects.create(
            id=key, of_id=of, position=position, content=content, recorded_in=change.number
        )


_QUESTION_COLUMNS = (
    "id",
    "kind",
    "key",
    "holder",
    "person",
    "of",
    "row",
    "place",
    "column",
    "since",
    "earlier_sheet",
    "earlier_place",
)


def questions_ready(
    facts: Iterable[QuestionFact], *, holder: UUID, of: UUID | None = None
) -> Ready:
    """Questions made ready for their derived table."""
    rows = [
        (
            *(uuid7(), q.kind, q.key, holder, q.person, of, q.row, q.place, q.column, q.since),
            *(q.earlier or (None, None)),
        )
        for q in facts
    ]
    return Ready.of(Question, rows, _QUESTION_COLUMNS)


def ask_anew(
    facts: Iterable[QuestionFact], *, persons: Iterable[UUID], kinds: Sequence[str], holder: UUID
) -> None:
    """
    Put the questions that rules now raise about persons in place of those of these kinds.

    One that was there already stays as it is, with the list it came by. The caller sees to it that
    nobody else does so for these persons meanwhile (`people.actions.hold_in_turn`).
    """
    wanted = {fact.key: fact for fact in facts}
    there = Question.objects.filter(person__in=list(persons), kind__in=kinds, holder=holder)
    keys = {bytes(key): pk for pk, key in there.values_list("pk", "key")}
    Question.objects.filter(pk__in=[pk for key, pk in keys.items() if key not in wanted]).delete()
    fresh = [fact for key, fact in wanted.items() if key not in keys]
    ready = questions_ready(fresh, holder=holder)
    record_plain(Question, ready.columns, ready.rows)


def answer_question(
    question: Question, *, outcome: Outcome, words: str, told: TellingFact, by: Actor
) -> None:
    """
    Record an answer; the question stays answered for as long as it can rise.

    Raises Refused if such an outcome is no answer to a question of its kind, Question.DoesNotExist
    if it is another organisation's, or no longer rises.
    """
    by.must(Permission.ANSWER)
    objections = rules.objections_to_answering(question.kind, outcome)
    about = Ref("person", question.person) if question.person else Ref("list", question.of)
    event = Event.QUESTION_ANSWERED
    with (
        holding_the_record(),
        telling(event, told, objections=objections, by=by, about=[about]) as (source, change),
    ):
        # Until now it may have gone with its list.
        Question.objects.get(pk=question.pk, holder=by.organisation)
        answer = uuid7()
        sealed = None
        if words:
            # Words about a row may name whom it names: they are erased with it.
            under = about if question.person or not question.row else Ref("row", question.row)
            sealer = sealing.sealers_for(under.kind, [under.id])[under.id]
            sealed = sealer.seal(words, field=ANSWER_FIELD, row=answer)
        row = (
            answer,
            *head(source)[1:],
            bytes(question.key),
            question.kind,
            question.person,
            question.of,
            outcome.value,
            sealed,
        )
        store([Ready.of(Answer, [row])], change)


def withdraw(
    statements: models.QuerySet[Any], change: Change, *, expected: int | None = None
) -> int:
    """Withdraw statements as part of a change; how many. Raises Refused if not as expected."""
    model, standing = statements.model, statements.filter(withdrawn_in=None)
    # Read before anything changes, and held as bytes: a list may have brought millions.
    ids = b"".join(one.bytes for one in standing.values_list("pk", flat=True).iterator())
    count = len(ids) // 16
    if expected is not None and count != expected:
        raise Refused([ALREADY_WITHDRAWN])
    for start in range(0, count, 500):
        part = [ids[16 * at : 16 * at + 16] for at in range(start, min(start + 500, count))]
        of_part = model.objects.filter(pk__in=[UUID(bytes=one) for one in part])
        if of_part.filter(withdrawn_in=None).update(withdrawn_in=change.number) != len(part):
            raise Refused([ALREADY_WITHDRAWN])
        change.withdrew(model._meta.label_lower, part)
    return count


_HELD = 0x6A6F696E  # any number that nobody else locks


@contextmanager
def holding_the_record(*, alone: bool = False) -> Iterator[None]:
    """
    A transaction in which nobody else withdraws a list, or joins or parts records.

    Any number may record at once; whoever does one of these is `alone` in it. They wait for each
    other here, before either reads what it decides on. On SQLite there is one writer anyway.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {lock}(%s)", [_HELD])
        yield


@contextmanager
def telling(
    event: str,
    told: TellingFact | Told,
    *,
    by: Actor,
    about: Iterable[Ref],
    objections: Iterable[Objection] = (),
    days: Iterable[When | date | None] = (),
    within: Change | None = None,
) -> Iterator[tuple[Told, Change]]:
    """
    A change by which something told is recorded: its entry, its source, then the statements.

    Raises Refused with the objections there are to it, and if it, or one of the days it tells of,
    has certainly not come yet.
    """
    tomorrow = clock.end_of_day(clock.today())
    to_come = [
        *rules.objections_to_telling(told, tomorrow),
        *rules.objections_to_days(days, tomorrow),
    ]
    refuse_if([*objections, *to_come])
    with trail.change(event, by=by, about=about, within=within) as change:
        yield (told if isinstance(told, Told) else tell(told, change=change)), change


@contextmanager
def correcting(
    label: str, statement: UUID, *, about: Ref, reason: str, by: Actor
) -> Iterator[Change]:
    """
    A correction: the statement is withdrawn, and what is recorded `within` is its successor.

    With nothing recorded it is a plain withdrawal. Raises Refused without a reason, or if the
    statement is not one that stands.
    """
    by.must(Permission.CORRECT)
    if not reason.strip():
        raise Refused([REASON_MISSING])
    model: Any = apps.get_model(label)
    if kind_of(model) is not TableKind.STATEMENT:
        raise Refused([ALREADY_WITHDRAWN])
    with trail.change(Event.STATEMENT_WITHDRAWN, by=by, about=[about], reason=reason) as change:
        withdraw(model.objects.filter(pk=statement), change, expected=1)
        yield change


def statement_models() -> Iterator[type[Statement]]:
    """Every kind of statement there is."""
    for model in apps.get_models():
        if issubclass(model, Statement):
            yield model


def destroy_digests(identifiers: models.QuerySet[Any]) -> None:
    """
    Take the digests of identifiers that are withdrawn out of the vault, however many, in one go.

    They find nobody any more, on pages of the past either; those still show the numbers themselves.
    """
    Digest.objects.filter(identifier__in=identifiers.values("pk")).delete()
