"""The app of this area."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.custody"
    label = "custody"
