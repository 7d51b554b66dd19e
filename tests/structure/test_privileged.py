"""That nothing which leaves this record can name privileged notes, however it would try."""

import ast
from pathlib import Path

from django.apps import apps

import accompany
from accompany.access import sealing
from accompany.consents.terms import What
from accompany.notes.models import Note

SOURCE = Path(accompany.__file__).parent
OWN = ("notes/", "web/notes.py")
"""Where notes are written and read. The linter adds what is imported by way of others."""
MAY_NAME = ("web/phrases.py", "web/urls_protected.py", "config/settings.py")
"""Words for the trail, addresses, and the list of areas: none opens anything."""


def modules():
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if not place.startswith(OWN):
            yield place, path.read_text()


def test_no_other_module_imports_the_notes_or_names_their_table():
    named = {"accompany.notes", "notes.note", "notes_note"}
    found = [
        place
        for place, text in modules()
        if any(name in text for name in named) and place not in MAY_NAME
    ]
    assert found == []


def test_only_the_area_of_notes_asks_for_their_keys():
    asking = {
        place
        for place, text in modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "sealers_apart"
    }
    assert asking == set()
    assert sealing.APART == ("note",)


def test_nothing_that_can_leave_is_called_a_note():
    assert not [one for one in What if "note" in one.value]
    assert not [
        model._meta.label
        for model in apps.get_models()
        if any(field.related_model is Note for field in model._meta.concrete_fields)
    ]
