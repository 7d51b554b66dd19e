"""What lies around the record: the way to its database, known passwords, what was tried in vain."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accompany.access import watching
from accompany.access.terms import Vain

Found = tuple[str, str | None]
"""What was looked at, and, if it is not as it should be, what to do."""

TO_LOOK_AT = {
    Vain.SEAL: "Run `accompany verify`.",
    Vain.READ_MUCH: "Ask who they were: see the pages Users and Trail.",
}
"""What no slip explains."""


def is_this_machine(host: str) -> bool:
    """Whether what is sent to a host stays on this machine: a socket, or a loopback address."""
    if not host or host.startswith("/") or host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def ways_to_database() -> Iterator[Found]:
    """Whether what goes to PostgreSQL over a network is encrypted, and sent to the right one."""
    for way in settings.ACCOMPANY_WAYS_TO_DATABASE:
        hosts = [way["HOST"], way["OPTIONS"].get("hostaddr", "")]
        if all(is_this_machine(one) for host in hosts for one in host.split(",")):
            yield "What goes to PostgreSQL stays on this machine.", None
        elif way["OPTIONS"].get("sslmode") == "verify-full":
            yield "What goes to PostgreSQL is encrypted, and its certificate is checked.", None
        else:
            yield (
                "What goes to PostgreSQL over the network can be read, or sent to another.",
                "Add sslmode=verify-full and sslrootcert to its address (docs/guide/operators.md).",
            )


def known_passwords() -> Iterator[Found]:
    """Whether there is a list of known passwords, and can be read."""
    named = settings.ACCOMPANY_PASSWORD_LIST
    if not named:
        yield (
            "No list of known passwords is named: most that others use are refused.",
            None,
        )
    elif Path(named).is_file():
        yield "The list of known passwords is there.", None
    else:
        yield (
            "The list of known passwords is not there, so nobody can choose a password.",
            "Mend ACCOMPANY_PASSWORD_LIST, or take it away.",
        )


def tried_in_vain() -> Iterator[Found]:
    """What was tried in vain within a day, by all: counts alone."""
    found = watching.within_a_day()
    slips = [f"{times} × {kind.label}" for kind, times in found.items() if kind not in TO_LOOK_AT]
    yield f"Tried in vain within a day: {'; '.join(sorted(slips)) or 'nothing'}.", None
    for kind, remedy in TO_LOOK_AT.items():
        if kind in found:
            yield f"Within a day: {found[kind]} × {kind.label}.", remedy
