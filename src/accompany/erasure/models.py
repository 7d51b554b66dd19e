"""Tables of erasure: what two persons decide, and counts of those who are gone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind
from accompany.erasure.terms import Because, Population


class Asked(models.Model):
    """
    An erasure that somebody asked for; gone when it is carried out or dropped.

    Where another role owns the tables, it stays here from when another person confirms it until the
    owner carries it out. `mac` is keyed, over what was confirmed: all of the row, and every record
    that would go.
    """

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Privacy(
        sensitive={"person", "by", "confirmed_by"},
        open={"id", "because", "at", "confirmed_at", "mac"},
    )

    id = IdField(primary_key=True, default=uuid7)
    person = IdField(unique=True)
    because = models.TextField(choices=Because)
    by = IdField()
    at = models.DateTimeField()
    confirmed_by = IdField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    mac = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="erasure_confirmed_by_another",
                condition=Q(confirmed_by=None, confirmed_at=None, mac=None)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False, mac__isnull=False)
                    & ~Q(confirmed_by=F("by"))
                ),
            ),
        )

    def __str__(self) -> str:
        return f"asked {self.pk}"


class ErasedCount(models.Model):
    """
    How many persons of one group an organisation has erased, whose separation or first event was in
    that year (0: not told).

    Counted on in place and in no ledger: a row of its own for each person would tell of that one.
    Each dimension counts everybody once. `mac` is keyed, over all of the row.
    """

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(
        open={"id", "holder", "population", "year", "dimension", "category", "counted", "mac"}
    )

    id = IdField(primary_key=True, default=uuid7)
    holder = IdField()
    population = models.TextField(choices=Population)
    year = models.SmallIntegerField()
    dimension = models.TextField()
    category = models.TextField()
    counted = models.IntegerField(help_text="Persons.")
    mac = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="erased_group_counted_once",
                fields=("holder", "population", "year", "dimension", "category"),
            ),
        )

    def __str__(self) -> str:
        return f"erased count {self.pk}"
