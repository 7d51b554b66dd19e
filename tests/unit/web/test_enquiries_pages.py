"""Asking other organisations: what the pages say to whoever asks, and to whoever may answer."""

import pytest
from django.urls import reverse

from accompany.access.terms import Role
from accompany.base import codes
from accompany.enquiries import actions
from accompany.enquiries.models import Enquiry, EnquiryMatch
from tests.walls import asked_and_told, told
from tests.world import DAUGHTER, later

HER = {
    "given": "Génesis Abril",
    "family": "Pineda",
    "second_family": "Tziquin",
    "born": "2014",
    "a_number": "",
    "why": "La busca su tía.",
}
NOBODY = HER | {"given": "Wilmer Antonio", "family": "Ixtabalán", "second_family": ""}


def text(answer):
    return answer.content.decode()


@pytest.fixture
def theirs(world):
    """Génesis, whom another organisation holds."""
    return world.person(DAUGHTER, by=world.actor(Role.TRACER, world.elsewhere))


def ask(browser, question=HER):
    """Ask, and do the job that follows; the question's id."""
    assert browser.post(reverse("ask-others"), question).url == reverse("passed-on")
    newest = Enquiry.objects.latest("id")
    actions.match.call(newest.pk.hex)
    return newest.pk


def test_whoever_asks_is_told_that_it_was_passed_on_whoever_holds_what(as_, theirs):
    browser = as_(Role.CASEWORKER)
    shapes = [
        asked_and_told(browser, reverse("ask-others"), post=question) for question in (HER, NOBODY)
    ]
    assert shapes[0] == shapes[1]
    assert "Your question was passed on" in text(browser.get(reverse("passed-on")))


def test_one_holder_and_none_look_the_same_until_somebody_answers(as_, theirs):
    browser = as_(Role.CASEWORKER)
    key = ask(browser)
    address = reverse("enquiry", args=[key])
    with_a_holder = asked_and_told(browser, address)
    assert EnquiryMatch.objects.all().delete()[0] == 1
    assert asked_and_told(browser, address) == with_a_holder


@pytest.mark.parametrize(
    "wrong",
    [
        {"why": ""},
        {"born": "1492"},
        {"born": "3000"},
        {"a_number": "12"},
        {"given": "", "family": "", "second_family": ""},
    ],
    ids=str,
)
def test_a_question_that_says_too_little_is_not_passed_on(as_, wrong):
    answer = as_(Role.CASEWORKER).post(reverse("ask-others"), HER | wrong)
    assert answer.status_code in (409, 422)
    assert not Enquiry.objects.exists()


def test_a_holder_is_told_on_today_and_decides(as_, world, theirs, signed_in):
    asker = as_(Role.CASEWORKER)
    key = ask(asker)
    holder = signed_in(world.actor(Role.TRACER, world.elsewhere))
    assert "1 question of another organisation waits" in text(holder.get("/"))
    address = reverse("asked-of-us", args=[key])
    assert address in text(holder.get(reverse("enquiries")))
    page = text(holder.get(address))
    assert "La busca su tía." in page
    assert codes.shown(world.code(theirs)) in page
    holder.post(address, {"do": "answer", "kind": "words", "words": "Está con su madre."})
    assert "Está con su madre." in text(asker.get(reverse("enquiry", args=[key])))
    assert "Casa Vecina" not in text(asker.get(reverse("enquiry", args=[key])))
    assert holder.get(address).status_code == 404


def test_a_question_that_is_left_goes_from_the_holder_and_changes_nothing_for_whoever_asked(
    as_, world, theirs, signed_in
):
    asker = as_(Role.CASEWORKER)
    key = ask(asker)
    page = reverse("enquiry", args=[key])
    before = told(asker.get(page))
    holder = signed_in(world.actor(Role.TRACER, world.elsewhere))
    holder.post(reverse("asked-of-us", args=[key]), {"do": "leave"})
    assert "No question waits for you." in text(holder.get(reverse("enquiries")))
    assert told(asker.get(page)) == before


def test_an_administrator_lends_the_record_as_an_answer(as_, world, theirs, signed_in):
    asker = as_(Role.CASEWORKER)
    key, address = ask(asker), None
    address = reverse("asked-of-us", args=[key])
    there = signed_in(world.actor(Role.ADMINISTRATOR, world.elsewhere))
    lent = {"do": "answer", "kind": "lend", "words": "", "record": str(theirs), "hours": "2"}
    assert there.post(address, lent).url == reverse("enquiries")
    code = codes.shown(world.code(theirs))
    assert code in text(asker.get(reverse("enquiry", args=[key])))
    assert asker.get(reverse("person", args=[code])).status_code == 200
    world.end_slots()
    told_after = text(asker.get(reverse("enquiry", args=[key])))
    assert code not in told_after
    assert "for some hours, which are over" in told_after


def test_an_answer_without_words_is_refused(as_, world, theirs, signed_in):
    key = ask(as_(Role.CASEWORKER))
    holder = signed_in(world.actor(Role.TRACER, world.elsewhere))
    sent = {"do": "answer", "kind": "introduce", "words": ""}
    answer = holder.post(reverse("asked-of-us", args=[key]), sent)
    assert answer.status_code == 409
    assert "Nothing was sent" in text(answer)


def test_a_question_is_there_for_whoever_asked_and_whom_it_reaches(as_, world, theirs, signed_in):
    key = ask(as_(Role.CASEWORKER))
    holder = signed_in(world.actor(Role.TRACER, world.elsewhere))
    assert holder.get(reverse("enquiry", args=[key])).status_code == 404
    assert as_(Role.TRACER).get(reverse("asked-of-us", args=[key])).status_code == 404


def test_find_leads_to_asking_others(as_):
    found = text(as_(Role.CASEWORKER).post(reverse("people"), {"text": "Nadie Conocida"}))
    assert reverse("ask-others") in found


def test_a_question_that_ended_is_told_so_and_its_words_are_gone(as_, theirs, world):
    browser = as_(Role.CASEWORKER)
    for name in ("ask-others", "passed-on", "enquiries"):
        assert "within 90 days ends by itself" in text(browser.get(reverse(name)))
    key = ask(browser)
    Enquiry.objects.update(at=later(-90))
    actions.end_unanswered(by=world.admin)
    told = text(browser.get(reverse("enquiries")))
    assert "Nobody answered: ended on" in told
    assert "Pineda" not in told
    assert browser.get(reverse("enquiry", args=[key])).status_code == 404
