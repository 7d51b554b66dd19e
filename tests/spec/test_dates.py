"""Uncertain dates: spans of the place's own days that compare soundly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import assume, given
from hypothesis import strategies as st

from accompany.base import dates
from accompany.base.dates import (
    NOT_TOLD,
    Precision,
    When,
    at_minute,
    between,
    in_month,
    in_year,
    on_day,
)
from accompany.custody.models import Stay
from accompany.people.models import Person
from accompany.sources.models import Telling
from tests.rows import parents

EAST, WEST = "America/New_York", "America/Los_Angeles"
ZONES = (EAST, WEST, "America/Phoenix", "America/Guatemala", "America/Havana", "Asia/Beirut", "UTC")
HOUR = timedelta(hours=1)

days = st.dates(date(1970, 1, 1), date(2040, 1, 1))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2040, 1, 1), timezones=st.just(UTC))


@st.composite
def whens(draw):
    """A date in any precision, as a source may tell it."""
    day, zone = draw(days), draw(zones)
    return draw(
        st.sampled_from(
            [
                on_day(day, zone),
                in_month(day.year, day.month, zone),
                in_year(day.year, zone),
                between(day, day + timedelta(draw(st.integers(0, 90))), zone),
                between(day, None, zone),
                between(None, day, zone),
                between(None, None, zone),
                at_minute(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), zone),
            ]
        )
    )


def test_a_day_is_a_day_at_the_place():
    when = on_day(date(2018, 6, 3), WEST)
    assert (when.earliest, when.latest) == (
        datetime(2018, 6, 3, 7, tzinfo=UTC),
        datetime(2018, 6, 4, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("day", "hours"), [("2018-03-11", 23), ("2018-11-04", 25), ("2018-06-03", 24)]
)
def test_a_day_is_as_long_as_the_clocks_at_the_place_make_it(day, hours):
    when = on_day(date.fromisoformat(day), EAST)
    assert when.latest - when.earliest == hours * HOUR


@given(days, zones)
def test_a_day_comes_back_as_that_day(day, zone):
    when = on_day(day, zone)
    assert (when.first_day, when.last_day, when.day) == (day, day, day)


@given(days, zones)
def test_one_day_ends_where_the_next_begins(day, zone):
    assert on_day(day, zone).latest == on_day(day + timedelta(1), zone).earliest


@given(days, zones)
def test_a_month_is_all_its_days(day, zone):
    when = in_month(day.year, day.month, zone)
    first = date(day.year, day.month, 1)
    after = (first + timedelta(32)).replace(day=1)
    assert (when.first_day, when.last_day) == (first, after - timedelta(1))


@given(days, zones)
def test_a_year_is_all_its_days(day, zone):
    when = in_year(day.year, zone)
    assert (when.first_day, when.last_day) == (date(day.year, 1, 1), date(day.year, 12, 31))


@pytest.mark.parametrize(
    "when", [in_month(2018, 6, EAST), in_year(2018, EAST), between(None, date(2018, 6, 3), EAST)]
)
def test_what_was_not_told_to_the_day_has_no_day(when):
    assert when.day is None


def test_a_minute_told_without_a_zone_is_one_on_the_wall_at_the_place():
    assert at_minute(datetime(2018, 6, 3, 23, 59, 30), WEST).earliest == datetime(
        2018, 6, 4, 6, 59, tzinfo=UTC
    )


@given(moments, zones)
def test_a_minute_holds_its_moment(moment, zone):
    when = at_minute(moment, zone)
    assert when.earliest <= moment < when.latest == when.earliest + timedelta(minutes=1)


@given(moments, zones)
def test_a_minute_lies_on_its_day_at_the_place(moment, zone):
    assert at_minute(moment, zone).day == moment.astimezone(ZoneInfo(zone)).date()


def test_told_with_the_day_unknown_is_not_the_same_as_not_told():
    assert dates.columns_of(between(None, None, EAST)) != dates.columns_of(None) == NOT_TOLD


def test_told_with_no_bound_at_all_says_that_the_day_is_unknown():
    assert between(None, None, EAST).precision is Precision.UNKNOWN


@given(whens(), whens(), st.data())
def test_certainly_before_holds_of_every_reading(one, other, data):
    assume(one.certainly_before(other))
    assert _reading(one, data) < _reading(other, data)


@given(whens(), whens())
def test_what_is_not_certainly_before_may_have_been_at_the_same_time_or_after(one, other):
    assume(not one.certainly_before(other))
    last = one.latest and one.latest - timedelta.resolution
    assert last is None or other.earliest is None or last >= other.earliest


@given(whens(), whens())
def test_two_dates_are_not_each_before_the_other(one, other):
    assert not (one.certainly_before(other) and other.certainly_before(one))


def _reading(when, data):
    """Some moment that the date may mean."""
    first = when.earliest or datetime(1900, 1, 1, tzinfo=UTC)
    last = when.latest or datetime(2100, 1, 1, tzinfo=UTC)
    return first + data.draw(
        st.integers(0, (last - first) // timedelta(seconds=1) - 1)
    ) * timedelta(seconds=1)


@given(whens() | st.none())
def test_a_model_gives_back_the_date_it_was_given(when):
    stay = Stay()
    stay.began = when
    assert stay.began == when


@given(whens() | st.none())
def test_a_date_is_four_columns(when):
    stay = Stay()
    stay.began = when
    assert (
        stay.began_earliest,
        stay.began_latest,
        stay.began_precision,
        stay.began_zone,
    ) == dates.columns_of(when)


@pytest.fixture
def stored(db):
    """Stores a stay with these dates and reads it again."""
    there = parents()

    def store(**dates_of_it):
        stay = Stay(
            source_id=there[Telling][0],
            certainty="said",
            learned_on=date(2026, 3, 2),
            recorded_in=1,
            person_id=there[Person][0],
            custodian="orr",
        )
        for name, when in dates_of_it.items():
            setattr(stay, name, when)
        stay.save(force_insert=True)
        return Stay.objects.get(pk=stay.pk)

    return store


@pytest.mark.parametrize(
    "when",
    [
        on_day(date(2018, 11, 4), EAST),
        at_minute(datetime(2018, 11, 4, 5, 30, tzinfo=UTC), EAST),
        between(date(2018, 6, 3), None, WEST),
        between(None, None, WEST),
        None,
    ],
)
def test_a_stored_date_comes_back(stored, when):
    assert stored(began=when).began == when


@pytest.mark.parametrize(
    "wrong",
    [
        When(
            datetime(2018, 6, 3, tzinfo=UTC), datetime(2018, 6, 3, tzinfo=UTC), Precision.DAY, EAST
        ),
        between(date(2018, 6, 3), date(2018, 5, 3), EAST),
    ],
)
def test_an_empty_span_is_not_stored(stored, wrong):
    with pytest.raises(IntegrityError, match="stay_began_is_sound"), transaction.atomic():
        stored(began=wrong)


def test_a_bound_without_a_precision_is_not_stored(stored):
    with pytest.raises(IntegrityError, match="stay_began_is_sound"), transaction.atomic():
        stored(began_earliest=datetime(2018, 6, 3, tzinfo=UTC))


def test_an_end_that_no_reading_puts_after_the_beginning_is_not_stored(stored):
    with pytest.raises(IntegrityError, match="stay_began_before_ended"), transaction.atomic():
        stored(began=on_day(date(2018, 6, 4), EAST), ended=on_day(date(2018, 6, 3), EAST))


def test_an_end_on_the_day_of_the_beginning_is_stored(stored):
    day = on_day(date(2018, 6, 4), EAST)
    assert stored(began=day, ended=day).ended == day
