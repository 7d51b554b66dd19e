"""Trees of tables over drawn populations: the auditor, and every world listed, find nothing."""

from collections import Counter
from itertools import product

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from accompany.figures.audit import audit
from accompany.figures.disclosure import protect
from accompany.figures.ledger import Ledger

CHANCES = st.randoms(use_true_random=True)


def tree(chance, dimensions):
    """Each dimension by itself, some crossed with one before: never a ring."""
    names = list(dimensions)
    crossed = [
        (chance.choice(names[:place]), name)
        for place, name in enumerate(names)
        if place and chance.random() < 0.7
    ]
    return [*((name,) for name in names), *crossed]


def population(chance, dimensions, size):
    """Children, each a category of every dimension, the first categories the commonest."""
    steepness = {name: chance.uniform(0.5, 3) for name in dimensions}
    return [
        tuple(
            chance.choices(
                categories, [1 / (n + 1) ** steepness[name] for n in range(len(categories))]
            )[0]
            for name, categories in dimensions.items()
        )
        for _ in range(size)
    ]


def drawn_dimensions(chance, most, widest):
    names = "abcd"[: chance.randint(1, most)]
    return {name: [f"{name}{n}" for n in range(chance.randint(2, widest))] for name in names}


def ledger_of(children, dimensions, tables):
    places = {name: place for place, name in enumerate(dimensions)}
    counts = {
        table: Counter(tuple(child[places[name]] for name in table) for child in children)
        for table in tables
    }
    return Ledger(dimensions, tables, counts)


@settings(max_examples=20, deadline=None)
@given(
    chance=CHANCES, threshold=st.sampled_from([3, 5, 10]), per_threshold=st.sampled_from([2, 8, 60])
)
def test_no_reader_narrows_a_guarded_count(chance, threshold, per_threshold):
    dimensions = drawn_dimensions(chance, most=4, widest=4)
    children = population(chance, dimensions, chance.randint(0, per_threshold * threshold))
    ledger = ledger_of(children, dimensions, tree(chance, dimensions))

    published = protect(ledger, threshold=threshold)

    assert audit(published.tables, ledger.guarded(threshold), threshold=threshold) == []


@settings(max_examples=20, deadline=None)
@given(chance=CHANCES)
def test_every_value_of_a_guarded_count_occurs_in_some_world_of_children(chance):
    # No ledger, no sums, no solver: all worlds over all dimensions at once are listed.
    threshold = 2
    dimensions = drawn_dimensions(chance, most=3, widest=2)
    children = population(chance, dimensions, chance.randint(1, 9))
    tables = tree(chance, dimensions)
    ledger = ledger_of(children, dimensions, tables)
    published = protect(ledger, threshold=threshold)
    note(f"{tables}, {len(children)} children, {len(published.withheld)} withheld")

    possible = possible_counts(published, list(dimensions), list(product(*dimensions.values())))

    assert all({1, 2} <= possible[cell] for cell in ledger.guarded(threshold))


def possible_counts(published, names, kinds):
    """For each published cell, every count that it has in some world of at most 11 children."""
    total = published.value((), ())
    sizes = range(12) if total is None else [total]
    every = np.array([world for size in sizes for world in worlds(len(kinds), size)])
    counts = {
        (table, categories): every[:, members(names, kinds, table, categories)].sum(axis=1)
        for table, cells in published.tables.items()
        for categories in cells
    }
    fitting = np.logical_and.reduce([fits(published, cell, n) for cell, n in counts.items()])
    return {cell: {*n[fitting].tolist()} for cell, n in counts.items()}


def members(names, kinds, table, categories):
    """The places of the kinds of children that a cell counts."""
    wanted = dict(zip(table, categories, strict=True)).items()
    return [
        place
        for place, kind in enumerate(kinds)
        if wanted <= dict(zip(names, kind, strict=True)).items()
    ]


def worlds(kinds, size):
    """Every way to have `size` children of so many kinds."""
    if kinds == 1:
        yield (size,)
        return
    for first in range(size + 1):
        for rest in worlds(kinds - 1, size - first):
            yield (first, *rest)


def fits(published, cell, counts):
    """Which of these counts a reader of this cell and its totals would find possible."""
    value = published.value(*cell)
    if value is not None:
        return counts == value
    pairs = list(zip(*cell, strict=True))
    totals = [published.value(*unzipped(kept)) for kept in subsets(pairs)]
    return counts > 0 if None not in totals else counts >= 0


def unzipped(pairs):
    return tuple(dimension for dimension, _ in pairs), tuple(category for _, category in pairs)


def subsets(pairs):
    """Every choice of the pairs but all of them."""
    for chosen in product([False, True], repeat=len(pairs)):
        if not all(chosen):
            yield [pair for pair, taken in zip(pairs, chosen, strict=True) if taken]
