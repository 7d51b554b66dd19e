"""Promises over all code, present and future; each a few lines, and none knows a model by name."""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

import accompany
from accompany.access.terms import Permission
from accompany.base.guards import guarded_models
from accompany.base.tables import GUARDED, TableKind, kind_of
from accompany.people.models import Person
from accompany.sources.models import Statement

SOURCE = Path(accompany.__file__).parent
OURS = [model for model in apps.get_models() if model.__module__.startswith("accompany.")]
AREAS = sorted(path.parent.name for path in SOURCE.glob("*/models.py"))
label = "{0._meta.label}".format
every_model = pytest.mark.parametrize("model", OURS, ids=label)

# Who writes besides actions, and why.
WRITE_BESIDES_ACTIONS = {
    "access/trail.py": "entries, batches, what they are bound to: every action writes through it",
    "access/sessions.py": "Django's engine of sessions, which writes with every request",
    "access/watching.py": "counts of what was tried in vain: whoever tried it leaves no entry",
    "access/throttling.py": "tries to come in, which nobody in particular makes",
    "access/second_factors.py": "actions, and what uses up a code as it is proven",
    "access/entering.py": "actions",
    "access/sealing.py": "keys, as sealers are asked for",
    "access/rotation.py": "wrapping keys, and what they wrap; digests, under another key",
    "exchange/restore.py": "a whole backup, into an empty place",
    "base/bulk.py": "the bulk door itself",
    "base/models.py": "the count of codes given out",
    "base/management/commands/flush.py": "empties test databases",
    "exchange/incoming.py": "files under way, a job's own table, and the uploads' keys",
    "sources/erasure.py": "every area's tables, as part of the action that erases a person",
    "cli/jobs.py": "the task library's table: jobs whose worker died are taken up again",
}

# Actions that nobody in particular does, and why.
BY_NOBODY = {
    "access.set_up": "there is nobody yet",
    "access.choose_language": "one's own, and about nobody",
    "access.signed_in": "the user who signs in is who does it",
    "access.signed_out": "likewise",
    "access.one_time_password": "changes nothing",
    "custody.ask_about": "derived: what rules find, whoever asks",
    "sources.ask_anew": "derived, likewise",
    "sources.destroy_digests": "part of a withdrawal, whose change says by whom",
    "sources.holding_the_record": "a lock: part of a change, which says by whom",
    "sources.take_codes": "numbers nobody had before, for whoever records",
    "sources.statement_columns": "changes nothing",
    "sources.statement_models": "changes nothing",
    "sources.telling_line": "changes nothing",
    "sources.row_content": "changes nothing",
    "sources.sealed_rows": "makes rows ready; changes nothing",
    "sources.head": "makes rows ready; changes nothing",
    "people.identifier_digest": "changes nothing",
    "people.digests_of": "changes nothing",
    "people.follow_joins": "wiring, at the start",
    "people.hold_in_turn": "a lock: part of a change, which says by whom",
    "erasure.follow_erasures": "wiring, at the start",
    "figures.let_go_of_all": "derived: part of an erasure, which says by whom",
}

# Queries that know no reader, and why each shows nobody what is not theirs.
_OPEN = "says nothing of any person"
_FOUND = "of records that a query with `seen_by` found, or of a list that one did"
_WORKS = "a piece that other queries and actions are made of"
SEEN_BY_ANYBODY = {
    "access": dict.fromkeys(
        ("actor_of", "actor_for", "operator", "user_with", "user_half_in", "is_set_up"),
        "before it is known who reads",
    )
    | dict.fromkeys(
        ("organisations", "organisation", "entries", "codes_of_cases", "names_of_teams"), _OPEN
    )
    | {
        "names_of": "how colleagues are called, for colleagues",
        "has_lapsed": _WORKS,
    },
    "sources": dict.fromkeys(
        (
            "tellings", "names_of", "row_counts", "row", "rows", "brought_by", "codes_of", "raw_of",
            "is_file_erased", "questions_by_kind", "answers_about",
        ),
        _FOUND,
    )
    | dict.fromkeys(("with_digest", "question_key", "unanswered", "standing"), _WORKS),
    "people": dict.fromkeys(
        (
            "sealers_of", "held_with", "held_with_each", "names_said", "name_in", "facts_said",
            "ties_said", "links_said", "bearers_of",
            "arrivals_said", "family_units_of", "memberships", "codes_of", "counts_of",
            "about_whom", "persons_named", "questions_of_row", "standings_now",
        ),
        _FOUND,
    )
    | dict.fromkeys(("sets_of", "on_lists"), _WORKS)
    | {
        "statement": "its person is asked for before it is shown or changed",
    },
    "erasure": dict.fromkeys(
        ("goes_with", "told", "stand", "mac_of", "mac_of_confirmed"), _WORKS
    )
    | {
        "verify_counts": _OPEN,
        "confirmed": _OPEN,
        "counts": "for figures, which withhold what could point at someone",
    },
    "facilities": dict.fromkeys(("places", "names_of", "by_words"), _OPEN),
    "custody": dict.fromkeys(
        ("stays_said", "events_said", "gaps_of"), _FOUND
    )
    | dict.fromkeys(("open_about", "question_of"), _WORKS)
    | {"statement": "its person is asked for before it is shown or changed"},
}  # fmt: skip


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of ours but migrations, parsed, by its path."""
    paths = (path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text()) for path in paths}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call: where it stands, the call, and the last name of what is called."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                name = (
                    called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                )
                yield path, node, name


def public_functions(kind: str) -> Iterator[tuple[str, str, inspect.Signature]]:
    """The area, name and signature of every public function of `actions` or `queries`."""
    for path in sorted(SOURCE.glob(f"*/{kind}.py")):
        area = path.parent.name
        module = importlib.import_module(f"accompany.{area}.{kind}")
        for name, found in vars(module).items():
            is_own = (
                inspect.isfunction(inspect.unwrap(found)) and found.__module__ == module.__name__
            )
            if is_own and not name.startswith("_"):
                yield area, name, inspect.signature(found)


# --- tables -------------------------------------------------------------------------------------


@every_model
def test_every_table_is_of_one_of_five_kinds(model):
    assert isinstance(kind_of(model), TableKind)


@every_model
def test_every_field_has_one_privacy_class(model):
    classes = [model.privacy.sealed, model.privacy.sensitive, model.privacy.open]
    classed = Counter(name for names in classes for name in names)
    assert set(classed) == {field.name for field in model._meta.concrete_fields}
    assert set(classed.values()) == {1}


@every_model
def test_what_is_sealed_is_bytes(model):
    sealed = [model._meta.get_field(name) for name in model.privacy.sealed]
    assert [f.name for f in sealed if not isinstance(f, models.BinaryField)] == []


@every_model
def test_every_statement_and_ledger_is_guarded(model):
    assert (kind_of(model) in GUARDED) == (model in guarded_models())


@every_model
def test_every_statement_is_one_by_its_base_too(model):
    assert (kind_of(model) is TableKind.STATEMENT) == issubclass(model, Statement)


@every_model
def test_every_statement_names_the_columns_that_name_persons(model):
    if issubclass(model, Statement):
        to_persons = {f.name for f in model._meta.concrete_fields if f.related_model is Person}
        # `id` of a person, and bare ids (an answer's person), name persons without a foreign key.
        assert to_persons <= set(model.persons)
        assert set(model.persons) <= {field.name for field in model._meta.concrete_fields}


@every_model
def test_nothing_goes_because_something_else_goes(model):
    """But for a team's members, no row hangs on another by CASCADE; least of all on a person."""
    cascading = [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete is models.CASCADE
    ]
    assert cascading == (["team", "user"] if model._meta.label == "access.TeamMember" else [])


@every_model
def test_no_row_says_more_of_itself_than_a_code_or_an_id(model):
    source = inspect.getsource(model.__str__)
    allowed = model.privacy.open | {"pk", "label_lower"}
    shown = re.findall(r"self\.(\w+)", source)
    assert set(shown) <= allowed
    assert not set(shown) & {"name", "sealed_name", "username"}


def test_every_foreign_key_names_its_class():
    """But one: a statement is told by a row, and a row's list is a statement."""
    by_string = [
        node.args[0].value
        for _path, node, name in calls()
        if name in ("ForeignKey", "OneToOneField", "ManyToManyField")
        and isinstance(node.args[0], ast.Constant)
    ]
    assert by_string == ["sources.ReceivedRow"]


def test_no_model_overrides_save_or_delete():
    assert [m for m in OURS if {"save", "delete"} & vars(m).keys()] == []


# --- actions and queries ------------------------------------------------------------------------


def test_every_action_says_by_keyword_who_acts():
    """`…_ready` and what takes a `change` are parts of an action: the change says by whom."""
    missing = {
        f"{area}.{name}"
        for area, name, signature in public_functions("actions")
        if not name.endswith("_ready") and not {"by", "change"} & signature.parameters.keys()
    }
    assert missing == set(BY_NOBODY)


def test_every_action_takes_but_what_it_acts_on_by_place():
    by_place = {
        f"{area}.{name}": names
        for area, name, signature in public_functions("actions")
        if "by" in signature.parameters
        and len(
            names := [p.name for p in signature.parameters.values() if p.kind != p.KEYWORD_ONLY]
        )
        > 1
    }
    # These open a change, as `trail.change` does.
    assert by_place == {
        "sources.telling": ["event", "told"],
        "sources.correcting": ["label", "statement"],
        "people.recording": ["event", "told", "persons"],
    }


def test_every_query_says_who_reads():
    unread = {
        (area, name)
        for area, name, signature in public_functions("queries")
        if not {"seen_by", "by", "from_"} & signature.parameters.keys() and area in SEEN_BY_ANYBODY
    }
    assert unread == {(area, name) for area, names in SEEN_BY_ANYBODY.items() for name in names}


def test_who_reads_is_said_by_keyword():
    by_place = [
        f"{area}.{name}"
        for area, name, signature in public_functions("queries")
        if "seen_by" in signature.parameters
        and signature.parameters["seen_by"].kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert by_place == []


def test_nothing_is_written_outside_actions():
    writing = {path for path, node, name in calls() if writes(node, name)}
    writing |= {path for path in trees() if opens_the_bulk_door(path)}
    found = {path for path in writing if Path(path).name != "actions.py"}
    assert found <= set(WRITE_BESIDES_ACTIONS), "write in an actions.py, or give a reason here"


def writes(node: ast.Call, name: str) -> bool:
    """Whether a call writes to a table, as far as its shape tells."""
    if name in ("create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"):
        return True
    if name in ("delete", "save"):
        return not node.args  # a workbook is saved to a path
    # A dictionary's or a digest's own `update` takes something by place.
    return name == "update" and not node.args and bool(node.keywords)


def opens_the_bulk_door(path: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "accompany.base.bulk"
        and any(name.name.startswith("record_") for name in node.names)
        for node in ast.walk(trees()[path])
    )


def test_the_search_for_writes_finds_one():
    code = "Name.objects.update(kind='x'); row.save(); found.update(more); book.save(path)"
    found = [
        node.func.attr
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and writes(node, node.func.attr)
    ]
    assert sorted(found) == ["save", "update"]


def test_no_sql_of_a_change_stands_outside_the_base():
    """Raw SQL that writes: the bulk door, codes, guards, and the sealer's taking of what waits."""
    writing = re.compile(r"^\s*(INSERT|UPDATE|DELETE|DROP|CREATE|ALTER|TRUNCATE|COPY)\b")
    found = {
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and writing.match(node.value)
    }
    allowed = {
        "base/bulk.py",
        "base/grants.py",
        "base/guards.py",
        "base/models.py",
        "access/trail.py",
    }
    # DuckDB's tables are copies in memory of what may be counted, and are let go afterwards.
    assert {path for path in found if not path.startswith("figures/")} <= allowed


# --- words --------------------------------------------------------------------------------------


def objections() -> list[tuple[str, ast.Call]]:
    return [(path, node) for path, node, name in calls() if name == "Objection" and node.args]


def test_every_refusal_has_a_code_of_its_own():
    coded = [node.args[0] for _path, node in objections()]
    codes = [code.value for code in coded if isinstance(code, ast.Constant)]
    assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_every_refusal_is_coded_by_its_area():
    wrong = [
        code.value
        for path, node in objections()
        if isinstance(code := node.args[0], ast.Constant)
        and not re.fullmatch(rf"{Path(path).parts[0]}\.[a-z0-9]+(-[a-z0-9]+)*", code.value)
    ]
    assert wrong == []


def test_every_refusal_says_why_and_what_to_do_in_sentences():
    sentence = re.compile(r"[A-Z“].*[.?]$", re.DOTALL)
    wrong = [
        text.value
        for _path, node in objections()
        for text in node.args[1:]
        if isinstance(text, ast.Constant) and not sentence.match(text.value)
    ]
    assert wrong == []


def terms(name: str) -> Iterator[tuple[str, type[models.TextChoices]]]:
    """Every enumeration of this name, with its area."""
    for path in sorted(SOURCE.glob("*/terms.py")):
        found = getattr(importlib.import_module(f"accompany.{path.parent.name}.terms"), name, None)
        if found is not None:
            yield path.parent.name, found


def test_every_event_has_its_words_and_its_area():
    wrong = [
        event
        for area, events in terms("Event")
        for event in events
        if not str(event.label) or not event.startswith(f"{area}.")
    ]
    assert wrong == []


def uses(enumeration: str) -> set[str]:
    """The members of an enumeration that some module but `terms` and `permissions` names."""
    return {
        node.attr
        for path, tree in trees().items()
        if Path(path).name not in ("terms.py", "permissions.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith(enumeration)
    }


def test_every_event_happens():
    assert {event.name for _area, events in terms("Event") for event in events} - uses(
        "Event"
    ) == set()


def test_every_permission_is_asked_for():
    assert set(Permission.__members__) - uses("Permission") == set()


def test_every_module_says_what_it_is_for():
    silent = [path for path, tree in trees().items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_only_the_clock_reads_the_clock():
    """What ruff's list of banned names cannot see: moments that are asked for by another way."""
    reading = {"now", "utcnow", "today", "time_ns", "localtime", "gmtime"}
    found = {
        f"{path}: {ast.unparse(node.func)}"
        for path, node, name in calls()
        if name in reading
        and not ast.unparse(node.func).startswith(("clock.", "self.", "cls."))
        and not isinstance(getattr(node.func, "value", None), ast.Call)
        and not ast.unparse(node.func).endswith("objects.now")
    }
    assert {line for line in found if not line.startswith("base/clock.py")} == set()


def test_messages_keep_no_value_in_the_log():
    """Only `base.log` writes to the log; Django's own loggers are kept to errors."""
    importing = [
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(name.name == "logging" for name in node.names)
    ]
    assert importing == ["base/log.py"]
    levels = {name: logger["level"] for name, logger in settings.LOGGING["loggers"].items()}
    assert levels.pop("accompany") == "INFO"
    assert set(levels.values()) == {"ERROR"}
