"""The app of this area."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.figures"
    label = "figures"
