"""The app of this area."""

from django.apps import AppConfig


class ErasureConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.erasure"
    label = "erasure"
