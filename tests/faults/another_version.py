"""
A record as another version of Accompany would have left it.

    python -m tests.faults.another_version older    of before there were figures
    python -m tests.faults.another_version newer    with a change of tables that is not known here
    python -m tests.faults.another_version known    without that change again
"""

import sys

import django

django.setup()

# Only after the set-up: it knows the database.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402

OF_TOMORROW = ("people", "9999_of_another_day")


def main(which: str) -> None:
    """Make it so."""
    recorder = MigrationRecorder(connection)
    if which == "older":
        call_command("migrate", "figures", "zero", verbosity=0, interactive=False)
    elif which == "newer":
        recorder.record_applied(*OF_TOMORROW)
    else:
        recorder.record_unapplied(*OF_TOMORROW)


if __name__ == "__main__":
    main(sys.argv[1])
