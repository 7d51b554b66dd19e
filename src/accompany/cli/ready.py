"""
Is the record in a state in which a command may touch it?

Asked before anything is read or written: a database that is half set up, of another version or
without its guards is left alone, with a sentence on what to do.
"""

from pathlib import Path

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from accompany.access import keyring, queries, rotation
from accompany.access.queries import NOT_SET_UP
from accompany.base import guards
from accompany.base.refusal import Objection, Refused, refuse_if
from accompany.base.whole_file import base as whole_file

UNREACHABLE = Objection(
    "cli.database-unreachable",
    "The database does not answer, so nothing was done.",
    "Check that it runs, and what ACCOMPANY_HOME and ACCOMPANY_DATABASE_URL name.",
)
OLDER = Objection(
    "cli.database-older",
    "The database was made by an older version of Accompany, so nothing was done.",
    "Run `accompany migrate`, after a backup.",
)
UNGUARDED = Objection(
    "cli.guards-missing",
    "The database lacks guards that keep what was said from being changed, so nothing was done.",
    "Run `accompany doctor` to see which, then `accompany doctor --repair` to make them again.",
)
NOT_ENCRYPTED = Objection(
    "cli.file-not-encrypted",
    "The SQLite file is not encrypted as a whole, though nothing says that it need not be; nothing "
    "was done.",
    "If its disk is encrypted, set ACCOMPANY_PLAIN_SQLITE=1. Else make a backup with that setting, "
    "and restore it without in an empty folder.",
)
ENCRYPTED = Objection(
    "cli.file-encrypted",
    "ACCOMPANY_PLAIN_SQLITE says that the SQLite file is not encrypted as a whole, but it is; "
    "nothing was done.",
    "Take that setting away.",
)


def refuse_unless_ready(*, with_guards: bool = True, with_digests: bool = True) -> None:
    """Raise Refused unless keys, database, its version and its guards are as they should be."""
    if not is_there():
        raise Refused([NOT_SET_UP])
    keyring.keys()
    if pending_migrations():
        raise Refused([OLDER if has_tables() else NOT_SET_UP])
    rotation.refuse_other_keys()
    if with_digests:
        keyring.refuse_without_digests()
    if with_guards:
        refuse_if([UNGUARDED] if guards.missing(connection) else [])


def is_there() -> bool:
    """Whether there is a database to speak of. Raises Refused if one should answer and does not."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not _in_memory(str(name)):
        if not Path(name).exists() or Path(name).stat().st_size == 0:
            return False  # to connect would make an empty one
        _refuse_other_cipher(Path(name))
    try:
        connection.ensure_connection()
    except Error:
        raise Refused([UNREACHABLE]) from None
    return True


def is_encrypted_as_a_whole() -> bool:
    """Whether the settings have the SQLite file encrypted as a whole."""
    return connection.settings_dict["ENGINE"] == whole_file.ENGINE


def _refuse_other_cipher(path: Path) -> None:
    if whole_file.is_plain(path) is is_encrypted_as_a_whole():
        raise Refused([NOT_ENCRYPTED if is_encrypted_as_a_whole() else ENCRYPTED])


def _in_memory(name: str) -> bool:
    return "memory" in name


def has_tables() -> bool:
    """Whether the tables of a record are in the database."""
    return "access_user" in connection.introspection.table_names()


def is_set_up() -> bool:
    """Whether the database holds a record with its first administrator."""
    return is_there() and has_tables() and queries.is_set_up()


def pending_migrations() -> int:
    """How many changes of tables this version brings that the database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
