"""
The one door: every view, endpoint and command says what it asks of whoever comes.

A view that says nothing keeps the application from starting (`undeclared`), and would be refused by
the web's middleware all the same.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from accompany.access.terms import Permission

Doorway = TypeVar("Doorway", bound=Callable[..., Any])
_MARK = "asks_for"
_PROOF = "asks_for_proof"

ANYBODY = frozenset({"anybody"})
SIGNED_IN: frozenset[Permission] = frozenset()


def asks_for(*permissions: Permission, proof: bool = False) -> Callable[[Doorway], Doorway]:
    """
    Declare that a view or command asks for all of these; none: for being signed in.

    With `proof` a view asks whoever comes to prove again who they are, unless they just did: for
    exports, and for work on keys and accounts.
    """

    def declare(view: Doorway) -> Doorway:
        setattr(view, _MARK, frozenset(permissions))
        setattr(view, _PROOF, proof)
        return view

    return declare


def open_to_anybody(view: Doorway) -> Doorway:
    """Declare that a view is for everybody, signed in or not: sign-in, help, static files."""
    setattr(view, _MARK, ANYBODY)
    return view


def asked_by(view: Callable[..., Any]) -> frozenset[Any] | None:
    """What a view declares to ask; None if it declares nothing."""
    found: frozenset[Any] | None = getattr(view, _MARK, None)
    return found


def asks_for_proof(view: Callable[..., Any]) -> bool:
    """Whether a view asks for a fresh proof of who comes."""
    return bool(getattr(view, _PROOF, False))
