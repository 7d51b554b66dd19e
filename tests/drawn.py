"""Worlds drawn as tables of text, for the spec and the twins of figures."""

from datetime import date

import numpy as np

from accompany.figures.engine import NOTHING, Engine
from accompany.figures.extract import TABLES, empty

EPOCH = date(1970, 1, 1)


def rows_of(drawn):
    """The rows of one drawn table, in order: text, whole number, day, or None if empty."""
    heading, _rule, *lines = (line for line in drawn.splitlines() if line.strip())
    names = [name.strip() for name in heading.split("|")]
    cells = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    return [dict(zip(names, map(value_of, names, row), strict=True)) for row in cells]


def value_of(name, cell):
    if cell is None:
        return None
    if name.endswith(("_first", "_last")):
        return date.fromisoformat(cell)
    return int(cell) if name in ("age", "year") else cell


def world_of(drawn):
    """A drawn world as rows by table; tables that are not drawn are empty."""
    return {name: rows_of(drawn[name]) if name in drawn else [] for name in TABLES}


def engine_of(world) -> Engine:
    """A world's rows as an extract; children are known by any name."""
    children = sorted({row["child"] for rows in world.values() for row in rows})
    number = {child: place for place, child in enumerate(children)}
    engine = empty()
    for table, rows in world.items():
        if rows:
            _fill(engine, table, [{**row, "child": number[row["child"]]} for row in rows])
    return engine


def _fill(engine, table, rows):
    columns = {name: [row.get(name) for row in rows] for name in TABLES[table].columns}
    taken = {}
    staged = dict(TABLES[table].columns)
    for name, values in columns.items():
        if TABLES[table].columns[name] == "DATE":
            staged[name] = "INTEGER"
            days = [NOTHING if day is None else (day - EPOCH).days for day in values]
            taken[name] = np.array(days, np.int32)
        elif name in ("child", "source") or TABLES[table].columns[name] == "SMALLINT":
            taken[name] = np.array([NOTHING if v is None else v for v in values], np.int32)
        else:
            taken[name] = np.array([v or "" for v in values], np.object_)
    engine.make("drawn", staged)
    engine.take("drawn", taken)
    days = [
        f"DATE '1970-01-01' + {name}" if kind == "DATE" else name
        for name, kind in TABLES[table].columns.items()
    ]
    engine.run(f"INSERT INTO {table} SELECT {', '.join(days)} FROM drawn")
    engine.run("DROP TABLE drawn")
