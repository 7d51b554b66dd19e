"""The app of this area."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.facilities"
    label = "facilities"
