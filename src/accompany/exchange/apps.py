"""The app of this door."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The package as Django knows it."""

    name = "accompany.exchange"
    label = "exchange"
