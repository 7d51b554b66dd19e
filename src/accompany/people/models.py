"""Tables of people: persons, what identifies and describes them, and how they belong together."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.access.models import CaseRecord, Organisation, Wall
from accompany.access.terms import Permission
from accompany.access.trail import Known
from accompany.base import clock
from accompany.base.dates import Uncertain, names_of, sound
from accompany.base.ids import IdField
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind
from accompany.people.terms import (
    IdentifierKind,
    Issuer,
    NameKind,
    Relation,
    Sex,
    Standing,
)
from accompany.sources.models import ReceivedList, Statement, StatementQuerySet, managed

# The names that sealed fields are bound to: they outlive any renaming of the columns.
PARTS_FIELD = "people_name.parts"
VALUE_FIELD = "people_identifier.value"
TOLD_FIELD = "people_birth.told"
REASONS_FIELD = "people_sameperson.reasons"


class PersonQuerySet(StatementQuerySet["Person"]):
    """Persons, and who may see which."""

    def seen_by(self, actor: Actor) -> Self:
        """
        The records this actor may see: those their organisation holds and no wall keeps from them,
        of them only those of their own cases where that is all they are here for, and those lent to
        them. Nobody else's record exists for them.
        """
        if not actor.may(Permission.SEE_PERSONS):
            return self.none()
        walls = Wall.objects.filter(record=OuterRef("pk"))
        lent = access.borrowed(by=actor, now=clock.now()).filter(record=OuterRef("pk"))
        own: Any = Q(holder=actor.organisation) & (
            ~Exists(walls) | Exists(walls.filter(team__in=actor.teams))
        )
        if not actor.may(Permission.SEE_EVERY_CASE):
            own &= Exists(CaseRecord.objects.filter(record=OuterRef("pk"), case__in=actor.cases))
        return self.filter(own | Exists(lent))


class Person(Statement):
    """One record of one person, as one row or one interview made it. Linked, never merged."""

    persons: ClassVar[tuple[str, ...]] = ("id",)
    privacy = Statement.common + Privacy(open={"code", "holder"})

    code = models.TextField(unique=True)
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    objects: ClassVar[Any] = managed(PersonQuerySet)

    def __str__(self) -> str:
        return f"person {self.code}"


class AboutPersonQuerySet(StatementQuerySet["Statement"]):  # type: ignore[override]
    """Statements about a person."""

    def seen_by(self, actor: Actor) -> Self:
        """Those about persons whom this actor may see."""
        return self.filter(person__in=Person.objects.seen_by(actor))


class AboutPerson(Statement):
    """A statement about one person."""

    persons: ClassVar[tuple[str, ...]] = ("person",)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="%(class)ss")

    objects: ClassVar[Any] = managed(AboutPersonQuerySet)  # type: ignore[assignment]

    class Meta(Statement.Meta):
        abstract = True


class Name(AboutPerson):
    """One name of a person, in parts and as written, sealed as one."""

    privacy = Statement.common + Privacy(sealed={"parts"}, sensitive={"person"}, open={"kind"})

    kind = models.TextField(choices=NameKind)
    parts = models.BinaryField()


class Identifier(AboutPerson):
    """One number that a body gave a person, sealed; or that they have none of that kind."""

    privacy = Statement.common + Privacy(
        sealed={"value"},
        sensitive={"person", *names_of("given")},
        open={"kind", "issuer", "has_none"},
    )

    kind = models.TextField(choices=IdentifierKind)
    issuer = models.TextField(choices=Issuer)
    value = models.BinaryField(null=True)
    has_none = models.BooleanField()
    given = Uncertain()

    class Meta(AboutPerson.Meta):
        constraints = (
            sound("identifier", "given"),
            models.CheckConstraint(
                name="identifier_has_a_value_or_none",
                condition=Q(has_none=True, value__isnull=True)
                | Q(has_none=False, value__isnull=False),
            ),
        )


class Birth(AboutPerson):
    """What one source says of a person's birth. The day is sealed whole; the year is plain."""

    privacy = Statement.common + Privacy(
        sealed={"told"}, sensitive={"person", "year", "age", "age_on"}
    )

    told = models.BinaryField(null=True)
    year = models.SmallIntegerField(null=True)
    age = models.SmallIntegerField(null=True, help_text="In whole years, as stated.")
    age_on = models.DateField(null=True, help_text="The day of the stated age, if told.")


class Description(AboutPerson):
    """A person's sex and nationality, as one source has them."""

    privacy = Statement.common + Privacy(sensitive={"person", "sex", "nationality"})

    sex = models.TextField(null=True, choices=Sex)
    nationality = models.TextField(null=True, help_text="ISO 3166-1, two letters.")


class Membership(AboutPerson):
    """A person's standing on a received list: in, out, or indicated."""

    privacy = Statement.common + Privacy(sensitive={"person"}, open={"of", "standing"})

    of = models.ForeignKey(
        ReceivedList,
        on_delete=models.PROTECT,
        related_name="memberships",
        db_constraint=False,
        db_index=False,
    )
    standing = models.TextField(choices=Standing)


class Tie(AboutPerson):
    """That `relative` is, as one source has it, the `relation` of `person`."""

    persons: ClassVar[tuple[str, ...]] = ("person", "relative")
    privacy = Statement.common + Privacy(sensitive={"person", "relative", "relation"})

    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ties_to")
    relation = models.TextField(choices=Relation)

    class Meta(AboutPerson.Meta):
        constraints = (
            models.CheckConstraint(name="tie_is_between_two", condition=~Q(person=F("relative"))),
        )


class Arrival(AboutPerson):
    """That a person arrived with all who have the same `party`."""

    together: ClassVar[str | None] = "party"
    privacy = Statement.common + Privacy(sensitive={"person", "party", *names_of("on")})

    party = IdField(db_index=True)
    on = Uncertain()

    class Meta(AboutPerson.Meta):
        constraints = (sound("arrival", "on"),)


class SamePerson(Statement):
    """That two records are of one person, as somebody decided; it can be withdrawn."""

    persons: ClassVar[tuple[str, ...]] = ("a", "b")
    is_kept_for_others: ClassVar[bool] = False
    privacy = Statement.common + Privacy(sealed={"reasons"}, sensitive={"a", "b"})

    a = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reasons = models.BinaryField()

    objects: ClassVar[Any] = managed(StatementQuerySet)

    class Meta(Statement.Meta):
        constraints = (
            models.CheckConstraint(name="same_person_in_order", condition=Q(a__lt=F("b"))),
            models.UniqueConstraint(
                name="same_person_once", fields=("a", "b"), condition=Q(withdrawn_in=None)
            ),
        )


class JoinedQuerySet(models.QuerySet["Joined"]):
    """Pointers, and which of them stood when."""

    def now(self) -> Self:
        """Those that stand now."""
        return self.filter(until=None)

    def as_known_on(self, known: Known) -> Self:
        """Those that stood at a sealed position of the trail."""
        came = Q(since__lte=known.upto)
        stood = Q(until=None) | Q(until__gt=known.upto)
        if known.late:
            came &= ~Q(since__in=known.late)
            stood |= Q(until__in=known.late)
        return self.filter(came, stood)

    def standing(self, known: Known | None) -> Self:
        """Those at a position, or now."""
        return self.now() if known is None else self.as_known_on(known)


class Joined(models.Model):
    """
    The pointer from a record to the least id of the records joined with it. Derived from the links.

    A record that is joined to none has no row. `since` and `until` are numbers of entries, so that
    the past is joined as it was.
    """

    kept_as = TableKind.DERIVED
    persons: ClassVar[tuple[str, ...]] = ("person", "canonical")
    privacy = Privacy(sensitive={"person", "canonical"}, open={"id", "since", "until"})

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    canonical = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = managed(JoinedQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="joined_once_at_a_time", fields=("person",), condition=Q(until=None)
            ),
        )

    def __str__(self) -> str:
        return f"joined {self.pk}"
