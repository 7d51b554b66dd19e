"""
Was the end of the trail cut off, or all of it rewritten by somebody who has its key?

Nothing in the database tells that; a checkpoint does that was kept elsewhere: the number of a
batch, how many entries there were, when it was sealed, and its digest, in letters and digits that
can be printed, mailed or read aloud. The digest hangs on everything before it.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Sum
from django.db.models.functions import Length

from accompany.access import trail
from accompany.access.actors import Actor
from accompany.access.models import Batch
from accompany.access.terms import Permission
from accompany.access.trail import Finding
from accompany.base.codes import ALPHABET
from accompany.base.refusal import Objection, refuse_if

_BITS = 160  # of the digest's 256: nobody finds another record of the same

NO_CHECKPOINT = Objection(
    "access.no-checkpoint",
    "There is no checkpoint in the file, so nothing was compared.",
    "Name a file that holds what `accompany checkpoint` printed, one or several.",
)


@dataclass(frozen=True)
class Checkpoint:
    """One position of the trail, to be kept elsewhere; `digest` is 32 letters and digits."""

    batch: int
    entries: int
    sealed_at: datetime
    digest: str

    def in_words(self) -> str:
        """The checkpoint as it is printed: four lines, which `in_text` reads again."""
        return (
            f"Accompany checkpoint {self.batch}\n"
            f"entries   {self.entries}\n"
            f"sealed    {self.sealed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n"
            f"digest    {in_groups(self.digest)}\n"
        )


def in_groups(digest: str) -> str:
    """A digest in groups of four, to be read aloud."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def newest(*, seen_by: Actor) -> Checkpoint | None:
    """The newest position of the trail; None while nothing has happened."""
    seen_by.must(Permission.READ_TRAIL)
    trail.seal()
    last = Batch.objects.order_by("-number").first()
    return None if last is None else _of(last)


def _of(batch: Batch) -> Checkpoint:
    upto = Batch.objects.filter(number__lte=batch.number)
    packed = upto.aggregate(packed=Sum(Length("entries")))["packed"] or 0
    entries = packed // struct.calcsize(">q")
    return Checkpoint(batch.number, entries, batch.sealed_at, _written(bytes(batch.digest)))


def _written(digest: bytes) -> str:
    value = int.from_bytes(digest) >> (8 * len(digest) - _BITS)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(_BITS - 5, -1, -5))


_SHAPE = re.compile(
    r"Accompany\s+checkpoint\s+(\d{1,18})[\s>]+"
    r"entries\s+(\d{1,18})[\s>]+"
    r"sealed\s+(\d{4}-\d\d-\d\d)[\s>]+(\d\d:\d\d:\d\d)\s+UTC[\s>]+"
    r"digest((?:[\s>-]*[0-9A-Z]){32})",
    re.IGNORECASE,
)
_UNDERSTOOD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def in_text(text: str) -> list[Checkpoint]:
    """
    Every checkpoint in a text, whatever stands between them; a quoted mail does.

    Raises Refused if there is none.
    """
    found = [
        Checkpoint(
            int(batch),
            int(entries),
            datetime.fromisoformat(f"{day}T{time}+00:00"),
            re.sub(r"[\s>-]", "", digest).upper().translate(_UNDERSTOOD),
        )
        for batch, entries, day, time, digest in _SHAPE.findall(text)
    ]
    refuse_if([] if found else [NO_CHECKPOINT])
    return found


def against(kept: list[Checkpoint]) -> Iterator[Finding]:
    """
    What the trail no longer holds of checkpoints that were kept elsewhere.

    It tells nothing of what came before unless `trail.verify` finds nothing either.
    """
    for one in sorted(kept, key=lambda one: one.batch):
        batch = Batch.objects.filter(number=one.batch).first()
        if batch is None:
            yield Finding("cut-off", one.batch)
        elif not _is_same(_of(batch), one):
            yield Finding("rewritten", one.batch)


def _is_same(here: Checkpoint, kept: Checkpoint) -> bool:
    moments = {one.sealed_at.replace(microsecond=0) for one in (here, kept)}
    return len(moments) == 1 and (here.entries, here.digest) == (kept.entries, kept.digest)
