"""
How is a table of an extract kept outside the engine?

In pieces: columns of whole numbers, one after the other, compressed. Texts are numbers of words
that stand at the head; terms are their places in the enumeration, days are counted from 1970.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accompany.figures.engine import NOTHING, Engine

PIECE = 100_000  # rows


def packed(engine: Engine, table: str, kinds: Mapping[str, str]) -> Iterator[bytes]:
    """The rows of a table, in order, packed piece by piece; `kinds` are its columns' SQL types."""
    (count,) = engine.ask(table, f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - our names
    columns = ", ".join(_plain(column, kind) for column, kind in kinds.items())
    for first in range(0, count["n"], PIECE):
        question = (
            f"SELECT {columns} FROM {table} "  # noqa: S608 - our names
            f"WHERE rowid >= {first} AND rowid < {first + PIECE} ORDER BY rowid"
        )
        yield _bytes_of(engine.columns(table, question))


def unpack(engine: Engine, table: str, kinds: Mapping[str, str], content: bytes) -> None:
    """Append the rows of one piece to a table of the same columns."""
    means = {column: _meaning(kind) for column, kind in kinds.items()}
    engine.take(table, _columns_of(content), means)


def _plain(column: str, kind: str) -> str:
    """A column as whole numbers, or as texts, without NULL."""
    if kind == "VARCHAR":
        return f"COALESCE({column}, '') AS {column}"
    if kind == "DATE":
        number = f"{column} - DATE '1970-01-01'"
    else:
        number = f"enum_code({column})" if kind.startswith("ENUM") else column
    return f"COALESCE(CAST({number} AS INTEGER), {NOTHING}) AS {column}"


def _meaning(kind: str) -> str:
    """What a column of this type makes of the number that `_plain` made of it."""
    if kind.startswith("ENUM"):
        return f"CAST((enum_range(NULL::{kind}))[{{}} + 1] AS {kind})"
    return "DATE '1970-01-01' + {}" if kind == "DATE" else "{}"


def _bytes_of(rows: Mapping[str, NDArray[Any]]) -> bytes:
    head: dict[str, list[str] | None] = {}
    bodies = []
    for name, values in rows.items():
        words, numbers = None, values
        if values.dtype == np.object_:
            found, numbers = np.unique(values.astype(str), return_inverse=True)
            words = found.tolist()
        head[name] = words
        bodies.append(np.asarray(numbers, "<i4").tobytes())
    start = json.dumps(head).encode()
    return zlib.compress(len(start).to_bytes(4, "big") + start + b"".join(bodies), 1)


def _columns_of(content: bytes) -> dict[str, NDArray[Any]]:
    raw = zlib.decompress(content)
    size = 4 + int.from_bytes(raw[:4], "big")
    head = json.loads(raw[4:size])
    bodies = np.frombuffer(raw, "<i4", offset=size).reshape(len(head), -1)
    return {
        name: body.astype(np.int32) if words is None else np.array(words, np.object_)[body]
        for (name, words), body in zip(head.items(), bodies, strict=True)
    }
