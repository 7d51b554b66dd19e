"""How many codes were given out, and whom do the guards let go? All that the base keeps."""

from typing import ClassVar

from django.db import connection, models

from accompany.base.ids import IdField
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind


class CodesGiven(models.Model):
    """
    The count of codes given out; one row, on SQLite.

    PostgreSQL uses a sequence instead: a row would stay locked for as long as an import lasts.
    """

    kept_as = TableKind.DERIVED
    is_transient: ClassVar[bool] = True  # a backup carries the count
    privacy = Privacy(open={"id", "count"})

    count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "codes_given"

    def __str__(self) -> str:
        return f"{self.count} codes given"


class Erasing(models.Model):
    """
    A person whose rows the guards let go, within one transaction: no row outlives its own.

    `guards.erasing` fills and empties it; `verify` says when something was left in it.
    """

    kept_as = TableKind.DERIVED
    is_transient: ClassVar[bool] = True
    privacy = Privacy(sensitive={"record"})

    record = IdField(primary_key=True)

    class Meta:
        db_table = "erasing"

    def __str__(self) -> str:
        return f"erasing {self.pk}"


SEQUENCE = "codes_given_sequence"


def take_numbers(how_many: int) -> list[int]:
    """Numbers nobody had before. Call within the transaction that uses them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT nextval('{SEQUENCE}') FROM generate_series(1, %s)",  # noqa: S608 - a constant
                [how_many],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO codes_given (id, count) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET count = count + %s RETURNING count",
            [how_many, how_many],
        )
        (last,) = cursor.fetchone()
        return list(range(last - how_many, last))


def numbers_taken() -> int:
    """How many numbers were given out, or a few more where some are being taken."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {SEQUENCE}")  # noqa: S608 - a constant
            last, is_called = cursor.fetchone()
            return int(last) if is_called else int(last) - 1
    given = CodesGiven.objects.first()
    return 0 if given is None else given.count


def go_on_from(count: int) -> None:
    """Let the next number be one after so many: for a record that is restored."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(%s, %s, %s)", [SEQUENCE, max(count, 1), count > 0])
            return
    CodesGiven.objects.update_or_create(pk=1, defaults={"count": count})
