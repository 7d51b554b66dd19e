"""Tables of enquiries: what was asked of other organisations, whom it may mean, what was said."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accompany.access.models import Organisation
from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind
from accompany.enquiries.terms import AnswerKind, Decision

QUESTION_FIELD = "enquiries_enquiry.question"
WORDS_FIELD = "enquiries_enquiryanswer.words"


class Enquiry(models.Model):
    """
    One question of one organisation to all others, sealed under a key of its own.

    One that nobody answered in time has ended: its key and words are destroyed.
    """

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(
        sealed={"question"}, sensitive={"by"}, open={"id", "organisation", "at", "ended_at"}
    )

    id = IdField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = IdField()
    at = models.DateTimeField()
    question = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="enquiry_has_words_until_it_ends",
                condition=Q(question__isnull=False, ended_at=None)
                | Q(question=None, ended_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"enquiry {self.pk}"


class EnquiryMatch(models.Model):
    """A record that a question may mean. Only its holder ever learns that it is here."""

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(sensitive={"record", "holder", "enquiry", "decision", "by"}, open={"id"})

    id = IdField(primary_key=True, default=uuid7)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="matches")
    record = IdField(db_index=True)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    decision = models.TextField(null=True, choices=Decision)
    by = IdField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="match_once", fields=("enquiry", "record")),)

    def __str__(self) -> str:
        return f"match {self.pk}"


class EnquiryAnswer(models.Model):
    """What one holder answered to one question; `record` was lent with it."""

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(
        sealed={"words"},
        sensitive={"record", "holder", "by"},
        open={"id", "enquiry", "kind", "at"},
    )

    id = IdField(primary_key=True, default=uuid7)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="answers")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = IdField()
    at = models.DateTimeField()
    kind = models.TextField(choices=AnswerKind)
    words = models.BinaryField()
    record = IdField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"answer {self.pk}"
