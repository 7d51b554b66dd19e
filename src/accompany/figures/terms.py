"""The words of figures: what a figure, a dimension and an answer are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accompany.figures.ledger import Table

Words = Any
"""A text that is translated when it is shown."""

World = Mapping[str, str]
"""A drawn world: a table of text for each table of the extract that is not empty."""


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `figures` did it."""

    EXACT_READ = "figures.exact-read", _("An exact figure was read")


class Measure(models.TextChoices):
    """What a number of a figure is."""

    CHILDREN = "children", _("children")
    FIRST_QUARTILE = "first-quartile", _("a quarter took no longer than")
    MEDIAN = "median", _("half took no longer than")
    THIRD_QUARTILE = "third-quartile", _("three quarters took no longer than")


@dataclass(frozen=True)
class Dimension:
    """
    By what children are told apart: one partition, coarse, its categories fixed beforehand.

    `categories` are codes with their labels, in the order in which they are shown.
    """

    name: str
    title: Words
    categories: Mapping[str, Words]


@dataclass(frozen=True)
class Example:
    """A drawn world, what happens in it, and what the figure's SQL gives of it on which day."""

    told: str
    world: World
    expected: Mapping[date, Mapping[tuple[str, ...], Any]]


@dataclass(frozen=True)
class Population:
    """
    Whom some figures count, with every dimension they use.

    All figures of a population are protected as one: apart they would give each other away.
    `headlines` are the cells to withhold only where nothing else will do.
    """

    name: str
    title: Words
    dimensions: Mapping[str, Dimension]
    headlines: frozenset[tuple[Table, tuple[str, ...]]] = frozenset()


@dataclass(frozen=True)
class Figure:
    """
    A figure, defined once.

    `tables` are what its SQL counts, for the ledger of its population; `list_by` the dimension by
    which it is always shown, if any; `dimensions` the words by which one may ask for it besides.
    `days` says of which groups its SQL gives the quartiles of some number of days, and the word for
    each such group: they are told in whole weeks.
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
