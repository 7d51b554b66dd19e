"""Each figure's SQL and its naive Python twin give the same of any world."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    HandOverKind,
    ReunifiedWith,
    SeparatedFrom,
)
from accompany.figures.catalogue import CATALOGUE, measure
from accompany.people.terms import Sex
from tests.drawn import engine_of

START = date(2018, 5, 1)
SPAN = 14  # days, so that much falls together


# Twins: one child at a time, with nothing but loops.


def of_children(world, on):
    """The children separated by the day, each with all rows about them, table by table."""
    told = defaultdict(lambda: {table: [] for table in world})
    for table, rows in world.items():
        for row in rows:
            told[row["child"]][table].append(row)
    return [child for child in told.values() if separations(child, on)]


def separations(child, on):
    return [
        row
        for row in child["separation"]
        if row["taken_from"] == "parent" and by_then(row["on_last"], on)
    ]


def by_then(day, on):
    return day is not None and day <= on


def since(child, on):
    firsts = [row["on_first"] for row in separations(child, on) if row["on_first"]]
    return max(firsts, default=date.min)


def first(rows, name):
    return next((row[name] for row in rows if row[name] is not None), None)


def one_of(value, *named):
    return value if value in named else "other"


def sex(child, _on):
    return one_of(first(child["description"], "sex"), "f", "m")


def country(child, _on):
    return one_of(first(child["description"], "nationality"), "BR", "GT", "HN", "MX", "SV")


def age_group(child, on):
    age, year = first(child["birth"], "age"), first(child["birth"], "year")
    if age is None and year is not None:
        age = separations(child, on)[0]["on_last"].year - year
    if age is None:
        return "not-stated"
    groups = {4: "0-4", 9: "5-9", 12: "10-12", 15: "13-15"}
    return next((group for most, group in groups.items() if age <= most), "16+")


def office(child, _on):
    referrals = [row for row in child["hand_over"] if row["kind"] == "referred"]
    name = (first(referrals, "office") or "").lower().replace(" ", "-")
    return one_of(name, "del-rio", "el-paso", "harlingen", "phoenix", "san-diego")


def cause(child, on):
    stated = [row for row in separations(child, on) if row["cause"] != "not-stated"]
    return one_of(first(stated, "cause"), "zero-tolerance", "criminal-history", "gang")


def end(child, on):
    for row in child["reunification"]:
        is_parent = row["united_with"] == "separated-parent"
        if is_parent and by_then(row["on_last"], on) and row["on_last"] >= since(child, on):
            return "separated-parent"
    left = max(ends(child, on), default=None)
    return "still-in-care" if left is None or came_back(child, left, on) else "discharged-otherwise"


def care(child):
    return [row for row in child["stay"] if row["custodian"] == "orr"]


def ends(child, on, *, exact=False):
    return [
        row["ended_last"]
        for row in care(child)
        if row["ended_by"] != "transferred"
        and by_then(row["ended_last"], on)
        and row["ended_last"] >= since(child, on)
        and (not exact or row["ended_first"] == row["ended_last"])
    ]


def came_back(child, left, on):
    return any(
        row["began_first"] is not None
        and row["began_first"] >= left
        and by_then(row["began_last"], on)
        and not by_then(row["ended_last"], on)
        for row in care(child)
    )


def days_in_care(child, on):
    began = [
        row["began_last"]
        for row in care(child)
        if row["began_last"] is not None
        and row["began_first"] == row["began_last"]
        and by_then(row["began_last"], on)
        and not (row["ended_last"] is not None and row["ended_last"] < since(child, on))
    ]
    if not began:
        return None
    if end(child, on) == "still-in-care":
        return (on - min(began)).days
    left = ends(child, on)
    known = ends(child, on, exact=True)
    if not known or max(known) != max(left):
        return None
    return (max(known) - min(began)).days


def days_to_approval(child, on):
    apprehended = exact_day(child["apprehension"], on)
    approved = exact_day([r for r in child["hand_over"] if r["kind"] == "approved"], on)
    return None if apprehended is None or approved is None else (approved - apprehended).days


def exact_day(rows, on):
    told = [r for r in rows if by_then(r["on_last"], on) and r["on_first"] == r["on_last"]]
    return first(told, "on_last")


def wait(child, on):
    days = days_to_approval(child, on)
    if days is None or days < 0:
        return "not-told"
    return "4+" if days >= 4 else "0-3"


TELLS = {
    "sex": sex,
    "country": country,
    "age-group": age_group,
    "office": office,
    "stated-cause": cause,
    "end": end,
    "wait": wait,
}


def counted(children, on, tables):
    return {
        table: Counter(tuple(TELLS[name](child, on) for name in table) for child in children)
        for table in tables
    }


def spread(days):
    """How many are known, and the smallest of them that a quarter, half, three quarters reach."""
    return (len(days), tuple(days[ceil(len(days) * q / 4) - 1] for q in (1, 2, 3)))


def spreads(groups):
    known = {
        group: sorted(day for day in days if day is not None and day >= 0)
        for group, days in groups.items()
    }
    return {group: spread(days) for group, days in known.items() if days}


def children_separated_twin(world, on):
    children = of_children(world, on)
    tables = [(), ("sex",), ("country",), ("age-group",), ("office",), ("stated-cause",)]
    return counted(children, on, tables), {}


def reunified_twin(world, on):
    tables = [("end",), ("country", "end"), ("age-group", "end"), ("office", "end")]
    return counted(of_children(world, on), on, tables), {}


def days_in_care_twin(world, on):
    groups = defaultdict(list)
    for child in of_children(world, on):
        groups[end(child, on),].append(days_in_care(child, on))
    return counted(of_children(world, on), on, [("end",)]), spreads(groups)


def days_to_approval_twin(world, on):
    children = of_children(world, on)
    days = {(): [days_to_approval(child, on) for child in children]} if children else {}
    return counted(children, on, [(), ("wait",)]), spreads(days)


TWINS = {
    "children-separated": children_separated_twin,
    "reunified": reunified_twin,
    "days-in-care": days_in_care_twin,
    "days-from-apprehension-to-orr-approval": days_to_approval_twin,
}


# Worlds

DAYS = st.integers(0, SPAN).map(lambda n: START + timedelta(days=n))
CHILDREN = st.integers(0, 5).map("child {}".format)


@st.composite
def spans(draw):
    """A date as told: to the day, between two days, open at an end, or not told."""
    kind = draw(st.sampled_from(["day", "day", "day", "between", "open", "not told"]))
    one, other = draw(DAYS), draw(DAYS)
    return {
        "day": (one, one),
        "between": (min(one, other), max(one, other)),
        "open": (None, one),
        "not told": (None, None),
    }[kind]


@st.composite
def rows(draw, dates, **terms):
    """One table: what is told of some children, in the order in which it was recorded."""
    table = []
    for _ in range(draw(st.integers(0, 8))):
        row = {"child": draw(CHILDREN)}
        row |= {name: draw(st.sampled_from(values)) for name, values in terms.items()}
        for name in dates:
            row[f"{name}_first"], row[f"{name}_last"] = draw(spans())
        table.append(row)
    return table


def values(terms):
    return [term.value for term in terms]


WORLDS = st.fixed_dictionaries(
    {
        "separation": rows(["on"], taken_from=values(SeparatedFrom), cause=values(Cause)),
        "reunification": rows(["on"], united_with=values(ReunifiedWith)),
        "apprehension": rows(["on"]),
        "hand_over": rows(
            ["on"], kind=values(HandOverKind), office=[None, "Harlingen", "El Paso", "Laredo"]
        ),
        "stay": rows(
            ["began", "ended"],
            custodian=["orr", "orr", *values(Custodian)],
            ended_by=[None, *values(Departure)],
        ),
        "description": rows(
            [], sex=[None, *values(Sex)], nationality=[None, "GT", "HN", "MX", "RO"]
        ),
        "birth": rows([], age=[None, *range(0, 19, 3)], year=[None, 2001, 2008, 2015]),
    }
)


@settings(max_examples=50)
@given(world=WORLDS, on=DAYS)
def test_every_figure_agrees_with_its_twin(world, on):
    engine = engine_of(world)
    found = {name: measure(figure, engine, on=on) for name, figure in CATALOGUE.items()}
    counted_twice = {name: twin(world, on) for name, twin in TWINS.items()}

    assert {name: (nonzero(one.counts), one.days) for name, one in found.items()} == {
        name: (nonzero(counts), days) for name, (counts, days) in counted_twice.items()
    }


def nonzero(counts):
    return {
        table: {categories: number for categories, number in told.items() if number}
        for table, told in counts.items()
    }
