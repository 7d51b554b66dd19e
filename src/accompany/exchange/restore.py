"""
How does a record come back from its two files, into an empty place, on either database?

Through the bulk door with all guards standing, in one transaction: all of it or nothing. Every
count and digest is compared; the digests of identifiers are made anew under the key of the new
place.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from accompany.access import keyring, queries, sealing, trail
from accompany.access.models import Digest
from accompany.access.rotation import KEYS_OF_ANOTHER, DigestOf
from accompany.access.terms import Event
from accompany.access.trail import Tell
from accompany.base.bulk import Plain, record_plain
from accompany.base.models import go_on_from
from accompany.base.refusal import Objection, refuse_if
from accompany.exchange.age_file import Opener
from accompany.exchange.backup import (
    FORMAT,
    SUFFIX,
    VAULT,
    Reading,
    Table,
    bytes_at,
    columns_of,
    migrations,
    record_models,
)
from accompany.people import actions as people

NOT_EMPTY = Objection(
    "exchange.not-empty",
    "There is a record here already, so nothing was restored.",
    "Name an empty folder in ACCOMPANY_HOME and, on PostgreSQL, an empty database.",
)
FILE_MISSING = Objection(
    "exchange.backup-missing",
    "There is no such file, so nothing was restored.",
    "Read its name again.",
)
VAULT_MISSING = Objection(
    "exchange.vault-missing",
    "The vault's file is not beside the backup, or there are several, so nothing was restored.",
    "Only the newest copy of the vault is kept, under the name of the newest backup: name it with "
    "--vault.",
)
OTHER_FILE = Objection(
    "exchange.other-file",
    "The files are not the two that a backup makes, or they were exchanged; nothing was restored.",
    "Name the record's file, and with --vault the one that ends in `.vault`.",
)
BACKUP_OLDER = Objection(
    "exchange.backup-older",
    "The backup was made by an older version of Accompany, so nothing was restored.",
    "Restore it with that version in an empty place, then bring it here with `accompany migrate`.",
)
BACKUP_NEWER = Objection(
    "exchange.backup-newer",
    "The backup was made by a newer version of Accompany, so nothing was restored.",
    "Install that version or a newer one, and restore it with that.",
)
KEYS_NOT_PLACED = Objection(
    "exchange.keys-not-placed",
    "The keys come from an environment value or a command, and are not those of the backup; "
    "nothing was restored.",
    "Restore it with a key file, without that setting; then put what the file holds where the keys "
    "are to come from, and delete the file.",
)


@dataclass
class Opened:
    """The two files of a backup, opened, with their first lines read and found to fit here."""

    record: Reading
    vault: Reading

    @property
    def keys(self) -> dict[str, bytes]:
        """The keys of the installation that the vault carries."""
        return {name: bytes.fromhex(value) for name, value in self.vault.head["keys"].items()}


def vault_of(record: Path, named: Path | None) -> Path:
    """The file of the vault: the one named, that of the backup's name, or the only one beside."""
    beside = record.with_name(record.name + SUFFIX)
    if named is not None or beside.exists():
        return named or beside
    found = sorted(record.parent.glob(f"*{SUFFIX}"))
    refuse_if([VAULT_MISSING] if len(found) != 1 else [])
    return found[0]


def opened(record: Path, vault: Path, opener: Opener) -> Opened:
    """Open both files. Raises Refused unless they are a backup that this version can restore."""
    refuse_if([] if record.is_file() and vault.is_file() else [FILE_MISSING])
    found = Opened(Reading(opener.read(record)), Reading(opener.read(vault)))
    for reading, what in ((found.record, "record"), (found.vault, "vault")):
        refuse_if([] if reading.head.get("accompany") == what else [OTHER_FILE])
        _refuse_other_version(reading.head)
    return found


def _refuse_other_version(head: dict[str, Any]) -> None:
    theirs, ours = set(head["migrations"]), set(migrations())
    refuse_if([BACKUP_NEWER] if head["format"] > FORMAT or theirs - ours else [])
    refuse_if([BACKUP_OLDER] if ours - theirs else [])


def refuse_unless_empty() -> None:
    """Raise Refused if any table of the record has a row."""
    for model in _every_model():
        refuse_if([NOT_EMPTY] if model._meta.default_manager.exists() else [])


def _every_model() -> list[Any]:
    return [*record_models(), *VAULT]


def place_keys(found: dict[str, bytes]) -> None:
    """
    Put the keys of a backup in place, beside new ones of what no backup carries.

    Keys that are there stay, if they are the record's: a restore broken off put them there.
    """
    if not keyring.source().is_file:
        refuse_if([] if found.items() <= keyring.keys().items() else [KEYS_NOT_PLACED])
    elif keyring.path().exists():
        refuse_if([] if found.items() <= keyring.keys().items() else [KEYS_OF_ANOTHER])
    else:
        new = {name: key for name, key in keyring.made_up().items() if name in _MADE_ANEW}
        keyring.keep_first(found | new)


_MADE_ANEW = ("digest", "web", "database")


def load(found: Opened, *, tell: Tell) -> int:
    """
    Put a backup on record, in an empty place with its keys; how many rows.

    Raises Refused, with nothing recorded, if the place is not empty or a file is not as written.
    """
    tables: dict[str, Any] = {model._meta.label_lower: model for model in _every_model()}
    with transaction.atomic():
        refuse_unless_empty()
        for reading in (found.record, found.vault):
            for table in reading.tables():
                model = tables.get(table.label)
                refuse_if([OTHER_FILE] if model is None else [])
                _load(model, table, tell, reading)
        go_on_from(found.record.head["codes"])
        _go_on_counting()
    count = found.record.rows + found.vault.rows
    by = queries.operator()
    with trail.change(Event.RESTORED, by=by, counts={"table_rows": count}):
        pass
    return count


def _load(model: Any, table: Table, tell: Tell, reading: Reading) -> None:
    columns = columns_of(model)
    refuse_if([BACKUP_OLDER] if table.columns != columns else [])
    places = bytes_at(model, columns)
    for chunk in table.chunks:
        for row in chunk:
            for place in places:
                if row[place] is not None:
                    row[place] = base64.b64decode(row[place])
        if model is Digest:
            _load_digests(chunk)
        else:
            record_plain(model, columns, chunk)
        tell(f"Restoring {table.label}", reading.rows, None)


def _load_digests(chunk: list[list[Plain]]) -> None:
    """Make digests anew for identifiers that are on record by now, as their keys are."""
    rows = {UUID(bytes=row[0]): row for row in chunk}  # type: ignore[arg-type] # as the file has it
    asked = [
        DigestOf(key, row[1], UUID(bytes=row[2]), UUID(bytes=row[3]))  # type: ignore[arg-type]
        for key, row in rows.items()
    ]
    made = [
        (one.bytes, rows[one][1], digest, rows[one][2], rows[one][3])
        for one, digest in people.digests_of(asked)
    ]
    record_plain(Digest, sealing.DIGEST_COLUMNS, made)


def _go_on_counting() -> None:
    """On PostgreSQL let every counter go on after what is there."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in record_models():
            key = model._meta.pk
            if isinstance(key, models.BigAutoField):
                table, column = model._meta.db_table, key.column
                taken = f'SELECT MAX("{column}") FROM "{table}"'  # noqa: S608 - names of ours
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence(%s, %s), ({taken}))",
                    [table, column],
                )
