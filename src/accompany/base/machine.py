"""
Is it the machine that failed: a full disk, a folder that may only be read, a database that is gone?

Then a sentence says so and what to do, in place of the one about a fault of ours. Nothing of an
error's own message is kept, since it may quote a record.
"""

import errno
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from accompany.base.refusal import Objection

NO_ROOM = Objection(
    "base.no-room",
    "The disk is full, so this was not done, and nothing of it was recorded.",
    "Whoever runs this installation makes room on the disk of the home folder or of the database; "
    "then do it again.",
)
READ_ONLY = Objection(
    "base.read-only",
    "A folder, file or database that this must write to may only be read, so it was not done.",
    "Whoever runs this installation sees that the user who runs Accompany may write to the home "
    "folder and to the database; then do it again.",
)
LOST = Objection(
    "base.database-lost",
    "The database stopped answering while this was under way: either all of it was recorded, or "
    "nothing.",
    "Whoever runs this installation sees that the database runs; then look whether it was "
    "recorded, before doing it again.",
)

_OF_FILES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), NO_ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), READ_ONLY),
}
_OF_SQLITE = {"is full": NO_ROOM, "readonly database": READ_ONLY}
_OF_POSTGRESQL = {
    "53100": NO_ROOM,
    "25006": READ_ONLY,
    **dict.fromkeys(("57P01", "57P02", "57P03"), LOST),
}
_A_LITTLE = 1_000_000  # bytes: less than SQLite asks for beside its file when it opens it


def objection_to(error: BaseException | None) -> Objection | None:
    """What is to be said of an error that is the machine's; None if it may be ours."""
    if isinstance(error, OSError):
        return _OF_FILES.get(error.errno or 0)
    if not isinstance(error, Error):
        return None
    return _of_sqlite(error) if connection.vendor == "sqlite" else _of_postgresql(error)


def _of_sqlite(error: Error) -> Objection | None:
    told = str(error)
    for words, objection in _OF_SQLITE.items():
        if words in told:
            return objection
    # Of these SQLite does not say why.
    if "disk I/O error" in told or "unable to open" in told:
        return _of_folder(Path(settings.HOME))
    return None


def _of_folder(folder: Path) -> Objection | None:
    if not folder.is_dir():
        return None
    if shutil.disk_usage(folder).free < _A_LITTLE:
        return NO_ROOM
    return None if may_write(folder) else READ_ONLY


def may_write(folder: Path) -> bool:
    """Whether files can be made in a folder; on a file system that is mounted to be read, not."""
    return os.access(folder, os.W_OK | os.X_OK)


def _of_postgresql(error: Error) -> Objection | None:
    # The driver's own error lies beneath Django's; where nobody answers any more it has no code.
    beneath = error.__cause__
    code = getattr(beneath, "sqlstate", None)
    if code is not None:
        return LOST if code.startswith("08") else _OF_POSTGRESQL.get(code)
    return LOST if type(beneath).__name__ in ("OperationalError", "InterfaceError") else None
