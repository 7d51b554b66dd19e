"""Lists are received, shown, had back and withdrawn from a terminal."""

import io
import os

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accompany.access import actions as access
from accompany.access import queries as access_queries
from accompany.access.terms import Role
from accompany.base import codes
from accompany.cli import ending
from accompany.people import queries as persons
from accompany.sources.models import ReceivedList
from tests.cast import FATHER, FAULTY_LIST
from tests.world import DAUGHTER, LIST, MOTHER, count_rows

NOT_A_CODE = "K7Q-2M9-9"


@pytest.fixture
def path(tmp_path):
    """A list in a file."""
    file = tmp_path / "lista.csv"
    file.write_text(LIST, encoding="utf-8")
    return file


def shown(received):
    return codes.shown(received.code)


def test_a_list_is_received_and_its_code_given(typed, world, path):
    ended = typed("import", "people", path, "--format", "json")
    (received,) = ReceivedList.objects.all()
    assert ended.code == ending.DONE
    assert ended.json["list"] == shown(received)
    assert (ended.json["persons"], ended.json["relatives"]) == (2, 2)


def test_nothing_but_the_answer_is_on_the_standard_output(typed, world, path):
    assert typed("import", "people", path, "--format", "json").json["recorded"] is True


def test_no_name_is_said_besides(typed, world, tmp_path):
    file = tmp_path / "lista.csv"
    file.write_text(FAULTY_LIST, encoding="utf-8")
    ended = typed("import", "people", file)
    assert ended.code == ending.DONE
    for word in (FATHER.family, FATHER.given, "Refugio"):
        assert word not in ended.out + ended.err


def test_faults_become_questions_by_kind(typed, world, tmp_path):
    file = tmp_path / "lista.csv"
    file.write_text(FAULTY_LIST, encoding="utf-8")
    questions = typed("import", "people", file, "--format", "json").json["questions"]
    assert questions == {
        "row.cell-unreadable": 1,
        "row.place-not-on-record": 1,
        "row.repeats": 1,
    }


def test_a_look_records_nothing(typed, world, path):
    before = count_rows()
    ended = typed("import", "people", path, "--dry-run", "--format", "json")
    assert (ended.code, ended.json["list"], ended.json["persons"]) == (ending.DONE, None, 2)
    assert count_rows() == before


def test_a_look_gives_a_row_as_an_example_of_each_question(typed, world, tmp_path):
    file = tmp_path / "lista.csv"
    file.write_text(FAULTY_LIST, encoding="utf-8")
    look = ("import", "people", file, "--dry-run")
    told = typed(*look, "--format", "json").json["examples"]
    assert {kind: one["row"] for kind, one in told.items()} == {
        "row.cell-unreadable": 2,
        "row.place-not-on-record": 2,
        "row.repeats": 4,
    }
    assert "1, for example row 4" in typed(*look).out


def test_columns_used_for_nothing_are_named_by_letter_and_never_by_heading(typed, world, tmp_path):
    file = tmp_path / "lista.csv"
    file.write_text("family_name,Rosaura,given_name,x,y,z\nPineda,,Luz,,,\n", encoding="utf-8")
    look = ("import", "people", file, "--dry-run")
    assert typed(*look, "--format", "json").json["columns_unused"] == ["B", "D", "E", "F"]
    ended = typed(*look)
    assert "B, D–F" in ended.out
    assert "Rosaura" not in ended.out + ended.err


def test_a_list_received_before_is_refused_with_its_code(typed, world, path):
    typed("import", "people", path)
    (received,) = ReceivedList.objects.all()
    before = count_rows()
    ended = typed("import", "people", path)
    assert (ended.code, ended.out) == (ending.REFUSED, "")
    assert shown(received) in ended.err
    assert "exchange.received-before" in ended.err
    assert count_rows() == before


def test_who_sent_it_can_be_said(typed, world, path):
    typed("import", "people", path, "--from", "ICE")
    (received,) = ReceivedList.objects.all()
    assert received.source.organisation_id == world.agency("ice")


def test_days_can_be_said(typed, world, path):
    typed("import", "people", path, "--received-on", "2026-03-04", "--as-of", "2026-03-01")
    (received,) = ReceivedList.objects.all()
    assert (f"{received.received_on}", f"{received.as_of}") == ("2026-03-04", "2026-03-01")


def test_an_unknown_sender_is_refused(typed, world, path):
    ended = typed("import", "people", path, "--from", "nobody")
    assert ended.code == ending.REFUSED
    assert "cli.no-such-organisation" in ended.err


def test_a_mapping_names_the_headings_of_others(typed, world, path, tmp_path):
    path.write_text(f"Apellidos,Nombre\n{MOTHER.family},{MOTHER.given}\n", encoding="utf-8")
    mapping = tmp_path / "lista.toml"
    mapping.write_text(
        '[columns]\n"Apellidos" = "family_name"\n"Nombre" = "given_name"\n', encoding="utf-8"
    )
    ended = typed("import", "people", path, "--mapping", mapping, "--format", "json")
    assert (ended.code, ended.json["persons"]) == (ending.DONE, 1)


def test_a_mapping_that_is_no_text_is_refused(typed, world, path, tmp_path):
    mapping = tmp_path / "lista.toml"
    mapping.write_bytes(b"\xff\xfe\xff")
    ended = typed("import", "people", path, "--mapping", mapping)
    assert ended.code == ending.REFUSED
    assert "cli.mapping-not-text" in ended.err


def test_a_file_that_is_not_there_is_misuse(typed, world, tmp_path):
    assert typed("import", "people", tmp_path / "no.csv").code == ending.MISUSE


def test_lists_are_shown_newest_first(typed, world):
    older, newer = world.receive(), world.receive(FAULTY_LIST)
    told = typed("lists", "--format", "json").json
    assert [one["code"] for one in told] == [shown(newer), shown(older)]


def test_a_withdrawn_list_is_marked(typed, world):
    code = shown(world.receive())
    assert typed("withdraw", code, "--because", "The wrong file.").code == ending.DONE
    assert typed("list", code, "--format", "json").json["state"] == "withdrawn"


def test_a_list_shows_what_it_holds(typed, world):
    told = typed("list", shown(world.receive(FAULTY_LIST)), "--format", "json").json
    assert (told["rows"], told["persons"], told["repeats"], told["not_records"]) == (3, 3, 1, 0)
    assert told["questions"]["row.repeats"] == 1


def test_a_list_says_which_earlier_row_a_row_repeats(typed, world):
    code = shown(world.receive(FAULTY_LIST))
    repeat = {"sheet": None, "row": 4, "repeats_sheet": None, "repeats_row": 3}
    assert typed("list", code, "--format", "json").json["repeated_rows"] == [repeat]
    assert "row 4 repeats row 3" in typed("list", code).out


def test_a_row_that_repeats_one_of_another_sheet_names_the_sheet(typed, world):
    code = shown(world.receive(two_sheets()))
    repeat = {"sheet": 2, "row": 2, "repeats_sheet": 1, "repeats_row": 3}
    assert typed("list", code, "--format", "json").json["repeated_rows"] == [repeat]
    assert "row 2 of sheet 2 repeats row 3 of sheet 1" in typed("list", code).out


def two_sheets():
    """A workbook whose second sheet has the last row of the first once more."""
    rows = [line.split(",") for line in LIST.splitlines()]
    book = openpyxl.Workbook()
    for sheet, there in ((book.active, rows), (book.create_sheet(), [rows[0], rows[2]])):
        for row in there:
            sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("kept_apart", [2, 3])
def test_a_repeat_of_a_row_about_somebody_kept_from_the_reader_is_not_told(
    typed, world, kept_apart
):
    received = world.receive(FAULTY_LIST)
    person = world.persons_of(received)[kept_apart - 1]
    team = access.make_team(name="Frontera", members=["ines"], by=world.admin)
    access.keep_to_team(record=person, team=team.pk, by=world.admin)
    reader = world.actor(Role.TRACER)
    assert persons.repeats_in(received, seen_by=reader) == []
    assert len(persons.repeats_in(received, seen_by=access_queries.operator())) == 1


def test_who_sees_no_persons_is_told_how_many_rows_repeat_and_not_which(typed, world):
    code = shown(world.receive(FAULTY_LIST))
    name = get_user_model().objects.get(pk=world.actor(Role.ANALYST).user).username
    told = typed("--as", name, "list", code, "--format", "json").json
    assert (told["repeats"], told["repeated_rows"]) == (1, [])


def test_how_many_lists_there_are_does_not_change_how_often_the_database_is_asked(typed, world):
    world.receive()
    with CaptureQueriesContext(connection) as one:
        typed("lists")
    world.receive(FAULTY_LIST)
    world.receive("family_name,given_name\nPineda,Luz\n")
    with CaptureQueriesContext(connection) as three:
        typed("lists")
    assert len(three) == len(one)


def test_a_list_is_shown_in_words(typed, world):
    ended = typed("list", shown(world.receive()))
    assert "Rows received" in ended.out
    assert "on record" in ended.out


def test_a_code_is_understood_as_people_write_it(typed, world):
    assert typed("list", world.receive().code.lower()).code == ending.DONE


@pytest.mark.parametrize("words", [["list"], ["file"], ["withdraw", "--because", "x"]])
def test_what_is_no_code_is_refused(typed, world, words):
    ended = typed(*words, NOT_A_CODE)
    assert (ended.code, ended.out) == (ending.REFUSED, "")
    assert "cli.code-wrong" in ended.err


def test_the_list_of_another_organisation_is_not_there(typed, world):
    code = shown(world.receive(by=world.actor(organisation=world.elsewhere)))
    ended = typed("list", code)
    assert ended.code == ending.REFUSED
    assert "cli.no-such-list" in ended.err


def test_a_withdrawal_says_first_how_much_rests_on_the_list(typed, world):
    code = shown(world.receive())
    before = count_rows()
    ended = typed("withdraw", code, "--because", "The wrong file.", "--dry-run")
    assert ended.code == ending.DONE
    assert "persons" in ended.out
    assert count_rows() == before


def test_a_list_is_withdrawn_only_once(typed, world):
    code = shown(world.receive())
    typed("withdraw", code, "--because", "The wrong file.")
    assert typed("withdraw", code, "--because", "The wrong file.").code == ending.REFUSED


def test_a_withdrawal_without_a_reason_is_misuse(typed, world):
    assert typed("withdraw", shown(world.receive())).code == ending.MISUSE


def test_the_file_is_had_back_byte_for_byte(typed, world):
    assert typed("file", shown(world.receive())).out == LIST


def test_layouts_are_shown_with_their_columns(typed, world):
    ended = typed("layouts", "people")
    assert "a_number" in ended.out
    assert "DATE_APPREHENDED" not in ended.out


def test_a_template_is_a_list_without_rows(typed, world, tmp_path):
    file = tmp_path / "lista.csv"
    template = typed("layouts", "template", "people").out
    columns = template.strip().split(",")
    row = ["" for _ in columns]
    row[columns.index("family_name")] = DAUGHTER.family
    file.write_text(template + ",".join(row) + "\n", encoding="utf-8")
    assert typed("import", "people", file, "--format", "json").json["persons"] == 1


def test_a_file_that_tells_of_somebody_kept_from_the_actor_is_not_there(typed, world):
    received = world.receive()
    world.keep_apart(world.persons_of(received)[0])
    ended = typed("file", received.code)
    assert (ended.code, ended.out) == (ending.REFUSED, "")
    assert "cli.no-such-list" in ended.err


def test_a_file_whose_name_is_no_unicode_is_received(typed, world, tmp_path):
    file = tmp_path / os.fsdecode(b"lista-\xff.csv")
    file.write_text(LIST, encoding="utf-8")
    assert typed("import", "people", file).code == ending.DONE


def test_nothing_was_received_on_a_day_to_come(typed, world, path):
    ended = typed("import", "people", path, "--received-on", "2999-01-01")
    assert ended.code == ending.REFUSED
    assert "exchange.received-in-the-future" in ended.err
