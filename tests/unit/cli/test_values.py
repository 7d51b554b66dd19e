"""Days and moments are read as they are typed, or refused as misuse."""

from datetime import UTC, date, datetime

import click
import pytest

from accompany.base.refusal import Refused
from accompany.cli.values import DAY, MOMENT, code_typed


def test_a_day_is_year_month_and_day():
    assert DAY.convert("2026-03-09", None, None) == date(2026, 3, 9)


@pytest.mark.parametrize("text", ["", "9 March", "2026-02-30", "03/09/2026"])
def test_anything_else_is_no_day(text):
    with pytest.raises(click.BadParameter):
        DAY.convert(text, None, None)


def test_a_day_as_a_moment_is_its_end_in_the_installations_zone():
    # New York: the 9th ends at four in UTC, since summer time has begun.
    assert MOMENT.convert("2026-03-09", None, None) == datetime(2026, 3, 10, 4, tzinfo=UTC)


def test_a_moment_without_a_zone_is_in_the_installations():
    told = MOMENT.convert("2026-01-09T14:30", None, None)
    assert told == datetime(2026, 1, 9, 19, 30, tzinfo=UTC)


def test_a_moment_with_a_zone_is_as_it_says():
    told = MOMENT.convert("2026-01-09T14:30+00:00", None, None)
    assert told == datetime(2026, 1, 9, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00"])
def test_anything_else_is_no_moment(text):
    with pytest.raises(click.BadParameter):
        MOMENT.convert(text, None, None)


def test_a_refused_code_is_not_repeated():
    with pytest.raises(Refused) as refusal:
        code_typed("Rosaura")
    assert "Rosaura" not in str(refusal.value.objections)


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31T23:59:59"])
def test_a_moment_beyond_all_calendars_is_misuse(text):
    with pytest.raises(click.BadParameter):
        MOMENT.convert(text, None, None)
