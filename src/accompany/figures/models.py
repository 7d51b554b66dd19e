"""
Tables of figures: extracts that jobs made beforehand, so that no page waits for one.

Both are derived: whatever is lost is made again from the statements.
"""

from typing import ClassVar

from django.db import models

from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind


class ExtractKept(models.Model):
    """What one organisation held once so many changes were sealed, ready to be counted."""

    kept_as = TableKind.DERIVED
    privacy: ClassVar[Privacy] = Privacy(
        open={"id", "organisation", "content", "erasures", "moment", "tellings", "pieces"}
    )

    id = IdField(primary_key=True, default=uuid7)
    organisation = IdField()
    content = models.BigIntegerField(help_text="How many changes it takes in.")
    erasures = models.BigIntegerField(help_text="How many there had been when it was made.")
    moment = models.DateTimeField(help_text="Of the sealed position it was made at.")
    tellings = models.BinaryField(help_text="Ids of the tellings, 16 bytes each.")
    pieces = models.IntegerField(help_text="Fewer on record: it is being let go.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="extract_kept_once", fields=("organisation", "content", "erasures")
            ),
        )

    def __str__(self) -> str:
        return f"extract {self.pk}"


class ExtractPiece(models.Model):
    """Some rows of one table of an extract, packed: coded terms and days, nothing sealed."""

    kept_as = TableKind.DERIVED
    privacy: ClassVar[Privacy] = Privacy(
        sensitive={"packed"}, open={"id", "of", "table", "position"}
    )

    id = IdField(primary_key=True, default=uuid7)
    of = models.ForeignKey(ExtractKept, on_delete=models.PROTECT, related_name="parts")
    table = models.TextField()
    position = models.IntegerField()
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"piece {self.pk}"


class ExtractAsked(models.Model):
    """An extract that a job is to make: of a past moment, or (the moment left open) of now."""

    kept_as = TableKind.DERIVED
    privacy: ClassVar[Privacy] = Privacy(open={"id", "organisation", "moment", "asked_at"})

    id = IdField(primary_key=True, default=uuid7)
    organisation = IdField()
    moment = models.TextField(help_text="In ISO 8601; empty: now.")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="extract_asked_once", fields=("organisation", "moment")),
        )

    def __str__(self) -> str:
        return f"asked {self.pk}"
