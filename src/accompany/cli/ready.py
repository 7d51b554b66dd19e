"""
Is the record in a state in which a command may touch it?

Asked before anything is read or written: a database that is half set up, of another version or
without its guards is left alone, with a sentence on what to do.
"""

from pathlib import Path

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accompany.access import keyring, queries, rotation
from accompany.access.queries import NOT_SET_UP
from accompany.base import guards, machine
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
NEWER = Objection(
    "cli.database-newer",
    "The database was made or changed by a newer version of Accompany, so nothing was done.",
    "Install the version that was last used with it, or a later one.",
)
NOT_OPENED = Objection(
    "cli.file-not-opened",
    "The SQLite file does not open with the keys that are here: they are another record's, or it "
    "is damaged; nothing was done.",
    "Put the keys in place that belong to it; see ACCOMPANY_HOME, ACCOMPANY_KEY_FILE, "
    "ACCOMPANY_KEY and ACCOMPANY_KEY_COMMAND. If it is damaged, restore the newest backup in an "
    "empty folder.",
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
    refuse_newer()
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
    except Error as error:
        raise Refused([_why_not_reached(error)]) from None
    return True


def _why_not_reached(error: Error) -> Objection:
    if connection.vendor == "sqlite" and "not a database" in str(error):
        return NOT_OPENED
    found = machine.objection_to(error)
    # Nothing was under way yet.
    return UNREACHABLE if found is None or found is machine.LOST else found


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


def refuse_newer() -> None:
    """Raise Refused if the database has had changes of tables that this version does not know."""
    if unknown_migrations():
        raise Refused([NEWER])


def unknown_migrations() -> int:
    """How many changes of tables the database has had that this version does not know."""
    loader = MigrationLoader(connection)
    return len(set(loader.applied_migrations or ()) - set(loader.disk_migrations or ()))
