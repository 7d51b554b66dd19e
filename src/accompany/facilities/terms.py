"""The words of facilities: what kinds of places there are."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    """What a place is."""

    OFFICE = "office", _("office of an agency")
    STATION = "station", _("border station or port of entry")
    CHILDREN = "children", _("place of children's care")
    DETENTION = "detention", _("detention centre")
    JAIL = "jail", _("jail or prison")
    OTHER = "other", _("other place")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `facilities` did it."""

    PLACES_RECORDED = "facilities.places-recorded", _("Places were recorded")


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """A place: its name as an agency publishes it, its own code there, its zone if known."""

    id: UUID
    name: str
    kind: PlaceKind
    code: str = ""
    zone: str = ""
    row: UUID | None = None
