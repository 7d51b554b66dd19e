"""
What time is it?

The only module that reads the clock. Doors (web, commands), the trail and ids ask it; everything
else is handed the day or the moment.
"""

from datetime import UTC, date, datetime, time, timedelta
from time import time_ns
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def milliseconds() -> int:
    """This moment in milliseconds since 1970, in UTC, as ids count it."""
    return time_ns() // 1_000_000


def today() -> date:
    """This day in the installation's zone."""
    return now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def end_of_day(day: date) -> datetime:
    """The first moment after `day` in the installation's zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
