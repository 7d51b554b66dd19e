"""The app of this area."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """The area as Django knows it."""

    name = "accompany.figures"
    label = "figures"

    def ready(self) -> None:
        """Extracts that were made before an erasure are let go, and made again."""
        from accompany.erasure import actions as erasure  # noqa: PLC0415 - both know models
        from accompany.figures import actions  # noqa: PLC0415

        erasure.follow_erasures(actions.let_go_of_all)
