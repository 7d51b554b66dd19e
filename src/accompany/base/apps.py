"""Takes the guards off before, and makes them and the grants after, every migrate."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from accompany.base import grants, guards


def _before_migrate(using: str, **_: Any) -> None:
    # On PostgreSQL guards stay up: they name no column, and refuse a migration that rewrites.
    if connections[using].vendor == "sqlite":
        guards.drop(connections[using])


def _after_migrate(using: str, **_: Any) -> None:
    guards.install(connections[using])
    if connections[using].vendor == "postgresql" and settings.ACCOMPANY_APPLICATION_ROLE:
        grants.give(connections[using], settings.ACCOMPANY_APPLICATION_ROLE)


class BaseConfig(AppConfig):
    """The base: what every area stands on."""

    name = "accompany.base"
    label = "base"

    def ready(self) -> None:
        pre_migrate.connect(_before_migrate, sender=self)
        post_migrate.connect(_after_migrate, sender=self)
