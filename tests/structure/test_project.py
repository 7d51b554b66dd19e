"""Promises that the project's own files keep: requirements, rows of data, words."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ["runtime", "dev"]

# Whoever installs Accompany chooses where from; a name here would choose for them.
REGISTRY = re.compile(
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|yarnpkg|anaconda|jsdelivr|unpkg|cloudflare)"
    r"\.(?:org|com|net|io)\b|--(?:extra-)?index-url|--find-link[s]",
    re.IGNORECASE,
)

# Rows of a list are persons, and a repository is for ever. Invented persons live in tests/cast.py.
ROWS = {
    ".arrow", ".csv", ".db", ".duckdb", ".feather", ".gz", ".jsonl", ".ndjson", ".ods",
    ".parquet", ".sqlite", ".sqlite3", ".tsv", ".xls", ".xlsx", ".zip",
}  # fmt: skip

# What a person reads here never says these. The right-hand side is what to say.
WORDS = {
    r"aliens?": "a person; `A-number` for the number",
    r"illegals?|illegal (?:immigrants?|migrants?)": "a person",
    r"(?:lost|missing) (?:child|children|kids?|parents?)": "not reached; or: no source says where",
    r"inmates?|detainees?": "a person held in custody",
    r"family units?(?! number)": "a family; `family-unit number` for the number",
    r"unaccompanied (?:alien|minor)s?|UACs?": "a child without a parent or guardian",
    r"catch and release|anchor bab(?:y|ies)": "what happened, in plain words",
    r"please|successfully": "the sentence without it",
}

ENTRY = re.compile(r"^(?P<requirement>[^#\s][^#]*?)(?:\s+# (?P<purpose>\S.*))?$")
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<rest>.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL
)


@cache
def project_files() -> list[Path]:
    """The files that are in git, or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is not a checkout, so git cannot say which files belong to it")
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT), content.decode(errors="replace")


def direct(name: str) -> dict[str, tuple[Requirement, str | None]]:
    """The requirements of an .in file by name, each with its purpose."""
    lines = (REQUIREMENTS / f"{name}.in").read_text().splitlines()
    entries = [ENTRY.match(line) for line in lines if line and not line.startswith(("#", "-"))]
    found = [(Requirement(entry["requirement"]), entry["purpose"]) for entry in entries if entry]
    return {canonicalize_name(requirement.name): (requirement, why) for requirement, why in found}


def pins(name: str) -> list[re.Match]:
    return list(PIN.finditer((REQUIREMENTS / f"{name}.txt").read_text()))


def test_no_file_names_the_host_of_a_registry():
    found = [str(path) for path, text in texts() if REGISTRY.search(text)]
    assert not found, f"these name a registry: {found}"


def test_the_pattern_for_registries_finds_one():
    assert REGISTRY.search("https://files." + "pythonhosted" + ".org/packages")


def test_no_file_holds_rows_of_data():
    found = [path for path in project_files() if set(path.suffixes) & ROWS]
    assert not found, f"rows of data do not belong here; invent persons in tests/cast.py: {found}"


@pytest.mark.parametrize("name", LOCKS)
def test_every_direct_dependency_says_what_it_is_for(name):
    unexplained = [package for package, (_, purpose) in direct(name).items() if not purpose]
    assert not unexplained, f"say in requirements/{name}.in, after `#`, what they are for"


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name):
    assert not [pin["name"] for pin in pins(name) if "--hash=sha256:" not in pin["rest"]]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_what_its_in_file_asks(name):
    asked = direct(name)
    locked = {
        pin["name"]: pin["version"]
        for pin in pins(name)
        if f"requirements/{name}.in" in pin["rest"]
    }
    assert set(locked) == set(asked), "type `python3 dev.py lock`"
    unmet = [package for package in asked if locked[package] not in asked[package][0].specifier]
    assert not unmet, f"type `python3 dev.py lock`: {unmet}"


def test_both_lock_files_hold_the_same_versions():
    def versions(name):
        return {(pin["name"], pin["version"]) for pin in pins(name)}

    runtime, dev = versions("runtime"), versions("dev")
    shared = {name for name, _ in runtime} & {name for name, _ in dev}
    assert {pin for pin in dev if pin[0] in shared} <= runtime, "type `python3 dev.py lock`"


def test_the_wheel_asks_for_what_the_runtime_file_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    asked = {str(requirement) for requirement, _ in direct("runtime").values()}
    assert {str(Requirement(line)) for line in listed} == asked


def test_what_a_person_reads_has_none_of_the_words_we_do_not_use():
    found = [
        f"{path}: {match.group()!r}: say {instead}"
        for path, text in texts()
        if "templates" in path.parts or path.suffix == ".po"
        for word, instead in WORDS.items()
        for match in re.finditer(rf"\b(?:{word})\b", text, re.IGNORECASE)
    ]
    assert not found, "\n".join(found)
