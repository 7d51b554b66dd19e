"""The area `notes` as Django knows it."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Privileged notes of lawyers and therapists, which no export can name."""

    name = "accompany.notes"
    label = "notes"
