"""Scenarios of what is protected, and of what is said in public."""

import json
from datetime import date, time, timedelta
from html import unescape

import pyrage
import pytest
from django.apps import apps

from accompany.base.tables import kind_of
from accompany.exchange import offline_sheet
from accompany.exchange.age_file import Lock, Opener
from accompany.exchange.offline_sheet import Appointment
from accompany.exchange.people_list import COLUMNS
from accompany.figures.queries import CATALOGUE
from accompany.people.rules import speaks_of_status

pytestmark = pytest.mark.django_db
STATUS_WORDS = ("immigration", "status_of", "legal_status", "undocumented", "citizenship", "visa")


def test_099_no_table_and_no_list_has_a_field_for_immigration_status():
    ours = [model for model in apps.get_models() if kind_of(model)]
    fields = [f"{m.__name__}.{f.name}" for m in ours for f in m._meta.get_fields()]
    assert fields
    named = [name for name in [*fields, *COLUMNS] if any(w in name.lower() for w in STATUS_WORDS)]
    assert named == []


@pytest.mark.parametrize(
    "words", ["He is undocumented, she said", "Dice que está sin papeles", "overstayed his visa"]
)
def test_099_free_text_that_speaks_of_status_is_warned_of_before_it_is_kept(page, words):
    assert speaks_of_status(words)
    form = page("/record/person").split("<main", 1)[1].split("</main>")[0]
    assert "immigration" not in form.lower()


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_105_every_claim_carries_unit_population_day_rule_source_and_gaps(page, terminal, name):
    claim = json.loads(terminal("figure", name, "--on", "2026-03-31", "--format", "json"))

    for part in ("question", "unit", "population", "on", "known_on", "rule_version", "leaves_out"):
        assert claim[part], part
    assert "sources" in claim
    shown = page(f"/figures/{name}?on=2026-03-31")
    assert all(gap in unescape(shown) for gap in claim["leaves_out"])


def test_104_a_stolen_disk_tells_nothing_and_the_next_seven_days_are_on_paper(ines, tmp_path):
    """Its first half, that a disk without keys tells nothing, is `test_nothing_in_the_clear`."""
    kept_by_ana = pyrage.x25519.Identity.generate()
    sheet, on = tmp_path / "next-days", date(2026, 3, 2)
    appointments = [
        Appointment(on, time(9, 30), "Hearing", "Court, room 4", "K7Q2M94", "Rosaura", "Ana"),
        Appointment(on + timedelta(days=6), None, "Check-in", "ICE office", "K7Q2M94", "Rosaura"),
        Appointment(on + timedelta(days=7), time(9), "Visit", "Clinic", "K7Q2M94", "Rosaura"),
    ]
    offline_sheet.write(sheet, appointments, Lock((str(kept_by_ana.to_public()),)), on=on)

    assert b"Rosaura" not in sheet.read_bytes()
    page = b"".join(Opener((str(kept_by_ana),)).read(sheet)).decode()
    for words in ("Monday, 2 March", "09:30", "Court, room 4", "Ana", "ICE office", "nobody yet"):
        assert words in page
    assert "Clinic" not in page
