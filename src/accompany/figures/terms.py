"""The words of figures: what a dimension, a population and a figure are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accompany.figures.ledger import Categories, Cell, Table

Words = Any
"""A text that is translated when it is shown."""


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `figures` did it."""

    EXACT_READ = "figures.exact-read", _("An exact figure was read")


class Measure(models.TextChoices):
    """What a number of a figure is."""

    CHILDREN = "children", _("children")
    FIRST_QUARTILE = "first-quartile", _("a quarter: no longer than")
    MEDIAN = "median", _("half: no longer than")
    THIRD_QUARTILE = "third-quartile", _("three quarters: no longer than")


QUARTILES = (Measure.FIRST_QUARTILE, Measure.MEDIAN, Measure.THIRD_QUARTILE)


@dataclass(frozen=True)
class Dimension:
    """
    By what children are told apart: a partition, coarse, its categories fixed beforehand.

    `categories` are codes with their labels, in the order in which they are shown.
    """

    name: str
    title: Words
    categories: Mapping[str, Words]


@dataclass(frozen=True)
class Population:
    """
    Whom some figures count, and by what.

    All figures of one population are protected as one ledger: apart they would give each other
    away. `headlines` are withheld only where nothing else will do.
    """

    name: str
    title: Words
    dimensions: Mapping[str, Dimension]
    headlines: frozenset[Cell] = frozenset()


@dataclass(frozen=True)
class Example:
    """A drawn world, what happens in it, and what the figure is on some days of it."""

    told: Words
    world: Mapping[str, str]
    expected: Mapping[date, Mapping[Categories, int]]


@dataclass(frozen=True)
class Figure:
    """
    A figure, defined once.

    Its SQL is one statement of one parameter, `$on`. It gives a row for each group: a category of
    each dimension that the group is told by, NULL for the others, and how many `children` it has;
    `tables` are the tables so counted. If it is one of days, it also gives for the groups of the
    table `days_by` how many children's days are `known`, and their `quartiles`.

    `list_by` is the dimension by which it is always told; `dimensions` are those by which one may
    ask for it besides. `so_far` are the groups whose days are not over.
    """

    name: str
    title: Words
    question: Words
    unit: Words
    population: Population
    definition: Words
    leaves_out: tuple[Words, ...]
    rule_version: str
    sql: str = field(repr=False)
    example: Example = field(repr=False)
    tables: tuple[Table, ...]
    list_by: str | None = None
    dimensions: tuple[str, ...] = ()
    days_by: Table | None = None
    so_far: frozenset[Categories] = frozenset()
