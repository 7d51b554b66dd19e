"""Tables of demands for data: what was demanded, of whom, counsel's answer, what was done."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from accompany.access.actors import Actor
from accompany.access.models import Organisation
from accompany.access.terms import Permission
from accompany.base.ids import IdField
from accompany.base.privacy import Privacy
from accompany.demands.terms import Decision, DemandKind, Finding
from accompany.people.models import AboutPerson
from accompany.sources.models import Statement, StatementQuerySet, managed

WORDS_FIELD = "demands_demand.words"
ANSWER_FIELD = "demands_advice.words"


class DemandQuerySet(StatementQuerySet["Demand"]):
    """Demands, and who may see that they were made."""

    def seen_by(self, actor: Actor) -> Self:
        """Those made of the actor's organisation, for whoever may log one."""
        if not actor.may(Permission.LOG_DEMANDS):
            return self.none()
        return self.filter(holder=actor.organisation)


class Demand(Statement):
    """
    One demand to be told of people on record, as it was brought.

    Its day is the day it was received. `words`, by whom and what was asked, are sealed under a key
    of the demand's own.
    """

    privacy = Statement.common + Privacy(
        sealed={"words"}, sensitive={"logged_by"}, open={"kind", "holder", "agency"}
    )

    kind = models.TextField(choices=DemandKind)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.BinaryField()
    logged_by = IdField()

    objects: ClassVar[Any] = managed(DemandQuerySet)


class DemandedOf(AboutPerson):
    """That a demand was about this person; its words go when the person is erased."""

    words_in: ClassVar[str | None] = "demand"
    privacy = Statement.common + Privacy(sensitive={"person", "demand"})

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="about")


class Advice(Statement):
    """What counsel answered on a demand; its day is that of the answer."""

    privacy = Statement.common + Privacy(
        sealed={"words"}, sensitive={"given_by"}, open={"demand", "finding", "asked_on"}
    )

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="advice")
    finding = models.TextField(choices=Finding)
    asked_on = models.DateField()
    words = models.BinaryField()
    given_by = IdField()


class Done(Statement):
    """What was done about a demand, and what left: in codes."""

    privacy = Statement.common + Privacy(
        sensitive={"decided_by"}, open={"demand", "decision", "left"}
    )

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="done")
    decision = models.TextField(choices=Decision)
    left = models.TextField(help_text="Codes of `Left`, parted by commas.")
    decided_by = IdField()

    class Meta(Statement.Meta):
        constraints = (
            models.CheckConstraint(
                name="something_left_exactly_where_disclosed",
                condition=(Q(decision=Decision.DISCLOSED) & ~Q(left=""))
                | (~Q(decision=Decision.DISCLOSED) & Q(left="")),
            ),
            models.UniqueConstraint(
                name="demand_done_once", fields=("demand",), condition=Q(withdrawn_in=None)
            ),
        )
