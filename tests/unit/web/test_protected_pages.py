"""Pages of consent, referral, privileged notes and demands for data: what they show and do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accompany.access.models import Entry
from accompany.access.terms import Role
from accompany.base import clock, codes
from accompany.consents import queries
from accompany.consents.models import Consent, Override, Referral
from accompany.consents.terms import Event, What
from accompany.demands import queries as demands
from accompany.demands.models import Demand
from accompany.demands.terms import State
from accompany.erasure import actions as erasure
from accompany.erasure.terms import Because
from accompany.notes.models import Note
from tests.cast import DAUGHTER
from tests.world import browser_of, newest_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world):
    return world.person(DAUGHTER)


@pytest.fixture
def code(world, person):
    return codes.shown(world.code(person))


@pytest.fixture
def worker(world):
    return browser_of(world.actor())


@pytest.fixture
def counsel(world):
    return browser_of(world.actor(Role.COUNSEL))


def consent(world, **more):
    return {
        "words": "Estoy de acuerdo.",
        "language": "es",
        "recipient": str(world.elsewhere),
        "purpose": "legal-help",
        "what": ["names", "birth"],
        "form": "signed",
        "since": clock.today().isoformat(),
        "last": (clock.today() + timedelta(days=30)).isoformat(),
    } | more


def referral(world, **more):
    return {
        "to": str(world.elsewhere),
        "purpose": "legal-help",
        "way": "file",
        "what": ["names"],
    } | more


def demand(**more):
    return {
        "kind": "warrant-administrative",
        "by_whom": "Oficial Bermúdez",
        "asked": "Dónde está",
        "how": "in-person",
        "received_on": clock.today().isoformat(),
    } | more


def text(response):
    return response.content.decode()


def test_a_consent_is_recorded_shown_with_its_text_and_withdrawn(world, worker, code):
    assert worker.post(f"/people/{code}/consent/record", consent(world)).status_code == 302
    shown = text(worker.get(f"/people/{code}/consent"))
    assert "Estoy de acuerdo." in shown
    assert "Casa Vecina: " in shown.replace("\n", " ").replace("    ", "")
    (one,) = Consent.objects.all()
    said = {"reason": "Ya no quiere.", "how": "phone", "told_on": clock.today().isoformat()}
    address = reverse("withdraw-consent", args=[code, one.pk])
    assert worker.post(address, said).status_code == 302
    assert "· withdrawn" in text(worker.get(f"/people/{code}/consent"))


def test_what_is_wrong_with_a_consent_is_told_and_nothing_is_recorded(world, worker, code):
    sent = consent(world, form="spoken")
    answer = worker.post(f"/people/{code}/consent/record", sent)
    assert answer.status_code == 409
    assert "has a witness, and none is named" in text(answer)
    unknown = worker.post(f"/people/{code}/consent/record", consent(world, given_by="K7Q"))
    assert unknown.status_code == 422
    assert not Consent.objects.exists()


def test_what_seems_to_speak_of_status_may_stay_after_a_second_look(world, worker, code):
    sent = consent(world, words="Leído: no preguntamos si está sin papeles.")
    assert worker.post(f"/people/{code}/consent/record", sent).status_code == 422
    again = sent | {"status_seen": "on"}
    assert worker.post(f"/people/{code}/consent/record", again).status_code == 302


def test_a_refusal_offers_the_way_by_a_second_person(world, worker, code):
    answer = worker.post(f"/people/{code}/refer", referral(world))
    assert answer.status_code == 409
    assert "has not agreed that this organisation be told" in text(answer)
    assert "another person decides" in text(answer)
    assert not Referral.objects.exists()


def test_without_consent_another_person_finds_it_under_today_and_confirms(world, worker, code):
    sent = referral(world, reason="Está en cirugía.", without="1")
    assert worker.post(f"/people/{code}/refer", sent).status_code == 302
    (waits,) = Override.objects.all()
    decided = {"override": str(waits.pk), "do": "confirm"}
    assert worker.post("/referrals/waiting", decided).status_code == 409

    second = browser_of(world.colleague())
    assert "/referrals/waiting" in text(second.get("/"))
    assert "Está en cirugía." in text(second.get("/referrals/waiting"))
    assert second.post("/referrals/waiting", decided).status_code == 302
    assert "Without consent." in text(worker.get(f"/people/{code}/consent"))


def test_what_waits_can_be_dropped(world, worker, code):
    worker.post(f"/people/{code}/refer", referral(world, reason="Urge.", without="1"))
    (waits,) = Override.objects.all()
    worker.post("/referrals/waiting", {"override": str(waits.pk), "do": "drop"})
    assert not Override.objects.exists()
    assert not Referral.objects.exists()


@pytest.mark.parametrize("override", ["", "nothing", "0" * 32])
def test_what_is_not_there_cannot_be_decided_on(worker, override):
    answer = worker.post("/referrals/waiting", {"override": override, "do": "confirm"})
    assert answer.status_code in (404, 409)


def test_the_form_offers_no_government_agency(world, worker, code):
    shown = text(worker.get(f"/people/{code}/refer"))
    assert str(world.agency("ice")) not in shown


def test_a_file_that_asks_for_notes_is_refused_and_the_attempt_is_in_the_trail(
    world, person, worker, code
):
    worker.post(f"/people/{code}/consent/record", consent(world, what=[*What]))
    worker.post(f"/people/{code}/refer", referral(world))
    (one,) = queries.referrals_said(person, seen_by=world.actor())
    address = reverse("referral-file", args=[code, one.id])
    answer = worker.post(address, {"what": ["names", "notes"]})
    assert answer.status_code == 409
    assert "no file for others can hold" in text(answer)
    assert Entry.objects.filter(event=Event.FILE_REFUSED).count() == 1
    whole = worker.post(address)
    assert whole["Content-Disposition"] == f'attachment; filename="{code}.json"'
    assert DAUGHTER.family in text(whole)


def test_notes_are_written_read_and_withdrawn_by_counsel(counsel, code):
    counsel.post(f"/people/{code}/notes/counsel", {"words": "Contó del puente."})
    assert "Contó del puente." in text(counsel.get(f"/people/{code}/notes/counsel"))
    (note,) = Note.objects.all()
    gone = {"note": str(note.pk), "reason": "Otra persona."}
    counsel.post(f"/people/{code}/notes/counsel", gone)
    assert "Contó del puente." not in text(counsel.get(f"/people/{code}/notes/counsel"))


def test_the_page_of_a_person_leads_to_notes_only_for_whose_they_are(world, worker, counsel, code):
    address = f"/people/{code}/notes/counsel"
    assert address in text(counsel.get(f"/people/{code}"))
    assert address not in text(worker.get(f"/people/{code}"))
    admin = browser_of(world.admin)
    assert address not in text(admin.get(f"/people/{code}"))
    assert admin.get(address).status_code == 404


def test_who_logged_a_demand_reads_counsels_answer_and_cannot_write_it(world, counsel):
    companion = browser_of(world.actor(Role.COMPANION))
    assert companion.post("/demands/log", demand()).status_code == 302
    (one,) = Demand.objects.all()
    assert f"/demands/{one.pk}" in text(counsel.get("/demands"))
    answer = {
        "do": "advise",
        "finding": "does-not-compel",
        "words": "No den nada.",
        "asked_on": clock.today().isoformat(),
        "on": clock.today().isoformat(),
    }
    assert companion.post(f"/demands/{one.pk}", answer).status_code == 404
    assert counsel.post(f"/demands/{one.pk}", answer).status_code == 302
    assert "No den nada." in text(companion.get(f"/demands/{one.pk}"))


def test_counsel_cannot_mark_as_given_what_no_judge_ordered(world, worker, counsel):
    worker.post("/demands/log", demand())
    (one,) = Demand.objects.all()
    done = {
        "do": "decide",
        "decision": "disclosed",
        "left": ["names"],
        "done_on": clock.today().isoformat(),
    }
    answer = counsel.post(f"/demands/{one.pk}", done)
    assert answer.status_code == 409
    assert "No judge ordered it" in text(answer)
    (line,) = demands.log(seen_by=world.admin)
    assert line.state is State.WAITS


def test_a_demand_waits_for_counsel_under_today(worker, counsel):
    worker.post("/demands/log", demand())
    assert "1 demand waits for counsel’s answer" in text(counsel.get("/"))
    assert "demand waits" not in text(worker.get("/"))


def test_a_demand_of_a_day_to_come_is_not_logged(worker):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert worker.post("/demands/log", demand(received_on=tomorrow)).status_code == 422


def test_a_demand_names_persons_by_code_and_only_those_seen(world, person, code):
    worker = browser_of(world.actor())
    assert worker.post("/demands/log", demand(records=code)).status_code == 302
    world.keep_apart(person)
    assert worker.post("/demands/log", demand(records=code)).status_code == 422


def test_whoever_sees_no_persons_logs_a_demand_all_the_same(world):
    analyst = browser_of(world.actor(Role.ANALYST))
    shown = text(analyst.get("/demands/log"))
    assert 'name="records"' not in shown
    answer = analyst.post("/demands/log", demand())
    assert answer.status_code == 302
    assert analyst.get(answer.url).status_code == 200


def test_every_page_leads_to_what_to_do_when_somebody_demands_data(world):
    for role in Role:
        assert "/demands/log" in text(browser_of(world.actor(role)).get("/help")), role


def test_looking_at_consents_leaves_an_entry(worker, code):
    worker.get(f"/people/{code}/consent")
    assert newest_entry().event == Event.CONSENTS_OPENED


def test_a_demand_whose_words_were_erased_says_so_and_asks_for_no_answer(world, worker, counsel):
    person = world.person()
    worker.post("/demands/log", demand(records=codes.shown(world.code(person))))
    address = f"/demands/{Demand.objects.get().pk}"
    assert "Record counsel’s answer" in text(counsel.get(address))
    erasure.ask_to_erase(person=person, because=Because.WITHDRAWN, by=world.admin)
    erasure.erase(person=person, by=world.colleague(Role.ADMINISTRATOR))
    told = text(counsel.get(address))
    assert "The words were erased with a person whom the demand was about." in told
    assert "Record counsel’s answer" not in told
