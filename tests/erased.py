"""
A record from which persons were erased, for whoever looks for them in its bytes.

    python -m tests.erased

sets up a record in ACCOMPANY_HOME, records what `tests.planted` does, keeps a copy as yesterday's
backup would, with the key file of yesterday, erases everybody but one, changes the wrapping key,
and dies without tidying up. `marks.json` tells what was there, in hexadecimal.
"""

import json
import os
import shutil
from pathlib import Path

BYSTANDER = "Floridalma Quintanilla"
DAY_TOLD = "1987-06-05"


def main() -> None:
    import django  # noqa: PLC0415 - the home is read first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from accompany.access import keyring  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    keyring.make()
    home = Path(os.environ["ACCOMPANY_HOME"])
    world, persons = plant()
    (home / "marks.json").write_text(json.dumps(marks(persons)))
    keep_yesterday(home)
    erase(world, persons)
    os._exit(0)  # no connection is closed, so nothing is moved from the -wal file


def plant():
    from accompany.access import actions as access  # noqa: PLC0415
    from accompany.access import queries  # noqa: PLC0415
    from accompany.custody.terms import Custodian  # noqa: PLC0415
    from accompany.people.models import Person  # noqa: PLC0415
    from accompany.people.terms import NameFact, Relation  # noqa: PLC0415
    from tests import planted  # noqa: PLC0415
    from tests.world import World  # noqa: PLC0415

    access.set_up(
        organisation=planted.OPEN["organisation"],
        username=planted.OPEN["user name"],
        called=planted.SEALED["name of a user"],
        password=planted.SEALED["password of a user"],
    )
    world = World(queries.operator())
    person = planted.by_hand(world)
    planted.by_list(world)
    world.stay(person, Custodian.ICE, DAY_TOLD)
    bystander = world.person(NameFact(BYSTANDER, ""))
    world.tie(bystander, person, Relation.CHILD)
    persons = Person.objects.exclude(pk=bystander).values_list("pk", flat=True)
    return world, list(persons)


def marks(persons) -> dict[str, list]:
    """What tells of the persons and must go: by kind, as it lies in the file."""
    from accompany.access.models import Digest, Key  # noqa: PLC0415
    from accompany.people.models import Birth, Identifier, Name, Person  # noqa: PLC0415
    from accompany.sources.models import ReceivedRow, Telling  # noqa: PLC0415

    of = {"person__in": persons}
    rows = list(ReceivedRow.objects.values_list("pk", flat=True))
    tellings = list(Telling.objects.exclude(words=None).values_list("pk", flat=True))
    keys = Key.objects.filter(record__in=[*persons, *rows, *tellings])
    people = Person.objects.filter(pk__in=persons)
    return {
        "code": [one.code.encode().hex() for one in people],
        "key": [bytes(one.wrapped).hex() for one in keys.filter(kind__in=["person", "telling"])],
        "digest": [bytes(one.digest).hex() for one in Digest.objects.filter(**of)],
        "name": [bytes(one.parts).hex() for one in Name.objects.filter(**of)],
        "number": [
            bytes(one.value).hex() for one in Identifier.objects.filter(**of).exclude(value=None)
        ],
        "birth": [bytes(one.told).hex() for one in Birth.objects.filter(**of).exclude(told=None)],
        "day": [DAY_TOLD.encode().hex()],
        "wrapped": [[one.record.hex, one.kind, bytes(one.wrapped).hex()] for one in keys],
    }


def keep_yesterday(home: Path) -> None:
    """A copy of the database with its vault, and of the key file, as they are now."""
    for name in ("record.sqlite3", "record.sqlite3-wal", "key"):
        shutil.copy(home / name, home / f"yesterday-{name}")


def erase(world, persons) -> None:
    from accompany.access import rotation  # noqa: PLC0415
    from accompany.access.terms import Role  # noqa: PLC0415
    from accompany.erasure import actions  # noqa: PLC0415
    from accompany.erasure.terms import Because  # noqa: PLC0415

    second = world.colleague(Role.ADMINISTRATOR)
    for person in persons:
        actions.ask_to_erase(person=person, because=Because.COURT_ORDER, by=world.admin)
        actions.erase(person=person, by=second)
    rotation.rotate(by=world.admin, tell=lambda *_: None)


if __name__ == "__main__":
    main()
