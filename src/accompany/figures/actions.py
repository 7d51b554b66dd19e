"""
Who makes an extract when making it takes long?

A job does, and keeps it in a derived table; pages answer from the newest there is meanwhile.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django_tasks import task

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.terms import Permission
from accompany.base import clock
from accompany.figures import extract
from accompany.figures.extract import Extract
from accompany.figures.models import ExtractAsked, ExtractKept, ExtractPiece

KEPT = 3  # extracts of one organisation
PATIENCE = timedelta(minutes=10)
"""After so long a job that was asked for is taken to be lost, and asked for again."""


def have_extract_made(*, known_on: datetime | None, by: Actor) -> None:
    """Have a job make the extract of a moment, or of now; asked for twice, it is made once."""
    by.must(Permission.SEE_FIGURES)
    moment, now = "" if known_on is None else known_on.isoformat(), clock.now()
    with transaction.atomic():
        asked, is_new = ExtractAsked.objects.get_or_create(
            organisation=by.organisation, moment=moment, defaults={"asked_at": now}
        )
        if not is_new:
            late = ExtractAsked.objects.filter(pk=asked.pk, asked_at__lt=now - PATIENCE)
            if not late.update(asked_at=now):
                return
        make_extract.enqueue(by.organisation.hex, moment)


@task()
def make_extract(organisation: str, moment: str) -> None:
    """Make and keep the extract of a moment, or, with none, of now; done twice, it is done once."""
    own = UUID(organisation)
    try:
        with trail.reading_at(datetime.fromisoformat(moment) if moment else None) as known:
            made = None if extract.is_kept(known, own) else extract.made(known, own)
        if made is not None:
            _keep(made, own, known.moment)
    finally:
        # Whatever came of it: who asks again has it tried again.
        ExtractAsked.objects.filter(organisation=own, moment=moment).delete()


def _keep(made: Extract, organisation: UUID, moment: datetime) -> None:
    packed = list(extract.packed(made.engine))
    tellings = b"".join(one.bytes for one in sorted(made.tellings))
    with transaction.atomic():
        if made.content.erasures != len(trail.erasures()):
            return  # somebody was erased while it was made: whoever asks has it made again
        kept = ExtractKept.objects.create(
            organisation=organisation,
            content=made.content.changes,
            erasures=made.content.erasures,
            moment=moment,
            tellings=tellings,
            pieces=len(packed),
        )
        for position, (table, rows) in enumerate(packed):
            ExtractPiece.objects.create(of=kept, table=table, position=position, packed=rows)
        _let_go_of_old_ones(organisation)


def _let_go_of_old_ones(organisation: UUID) -> None:
    """The newest few stay, by when they were made: who asks for a past day asks again of it."""
    kept = ExtractKept.objects.filter(organisation=organisation).order_by("-id")
    old = list(kept.values_list("pk", flat=True)[KEPT:])
    ExtractPiece.objects.filter(of__in=old).delete()
    ExtractKept.objects.filter(pk__in=old).delete()


def let_go_of_all() -> None:
    """Let go of every extract on record: somebody is being erased, and all are made again."""
    ExtractPiece.objects.all().delete()
    ExtractKept.objects.all().delete()
