"""How are a day and a moment typed at a terminal?"""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from django.conf import settings

from accompany.base import clock, codes
from accompany.base.refusal import Objection, Refused


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What help shows in place of the value."""
        return "DAY"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day that was typed."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("A day is written as year, month and day: 2026-03-09.", param, ctx)


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; a day means its end in the installation's zone."""

    name = "moment"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What help shows in place of the value."""
        return "MOMENT"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment that was typed."""
        if isinstance(value, datetime):
            return value
        try:
            return _moment(value)
        except (ValueError, OverflowError):
            self.fail(
                "A moment is written as a day, 2026-03-09, or with a time, 2026-03-09T14:30.",
                param,
                ctx,
            )


def _moment(text: str) -> datetime:
    try:
        return clock.end_of_day(date.fromisoformat(text))
    except ValueError:
        moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return moment.astimezone(UTC)  # within what any zone can tell


DAY = Day()
MOMENT = Moment()
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)

CODE_WRONG = Objection(
    "cli.code-wrong",
    "That is not a code: a character is wrong, missing, or in another's place.",
    "Read it again; a code looks like K7Q-2M9-4.",
)


def code_typed(text: str) -> str:
    """The code that was typed. Raises Refused if it is none."""
    code = codes.understood(text)
    if code is None:
        raise Refused([CODE_WRONG])
    return code
