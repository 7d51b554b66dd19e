"""
Is every sentence that a person reads there in Spanish?

    python -m tests.messages update    collects the sentences and compiles the translations
    python -m tests.messages check     says what is missing or out of date; changes nothing
"""

import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accompany.config.settings")
django.setup()

# Only after the set-up: modules of ours know models.
from accompany.base.refusal import PLACES, Objection  # noqa: E402

PACKAGE = Path(__file__).parent.parent / "src" / "accompany"
CATALOGUE = PACKAGE / "web" / "locale" / "es" / "LC_MESSAGES" / "django.po"
LANGUAGE = "es"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
KEYWORDS = DEFAULT_KEYWORDS | {
    "_now": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collected() -> Catalog:
    """Every sentence of the package that is marked for translation, with where it stands."""
    catalogue = new_catalogue()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.*")]):
        place = path.relative_to(PACKAGE).as_posix()
        for line, message, comments, context in sentences(path):
            catalogue.add(message, None, [(place, line)], auto_comments=comments, context=context)
    for name, sentence in refusals():
        catalogue.add(sentence, None, [(name.removeprefix("accompany.").replace(".", "/"), 0)])
    return catalogue


def refusals() -> Iterator[tuple[str, str]]:
    """The sentences of every objection, and how places in a file are told, with their module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts or path.stem.startswith("__"):
            continue
        name = ".".join(("accompany", *path.relative_to(PACKAGE).with_suffix("").parts))
        for value in vars(import_module(name)).values():
            if isinstance(value, Objection):
                yield name, value.why
                yield name, value.remedy
    yield from (("accompany.base.refusal", words) for words in PLACES.values())


def sentences(path: Path) -> Iterator[tuple]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = as_python(source)
    file = BytesIO(source.encode())
    return extract("python", file, keywords=KEYWORDS, comment_tags=["Translators:"])


def as_python(template: str) -> str:
    """A template's sentences as calls of gettext, each on its line; the rest is blanked out."""
    lines = templatize(template).splitlines()
    return "\n".join(line.strip() for line in lines) + "\n"


def new_catalogue() -> Catalog:
    return Catalog(
        locale=LANGUAGE,
        project="Accompany",
        version=" ",
        header_comment="# What people read in Accompany, in Spanish.",
        msgid_bugs_address=" ",
        last_translator=" ",
        language_team="es",
        charset="utf-8",
        fuzzy=False,
    )


def written() -> Catalog:
    if not CATALOGUE.exists():
        return new_catalogue()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def compiled(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> None:
    """Bring the catalogue in line with the code; keep every translation that still serves."""
    catalogue = written()
    catalogue.update(collected(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_by_file=True)
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(written()))


def faults() -> list[str]:
    """What keeps a page from being wholly in Spanish, a sentence each."""
    wanted, there = identities(collected()), identities(written())
    if not wanted and not CATALOGUE.exists():
        return []
    found = [f"Not in the catalogue: {name!r}" for name in wanted - there]
    found += [f"No longer in the code: {name!r}" for name in there - wanted]
    found += [fault for message in written() if message.id for fault in faults_of(message)]
    return sorted(found) + ([] if is_compiled() else ["django.mo is not what django.po says"])


def identities(catalogue: Catalog) -> set[tuple]:
    return {(message.context, message.id) for message in catalogue if message.id}


def faults_of(message: Message) -> Iterator[str]:
    originals = [placeholders(form) for form in forms(message.id)]
    translations = forms(message.string)
    if not all(translations):
        yield f"Not translated: {message.id!r}"
    elif message.fuzzy:
        yield f"Not sure (fuzzy): {message.id!r}"
    elif not all(placeholders(form) in originals for form in translations):
        yield f"Other placeholders than the English, or in another number: {message.id!r}"


def forms(text: object) -> list[str]:
    """The singular and plural forms of a sentence, or its only form."""
    return [str(form) for form in (text if isinstance(text, (list, tuple)) else [text or ""])]


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def is_compiled() -> bool:
    binary = CATALOGUE.with_suffix(".mo")
    return binary.exists() and binary.read_bytes() == compiled(written())


def main(command: str) -> int:
    if command == "update":
        update()
    found = faults()
    print("\n".join(found) or "Every sentence is there in Spanish.")
    if found and command == "check":
        print("Type `python3 dev.py messages`, fill the gaps in django.po, and type it again.")
    return 1 if found and command == "check" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
