"""Tables of consent: what people agreed to, and what left for other organisations."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accompany.access.models import Organisation
from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind
from accompany.consents.terms import Form, Language, Purpose, Way
from accompany.people.models import AboutPerson, Person
from accompany.sources.models import Statement

WORDS_FIELD = "consents_consent.words"
WITNESS_FIELD = "consents_consent.witness"
REASON_FIELD = "consents_referral.reason"
OVERRIDE_FIELD = "consents_override.reason"


class Consent(AboutPerson):
    """
    That a person, or who speaks for them, agreed that a recipient is told something for a purpose.

    Without a recipient: nobody but us. The exact text read to them is kept. It says nothing without
    whom it is about, and binds nobody without who gave it: it is erased with either.
    """

    persons: ClassVar[tuple[str, ...]] = ("person", "given_by")
    is_kept_for_others: ClassVar[bool] = False
    privacy = Statement.common + Privacy(
        sealed={"words", "witness"},
        sensitive={"person", "given_by", "purpose", "recipient", "language"},
        open={"what", "form", "since", "expires_on"},
    )

    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField(choices=Purpose)
    recipient = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    what = models.TextField(help_text="Codes of `What`, parted by commas.")
    words = models.BinaryField()
    language = models.TextField(choices=Language)
    form = models.TextField(choices=Form)
    witness = models.BinaryField(null=True)
    since = models.DateField()
    expires_on = models.DateField(help_text="The first day on which it no longer holds.")

    class Meta(AboutPerson.Meta):
        constraints = (
            models.CheckConstraint(
                name="consent_does_not_end_before_it_begins",
                condition=Q(expires_on__gt=F("since")),
            ),
            models.CheckConstraint(
                name="spoken_consent_has_a_witness",
                condition=~Q(form=Form.SPOKEN) | Q(witness__isnull=False),
            ),
        )


class Referral(AboutPerson):
    """
    That a person was referred to another organisation, and what left: in codes, never the content.

    It rests on a consent, by its bare id, or on a reason that a second person confirmed.
    """

    privacy = Statement.common + Privacy(
        sealed={"reason"},
        sensitive={"person", "to", "purpose", "consent", "asked_by", "confirmed_by"},
        open={"way", "what", "until"},
    )

    to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField(choices=Purpose)
    way = models.TextField(choices=Way)
    what = models.TextField(help_text="Codes of `What`, parted by commas.")
    until = models.DateField(null=True, help_text="The last day on which it is lent.")
    consent = IdField(null=True)
    reason = models.BinaryField(null=True)
    asked_by = IdField()
    confirmed_by = IdField(null=True)

    class Meta(AboutPerson.Meta):
        constraints = (
            models.CheckConstraint(
                name="referral_rests_on_consent_or_on_two",
                condition=Q(consent__isnull=False, reason=None, confirmed_by=None)
                | (
                    Q(consent=None, reason__isnull=False, confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("asked_by"))
                ),
            ),
        )


class Override(models.Model):
    """A referral without consent that waits for a second person; gone once it is decided on."""

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Privacy(
        sealed={"reason"},
        sensitive={"person", "to", "purpose", "by"},
        open={"id", "way", "what", "until", "at"},
    )

    id = IdField(primary_key=True, default=uuid7)
    person = IdField(db_index=True)
    to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField(choices=Purpose)
    way = models.TextField(choices=Way)
    what = models.TextField()
    until = models.DateField(null=True)
    reason = models.BinaryField()
    by = IdField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"override {self.pk}"
