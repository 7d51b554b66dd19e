"""
How long does it take to wrap every key of the vault anew?

Beside it the floor: the same keys unwrapped and wrapped by bare AES-GCM, and put back by the same
statements, with no entry, no lock and no check.
"""

import os
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.place import Place, peak, work

SIZES = (1_000_000,)
MOST = 60  # s a million
_CHUNK = 10_000


def measure(place: Place, rows: int) -> Iterator[str]:
    """Make so many keys, and wrap them anew."""
    found = place.run(rotate, keys=rows)
    million = 1e6 / found["keys"]
    yield (
        f"{found['keys']:,} keys wrapped anew in {found['seconds']:.1f} s, a million in "
        f"{found['seconds'] * million:.1f} s (at most {MOST}; by work done "
        f"{found['work'] * million:.1f}); the floor {found['floor'] * million:.1f} s, "
        f"x{found['seconds'] / found['floor']:.2f}; memory {found['peak']:.0f} MB"
    )


def rotate(keys: int) -> dict[str, Any]:
    """Seconds and work of a rotation, and of its floor, over at least so many keys."""
    from accompany.access import queries, rotation, sealing, trail  # noqa: PLC0415 - Django is set up by now
    from accompany.access.models import Key  # noqa: PLC0415
    from accompany.base.ids import uuid7  # noqa: PLC0415

    by = queries.operator()
    for start in range(0, keys, _CHUNK):
        sealing.new_sealers("row", [uuid7() for _ in range(min(_CHUNK, keys - start))])
    floor = _floor()
    begun, start = work(), perf_counter()
    rotation.rotate(by=by, tell=trail.tell_nobody)
    seconds, worked = perf_counter() - start, work() - begun
    return {
        "keys": Key.objects.count(),
        "seconds": seconds,
        "work": worked,
        "floor": floor,
        "peak": peak(),
    }


def _floor() -> float:
    """Seconds to unwrap, wrap and put back every key, under the same wrapping key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - the floor's own
    from django.db import transaction  # noqa: PLC0415

    from accompany.access import keyring, rotation, sealing  # noqa: PLC0415
    from accompany.access.models import Key  # noqa: PLC0415

    cipher, after = AESGCM(keyring.key("wrap-1")), None
    start = perf_counter()
    while True:
        found = Key.objects.order_by("record").values_list("record", "kind", "wrapped")
        rows = list((found.filter(record__gt=after) if after else found)[:_CHUNK])
        if not rows:
            return perf_counter() - start
        anew = []
        for record, kind, wrapped in rows:
            name, kept = sealing._wrapped_as(kind, record.bytes), bytes(wrapped)  # noqa: SLF001 - its floor
            data_key, nonce = cipher.decrypt(kept[1:13], kept[13:], name), os.urandom(12)
            anew.append((record, 1, kept[:1] + nonce + cipher.encrypt(nonce, data_key, name)))
        with transaction.atomic():
            rotation._put_back(1, anew)  # noqa: SLF001 - the same statements
        after = rows[-1][0]
