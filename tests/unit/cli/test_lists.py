"""Lists are received, shown, had back and withdrawn from a terminal."""

import os

import pytest

from accompany.base import codes
from accompany.cli import ending
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
