"""
How many inputs of each kind are tried?

Ten thousand in every run on SQLite, and a fifth of them on PostgreSQL; `python3 dev.py noise` asks
for more, and names the seed from which all are drawn.
"""

import os
from math import ceil

EVERY_RUN = 10_000
ONE_OF_SO_MANY_ON_POSTGRES = 5
SHARES = {
    "looks at a text": 160,
    "looks at a workbook": 120,
    "receives a text": 200,
    "receives a workbook": 120,
    "mapping": 80,
    "upload": 8,
    "typed import": 10,
    "form": 80,
    "form sent oddly": 20,
    "address": 120,
    "query": 50,
    "head": 12,
    "export": 10,
    "name by hand": 3,
    "name by list": 2,
    "name looked for": 5,
}
"""Of a thousand inputs, how many are of each kind."""


def wanted() -> int:
    """How many inputs are tried in all."""
    inputs = int(os.environ.get("NOISE_INPUTS") or EVERY_RUN)
    on_postgres = bool(os.environ.get("ACCOMPANY_DATABASE_URL"))
    return ceil(inputs / ONE_OF_SO_MANY_ON_POSTGRES) if on_postgres else inputs


def seed() -> int | None:
    """From what every input is drawn; None if that is Hypothesis's own affair."""
    said = os.environ.get("NOISE_SEED")
    return None if said is None else int(said)


def planned(kind: str) -> int:
    """How many inputs of one kind are tried, at the least."""
    return ceil(wanted() * SHARES[kind] / 1_000)
