"""
How does a list come in from a browser?

The upload lies sealed under a key in the vault; a job in the same database reads it and tells what
it holds, another records it once somebody has looked and decided. Both survive a restart: what a
job does is done in one transaction with the step it comes to, and a job whose worker died is taken
up again.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django_tasks import task

from accompany.access import queries as access
from accompany.access import sealing
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.base import clock, codes, log, machine
from accompany.base.ids import uuid7
from accompany.base.refusal import Objection, Refused
from accompany.exchange.receiving import RECEIVED_BEFORE, Found, Order, look, receive
from accompany.exchange.spool import SealedFile, SealedWriter, folder
from accompany.sources.models import Incoming
from accompany.sources.terms import Step

NAME_FIELD = "sources_incoming.file_name"
MAPPING_FIELD = "sources_incoming.mapping"
SHEET_FIELD = "sources_incoming.sheet"
BEAT = timedelta(seconds=1)
STUCK = timedelta(minutes=2)
ABANDONED = timedelta(days=2)

BROKE = Objection(
    "exchange.job-broke",
    "The list could not be worked through because of a fault of ours, and nothing was recorded.",
    "Tell whoever runs this installation; the file is kept, and can be tried again.",
)
TOO_LARGE = Objection(
    "exchange.upload-too-large",
    "The file is larger than the %(limit)s MB that are taken from a browser, and nothing of it was "
    "kept.",
    "Have it received at the terminal, with `accompany import`, which takes a file of any size.",
)
NOT_WAITING = Objection(
    "exchange.not-waiting",
    "This file does not wait for a decision.",
    "Look at the lists for what became of it.",
)


def too_large(limit: int) -> Objection:
    """The refusal of an upload of more than that many bytes."""
    return replace(TOO_LARGE, values=(("limit", f"{limit // 1_000_000:,}"),))


class Sink:
    """Where an upload goes as it arrives."""

    def __init__(self) -> None:
        self.key = uuid7()
        sealer = sealing.new_sealers("incoming", [self.key])[self.key]
        self._writer = SealedWriter(_path(self.key), sealer)

    def write(self, data: bytes) -> None:
        """Take in some bytes."""
        self._writer.write(data)

    def close(self) -> None:
        """The upload is whole."""
        self._writer.close()

    def drop(self) -> None:
        """The upload was broken off."""
        self._writer.close()
        _path(self.key).unlink(missing_ok=True)
        sealing.destroy([self.key])


def open_sink() -> Sink:
    """A place for an upload."""
    return Sink()


def _path(key: UUID) -> Path:
    return folder() / f"{key.hex}.sealed"


def take_in(
    key: UUID,
    *,
    file_name: str,
    size: int,
    layout: str,
    teller: UUID | None,
    received_on: date,
    as_of: date | None,
    mapping: str | None,
    sheet: str | None,
    by: Actor,
) -> Incoming:
    """Note an upload that lies under `key`, and have it looked at."""
    by.must(Permission.RECEIVE_LISTS)
    assert by.user is not None  # noqa: S101 - uploads come from somebody signed in
    sealer = sealing.sealers([key])[key]

    def sealed(text: str | None, field: str) -> bytes | None:
        return None if not text else sealer.seal(text, field=field, row=key)

    with transaction.atomic():
        incoming = Incoming.objects.create(
            id=key,
            holder_id=by.organisation,
            by=by.user,
            teller_id=teller,
            layout=layout,
            file_name=sealer.seal(file_name, field=NAME_FIELD, row=key),
            mapping=sealed(mapping, MAPPING_FIELD),
            sheet=sealed(sheet, SHEET_FIELD),
            received_on=received_on,
            as_of=as_of,
            step=Step.LOOKING,
            size=size,
            sent_at=clock.now(),
            beat_at=clock.now(),
        )
        work.enqueue(key.hex)
    return incoming


def decide(incoming: Incoming, *, record: bool, by: Actor) -> None:
    """Have a file recorded that was looked at, or drop it. Raises Refused if it does not wait."""
    by.must(Permission.RECEIVE_LISTS)
    step = Step.RECORDING if record else Step.DROPPED
    waiting = [Step.LOOKED] if record else [Step.LOOKED, Step.REFUSED]
    with transaction.atomic():
        changed = Incoming.objects.filter(
            pk=incoming.pk, holder=by.organisation, step__in=waiting
        ).update(step=step, done=0, by=by.user, beat_at=clock.now())
        if not changed:
            raise Refused([NOT_WAITING])
        if record:
            work.enqueue(incoming.pk.hex)
    if not record:
        _forget_file(incoming.pk)


@task()
def work(key: str) -> None:
    """Do whatever a file under way waits for; done twice, it is done once."""
    incoming = Incoming.objects.filter(pk=UUID(key)).first()
    if incoming is None or incoming.step not in (Step.LOOKING, Step.RECORDING):
        return
    by = access.actor_for(incoming.by)
    if by is None:
        # Whoever sent it may no longer act here: nobody would ever come to decide on it.
        _set(incoming, step=Step.DROPPED)
        _forget_file(incoming.pk)
        return
    try:
        if incoming.step == Step.LOOKING:
            _look(incoming, by)
        else:
            _record(incoming, by)
    except Refused as refused:
        # Without the file's name, which is sealed and may be a person's.
        told = json.dumps([asdict(_nameless(objection)) for objection in refused.objections])
        _set(incoming, step=Step.REFUSED, objections=told)
    except Exception as error:
        log.fault("a list under way broke", error)
        objection = machine.objection_to(error)
        if objection is machine.LOST:
            raise  # all of it may be on record: it is taken up again, and found there
        told = json.dumps([asdict(objection or BROKE)])
        _set(incoming, step=Step.REFUSED, objections=told)


def _nameless(objection: Objection) -> Objection:
    places = tuple(place for place in objection.where if place[0] not in ("file", "sheet"))
    return replace(objection, where=places)


def _look(incoming: Incoming, by: Actor) -> None:
    found = look(order_of(incoming), by=by, progress=_progress(incoming))
    _set(incoming, step=Step.LOOKED, result=json.dumps(asdict(found)), of=found.rows)


def _record(incoming: Incoming, by: Actor) -> None:
    try:
        code, found = receive(order_of(incoming), by=by, progress=_progress(incoming))
    except Refused as refused:
        if not _was_recorded(incoming, refused):
            raise
        return
    result = json.dumps(asdict(found))
    _set(incoming, step=Step.RECORDED, result=result, list_code=code, done=found.rows)
    _forget_file(incoming.pk)


def _was_recorded(incoming: Incoming, refused: Refused) -> bool:
    """Whether the list is on record: then the job did its work before, and died on the way out."""
    known = _received_as(refused.objections)
    if known is not None:
        _set(incoming, step=Step.RECORDED, list_code=codes.understood(known) or "")
        _forget_file(incoming.pk)
    return known is not None


def _received_as(objections: Iterable[Objection]) -> str | None:
    """The list that a file is on record as, by its code as people write it."""
    known = [dict(one.values)["list"] for one in objections if one.code == RECEIVED_BEFORE.code]
    return known[0] if known else None


def _progress(incoming: Incoming) -> Callable[[str, int, int | None], None]:
    last = clock.now()

    def tell(phase: str, done: int, of: int | None) -> None:
        nonlocal last
        # While rows are loaded the one writer of SQLite is the load itself.
        if phase == "reading" and clock.now() - last > BEAT:
            last = clock.now()
            _set(incoming, done=done, of=of or incoming.of, beat_at=last)

    return tell


def _set(incoming: Incoming, **values: object) -> None:
    """Note how far a job came, unless another that took the file up came further."""
    Incoming.objects.filter(pk=incoming.pk, step=incoming.step).update(**values)


def order_of(incoming: Incoming) -> Order:
    """The order that a file under way is."""
    sealer = sealing.sealers([incoming.pk])[incoming.pk]

    def opened(sealed: bytes | memoryview | None, field: str) -> str | None:
        return None if sealed is None else sealer.open_text(sealed, field=field, row=incoming.pk)

    return Order(
        layout=incoming.layout,
        file=SealedFile(_path(incoming.pk), sealer),
        file_name=opened(incoming.file_name, NAME_FIELD) or "",
        received_on=incoming.received_on,
        as_of=incoming.as_of,
        teller=incoming.teller_id,
        mapping=opened(incoming.mapping, MAPPING_FIELD),
        sheet=opened(incoming.sheet, SHEET_FIELD),
    )


def file_name_of(incoming: Incoming) -> str:
    """What the file under way is called."""
    return order_of(incoming).file_name


def found_so_far(incoming: Incoming) -> Found | None:
    """What looking at the file found, once it is done."""
    told = json.loads(incoming.result)
    return Found(**told) if told else None


def objections_of(incoming: Incoming) -> list[Objection]:
    """Why the file was refused."""
    return [
        Objection(
            told["code"],
            told["why"],
            told["remedy"],
            tuple((kind, value) for kind, value in told["where"]),
            tuple((name, value) for name, value in told["values"]),
        )
        for told in json.loads(incoming.objections)
    ]


def received_as(incoming: Incoming) -> str | None:
    """The code of the list that a refused file is on record as; None if it is not."""
    return _received_as(objections_of(incoming))


def forget_upload(key: UUID) -> None:
    """Let an upload go that nothing was noted of, as its form was not filled in."""
    _forget_file(key)
    sealing.destroy([key])


def _forget_file(key: UUID) -> None:
    _path(key).unlink(missing_ok=True)


def tidy() -> None:
    """Take up jobs whose worker died, and drop files that nobody decided on for two days."""
    now = clock.now()
    stuck = Incoming.objects.filter(
        step__in=[Step.LOOKING, Step.RECORDING], beat_at__lt=now - STUCK
    )
    for incoming in stuck:
        _set(incoming, beat_at=now)
        work.enqueue(incoming.pk.hex)
    abandoned = Incoming.objects.filter(
        step__in=[Step.LOOKED, Step.REFUSED], beat_at__lt=now - ABANDONED
    )
    for incoming in abandoned:
        _set(incoming, step=Step.DROPPED)
        _forget_file(incoming.pk)
    _tidy_uploads(now - ABANDONED)


def _tidy_uploads(before: datetime) -> None:
    """
    Let uploads go that nothing was ever noted of, as the process died before the page was asked.

    And what is left of those that are done with, where the job or the page died before it let go.
    """
    for path in folder().glob("*.sealed"):
        key, written = UUID(path.stem), datetime.fromtimestamp(path.stat().st_mtime, UTC)
        incoming = Incoming.objects.filter(pk=key).first()
        if incoming is None and written < before:
            forget_upload(key)
        elif incoming is not None and incoming.step in (Step.RECORDED, Step.DROPPED):
            _forget_file(key)
