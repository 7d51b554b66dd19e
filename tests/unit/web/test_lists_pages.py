"""Receiving a list in a browser, reading it, having it back, and withdrawing it."""

import errno
import json
import re
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accompany.access import actions as access
from accompany.access.models import Entry, Key, User
from accompany.access.terms import Role
from accompany.base import codes
from accompany.base.machine import NO_ROOM
from accompany.exchange import incoming
from accompany.exchange.spool import folder
from accompany.people.models import Person
from accompany.sources.models import Incoming, Question, ReceivedList
from accompany.sources.terms import Event, QuestionKind, Step
from accompany.web import today
from tests.cast import FAULTY_LIST
from tests.world import LIST, newest_entry

ROLES_THAT_READ = [Role.CASEWORKER, Role.TRACER, Role.ADMINISTRATOR]


def send(browser, text=LIST, **more):
    content = text.encode() if isinstance(text, str) else text
    form = {
        "file": SimpleUploadedFile("Lista de Rosaura.csv", content),
        "layout": "people",
        "received_on": "2026-03-02",
    }
    return browser.post(reverse("receive"), form | more)


def look(browser, text=LIST, **more):
    """Send a file and let the job look at it; the address where it waits."""
    address = send(browser, text, **more).url
    incoming.work.func(Incoming.objects.latest("id").pk.hex)
    return address


def decide(browser, address, *, record):
    answer = browser.post(f"{address}/decide", {"record": "yes" if record else "no"})
    incoming.work.func(Incoming.objects.latest("id").pk.hex)
    return answer


def path(name, received, *more):
    return reverse(name, args=[codes.shown(received.code), *more])


# Receiving


def test_sizes_and_kinds_are_said_where_a_file_is_sent_and_in_the_help(as_, settings):
    settings.ACCOMPANY_UPLOAD_LIMIT = 77_000_000
    browser = as_(Role.CASEWORKER)
    assert "CSV or XLSX of up to 77 MB" in browser.get(reverse("receive")).content.decode()
    told = browser.get(reverse("help")).content.decode()
    assert "Up to 77 MB and 8,388,608 characters in a cell" in told
    assert "2,147 MB unpacked and 16,384 columns" in told


def test_beside_the_button_it_says_that_the_file_was_not_scanned(as_, world):
    page = as_(Role.CASEWORKER).get(path("list", world.receive())).content.decode()
    button = page.index("Have the file back")
    assert "no scanner for harmful programs sees it" in page[button - 800 : button]


def test_a_file_that_was_sent_waits_for_the_look(as_):
    browser = as_(Role.CASEWORKER)
    answer = send(browser)
    told = browser.get(answer.url)
    assert "Looking at the list" in told.content.decode()
    assert told["Refresh"] == "3"
    assert Person.objects.count() == 0


def test_the_look_tells_what_the_list_would_add_and_records_nothing(as_):
    browser = as_(Role.CASEWORKER)
    told = browser.get(look(browser)).content.decode()
    assert "Record 2 persons" in told
    assert "7 of 7 columns" in told
    assert Person.objects.count() == 0


def test_the_look_shows_no_cell_and_leaves_an_entry_for_the_file_s_name(as_):
    browser = as_(Role.CASEWORKER)
    told = browser.get(look(browser)).content.decode()
    assert "Lista de Rosaura.csv" in told
    assert "Pineda" not in told
    assert newest_entry().event == Event.LIST_OPENED


def test_an_unknown_heading_is_not_shown(as_):
    browser = as_(Role.CASEWORKER)
    rows = LIST.splitlines()
    text = "\n".join([f"{rows[0]},Rosaura Tziquin", *(f"{row},x" for row in rows[1:])])
    told = browser.get(look(browser, text)).content.decode()
    assert "7 of 8 columns" in told
    assert "Tziquin" not in told


def test_columns_used_for_nothing_are_told_by_their_letters(as_):
    browser = as_(Role.CASEWORKER)
    text = "family_name,Rosaura,given_name,x\nPineda,,Luz,\n"
    told = browser.get(look(browser, text)).content.decode()
    assert "Columns B and D are kept as received and used for nothing." in told


def test_the_look_gives_a_row_as_an_example_of_each_question(as_):
    browser = as_(Role.CASEWORKER)
    answer = browser.get(look(browser, FAULTY_LIST))
    examples = {str(words): example for words, _count, example in answer.context["questions"]}
    assert examples == {
        QuestionKind.REPEATS.label: "row 4",
        QuestionKind.CELL_UNREADABLE.label: "row 2",
        QuestionKind.PLACE_NOT_ON_RECORD.label: "row 2",
    }


def test_a_list_is_recorded_once_somebody_says_so(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    decide(browser, address, record=True)
    told = browser.get(address).content.decode()
    received = ReceivedList.objects.get()
    assert codes.shown(received.code) in told
    assert "2 persons have a record from this list." in told


def test_a_file_that_is_let_go_leaves_nothing(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    before = list(folder().iterdir())
    decide(browser, address, record=False)
    assert "not recorded" in browser.get(address).content.decode()
    assert len(list(folder().iterdir())) == len(before) - 1
    assert ReceivedList.objects.count() == 0


def test_a_file_is_not_decided_on_twice(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    decide(browser, address, record=True)
    assert decide(browser, address, record=True).status_code == 409
    assert ReceivedList.objects.count() == 1


def test_a_refusal_says_where_and_what_to_do_and_shows_no_cell(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser, "Rosaura;Tziquin\nuno;dos\n")
    answer = browser.get(address)
    told = answer.content.decode()
    assert "No row was recorded" in told
    assert answer.context["objections"][0].remedy in told
    assert "Tziquin" not in told


def test_a_file_received_before_is_told_by_its_list(as_, world):
    received = world.receive()
    browser = as_(Role.CASEWORKER)
    told = browser.get(look(browser)).content.decode()
    assert codes.shown(received.code) in told
    assert f'href="{path("list", received)}"' in told


def test_a_form_that_lacks_something_keeps_no_file(as_):
    browser = as_(Role.CASEWORKER)
    before = set(folder().iterdir())
    answer = send(browser, received_on="")
    assert answer.status_code == 400
    assert set(folder().iterdir()) == before
    assert Incoming.objects.count() == 0


def test_a_file_under_way_is_nobody_else_s(as_, world):
    address = look(as_(Role.CASEWORKER))
    Incoming.objects.update(holder=world.elsewhere)
    browser = as_(Role.CASEWORKER)
    assert browser.get(address).status_code == 404
    assert browser.post(f"{address}/decide", {"record": "yes"}).status_code == 404


def test_progress_is_a_number(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    Incoming.objects.update(step=Step.RECORDING, done=1_902, of=3_170, result=json.dumps({}))
    told = browser.get(address).content.decode()
    assert "row 1,902 of 3,170" in told
    assert 'value="1902"' in told


def test_a_file_that_waits_stands_on_today_and_on_lists(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    for page in ("/", reverse("lists")):
        told = browser.get(page).content.decode()
        assert address in told
        assert "Rosaura" not in told


def test_files_that_are_alike_are_told_apart(as_):
    browser = as_(Role.CASEWORKER)
    for at, text in enumerate((LIST, LIST + "\n")):
        look(browser, text)
        file = Incoming.objects.latest("id")
        Incoming.objects.filter(pk=file.pk).update(sent_at=file.sent_at + timedelta(seconds=at))
    told = " ".join(browser.get(reverse("lists")).content.decode().split())
    links = re.findall(r'<a href="/lists/under-way/[^>]*>(.*?)</a>', told)
    assert len(links) == len(set(links)) == 2


def test_files_under_way_are_read_in_one_question(as_, world):
    browser = as_(Role.CASEWORKER)
    look(browser, teller=str(world.agency("ice")))
    one = _queries(browser, reverse("lists"))
    look(browser, FAULTY_LIST, teller=str(world.agency("orr")))
    assert _queries(browser, reverse("lists")) == one


# Reading


def test_the_lists_tell_rows_and_persons(as_, world):
    received = world.receive()
    answer = as_(Role.ANALYST).get(reverse("lists"))
    (line,) = answer.context["lists"]
    assert line["code"] == codes.shown(received.code)
    assert (line["rows"], line["persons"]) == (2, 2)


def test_lists_come_in_pages_each_once(as_, world, monkeypatch):
    monkeypatch.setattr("accompany.web.lists.LISTS_A_PAGE", 2)
    wanted = {codes.shown(world.receive(LIST.replace("345", f"34{n}")).code) for n in range(5)}
    browser, found, address = as_(Role.ANALYST), [], reverse("lists")
    for _ in range(3):
        answer = browser.get(address)
        found += [line["code"] for line in answer.context["lists"]]
        address = f"{reverse('lists')}?before={answer.context['next']}"
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("role", ROLES_THAT_READ)
def test_who_sees_persons_sees_the_file_s_name_and_that_leaves_an_entry(as_, world, role):
    received = world.receive()
    assert "lista.csv" in as_(role).get(path("list", received)).content.decode()
    assert newest_entry().event == Event.LIST_OPENED


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_sees_no_persons_sees_the_counts_alone(as_, world, role):
    received = world.receive()
    browser, before = as_(role), Entry.objects.count()
    told = browser.get(path("list", received)).content.decode()
    assert "lista.csv" not in told
    assert Entry.objects.count() == before
    for name in ("rows", "withdraw"):
        assert browser.get(path(name, received)).status_code == 404
    assert browser.get(path("row", received, 2)).status_code == 404
    assert browser.post(path("list-file", received)).status_code == 404


def test_the_rows_are_told_without_opening_one(as_, world):
    received = world.receive()
    browser, before = as_(Role.TRACER), Entry.objects.count()
    answer = browser.get(path("rows", received))
    assert [row["place"] for row in answer.context["rows"]] == [1, 2, 3]
    assert len(answer.context["rows"][1]["codes"]) == 2
    assert Entry.objects.count() == before
    assert "Pineda" not in answer.content.decode()


def test_rows_come_in_pages_each_once(as_, world, monkeypatch):
    monkeypatch.setattr("accompany.web.lists.ROWS_A_PAGE", 2)
    received = world.receive()
    browser = as_(Role.TRACER)
    first = browser.get(path("rows", received))
    second = browser.get(f"{path('rows', received)}?after={first.context['next']}")
    places = [row["place"] for answer in (first, second) for row in answer.context["rows"]]
    assert places == [1, 2, 3]
    assert second.context["next"] is None


def test_a_row_is_shown_beside_its_headings_and_leaves_an_entry(as_, world):
    received = world.receive()
    answer = as_(Role.TRACER).get(path("row", received, 2))
    cells = {cell["heading"]: (cell["letter"], cell["cell"]) for cell in answer.context["cells"]}
    assert cells["given_name"] == ("B", "Génesis Abril")
    assert newest_entry().event == Event.ROW_OPENED
    assert dict(answer.context["brought"])


def test_what_came_of_a_row_leads_to_its_persons(as_, world):
    received = world.receive()
    told = as_(Role.TRACER).get(path("row", received, 2)).content.decode()
    for person in world.persons_of(received)[:2]:
        assert reverse("person", args=[codes.shown(world.code(person))]) in told


def test_a_row_about_a_person_kept_to_a_team_is_not_there(as_, world):
    received = world.receive()
    person = Person.objects.filter(recorded_in=received.recorded_in).order_by("pk").first()
    team = access.make_team(name="Frontera", members=["ines"], by=world.admin)
    access.keep_to_team(record=person.pk, team=team.pk, by=world.admin)
    browser, before = as_(Role.TRACER), Entry.objects.count()
    assert browser.get(path("row", received, 2)).status_code == 404
    assert browser.get(path("row", received, 3)).status_code == 200
    assert browser.post(path("list-file", received)).status_code == 404
    assert "Have the file back" not in browser.get(path("list", received)).content.decode()
    assert as_(Role.ADMINISTRATOR).get(path("row", received, 2)).status_code == 200
    assert Entry.objects.count() > before


def test_nothing_leads_to_a_row_that_tells_of_somebody_kept_from_the_reader(as_, world):
    received = world.receive(
        FAULTY_LIST.replace("custodian,place", "mother_name,custodian,place").replace(
            ",ICE", ",Rosaura Inés Tziquin Balam,ICE"
        )
    )
    person, mother = world.persons_of(received)[:2]
    questions = Question.objects.filter(person=person)
    row = Person.objects.get(pk=person).row
    where = path("row", received, row.place)
    assert Person.objects.get(pk=mother).row == row
    addresses = [
        reverse("person", args=[codes.shown(world.code(person))]),
        *(f"{reverse('questions')}?kind={one.kind}" for one in questions),
        *(reverse("answer", args=[one.pk]) for one in questions),
    ]
    assert len(addresses) > 2
    browser = as_(Role.CASEWORKER)
    for address in addresses:
        assert f'"{where}"' in browser.get(address).content.decode(), address
    world.keep_apart(mother)
    assert browser.get(where).status_code == 404
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert f'"{where}"' not in answer.content.decode(), address


@pytest.mark.parametrize("role", ROLES_THAT_READ)
def test_a_row_that_repeats_another_says_which(as_, world, role):
    received = world.receive(FAULTY_LIST)
    (question,) = Question.objects.filter(kind=QuestionKind.REPEATS)
    person = codes.shown(world.code(question.person))
    earlier = f'It says the same as <a href="{path("row", received, 3)}">row 3</a>.'
    addresses = [
        path("row", received, 4),
        f"{reverse('questions')}?kind={QuestionKind.REPEATS}",
        reverse("person", args=[person]),
    ]
    if role is not Role.TRACER:
        addresses.append(reverse("answer", args=[question.pk]))
    browser = as_(role)
    for address in addresses:
        assert earlier in " ".join(browser.get(address).content.decode().split()), address


def test_an_earlier_row_about_somebody_kept_from_the_reader_is_not_named(as_, world):
    received = world.receive(FAULTY_LIST)
    (question,) = Question.objects.filter(kind=QuestionKind.REPEATS)
    first = world.persons_of(received)[1]
    team = access.make_team(name="Frontera", members=[], by=world.admin)
    access.keep_to_team(record=first, team=team.pk, by=world.admin)
    browser = as_(Role.CASEWORKER)
    for address in (
        path("row", received, 4),
        f"{reverse('questions')}?kind={QuestionKind.REPEATS}",
        reverse("person", args=[codes.shown(world.code(question.person))]),
        reverse("answer", args=[question.pk]),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "It says the same as" not in answer.content.decode()


def test_the_questions_of_a_list_lead_to_those_of_that_list(as_, world):
    other = world.receive(FAULTY_LIST)
    received = world.receive(FAULTY_LIST.replace("099", "098"))
    browser = as_(Role.CASEWORKER)
    address = f"{reverse('questions')}?kind=row.repeats&amp;list={codes.shown(received.code)}"
    assert address in browser.get(path("list", received)).content.decode()
    answer = browser.get(address.replace("&amp;", "&"))
    assert [asked.row.list_code for asked in answer.context["questions"]] == [received.code]
    assert codes.shown(other.code) not in answer.content.decode()


def test_the_questions_of_a_list_come_in_pages_of_that_list(as_, world, monkeypatch):
    monkeypatch.setattr(today, "A_PAGE", 2)
    world.receive(FAULTY_LIST)
    rows = "".join(f"Pineda,Niña {n},treinta\n" for n in range(3))
    received = world.receive(f"family_name,given_name,age\n{rows}")
    browser, seen = as_(Role.CASEWORKER), []
    asked = {"list": codes.shown(received.code), "kind": "row.cell-unreadable"}
    answer = browser.get(reverse("questions"), asked)
    seen += [one.place for one in answer.context["questions"]]
    assert f'name="list" value="{asked["list"]}"' in answer.content.decode()
    answer = browser.get(reverse("questions"), asked | {"after": answer.context["next"]})
    seen += [one.place for one in answer.context["questions"]]
    assert sorted(seen) == [2, 3, 4]


def test_the_questions_of_a_list_of_another_organisation_are_not_there(as_, world):
    received = world.receive(by=world.actor(organisation=world.elsewhere))
    browser = as_(Role.CASEWORKER)
    for code in (codes.shown(received.code), "nonsense"):
        assert browser.get(reverse("questions"), {"list": code}).status_code == 404


def test_a_cell_of_thousands_of_letters_makes_no_title_of_them(as_, world):
    name = "x" * 5_000
    received = world.receive(f"family_name,given_name\nPineda,{name}\n")
    (person,) = world.persons_of(received)
    told = as_(Role.CASEWORKER).get(reverse("person", args=[codes.shown(world.code(person))]))
    html = told.content.decode()
    assert f"<h1>{'x' * 120}…</h1>" in html
    assert f"{name} Pineda</p>" in html
    assert html.count(name) == 1


@pytest.mark.parametrize("address", ["XXX-XXX-X", "nonsense", "000-000-0"])
def test_a_code_that_is_no_list_s_is_not_there(as_, address):
    assert as_(Role.TRACER).get(reverse("list", args=[address])).status_code == 404


def test_a_list_of_another_organisation_is_not_there(as_, world):
    received = world.receive(by=world.actor(Role.TRACER, world.elsewhere))
    browser = as_(Role.TRACER)
    for name in ("list", "rows", "withdraw"):
        assert browser.get(path(name, received)).status_code == 404
    assert browser.get(path("row", received, 2)).status_code == 404
    assert browser.post(path("list-file", received)).status_code == 404


def test_a_code_typed_carelessly_leads_to_its_list(as_, world):
    typed = world.receive().code.lower().replace("0", "o")
    assert as_(Role.TRACER).get(reverse("list", args=[typed])).status_code == 200


def test_the_file_comes_back_byte_for_byte_and_leaves_an_entry(as_, world):
    received = world.receive()
    answer = as_(Role.CASEWORKER).post(path("list-file", received))
    assert b"".join(answer.streaming_content) == LIST.encode()
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''lista.csv"
    assert answer["Cache-Control"] == "no-store"
    assert Entry.objects.filter(event=Event.FILE_FETCHED).count() == 1


def test_a_link_does_not_fetch_the_file(as_, world):
    received = world.receive()
    assert as_(Role.CASEWORKER).get(path("list-file", received)).status_code == 405


# Withdrawing


def test_a_withdrawal_says_first_how_many_go_with_it(as_, world):
    received = world.receive()
    answer = as_(Role.TRACER).get(path("withdraw", received))
    assert answer.context["resting"]["persons"] == len(world.persons_of(received))
    assert ReceivedList.objects.get().withdrawn_in is None


def test_a_withdrawal_without_a_reason_withdraws_nothing(as_, world):
    received = world.receive()
    answer = as_(Role.TRACER).post(path("withdraw", received), {"because": "  "})
    assert answer.status_code == 200
    assert ReceivedList.objects.get().withdrawn_in is None


def test_a_withdrawn_list_is_marked_and_stays_readable(as_, world):
    received = world.receive()
    browser = as_(Role.TRACER)
    answer = browser.post(path("withdraw", received), {"because": "Llegó dos veces."})
    assert answer.url == path("list", received)
    assert "was withdrawn" in browser.get(answer.url).content.decode()
    assert "withdrawn" in browser.get(reverse("lists")).content.decode()
    assert browser.get(path("row", received, 2)).status_code == 200


def test_what_was_withdrawn_is_not_withdrawn_again(as_, world):
    received = world.receive()
    browser = as_(Role.TRACER)
    for _ in range(2):
        browser.post(path("withdraw", received), {"because": "Llegó dos veces."})
    assert Entry.objects.filter(event=Event.LIST_WITHDRAWN).count() == 1


def test_a_caseworker_withdraws_no_list(as_, world):
    received = world.receive()
    browser = as_(Role.CASEWORKER)
    assert browser.post(path("withdraw", received), {"because": "x"}).status_code == 404
    assert "Withdraw" not in browser.get(path("list", received)).content.decode()


def test_nobody_receives_a_list_without_permission(as_):
    for role in (Role.ANALYST, Role.AUDITOR):
        browser = as_(role)
        assert browser.get(reverse("receive")).status_code == 404
        assert send(browser).status_code == 404


def test_the_questions_asked_of_the_database_do_not_grow_with_the_list(as_, world):
    browser = as_(Role.TRACER)
    short = world.receive()
    rows = [f"Pineda,Niña {n},,2014-05-06,f,GT,Rosaura" for n in range(60)]
    long = world.receive("\n".join([LIST.splitlines()[0], *rows]))
    for name in ("list", "rows"):
        assert _queries(browser, path(name, short)) == _queries(browser, path(name, long))


def _queries(browser, address):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_every_page_of_a_list_is_in_spanish_too(as_, world):
    received = world.receive()
    browser = as_(Role.TRACER)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    for address in (
        reverse("lists"),
        reverse("receive"),
        path("list", received),
        path("rows", received),
        path("row", received, 2),
        path("withdraw", received),
    ):
        assert 'lang="es"' in browser.get(address).content.decode()


def test_a_file_sent_by_a_stranger_breaks_nothing(stranger):
    file = SimpleUploadedFile("lista.csv", b"a,b")
    answer = stranger.post(reverse("sign-in"), {"username": "a", "password": "b", "file": file})
    assert answer.status_code == 403


def test_who_receives_no_lists_sends_nothing_to_the_disk(as_):
    before = set(folder().iterdir())
    file = SimpleUploadedFile("lista.csv", b"a,b")
    as_(Role.AUDITOR).post(reverse("set-language"), {"language": "es", "file": file})
    assert set(folder().iterdir()) == before


def test_a_file_sent_to_a_page_that_takes_none_leaves_nothing(as_):
    browser = as_(Role.CASEWORKER)
    before, keys = set(folder().iterdir()), Key.objects.count()
    file = SimpleUploadedFile("lista.csv", b"a,b")
    browser.post(reverse("set-language"), {"language": "es", "file": file})
    assert set(folder().iterdir()) == before
    assert Key.objects.count() == keys


@pytest.mark.parametrize("broken", ["header", "file"])
def test_a_form_that_breaks_off_leaves_nothing_of_its_file(as_, broken):
    browser = as_(Role.CASEWORKER)
    before, keys = set(folder().iterdir()), Key.objects.count()
    part = 'Content-Disposition: form-data; name="{}"\r\n'
    file = part.format('file"; filename="a.csv') + "\r\na,b\r\n"
    if broken == "file":
        file = part.format('file"; filename="a.csv') + (
            "Content-Transfer-Encoding: base64\r\n\r\na\r\n"
        )
    sent = f"--x\r\n{file}--x\r\n{part.format('layout')}{'X' * 2_000}".encode()
    kind = "multipart/form-data; boundary=x"
    assert browser.generic("POST", reverse("receive"), sent, kind).status_code == 400
    assert set(folder().iterdir()) == before
    assert Key.objects.count() == keys


@pytest.mark.parametrize("other", ["file", "another"])
def test_of_two_files_sent_at_once_one_alone_is_kept(as_, other):
    browser = as_(Role.CASEWORKER)
    before, keys = set(folder().iterdir()), Key.objects.count()
    files = [SimpleUploadedFile("lista.csv", text.encode()) for text in (LIST, FAULTY_LIST)]
    send(browser, **({"file": files} if other == "file" else {other: files[1]}))
    kept = set(folder().iterdir()) - before
    assert [path.stem for path in kept] == [one.pk.hex for one in Incoming.objects.all()]
    assert Key.objects.count() == keys + len(kept)


@pytest.mark.parametrize("says_so", [True, False])
def test_a_file_above_the_limit_is_refused_and_nothing_of_it_kept(as_, settings, says_so):
    browser = as_(Role.CASEWORKER)
    settings.ACCOMPANY_UPLOAD_LIMIT = 100_000
    # What a form may hold besides its file decides whether the length of all tells enough.
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000 if says_so else 1_000_000
    before = set(folder().iterdir())
    answer = send(browser, b"x" * 103_000)
    assert answer.status_code == 413
    assert "accompany import" in answer.content.decode()
    assert set(folder().iterdir()) == before
    assert Incoming.objects.count() == 0


def test_a_file_above_the_limit_stops_being_written_at_the_limit(as_, settings, monkeypatch):
    written = []
    take = incoming.Sink.write
    monkeypatch.setattr(
        incoming.Sink, "write", lambda sink, data: (written.append(len(data)), take(sink, data))
    )
    browser = as_(Role.CASEWORKER)
    settings.ACCOMPANY_UPLOAD_LIMIT = 100_000
    send(browser, b"x" * 900_000)
    assert sum(written) <= 100_000


def test_a_file_at_the_limit_is_taken(as_, settings):
    browser = as_(Role.CASEWORKER)
    settings.ACCOMPANY_UPLOAD_LIMIT = len(LIST.encode())
    assert send(browser).status_code == 302


def test_a_file_that_no_page_took_is_let_go_in_time(world, monkeypatch):
    before = set(folder().iterdir())
    sink = incoming.open_sink()  # the process dies before the page is asked
    sink.write(b"a,b")
    sink.close()
    (left,) = set(folder().iterdir()) - before
    incoming.tidy()
    assert left.exists()
    monkeypatch.setattr(incoming, "ABANDONED", timedelta(days=-1))
    incoming.tidy()
    assert not left.exists()


def test_a_job_that_was_taken_up_twice_does_not_undo_what_the_other_came_to(as_, monkeypatch):
    browser = as_(Role.CASEWORKER)
    look(browser)

    def overtaken(*order, **more):
        monkeypatch.undo()
        incoming.work.func(Incoming.objects.get().pk.hex)
        return incoming.receive(*order, **more)

    monkeypatch.setattr(incoming, "receive", overtaken)
    decide(browser, reverse("under-way", args=[Incoming.objects.get().pk]), record=True)
    assert Incoming.objects.get().step == Step.RECORDED


def test_the_file_of_somebody_who_may_no_longer_act_is_let_go(as_, world):
    send(as_(Role.CASEWORKER))
    User.objects.filter(pk=world.actor(Role.CASEWORKER).user).update(is_active=False)
    incoming.work.func(Incoming.objects.get().pk.hex)
    assert Incoming.objects.get().step == Step.DROPPED


def test_a_row_that_tells_of_somebody_one_may_not_see_is_not_among_the_rows(as_, world):
    received = world.receive()
    world.keep_apart(world.persons_of(received)[0])
    told = as_(Role.CASEWORKER).get(path("rows", received)).content.decode()
    assert path("row", received, 2) not in told
    assert path("row", received, 3) in told


def test_a_job_that_died_after_the_list_was_recorded_is_told_as_recorded(as_):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    under_way = Incoming.objects.latest("id")
    lies = (folder() / f"{under_way.pk.hex}.sealed").read_bytes()
    decide(browser, address, record=True)
    # As it is found when the worker was ended between the load and the note of its step.
    (folder() / f"{under_way.pk.hex}.sealed").write_bytes(lies)
    Incoming.objects.filter(pk=under_way.pk).update(step=Step.RECORDING, list_code="")

    incoming.work.func(under_way.pk.hex)

    under_way.refresh_from_db()
    received = ReceivedList.objects.get()
    assert (under_way.step, under_way.list_code) == (Step.RECORDED, received.code)


@pytest.mark.parametrize("record", [True, False])
def test_what_is_left_of_a_file_that_is_done_with_is_let_go(as_, record):
    browser = as_(Role.CASEWORKER)
    address = look(browser)
    lies = folder() / f"{Incoming.objects.latest('id').pk.hex}.sealed"
    kept = lies.read_bytes()
    decide(browser, address, record=record)
    lies.write_bytes(kept)  # as it is found when whoever should have let it go was ended before
    incoming.tidy()
    assert not lies.exists()


def test_a_list_for_which_there_is_no_room_is_refused_and_told_so(as_, monkeypatch):
    browser = as_(Role.CASEWORKER)
    address = look(browser)

    def no_room(*order, **more):
        raise OSError(errno.ENOSPC, "Pineda")

    monkeypatch.setattr(incoming, "receive", no_room)
    decide(browser, address, record=True)
    told = browser.get(address).content.decode()
    assert Incoming.objects.get().step == Step.REFUSED
    assert NO_ROOM.why in told
    assert "Pineda" not in told


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is never gone")
def test_a_list_of_which_nobody_knows_whether_it_was_recorded_is_taken_up_again(as_, monkeypatch):
    browser = as_(Role.CASEWORKER)
    address = look(browser)

    def gone_on_the_way_out(*order, **more):
        monkeypatch.undo()
        incoming.receive(*order, **more)
        raise OperationalError from psycopg.OperationalError()

    monkeypatch.setattr(incoming, "receive", gone_on_the_way_out)
    with pytest.raises(OperationalError):
        decide(browser, address, record=True)
    assert Incoming.objects.get().step == Step.RECORDING
    incoming.work.func(Incoming.objects.get().pk.hex)
    assert Incoming.objects.get().step == Step.RECORDED
