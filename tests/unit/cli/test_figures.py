"""Figures are printed as they would be published; exact ones only for those who may."""

import csv
import io

import pytest

from accompany.access.models import User
from accompany.access.terms import Role
from accompany.cli import ending
from accompany.figures.terms import Event
from tests.world import newest_entry

ASKED = ("figure", "children-separated", "--on", "2026-03-01")


def test_every_figure_is_listed_with_its_question(typed, world):
    told = typed("figures", "--format", "json").json
    assert {one["figure"] for one in told} >= {"children-separated", "reunified", "days-in-care"}
    assert all(one["question"] and one["leaves_out"] for one in told)


def test_a_figure_is_printed_in_words_with_what_it_leaves_out(typed, world):
    ended = typed(*ASKED)
    assert ended.code == ending.DONE
    assert "as known on" in ended.out
    assert "This leaves out:" in ended.out


def test_as_json_it_carries_what_a_claim_needs(typed, world):
    told = typed(*ASKED, "--by", "sex", "--format", "json").json
    assert told.keys() >= {
        "question", "unit", "population", "on", "known_on", "rule_version", "sources",
        "leaves_out", "values",
    }  # fmt: skip


def test_as_csv_every_row_has_its_columns(typed, world):
    rows = list(csv.DictReader(io.StringIO(typed(*ASKED, "--by", "sex", "--format", "csv").out)))
    assert rows
    assert all(row.keys() >= {"sex", "value", "on", "known_on"} for row in rows)


def test_a_small_number_is_withheld(typed, world):
    world.family()
    assert typed(*ASKED, "--format", "json").json["whole"]["value"] is None


def test_an_exact_figure_leaves_its_entry(typed, world):
    world.family()
    ended = typed(*ASKED, "--exact")
    assert "EXACT" in ended.out
    assert newest_entry().event == Event.EXACT_READ


def test_an_exact_figure_needs_its_permission(typed, world):
    ana = User.objects.get(pk=world.actor(Role.ANALYST).user).username
    ended = typed("--as", ana, *ASKED, "--exact")
    assert (ended.code, ended.out) == (ending.REFUSED, "")


@pytest.mark.parametrize(
    "words",
    [
        ["figure", "no-such-figure", "--on", "2026-03-01"],
        ["figure", "children-separated"],
        ["figure", "children-separated", "--on", "1 March"],
        [*ASKED, "--known-on", "lately"],
        [*ASKED, "--by", "name"],
    ],
)
def test_what_cannot_be_asked_is_misuse(typed, world, words):
    ended = typed(*words)
    assert (ended.code, ended.out) == (ending.MISUSE, "")


def test_a_day_that_had_not_come_is_refused(typed, world):
    ended = typed(*ASKED, "--known-on", "2026-02-01")
    assert ended.code == ending.REFUSED
    assert "figures.day-not-come" in ended.err
