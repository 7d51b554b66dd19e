"""The app of this door."""

from typing import Any

from django.apps import AppConfig
from django.core import checks


class WebConfig(AppConfig):
    """The package as Django knows it."""

    name = "accompany.web"
    label = "web"

    def ready(self) -> None:
        checks.register(every_view_declares_what_it_asks)


def every_view_declares_what_it_asks(**_: Any) -> list[checks.CheckMessage]:
    """A fault for each address whose view does not say what it asks: then nothing is served."""
    from accompany.web.door import undeclared  # noqa: PLC0415 - models exist only from here on

    return [
        checks.Error(f"The view behind {address!r} does not say what it asks.", id="web.E001")
        for address in undeclared()
    ]
