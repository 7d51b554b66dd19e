"""The app of this area."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.access"
    label = "access"
