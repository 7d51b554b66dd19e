"""The app of this door."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The package as Django knows it."""

    name = "accompany.web"
    label = "web"
