"""
A browser in which the administrator of a record is signed in.

    python -m tests.faults.sign_in

prints its cookie. It is a process of its own: cookies are signed by a key that the set-up makes.
"""

import sys

import django

django.setup()

# Only after the set-up: both know models.
from accompany.access import queries  # noqa: E402
from tests.world import browser_of  # noqa: E402


def main() -> None:
    """Sign in, tell the cookie."""
    cookie = browser_of(queries.operator()).cookies["sessionid"].value
    sys.stdout.write(f"{cookie}\n")


if __name__ == "__main__":
    main()
