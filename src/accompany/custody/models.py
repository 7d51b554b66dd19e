"""Tables of custody: apprehensions, hand-overs, stays, separations and reunifications."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accompany.base.dates import Uncertain, in_order, names_of, sound
from accompany.base.ids import IdField
from accompany.base.privacy import Privacy
from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    HandOverKind,
    ReunifiedWith,
    SeparatedFrom,
)
from accompany.facilities.models import Facility
from accompany.people.models import AboutPerson, Person
from accompany.sources.models import Statement

# The names that sealed fields are bound to: they outlive any renaming of the columns.
STAY_FIELD = "custody_stay.words"
SEPARATION_FIELD = "custody_separation.words"
REUNIFICATION_FIELD = "custody_reunification.words"


class InCustody(AboutPerson):
    """A statement about a person and a place."""

    place = models.ForeignKey(
        Facility,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta(AboutPerson.Meta):
        abstract = True


class Apprehension(InCustody):
    """One source's account of when and where an agency took a person into custody."""

    privacy = Statement.common + Privacy(
        sensitive={"person", *names_of("on")}, open={"agency", "place"}
    )

    agency = models.TextField(choices=Custodian)
    on = Uncertain()

    class Meta(InCustody.Meta):
        constraints = (sound("apprehension", "on"),)


class HandOver(InCustody):
    """One source's account of a step by which one custodian passed a person to another."""

    privacy = Statement.common + Privacy(
        sensitive={"person", *names_of("on")}, open={"kind", "giver", "taker", "place"}
    )

    kind = models.TextField(choices=HandOverKind)
    giver = models.TextField(choices=Custodian)
    taker = models.TextField(choices=Custodian)
    on = Uncertain()

    class Meta(InCustody.Meta):
        constraints = (sound("handover", "on"),)


class Stay(InCustody):
    """
    One source's account of one person's unbroken time with one custodian in one place.

    A transfer is two stays. Two sources may tell it differently: both accounts stand, and
    `rules.questions_about` asks which is right. An end that was not told leaves the stay open.
    """

    privacy = Statement.common + Privacy(
        sealed={"words"},
        sensitive={"person", "ended_by", *names_of("began", "ended")},
        open={"custodian", "place"},
    )

    custodian = models.TextField(choices=Custodian)
    began = Uncertain()
    ended = Uncertain(help_text="The first moment not held here.")
    ended_by = models.TextField(null=True, choices=Departure)
    words = models.BinaryField(null=True)

    class Meta(InCustody.Meta):
        constraints = (
            sound("stay", "began"),
            sound("stay", "ended"),
            in_order("stay", "began", "ended"),
        )


class Separation(InCustody):
    """One source's account of one child taken from one adult, known by a record or not."""

    persons: ClassVar[tuple[str, ...]] = ("person", "adult")
    privacy = Statement.common + Privacy(
        sealed={"words"},
        sensitive={"person", "adult", "event", "cause", *names_of("on")},
        open={"actor", "taken_from", "place"},
    )

    event = IdField(db_index=True, help_text="The same for all whom one act separated.")
    adult = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="separations_from"
    )
    actor = models.TextField(choices=Custodian)
    taken_from = models.TextField(choices=SeparatedFrom)
    cause = models.TextField(choices=Cause)
    on = Uncertain()
    words = models.BinaryField(null=True)

    class Meta(InCustody.Meta):
        constraints = (
            sound("separation", "on"),
            models.CheckConstraint(
                name="separation_is_between_two",
                condition=Q(adult__isnull=True) | ~Q(person=F("adult")),
            ),
        )


class Reunification(InCustody):
    """One source's account of one child brought together with one adult."""

    persons: ClassVar[tuple[str, ...]] = ("person", "adult")
    privacy = Statement.common + Privacy(
        sealed={"words"},
        sensitive={"person", "adult", "event", *names_of("on")},
        open={"united_with", "place"},
    )

    event = IdField(db_index=True, help_text="The same for all whom one act brought together.")
    adult = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="reunifications_with"
    )
    united_with = models.TextField(choices=ReunifiedWith)
    on = Uncertain()
    words = models.BinaryField(null=True)

    class Meta(InCustody.Meta):
        constraints = (
            sound("reunification", "on"),
            models.CheckConstraint(
                name="reunification_is_between_two",
                condition=Q(adult__isnull=True) | ~Q(person=F("adult")),
            ),
        )
