"""The app of this area."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.custody"
    label = "custody"

    def ready(self) -> None:
        """Questions about joined records follow their joining and parting."""
        from accompany.custody import actions  # noqa: PLC0415 - it knows models
        from accompany.people import actions as people  # noqa: PLC0415

        people.follow_joins(actions.ask_about)
