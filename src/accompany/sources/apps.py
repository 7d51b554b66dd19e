"""The app of this area."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.sources"
    label = "sources"
