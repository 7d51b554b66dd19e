"""Tables of facilities: the places where people are held, sent and met."""

from typing import Any, ClassVar

from django.db import models

from accompany.base.privacy import Privacy
from accompany.facilities.terms import PlaceKind
from accompany.sources.models import Statement, StatementQuerySet, managed


class Facility(Statement):
    """A place as one source names it. Never a private address: those are sealed elsewhere."""

    privacy = Statement.common + Privacy(open={"name", "kind", "code", "zone"})

    name = models.TextField()
    kind = models.TextField(choices=PlaceKind)
    code = models.TextField(help_text="The agency's own code, such as an office's three letters.")
    zone = models.TextField(help_text="IANA zone of the place; empty if not known.")

    objects: ClassVar[Any] = managed(StatementQuerySet)

    class Meta(Statement.Meta):
        verbose_name_plural = "facilities"
