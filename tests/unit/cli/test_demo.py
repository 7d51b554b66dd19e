"""The demo's world is invented, whole and sound, and its lists can be received."""

from datetime import date

import pytest

from accompany.cli import ending, world_lists
from accompany.cli import world as families
from accompany.cli.world_names import misspelt
from accompany.custody.models import Reunification, Separation, Stay
from accompany.custody.terms import Cause, Custodian, SeparatedFrom
from accompany.people.models import Joined, Person
from accompany.sources import queries as sources

TODAY = date(2026, 11, 24)


@pytest.fixture
def loaded(world):
    """The demo's world, in a record that has been set up."""
    return families.load(today=TODAY, by=world.admin)


def _told_before_it_came():
    """What is told to begin after the day it was told, or after today."""
    for model in (Stay, Separation, Reunification):
        for one in model.objects.all():
            when = one.began if model is Stay else one.on
            if when is not None and not when.first_day <= one.learned_on <= TODAY:
                yield one


@pytest.mark.slow
def test_it_holds_about_forty_families_and_what_the_record_is_for(loaded):
    assert 38 <= len(loaded.families) <= 44
    assert 95 <= Person.objects.count() <= 160
    assert {one.cause for one in Separation.objects.all()} > {Cause.HEALTH, Cause.GANG}
    assert Separation.objects.filter(taken_from=SeparatedFrom.CAREGIVER).exists()
    assert Separation.objects.filter(actor=Custodian.ICE).exists()
    assert {one.custodian for one in Stay.objects.all()} >= {
        "cbp", "ice", "orr", "usms", "local", "sponsor", "family", "own_care", "other", "unknown",
    }  # fmt: skip
    assert Reunification.objects.exists()
    assert Joined.objects.exists()
    assert not list(_told_before_it_came())
    open_now = sources.open_questions(seen_by=loaded.by)
    kinds = set(open_now.values_list("kind", flat=True))
    assert kinds >= {"stays.gap", "stays.overlap", "stays.unknown-custodian"}


@pytest.mark.slow
def test_it_is_the_same_at_every_start(loaded):
    names = [one.name for family in loaded.families for one in family.people]
    again = families.load(today=TODAY, by=loaded.by)
    assert [one.name for family in again.families for one in family.people] == names


@pytest.mark.slow
def test_its_lists_are_received_with_their_faults_and_verify_finds_nothing(loaded, typed, tmp_path):
    held = {}
    for one in world_lists.write(tmp_path / "lists", loaded):
        ended = typed("import", one.layout, one.path, *one.options, "--format", "json")
        assert ended.code == ending.DONE, one.what
        held[one.path.name] = ended.json
    assert {name: told["repeats"] for name, told in held.items()} == dict.fromkeys(held, 1)
    unreadable = {name: told["questions"]["row.cell-unreadable"] for name, told in held.items()}
    assert unreadable == dict.fromkeys(held, 1)
    assert held["orr-weekly.csv"]["not_records"] == 1  # the letters that a printed page left
    assert typed("verify").code == ending.DONE


@pytest.mark.parametrize(
    ("name", "heard"),
    [("Vásquez", "Basquez"), ("Yesenia", "Llesenia"), ("Muñiz", "Munis"), ("Peña", "Pena")],
)
def test_a_name_is_misspelt_as_it_is_heard(name, heard):
    assert misspelt(name) == heard
