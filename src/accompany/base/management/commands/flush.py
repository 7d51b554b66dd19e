"""Emptying a database: a test database only. Django's own command would be let loose on any."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from accompany.base import guards


class Command(Flush):
    """Django's flush, in a test database only, with the guards off for as long as it takes."""

    help = "Empties a test database. The record itself is never emptied, so elsewhere it refuses."

    def handle(self, **options: Any) -> None:
        """Empty the database. Raises CommandError unless it is a test database."""
        connection = connections[options["database"]]
        if not guards.is_test_database(connection):
            raise CommandError("Nothing was emptied: this is not a test database.")
        with guards.off(connection):
            super().handle(**options)
