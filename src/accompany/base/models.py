"""How many codes were given out? The one number that the base keeps."""

from django.db import connection, models

from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind


class CodesGiven(models.Model):
    """
    The count of codes given out; one row, on SQLite.

    PostgreSQL uses a sequence instead: a row would stay locked for as long as an import lasts.
    """

    kept_as = TableKind.DERIVED
    privacy = Privacy(open={"id", "count"})

    count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "codes_given"

    def __str__(self) -> str:
        return f"{self.count} codes given"


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
