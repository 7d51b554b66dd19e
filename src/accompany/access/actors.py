"""Who is acting?"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accompany.access.terms import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Whoever reads or changes the record: a user, in one organisation, with what they may do.

    `cases` are those of theirs that have not lapsed; who may not see every case sees the persons of
    these alone. `has_lapsed`: the account was not used for weeks, and shows no person until
    somebody renews it. `at_terminal` marks a command: whoever can run one on the server holds key
    and database.
    """

    user: UUID | None
    organisation: UUID
    permissions: frozenset[Permission]
    teams: frozenset[UUID] = frozenset()
    at_terminal: bool = False
    cases: frozenset[UUID] = frozenset()
    has_lapsed: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether this actor has the permission."""
        return permission in self.permissions

    def must(self, *permissions: Permission) -> None:
        """Raise PermissionDenied unless this actor has every one of the permissions."""
        if not self.permissions.issuperset(permissions):
            raise PermissionDenied

    def may_all(self, permissions: Iterable[Permission]) -> bool:
        """Whether this actor has every one of the permissions."""
        return self.permissions.issuperset(permissions)
