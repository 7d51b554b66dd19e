"""The area `demands` as Django knows it."""

from django.apps import AppConfig


class DemandsConfig(AppConfig):
    """What somebody demanded to be told of people on record, and what was done about it."""

    name = "accompany.demands"
    label = "demands"
