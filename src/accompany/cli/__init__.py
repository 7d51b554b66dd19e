"""The `accompany` command: how an installation is set up, served, fed and asked from a terminal."""

import os
import sys

import django

from accompany.cli import ending

OWNER_COMMANDS = frozenset({"setup", "migrate", "restore", "erase", "--repair"})
"""What asks for the owner's role, where there is one: the application's own may not."""


def main() -> int:
    """Run the command that was typed; answer its exit code."""
    os.umask(0o077)  # whatever is written is for its owner only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accompany.config.settings")
    if OWNER_COMMANDS & set(sys.argv[1:]):
        os.environ["ACCOMPANY_OWNING"] = "1"
    try:
        django.setup()
        from accompany.cli.door import accompany  # noqa: PLC0415 - models exist only from here on
    except Exception as error:
        return ending.of(error)
    return accompany.run(sys.argv[1:])
