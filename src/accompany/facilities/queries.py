"""Which places are on record?"""

from uuid import UUID

from accompany.facilities.models import Facility


def places() -> list[Facility]:
    """Every place on record now, by name."""
    return list(Facility.objects.now().order_by("name", "code"))


def names_of(ids: set[UUID]) -> dict[UUID, str]:
    """The names of places, by id."""
    return dict(Facility.objects.filter(pk__in=ids).values_list("pk", "name"))


def by_words() -> dict[str, UUID]:
    """Places on record now by their name, their code, and both, in small letters."""
    found: dict[str, UUID] = {}
    for place in places():
        found.setdefault(place.name.casefold(), place.pk)
        if place.code:
            found.setdefault(place.code.casefold(), place.pk)
            found.setdefault(f"{place.code} {place.name}".casefold(), place.pk)
    return found
