"""The app of this area."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.people"
    label = "people"
