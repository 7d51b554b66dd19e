"""Finding persons, a person's page, a family's page: what they say, to whom, what they leave."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accompany.access import actions as access
from accompany.access import queries as access_queries
from accompany.access import trail
from accompany.access.models import Wall
from accompany.access.terms import Ref, Role
from accompany.base import clock, codes
from accompany.base.ids import uuid7
from accompany.custody.terms import Custodian, Departure
from accompany.people import actions as people
from accompany.people import queries, search
from accompany.people.terms import (
    ArrivalFact,
    BirthFact,
    Event,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    PersonFact,
    Relation,
    Sex,
)
from accompany.sources.terms import Certainty
from tests.world import DAUGHTER, MOTHER, day, later, newest_entry, refs

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(as_):
    """A caseworker's browser."""
    return as_(Role.CASEWORKER)


def address(world, person, name="person", *more):
    return reverse(name, args=[codes.shown(world.code(person)), *more])


def text_of(response):
    """What a page says, without its marks, on one line."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    words = re.sub(r"<[^>]*>", " ", html)
    return " ".join(words.replace("&#x27;", "'").replace("&amp;", "&").split())


def describe(world, person, organisation, **facts):
    """What one organisation says of a person."""
    told = world.told(organisation=organisation)
    people.describe_persons([PersonFact(person, **facts)], told=told, by=world.admin)


# Finding


def test_a_name_is_looked_for_by_post_and_stands_in_no_address(world, browser):
    world.person(DAUGHTER)
    page = browser.post(reverse("people"), {"text": "jenesis pinda"})
    assert "Génesis Abril Pineda Tziquin" in text_of(page)
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert not [one for one in addresses if "nesis" in one.casefold()]


def test_a_search_in_an_address_is_not_taken(world, browser):
    world.person(DAUGHTER)
    page = browser.get(reverse("people"), {"text": "nadie"})
    assert "Génesis" in text_of(page)


def test_a_code_leads_straight_to_its_page(world, browser):
    child = world.person(DAUGHTER)
    page = browser.post(reverse("people"), {"text": world.code(child).lower()})
    assert page["Location"] == address(world, child)


def test_a_search_leaves_one_entry_with_every_record_opened(world, browser):
    two = world.persons(2)
    browser.post(reverse("people"), {"text": "Génesis"})
    assert newest_entry().event == Event.PERSONS_FOUND
    assert set(refs(newest_entry())) == {Ref("person", one) for one in two}


def test_a_hit_says_who_has_the_person_and_opens_no_words_of_a_stay(world, browser):
    child = world.person(DAUGHTER)
    world.stay(child, Custodian.SPONSOR, "2026-02-01", words="Calle Alameda 14")
    said = text_of(browser.post(reverse("people"), {"text": "Génesis"}))
    assert "With a sponsor, since 1 February 2026" in said
    assert "Alameda" not in said


def test_while_names_are_read_it_is_told_and_never_that_there_is_nobody(
    world, browser, monkeypatch
):
    monkeypatch.setattr(search, "names", search.Names())
    monkeypatch.setattr(search, "_AT_ONCE", 0)
    monkeypatch.setattr(search.threading.Thread, "start", lambda _thread: None)
    world.person(DAUGHTER)
    said = text_of(browser.post(reverse("people"), {"text": "Génesis"}))
    assert "Names are still being read." in said
    assert "No record" not in said


def test_records_are_narrowed_by_what_is_asked(world, browser):
    world.person(DAUGHTER, sex=Sex.FEMALE)
    world.person(MOTHER, sex=Sex.ANOTHER)
    said = text_of(browser.post(reverse("people"), {"sex": "f"}))
    assert ("Génesis" in said, "Rosaura" in said) == (True, False)


def test_the_next_page_of_records_goes_on_where_the_first_ended(world, browser):
    world.person(MOTHER)
    world.persons(30)
    first = browser.get(reverse("people")).content.decode()
    onward = re.search(r'name="onward"\s+value="(\w+)"', first).group(1)
    second = text_of(browser.post(reverse("people"), {"onward": onward}))
    assert ("Rosaura" in first, "Rosaura" in second) == (False, True)


def test_a_list_that_is_not_there_is_said_so(world, browser):
    said = text_of(browser.post(reverse("people"), {"on_list": "K7Q"}))
    assert "There is no list of that code." in said


# Who may see


@pytest.mark.parametrize("name", ["person", "family", "record-stay", "join"])
def test_a_record_one_may_not_see_answers_like_one_that_is_not_there(world, browser, name):
    stranger = world.actor(Role.CASEWORKER, world.elsewhere)
    hidden = world.person(DAUGHTER, by=stranger)
    held = browser.get(address(world, hidden, name))
    nobody = browser.get(reverse(name, args=["000-000-0"]))
    assert held.status_code == nobody.status_code == 404
    assert _but_for_tokens(held) == _but_for_tokens(nobody)


def _but_for_tokens(response):
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'name="next" value="[^"]*"', "", text)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_may_not_see_persons_finds_no_such_page(world, as_, role):
    child = world.person(DAUGHTER)
    assert as_(role).get(address(world, child)).status_code == 404
    assert as_(role).get(reverse("people")).status_code == 404


def test_a_relative_one_may_not_see_is_not_spoken_of(world, browser):
    family = world.family()
    team = access.make_team(name="Otro equipo", members=["ines"], by=world.admin)
    access.keep_to_team(record=family.mother, team=team.pk, by=world.admin)
    said = text_of(browser.get(address(world, family.daughter)))
    assert "Rosaura" not in said
    assert "Mother" not in said
    assert "may not see" not in said
    assert Wall.objects.count() == 1


def test_an_event_of_a_child_one_may_not_see_is_not_on_the_adults_page(world, browser):
    family = world.family()
    team = access.make_team(name="Otro equipo", members=["ines"], by=world.admin)
    for child in (family.daughter, family.son):
        access.keep_to_team(record=child, team=team.pk, by=world.admin)
    said = text_of(browser.get(address(world, family.mother)))
    assert "Separated" not in said
    assert world.code(family.daughter) not in said.replace("-", "")


# A person


def test_a_persons_page_says_who_has_them_and_who_says_so(world, browser):
    family = world.family()
    said = text_of(browser.get(address(world, family.daughter)))
    assert "Held by ORR since 8 January 2026, says Casa Común." in said


def test_a_separation_that_has_not_ended_is_counted_in_days(world, browser):
    family = world.family()
    days = (clock.today() - day("2026-01-06").day).days
    said = text_of(browser.get(address(world, family.daughter)))
    assert f"Separated on 6 January 2026, {days} days ago; no reunification is on record." in said


def test_a_separation_that_ended_says_after_how_many_days(world, browser):
    family = world.family()
    world.reunify(family.daughter, family.mother, "2026-02-20")
    said = text_of(browser.get(address(world, family.daughter)))
    assert "Separated on 6 January 2026, together again after 45 days." in said


def test_nobody_on_record_as_custodian_is_told_as_such(world, browser):
    child = world.person(DAUGHTER)
    assert "No source has told who has them." in text_of(browser.get(address(world, child)))


def test_a_page_leaves_one_entry_with_everybody_whose_name_it_shows(world, browser):
    family = world.family()
    browser.get(address(world, family.daughter))
    assert newest_entry().event == Event.PERSON_OPENED
    shown = [family.daughter, family.mother]
    assert refs(newest_entry())[0] == Ref("person", family.daughter)
    assert set(refs(newest_entry())) == {Ref("person", one) for one in shown}


def test_two_sources_that_disagree_stand_side_by_side(world, browser):
    child = world.person(None, birth=BirthFact(told="2014-05-06", year=2014))
    describe(world, child, world.agency("orr"), birth=BirthFact(told="2013-05-06", year=2013))
    page = browser.get(address(world, child))
    said = text_of(page)
    assert "When was the person born?" in said
    assert said.index("Casa Común says") < said.index("ORR says")
    assert 'class="tell"' in page.content.decode()


def test_a_year_and_a_day_within_it_do_not_disagree(world, browser):
    child = world.person(None, birth=BirthFact(told="2014-05-06", year=2014))
    describe(world, child, world.agency("orr"), birth=BirthFact(year=2014))
    assert b'class="tell"' not in browser.get(address(world, child)).content


def test_an_age_that_no_day_of_birth_allows_is_a_disagreement(world, browser):
    child = world.person(None, birth=BirthFact(told="2014-05-06", year=2014))
    age = BirthFact(age=15, age_on=day("2026-02-01").day)
    describe(world, child, world.agency("orr"), birth=age)
    assert "Age and birth do not agree." in text_of(browser.get(address(world, child)))


def test_a_refuted_statement_contests_nothing(world, browser):
    child = world.person(DAUGHTER, sex=Sex.FEMALE)
    told = world.told(certainty=Certainty.REFUTED)
    people.describe_persons([PersonFact(child, sex=Sex.MALE)], told=told, by=world.admin)
    page = browser.get(address(world, child))
    assert b'class="tell"' not in page.content
    assert b"fact--refuted" in page.content


@pytest.mark.parametrize(
    ("facts", "question"),
    [
        (({"sex": Sex.FEMALE}, {"sex": Sex.MALE}), "Which sex is right?"),
        (({"nationality": "GT"}, {"nationality": "HN"}), "Which nationality is right?"),
    ],
)
def test_sex_and_nationality_may_be_contested(world, browser, facts, question):
    child = world.person(DAUGHTER, **facts[0])
    describe(world, child, world.agency("orr"), **facts[1])
    assert question in text_of(browser.get(address(world, child)))


def test_two_a_numbers_are_a_disagreement(world, browser):
    kind, dhs = IdentifierKind.A_NUMBER, Issuer.DHS
    child = world.person(DAUGHTER, identifiers=(IdentifierFact(kind, dhs, "099871345"),))
    other = IdentifierFact(kind, dhs, "099871354")
    describe(world, child, world.agency("orr"), identifiers=(other,))
    assert "Which A-number is right?" in text_of(browser.get(address(world, child)))


def test_two_custodians_at_once_are_a_disagreement_to_be_decided(world, browser):
    child = world.person(DAUGHTER)
    world.stay(child, Custodian.ORR, "2026-01-08")
    told = world.told(organisation=world.agency("orr"))
    world.stay(child, Custodian.FAMILY, "2026-02-01", told=told)
    page = browser.get(address(world, child))
    assert "Who had them from 1 February 2026? Two stays do not go together." in text_of(page)
    assert re.search(r'href="/questions/[-0-9a-f]+/answer">\s*Decide', page.content.decode())


def test_sources_that_tell_of_different_companions_disagree(world, browser):
    family = world.family()
    for whom, organisation in (
        ([family.daughter], world.agency("cbp")),
        ([family.daughter, family.mother], world.agency("orr")),
    ):
        party = uuid7()
        facts = [ArrivalFact(one, party, day("2026-01-05")) for one in whom]
        told = world.told(organisation=organisation)
        people.record_arrivals(facts, told=told, by=world.admin)
    said = text_of(browser.get(address(world, family.daughter)))
    assert "With whom, and when, did they arrive?" in said
    assert "CBP says Alone" in said


def test_a_gap_is_said_and_asked_about(world, browser):
    child = world.person(DAUGHTER)
    world.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    world.stay(child, Custodian.ORR, "2026-01-20")
    said = text_of(browser.get(address(world, child)))
    assert "Nobody says who has them 8 January 2026 to 20 January 2026, 12 days." in said
    assert "Answer it" in said


def test_after_the_last_stay_that_ended_nobody_says_who_has_them(world, browser):
    child = world.person(DAUGHTER)
    world.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    said = text_of(browser.get(address(world, child)))
    assert "Nobody says who has had them since." in said


def test_a_fact_leads_to_its_row(world, browser):
    received = world.receive()
    child = world.persons_of(received)[0]
    page = browser.get(address(world, child)).content.decode()
    assert f"/lists/{codes.shown(received.code)}/rows/" in page


def test_a_page_of_an_earlier_day_shows_what_was_known_then(world, browser):
    child = world.person(DAUGHTER)
    yesterday = clock.today() - timedelta(days=1)
    page = browser.get(address(world, child), {"on": yesterday.isoformat()})
    said = text_of(page)
    assert "Nothing was on record under this code then." in said
    assert "Génesis" not in said
    assert "As known on" in said


def test_a_page_of_today_prints_the_moment_it_used(world, browser):
    child = world.person(DAUGHTER)
    page = browser.get(address(world, child), {"on": clock.today().isoformat()})
    said = text_of(page)
    assert "Génesis" in said
    assert re.search(r"As known on \d+ \w+ \d{4}, \d\d:\d\d\.", said)


def test_at_a_past_moment_nothing_is_recorded_or_corrected(world, browser):
    child = world.person(DAUGHTER)
    page = browser.get(address(world, child), {"on": clock.today().isoformat()}).content.decode()
    assert "/correct/" not in page
    assert "/record/" not in page


def test_a_day_that_cannot_be_read_is_said_so_and_now_is_shown(world, browser):
    child = world.person(DAUGHTER)
    said = text_of(browser.get(address(world, child), {"on": "2026-02-31"}))
    assert "The day could not be read" in said
    assert "As on record now." in said


def test_a_withdrawn_record_still_has_its_page_marked(world, browser):
    received = world.receive()
    child = world.persons_of(received)[0]
    people.withdraw_list(received, because="Era la lista de otro.", by=world.admin)
    page = browser.get(address(world, child))
    said = text_of(page)
    assert page.status_code == 200
    assert "withdrawn" in said
    assert "Pineda" not in said


def test_joined_records_are_shown_with_their_reasons_and_can_be_parted(world, browser):
    one, other = world.persons(2)
    world.join(one, other)
    page = browser.get(address(world, one))
    assert "Lo dijo ella misma." in text_of(page)
    assert address(world, one, "part", codes.shown(world.code(other))) in page.content.decode()


def test_what_is_said_of_a_joined_record_names_that_record(world, browser):
    one, other = world.persons(2)
    describe(world, other, world.home, nationality="GT")
    world.join(one, other)
    said = text_of(browser.get(address(world, one)))
    assert f"record {codes.shown(world.code(other))}" in said


def test_more_statements_ask_no_more_questions(world, browser):
    family = world.family()

    def asked(name):
        with CaptureQueriesContext(connection) as captured:
            browser.get(address(world, family.daughter, name))
        return len(captured)

    for name in ("person", "family"):
        asked(name)
        few = asked(name)
        for number in range(5):
            sibling = world.person(NameFact(f"Ana {number}", "Pineda"))
            world.tie(family.daughter, sibling, Relation.SIBLING)
            world.stay(family.daughter, Custodian.ORR, f"2026-02-0{number + 1}")
            describe(world, family.daughter, world.home, nationality="GT")
        asked(name)
        assert asked(name) == few


def test_a_page_of_hits_asks_as_many_questions_whether_few_or_many(world, browser):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            browser.post(reverse("people"), {"text": "Génesis"})
        return len(captured)

    world.persons(2)
    asked()
    few = asked()
    world.persons(20)
    asked()
    assert asked() == few


# A family


def test_a_familys_page_draws_everybody_and_says_what_happened(world, browser):
    family = world.family()
    page = browser.get(address(world, family.daughter, "family"))
    said = text_of(page)
    assert page.content.decode().count('class="pic ') == 2
    for name in ("Génesis", "Rosaura"):
        assert name in said
    assert "Separated by CBP" in said


def test_a_familys_page_leaves_one_entry_with_every_member(world, browser):
    family = world.family()
    browser.get(address(world, family.mother, "family"))
    assert newest_entry().event == Event.FAMILY_OPENED
    members = {family.mother, family.daughter, family.son}
    assert set(refs(newest_entry())) == {Ref("person", one) for one in members}


def test_those_who_share_a_family_unit_number_are_drawn_together(world, browser):
    number = IdentifierFact(IdentifierKind.FAMILY_UNIT, Issuer.CBP, "FU4471")
    child = world.person(DAUGHTER, identifiers=(number,))
    world.person(MOTHER, identifiers=(number,))
    assert "Rosaura" in text_of(browser.get(address(world, child, "family")))


def test_a_familys_page_of_an_earlier_day_shows_what_was_known_then(world, browser):
    family = world.family()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    said = text_of(browser.get(address(world, family.daughter, "family"), {"on": yesterday}))
    assert "Nothing was on record under this code then." in said


def test_a_familys_page_of_a_day_says_what_that_day_no_longer_shows(world, browser):
    child = world.person(DAUGHTER)
    where, today = address(world, child, "family"), {"on": clock.today().isoformat()}
    said = "Whom only a family-unit number joins that was withdrawn since is not shown"
    assert [said in text_of(browser.get(where, asked)) for asked in (today, {})] == [True, False]


def test_one_without_relatives_has_a_family_line_of_their_own(world, browser):
    child = world.person(DAUGHTER)
    assert "Génesis" in text_of(browser.get(address(world, child, "family")))


def test_joined_records_are_one_member_of_a_family(world):
    family = world.family()
    twice = world.person(MOTHER)
    world.join(family.mother, twice)
    members = queries.family_of(family.daughter, seen_by=world.admin)
    assert [len(records) for records in members] == [1, 2]


@pytest.mark.parametrize("name", ["person", "family"])
def test_the_last_of_all_days_is_understood_as_now(world, browser, name):
    person = world.person()
    answer = browser.get(address(world, person, name), {"on": "9999-12-31"})
    assert answer.status_code == 200


def test_who_had_not_shared_a_family_unit_number_by_then_is_not_in_the_family(world):
    one, other = world.persons(2)
    before = trail.known()
    number = IdentifierFact(IdentifierKind.FAMILY_UNIT, Issuer.CBP, "FU-1")
    for person in (one, other):
        fact = PersonFact(person, identifiers=(number,))
        people.describe_persons([fact], told=world.told(), by=world.admin)
    assert len(queries.family_of(one, seen_by=world.admin, known=before)) == 1


# What another organisation lent


@pytest.fixture
def lent(world):
    """A child of a list that another organisation received, lent to this one."""
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    child = world.persons_of(world.receive(by=theirs))[0]
    people.lend(person=child, to=world.home, until=later(0.1), by=theirs)
    return child


def test_the_page_of_a_lent_record_leads_to_nothing_that_is_not_there(world, as_, lent):
    browser = as_(Role.TRACER)
    page = browser.get(address(world, lent))
    assert "Génesis Abril" in text_of(page)
    found = re.findall(r'href="(/(?!static/)[^"#?]*)', page.content.decode())
    assert [one for one in found if browser.get(one).status_code != 200] == []


def test_of_a_lent_record_nothing_is_to_be_done(world, as_, lent):
    page = as_(Role.TRACER).get(address(world, lent)).content.decode()
    assert not re.findall(r'href="[^"]*/(?:correct|record|join|part|answer)[/"]', page)


def test_a_lent_record_is_found_without_its_holder_s_lists(world, as_, lent):
    page = as_(Role.TRACER).post(reverse("people"), {"text": "Génesis"}).content.decode()
    assert codes.shown(world.code(lent)) in page
    assert not re.findall(r'href="/lists/[^"]', page)


def test_who_looked_elsewhere_is_told_as_their_organisation(world, as_, lent):
    as_(Role.TRACER).get(address(world, lent))
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    who = {
        reader.organisation: [one.who for one in access_queries.trail_about(lent, seen_by=reader)]
        for reader in (world.actor(Role.TRACER), theirs)
    }
    assert set(who[world.home]) == {"Colega de Prueba", "Casa Vecina"}
    assert who[world.home][0] == "Colega de Prueba"
    assert set(who[world.elsewhere]) == {"Casa Común", "Colega de Prueba"}
    assert who[world.elsewhere][0] == "Casa Común"
