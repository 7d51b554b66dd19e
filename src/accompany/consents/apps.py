"""The area `consents` as Django knows it."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """What people agreed to, and what left this record for other organisations."""

    name = "accompany.consents"
    label = "consents"
