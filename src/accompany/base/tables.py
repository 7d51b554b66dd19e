"""What kind of table is this? Five kinds, and each model of ours is one of them."""

from enum import Enum


class TableKind(Enum):
    """
    How a table is kept. A model names its kind in `kept_as`.

    STATEMENT: what a source said. Never changed but for the one withdrawal; never deleted.
    LEDGER: entries, batches, received rows. Insert only.
    VAULT: keys and digests. Destroyed on erasure, left out of the record's backup.
    DERIVED: pointers, questions, indexes. Rebuilt at any time.
    ACCOUNTS: users, sessions, grants, jobs. Ordinary tables; every change leaves its entry.

    A model whose rows are of the moment (`is_transient`) is left out of backups.
    """

    STATEMENT = "statement"
    LEDGER = "ledger"
    VAULT = "vault"
    DERIVED = "derived"
    ACCOUNTS = "accounts"


GUARDED = (TableKind.STATEMENT, TableKind.LEDGER)


def kind_of(model: type) -> TableKind | None:
    """The kind a model declares, or None for a model that is not ours."""
    return getattr(model, "kept_as", None)


def is_transient(model: type) -> bool:
    """Whether the rows of a model are of the moment, such as sessions and files under way."""
    return bool(getattr(model, "is_transient", False))
