"""
Makes `docs/reference/` from the code, so that it cannot say anything else.

    python3 dev.py reference            writes it
    python3 dev.py reference --check    says whether it is current
"""

import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import django

FOLDER = Path(__file__).resolve().parent / "reference"
AREAS = (
    "base", "access", "sources", "people", "facilities", "custody", "enquiries", "figures",
    "exchange",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write the reference, or check it; answer the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accompany.config.settings")
    django.setup()
    stale = [name for name, text in pages().items() if not is_current(name, text)]
    if "--check" in arguments:
        if stale:
            print(f"Not current: {', '.join(stale)}. Type: python3 dev.py reference")
        return 1 if stale else 0
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def is_current(name: str, text: str) -> bool:
    path = FOLDER / name
    return path.exists() and path.read_text(encoding="utf-8") == text


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    made = {
        "commands.md": page("Commands", commands()),
        "settings.md": page("Settings", settings()),
        "permissions.md": page("Permissions", permissions()),
        "who-may-what.md": page("Who may what", who_may_what()),
        "figures.md": page("Figures", figures()),
        "layouts.md": page("Layouts", layouts()),
        "words.md": page("Words", words()),
        "refusals.md": page("Refusals", refusals()),
    }
    titles = {name: name.removesuffix(".md").replace("-", " ").capitalize() for name in made}
    contents = [f"- [{title}]({name})" for name, title in titles.items()]
    return {"README.md": page("Reference", ["Made from the code.", *["\n".join(contents)]])} | made


def page(title: str, parts: Any) -> str:
    return "\n\n".join([f"# {title}", *parts]) + "\n"


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    told = ([cell.replace("\n", " ") for cell in row] for row in lines)
    return "\n".join(f"| {' | '.join(row)} |" for row in told)


def commands() -> Iterator[str]:
    from accompany.cli.door import accompany, every_command  # noqa: PLC0415 - needs Django set up

    context = click.Context(accompany, info_name="accompany")
    yield "Exit codes: 0 done, 1 refused, 2 misuse, 3 `verify` or `doctor` found something."
    yield "70 is a bug."
    for name, command in every_command():
        with click.Context(command, info_name=f"accompany {name}", parent=None) as inner:
            yield f"## {name}\n\n```\n{command.get_help(inner)}\n```"
    context.close()


def settings() -> Iterator[str]:
    from accompany.config.settings import TABLE  # noqa: PLC0415 - needs Django set up

    home = str(Path.home())
    rows = [[f"`{s.name}`", f"`{s.default.replace(home, '~')}`", s.help] for s in TABLE]
    yield table(["Variable", "If not given", "What it does"], rows)


def permissions() -> Iterator[str]:
    from accompany.access.permissions import OF_ROLE  # noqa: PLC0415 - needs Django set up
    from accompany.access.terms import Permission, Role  # noqa: PLC0415

    rows = [
        [str(one.label), *("yes" if one in OF_ROLE[role] else "" for role in Role)]
        for one in Permission
    ]
    yield table(["", *(str(role.label) for role in Role)], rows)


def who_may_what() -> Iterator[str]:
    sys.path.insert(0, str(FOLDER.parents[1]))  # the table lies with the test that walks it
    from tests import who_may_what as walked  # noqa: PLC0415
    from tests.walls import patterns  # noqa: PLC0415

    yield (
        "Who may open what, and nobody else. `tests/structure/test_walk.py` goes to every address "
        "and every command as each of these readers and compares; the table is "
        "`tests/who_may_what.py`.\n\n"
        "Where an address names a record, a list, a case or a question, it is one of the "
        "organisation in the first column of readers: the record of a child who is in a "
        "companion's case. To whoever is not named, there is nothing: the same status and the same "
        "bytes as where there never was anything. Who has not signed in is asked to, wherever they "
        "go."
    )
    by_name = {pattern.name: pattern for pattern in patterns()}
    heads = ["Page", "", "In the organisation", "In another", "Besides"]
    yield "## Pages\n\n" + table(
        heads,
        [
            [address_of(by_name[name]), first_line(by_name[name].callback), *groups(letters)]
            for name, letters in walked.read(walked.PAGES).items()
        ],
    )
    yield (
        "## Commands\n\nA command is run on the server, as the account that `--as` names; whoever "
        "can run one holds key and database. It tells nothing of another organisation's records."
    )
    rows = [[f"`{n}`", groups(f"-{own}")[0]] for n, own in walked.read(walked.COMMANDS).items()]
    yield table(["Command", "Open to"], rows)


def groups(letters: str) -> list[str]:
    """To whom something is open: in the organisation, in another, and besides."""
    from tests import who_may_what as walked  # noqa: PLC0415

    if letters[0] == "o":
        return ["everybody, signed in or not", "everybody", "everybody"]
    of_reader = list(zip(walked.READERS[1:], letters[1:], strict=False))
    here, elsewhere = len(walked.HERE), len(walked.HERE) + len(walked.ELSEWHERE)
    parts = [of_reader[:here], of_reader[here:elsewhere], of_reader[elsewhere:]]
    return [told_of(part) for part in parts if part]


def told_of(part: list[tuple[str, str]]) -> str:
    inside = [reader.removesuffix(" elsewhere") for reader, letter in part if letter == "o"]
    return "everybody" if len(inside) == len(part) else ", ".join(inside) or "–"


def address_of(pattern: Any) -> str:
    named = re.sub(r"<(?:[a-z]+:)?([a-z]+)>", lambda part: part[1].upper(), str(pattern.pattern))
    return f"`/{named}`"


def first_line(view: Any) -> str:
    return (view.__doc__ or "").strip().splitlines()[0]


def figures() -> Iterator[str]:
    from accompany.figures.queries import CATALOGUE  # noqa: PLC0415 - needs Django set up

    for name, figure in CATALOGUE.items():
        gaps = "\n".join(f"- {gap}" for gap in figure.leaves_out)
        by = ", ".join(figure.dimensions) or "nothing"
        yield (
            f"## {name}\n\n**{figure.question}**\n\nCounts: {figure.unit}. "
            f"Of whom: {figure.population} Rule: version {figure.rule_version}. By: {by}.\n\n"
            f"{figure.definition}\n\nWhat this does not say:\n\n{gaps}"
        )


def layouts() -> Iterator[str]:
    from accompany.exchange.people_list import COLUMNS  # noqa: PLC0415 - needs Django set up
    from accompany.exchange.receiving import LAYOUTS  # noqa: PLC0415

    for name, layout in LAYOUTS.items():
        yield f"## {name}\n\n{layout.help}"
    yield "### Columns of `people`\n\n" + table(
        ["Column", ""], [[f"`{name}`", told] for name, told in COLUMNS.items()]
    )


def words() -> Iterator[str]:
    from django.db.models import TextChoices  # noqa: PLC0415 - needs Django set up

    for module in modules():
        for kind in vars(module).values():
            is_choice = isinstance(kind, type) and issubclass(kind, TextChoices)
            if is_choice and kind.__module__ == module.__name__ and kind.__name__ != "Event":
                rows = [[f"`{one.value}`", str(one.label)] for one in kind]
                yield f"## {kind.__name__}\n\n{kind.__doc__}\n\n{table(['Code', ''], rows)}"


def refusals() -> Iterator[str]:
    from accompany.base.refusal import Objection  # noqa: PLC0415 - needs Django set up

    found = {
        value.code: value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, Objection)
    }
    rows = [[f"`{code}`", found[code].why, found[code].remedy] for code in sorted(found)]
    yield table(["Code", "Why", "What to do"], rows)


def modules() -> Iterator[ModuleType]:
    """Every module of the areas, in a fixed order."""
    for area in AREAS:
        package = importlib.import_module(f"accompany.{area}")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            if info.name not in ("migrations", "management", "apps"):
                yield importlib.import_module(f"accompany.{area}.{info.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
