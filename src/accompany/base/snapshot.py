"""How is all of the database read as it was at one moment, while others write?"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def unchanging() -> Iterator[None]:
    """
    One view of the database until the end, and nobody has to wait for it.

    Nothing may be written within, and on SQLite nothing may open a transaction within: ours take
    the write lock at once, while this one only reads.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1")  # the view begins with a read
            cursor.fetchone()
            yield
        finally:
            cursor.execute("ROLLBACK")
