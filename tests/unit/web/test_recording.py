"""Recording by hand: what is asked, what is kept, what is declined with the form as filled."""

import re

import pytest
from django import forms
from django.urls import reverse

from accompany.access import trail
from accompany.access.models import Digest
from accompany.access.terms import Role
from accompany.base import codes
from accompany.base.dates import Precision
from accompany.base.ids import uuid7
from accompany.custody import queries as custody
from accompany.custody.models import Separation, Stay
from accompany.custody.terms import Custodian, Departure
from accompany.facilities.models import Facility
from accompany.people import actions as people_actions
from accompany.people import queries as people
from accompany.people.models import Arrival, Identifier, Name, Person, SamePerson, Tie
from accompany.people.terms import IdentifierFact, IdentifierKind, Issuer, Sex
from accompany.sources.models import Answer, Question, Telling
from accompany.sources.terms import DocumentKind
from accompany.web import forms_people, forms_telling, urls_people
from tests.world import DAUGHTER, MOTHER, count_rows, day, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(as_):
    """A caseworker's browser."""
    return as_(Role.CASEWORKER)


@pytest.fixture
def told(world):
    """What is typed of a telling."""
    return {
        "how": "phone",
        "organisation": str(world.home),
        "learned_on": "2026-03-02",
        "told_on": "2026-03-01",
        "certainty": "said",
    }


def address(world, person, name="person", *more):
    return reverse(name, args=[codes.shown(world.code(person)), *more])


def on(name, written):
    """A day as it is typed into three boxes: `on("began", "2026-03-02")`, or less of it."""
    parts = written.split("-")
    boxes = ("year", "month", "day")
    return {f"{name}_{box}": part for box, part in zip(boxes, parts, strict=False)}


def said(person):
    """Facts about a person by what they are of."""
    facts = people.facts_said([person], people.sealers_of([person]))
    return {one.what: one.value for one in facts}


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


# A person


def test_a_new_person_is_recorded_with_all_that_was_told(world, browser, told):
    key = uuid7()
    typed = {
        "once": str(key),
        "given": "Génesis Abril",
        "family": "Pineda",
        **on("born", "2014-5-6"),
        "a_number": "A99-871-345",
        "sex": "f",
        "nationality": "GT",
    }
    answer = browser.post(reverse("record-person"), told | typed)
    assert answer.status_code == 302
    assert answer["Location"] == address(world, key)
    facts = said(key)
    assert facts["born"] == "2014-05-06"
    assert facts["identifier.a-number"][1] == "099871345"
    assert (facts["sex"], facts["nationality"]) == (Sex.FEMALE, "GT")


def test_a_form_sent_twice_makes_one_person(world, browser, told):
    typed = told | {"once": str(uuid7()), "given": "Ana"}
    first = browser.post(reverse("record-person"), typed)
    again = browser.post(reverse("record-person"), typed)
    assert first["Location"] == again["Location"]
    assert Person.objects.count() == 1


def test_a_form_whose_record_is_not_there_for_its_reader_is_refused(world, browser, told):
    elsewhere = world.person(by=world.actor(Role.CASEWORKER, world.elsewhere))
    before = count_rows()
    page = browser.post(reverse("record-person"), told | {"once": str(elsewhere), "given": "Ana"})
    assert page.status_code == 409
    assert "web.form-used" in [one.code for one in page.context["objections"]]
    assert count_rows() == before


def test_a_person_of_whom_nothing_is_told_is_declined_with_the_form_kept(world, browser, told):
    typed = told | {"once": str(uuid7()), "nationality": "GT"}
    before = count_rows()
    page = browser.post(reverse("record-person"), typed)
    assert page.status_code == 409
    assert "Give at least a name, a number, or a year of birth." in text_of(page)
    assert re.search(r'<option value="GT" selected', page.content.decode())
    assert count_rows() == before


def test_a_wrong_a_number_is_an_objection(world, browser, told):
    typed = told | {"once": str(uuid7()), "given": "Ana", "a_number": "1234"}
    page = browser.post(reverse("record-person"), typed)
    assert "An A-number has seven to nine digits" in text_of(page)


def test_that_there_is_no_a_number_is_a_value(world, browser, told):
    child = world.person(DAUGHTER)
    browser.post(address(world, child, "record-facts"), told | {"has_no_a_number": "on"})
    assert said(child)["identifier.a-number"][1] is None


def test_an_age_is_kept_with_its_day(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {"age": "9", "age_on": "2026-02-01"}
    browser.post(address(world, child, "record-facts"), typed)
    assert said(child)["age"] == (9, day("2026-02-01").day)


def test_a_month_of_birth_is_kept_as_it_was_told(world, browser, told):
    child = world.person(DAUGHTER)
    browser.post(address(world, child, "record-facts"), told | on("born", "2014-05"))
    assert said(child)["born"] == "2014-05"


# Who told it


def test_nothing_is_recorded_unless_somebody_told_it(world, browser, told):
    child = world.person(DAUGHTER)
    before = count_rows()
    typed = told | {"organisation": "", "given": "Ana"}
    page = browser.post(address(world, child, "record-facts"), typed)
    assert "Say who told it" in text_of(page)
    after = count_rows()
    looks = {"access.Entry", "access.About", "access.Batch", "access.Waiting"}
    assert {k for k in after if after[k] != before[k]} <= looks


def test_a_person_on_record_may_have_told_it(world, browser, told):
    child, mother = world.person(DAUGHTER), world.person(MOTHER)
    typed = told | {"organisation": "", "teller": world.code(mother), "sex": "f"}
    browser.post(address(world, child, "record-facts"), typed)
    assert Telling.objects.latest("recorded_in").person == mother
    assert "Said by Rosaura" in text_of(browser.get(address(world, child)))


def test_a_document_may_have_told_it_and_which_is_kept_sealed(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {
        "organisation": "",
        "document": DocumentKind.BIRTH_CERTIFICATE.value,
        "document_words": "Acta 4471 de Rabinal",
        "how": "seen",
        "certainty": "verified",
        "sex": "f",
    }
    browser.post(address(world, child, "record-facts"), typed)
    telling = Telling.objects.latest("recorded_in")
    assert telling.document == "birth-certificate"
    assert b"Rabinal" not in bytes(telling.words)
    page = text_of(browser.get(address(world, child)))
    assert "Verified: birth certificate: Acta 4471 de Rabinal" in page


def test_a_teller_one_may_not_see_is_no_teller(world, browser, told):
    hidden = world.person(MOTHER, by=world.actor(Role.CASEWORKER, world.elsewhere))
    child = world.person(DAUGHTER)
    typed = told | {"organisation": "", "teller": world.code(hidden), "sex": "f"}
    page = browser.post(address(world, child, "record-facts"), typed)
    assert "There is no record of that code." in text_of(page)


def test_nothing_is_chosen_beforehand(world, browser):
    child = world.person(DAUGHTER)
    for name in ("record-facts", "record-stay", "record-separation", "record-reunification"):
        page = browser.get(address(world, child, name)).content.decode()
        assert not re.search(r'type="radio"[^>]*checked', page)
        assert not re.findall(r'<option value="[^"]+" selected', page)


# Days as sure as they were told


@pytest.mark.parametrize(
    ("typed", "precision", "first", "last"),
    [
        (on("began", "2026-03-02"), Precision.DAY, "2026-03-02", "2026-03-02"),
        (on("began", "2026-03"), Precision.MONTH, "2026-03-01", "2026-03-31"),
        (on("began", "2026"), Precision.YEAR, "2026-01-01", "2026-12-31"),
        (
            {"began_first": "2026-03-02", "began_last": "2026-03-09"},
            Precision.BETWEEN,
            "2026-03-02",
            "2026-03-09",
        ),
        ({"began_unknown": "on"}, Precision.UNKNOWN, None, None),
    ],
)
def test_a_day_is_as_sure_as_it_was_told(world, browser, told, typed, precision, first, last):
    child = world.person(DAUGHTER)
    browser.post(address(world, child, "record-stay"), told | {"custodian": "orr"} | typed)
    began = Stay.objects.get().began
    assert began.precision is precision
    assert [d and d.isoformat() for d in (began.first_day, began.last_day)] == [first, last]


@pytest.mark.parametrize(
    "typed",
    [
        on("began", "2026-02-30"),
        {"began_day": "3"},
        {"began_day": "3", "began_year": "2026"},
        {"began_year": "26"},
        on("began", "2026-03-02") | {"began_unknown": "on"},
        {"began_first": "2026-03-09", "began_last": "2026-03-02"},
        {"began_day": "not a day"},
    ],
)
def test_what_is_no_day_is_declined_beside_its_field(world, browser, told, typed):
    child = world.person(DAUGHTER)
    page = browser.post(address(world, child, "record-stay"), told | {"custodian": "orr"} | typed)
    assert page.status_code == 422
    assert Stay.objects.count() == 0


@pytest.mark.parametrize("written", ["2026-03-02", "2026-03", "2026"])
def test_a_day_on_record_is_shown_as_it_would_be_typed(written):
    parts = [int(part) for part in written.split("-")][::-1]
    boxes = [*[None] * (3 - len(parts)), *parts]
    told = forms_telling.DayTold(*boxes, unknown=False, first=None, last=None)
    when = told.at("America/New_York")
    widget = forms_telling.DayWidget()
    assert widget.decompress(when)[:3] == [told.day, told.month, told.year]


# Custody


def test_a_stay_is_recorded_at_a_place_that_is_named_for_the_first_time(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {
        "custodian": "orr",
        **on("began", "2026-03-02"),
        "other_place": "Refugio Las Palmas",
        "other_place_kind": "children",
        "words": "con su tía Yesenia",
    }
    answer = browser.post(address(world, child, "record-stay"), typed)
    assert answer["Location"] == address(world, child)
    assert Stay.objects.get().place.name == "Refugio Las Palmas"
    assert b"Yesenia" not in bytes(Stay.objects.get().words)


def test_a_stay_that_is_declined_leaves_no_place_behind(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {"custodian": "orr", "other_place": "Las Palmas", "other_place_kind": "children"}
    page = browser.post(address(world, child, "record-stay"), typed)
    assert "The stay has neither a beginning nor an end" in text_of(page)
    assert Facility.objects.count() == 0


def test_a_stay_told_to_have_ended_ends_on_a_day_not_known(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {"custodian": "orr", **on("began", "2026-03-02"), "ended_by": "released"}
    browser.post(address(world, child, "record-stay"), typed)
    stay = Stay.objects.get()
    assert (stay.ended.precision, stay.ended_by) == (Precision.UNKNOWN, Departure.RELEASED)


def test_one_act_separates_several_children(world, browser, told):
    family = world.family()
    before = Separation.objects.count()
    typed = told | {
        "children": f"{world.code(family.daughter)}, {world.code(family.son)}",
        "adult": world.code(family.mother),
        "taken_from": "parent",
        "actor_": "cbp",
        "cause": "prosecution",
        "words": "prosecution of parent",
        **on("on", "2026-01-07"),
    }
    answer = browser.post(address(world, family.daughter, "record-separation"), typed)
    assert answer.status_code == 302
    fresh = Separation.objects.order_by("id")[before:]
    assert len({one.event for one in fresh}) == 1
    assert {one.person_id for one in fresh} == {family.daughter, family.son}
    assert {one.adult_id for one in fresh} == {family.mother}


def test_a_separation_may_name_no_adult(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {
        "children": world.code(child),
        "taken_from": "caregiver",
        "actor_": "cbp",
        "cause": "not-stated",
    }
    browser.post(address(world, child, "record-separation"), typed)
    assert Separation.objects.get().adult is None


def test_a_reunification_is_recorded(world, browser, told):
    family = world.family()
    typed = told | {
        "children": world.code(family.daughter),
        "adult": world.code(family.mother),
        "united_with": "separated-parent",
        **on("on", "2026-02-20"),
    }
    browser.post(address(world, family.daughter, "record-reunification"), typed)
    events = custody.events_said([family.daughter], people.sealers_of([family.daughter]))
    assert events[-1].what == "reunified"


# Belonging together


def test_a_tie_is_recorded_and_shown_from_both_sides(world, browser, told):
    child, mother = world.person(DAUGHTER), world.person(MOTHER)
    typed = told | {"relative": world.code(mother), "relation": "mother"}
    browser.post(address(world, child, "record-tie"), typed)
    assert "Mother Rosaura" in text_of(browser.get(address(world, child)))
    assert "Child Génesis" in text_of(browser.get(address(world, mother)))


def test_a_tie_to_oneself_is_declined(world, browser, told):
    child = world.person(DAUGHTER)
    typed = told | {"relative": world.code(child), "relation": "sibling"}
    page = browser.post(address(world, child, "record-tie"), typed)
    assert "A person was tied to themselves." in text_of(page)
    assert Tie.objects.count() == 0


def test_those_who_arrived_together_share_a_party(world, browser, told):
    child, mother = world.person(DAUGHTER), world.person(MOTHER)
    typed = told | {"others": world.code(mother), **on("on", "2026-01-05")}
    browser.post(address(world, child, "record-arrival"), typed)
    assert {one.person_id for one in Arrival.objects.all()} == {child, mother}
    assert len({one.party for one in Arrival.objects.all()}) == 1


def test_records_are_joined_for_a_reason_and_parted_for_another(world, browser, told):
    one, other = world.persons(2)
    typed = told | {"other": world.code(other), "reasons": "La misma fecha y la misma madre."}
    browser.post(address(world, one, "join"), typed)
    assert len(people.joined_with(one, seen_by=world.admin)) == 2
    part = address(world, one, "part", codes.shown(world.code(other)))
    browser.post(part, {"reasons": "Era su prima."})
    assert len(people.joined_with(one, seen_by=world.admin)) == 1
    assert SamePerson.objects.now().count() == 0


def test_records_that_are_joined_already_are_declined(world, browser, told):
    one, other = world.persons(2)
    world.join(one, other)
    typed = told | {"other": world.code(other), "reasons": "Otra vez."}
    page = browser.post(address(world, one, "join"), typed)
    assert "These two records are joined already." in text_of(page)


# Corrections


def correction(world, person, said):
    return address(world, person, "correct", said.kind, said.id)


def the_name(person):
    (saying,) = people.names_said([person], people.sealers_of([person]))
    return saying


def test_a_statement_is_corrected_and_its_successor_stands(world, browser, told):
    child = world.person(DAUGHTER)
    typed = {f"new-{name}": value for name, value in told.items()} | {
        "new-reasons": "Se escribió mal.",
        "new-given": "Yénesis",
        "new-family": "Pineda",
        "new-name_kind": "told",
    }
    answer = browser.post(correction(world, child, the_name(child).said), typed)
    assert answer["Location"] == address(world, child)
    assert the_name(child).value.given == "Yénesis"
    assert Name.objects.exclude(withdrawn_in=None).count() == 1


def test_the_form_of_a_correction_holds_what_is_on_record(world, browser):
    child = world.person(DAUGHTER)
    page = browser.get(correction(world, child, the_name(child).said)).content.decode()
    assert 'value="Génesis Abril"' in page


def test_a_statement_is_withdrawn_with_nothing_in_its_place(world, browser):
    child = world.person(DAUGHTER)
    typed = {"alone-reasons": "Era otra niña.", "withdraw": "1"}
    browser.post(correction(world, child, the_name(child).said), typed)
    assert people.names_said([child], people.sealers_of([child])) == []


def test_nothing_is_withdrawn_without_a_reason(world, browser):
    child = world.person(DAUGHTER)
    page = browser.post(correction(world, child, the_name(child).said), {"withdraw": "1"})
    assert page.status_code == 422
    assert Name.objects.now().count() == 1


def test_a_withdrawn_number_finds_nobody_any_more(world, browser):
    number = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, "099871345")
    child = world.person(DAUGHTER, identifiers=(number,))
    key = Identifier.objects.get().pk
    where = address(world, child, "correct", "people.identifier", key)
    browser.post(where, {"alone-reasons": "Mal leído.", "withdraw": "1"})
    assert Digest.objects.count() == 0


def test_a_corrected_stay_asks_anew_what_is_open(world, browser):
    child = world.person(DAUGHTER)
    first = world.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    world.stay(child, Custodian.ORR, "2026-01-20")
    assert Question.objects.filter(person=child).count() == 1
    where = address(world, child, "correct", "custody.stay", first)
    browser.post(where, {"alone-reasons": "No era ella.", "withdraw": "1"})
    assert Question.objects.filter(person=child).count() == 0


KINDS = ("people.tie", "custody.stay", "custody.separation")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_statement_has_its_form(world, browser, kind):
    family = world.family()
    page = browser.get(address(world, family.daughter)).content.decode()
    where = re.search(rf'href="([^"]*/correct/{kind}/[^"]*)"', page).group(1)
    assert browser.get(where).status_code == 200


@pytest.mark.parametrize("hidden", [False, True], ids=["seen", "behind a wall"])
def test_a_separation_corrected_keeps_its_event_and_its_adult(world, browser, told, hidden):
    family = world.family()
    if hidden:
        world.keep_apart(family.mother)
    old = Separation.objects.filter(person=family.daughter).get()
    typed = {f"new-{name}": value for name, value in told.items()} | {
        "new-reasons": "La causa estaba mal.",
        "new-taken_from": "parent",
        "new-actor_": "cbp",
        "new-cause": "health",
        **{f"new-{name}": value for name, value in on("on", "2026-01-06").items()},
    }
    where = address(world, family.daughter, "correct", "custody.separation", old.pk)
    assert browser.post(where, typed).status_code == 302
    new = Separation.objects.now().get(person=family.daughter)
    assert (new.event, new.adult_id, new.cause) == (old.event, old.adult_id, "health")


def test_a_statement_about_somebody_else_is_not_there(world, browser):
    child, other = world.persons(2)
    where = address(world, other, "correct", "people.name", the_name(child).said.id)
    assert browser.get(where).status_code == 404


# Standings on lists


@pytest.fixture
def listed(world):
    """A list, and one person whom a row of it is about."""
    received = world.receive("family_name,given_name\nPineda,Luz\n")
    return received, world.persons_of(received)[0]


def test_the_fact_of_a_list_leads_to_the_form_of_its_standing(world, browser, told, listed):
    received, person = listed
    where = address(world, person, "record-standing", codes.shown(received.code))
    assert f'href="{where}"' in browser.get(address(world, person)).content.decode()
    assert browser.get(where).status_code == 200

    answer = browser.post(where, told | {"standing": "out"}, follow=True)

    page = answer.content.decode()
    shown = codes.shown(received.code)
    assert answer.redirect_chain[-1][0] == address(world, person)
    now, before = page.index(f"List {shown}"), page.index(f"List {shown}, as told before")
    assert now < page.index("Taken off the list") < before < page.index("On the list")
    assert page.count("Change their standing") == 1


def test_a_standing_recorded_by_hand_is_corrected_and_the_list_s_own_is_not(
    world, browser, told, listed
):
    received, person = listed
    where = address(world, person, "record-standing", codes.shown(received.code))
    browser.post(where, told | {"standing": "out"})
    of_list, by_hand = people.memberships([person])
    corrects, never = (
        address(world, person, "correct", "people.membership", one.pk) for one in (by_hand, of_list)
    )
    page = browser.get(address(world, person)).content.decode()
    assert f'href="{corrects}"' in page
    assert f'href="{never}"' not in page
    assert browser.get(never).status_code == 404
    shown = browser.get(corrects).content.decode()
    assert "Taken off the list" in shown
    answer = browser.post(corrects, {"withdraw": "1", "alone-reasons": "Era otra."}, follow=True)
    assert "It was withdrawn." in answer.content.decode()
    assert [one.standing for one in people.memberships([person])] == ["in"]


def test_another_standing_is_put_in_the_place_of_one_recorded_by_hand(world, browser, told, listed):
    received, person = listed
    where = address(world, person, "record-standing", codes.shown(received.code))
    browser.post(where, told | {"standing": "out"})
    by_hand = people.memberships([person])[-1]
    corrects = address(world, person, "correct", "people.membership", by_hand.pk)
    typed = {f"new-{name}": value for name, value in told.items()}
    typed |= {"new-reasons": "Se leyó mal.", "new-standing": "indicated"}
    assert browser.post(corrects, typed).status_code == 302
    assert [one.standing for one in people.memberships([person])] == ["in", "indicated"]


def test_what_was_known_before_is_shown_as_it_stood(world, browser, told, listed):
    received, person = listed
    world.colleague()
    before = trail.known()
    where = address(world, person, "record-standing", codes.shown(received.code))
    browser.post(where, told | {"standing": "indicated"})
    (then,) = people.memberships([person], before)
    assert then.standing == "in"


def test_a_standing_is_chosen_and_none_is_chosen_beforehand(world, browser, told, listed):
    received, person = listed
    where = address(world, person, "record-standing", codes.shown(received.code))
    assert " checked>" not in browser.get(where).content.decode()
    for standing in ({}, {"standing": "not-known"}):
        assert browser.post(where, told | standing).status_code == 422


def test_a_standing_on_a_list_that_has_no_row_about_the_person_is_not_there(world, browser, listed):
    received, _person = listed
    shown = codes.shown(received.code)
    where = address(world, world.person(), "record-standing", shown)
    assert browser.get(where).status_code == 404


# Questions


def gap(world):
    child = world.person(DAUGHTER)
    world.stay(child, Custodian.CBP, "2026-01-05", "2026-01-08", Departure.TRANSFERRED)
    world.stay(child, Custodian.ORR, "2026-01-20")
    return child, Question.objects.get(person=child)


def test_a_question_answered_stays_answered(world, browser, told):
    child, question = gap(world)
    typed = told | {"outcome": "explained", "words": "Estuvo en un hospital."}
    answer = browser.post(reverse("answer", args=[question.pk]), typed)
    assert answer["Location"] == address(world, child)
    world.stay(child, Custodian.FAMILY, "2026-02-01")
    page = text_of(browser.get(address(world, child)))
    assert "One question was answered." in page
    assert b"hospital" not in bytes(Answer.objects.get().words)


def test_an_answered_question_is_not_asked_again(world, browser, told):
    _child, question = gap(world)
    where = reverse("answer", args=[question.pk])
    browser.post(where, told | {"outcome": "cannot-be-known"})
    assert browser.get(where).status_code == 404


def test_only_answers_that_make_sense_are_offered(world, browser, told):
    _child, question = gap(world)
    where = reverse("answer", args=[question.pk])
    page = browser.get(where).content.decode()
    offered = set(re.findall(r'name="outcome" value="([^"]+)"', page))
    assert offered == {"source-wrong", "explained", "cannot-be-known"}
    assert browser.post(where, told | {"outcome": "not-a-repeat"}).status_code == 422
    assert not Answer.objects.exists()


# Who may


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_may_not_record_finds_no_form(world, as_, role):
    child = world.person(DAUGHTER)
    for name in ("record-facts", "record-stay", "join"):
        assert as_(role).get(address(world, child, name)).status_code == 404
    assert as_(role).get(reverse("record-person")).status_code == 404


# Immigration status


def _forms():
    kinds = [*vars(forms_people).values(), *vars(forms_telling).values()]
    return [one for one in kinds if isinstance(one, type) and issubclass(one, forms.Form)]


def test_no_form_has_a_field_for_immigration_status():
    words = re.compile(r"status|immigra|citizen|visa|legal|residen", re.IGNORECASE)
    for form in _forms():
        for name, field in form.base_fields.items():
            if name != "status_seen":
                assert not words.search(f"{name} {field.label}"), (form, name)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("record-stay", "words"),
        ("record-stay", "document_words"),
        ("record-separation", "words"),
        ("join", "reasons"),
    ],
)
def test_words_that_speak_of_status_are_kept_only_after_a_second_look(
    world, browser, told, name, field
):
    child, other = world.persons(2)
    typed = told | {
        "custodian": "orr",
        **on("began", "2026-03-02"),
        "children": world.code(child),
        "taken_from": "parent",
        "actor_": "cbp",
        "cause": "other",
        "other": world.code(other),
        "reasons": "La misma madre.",
        field: "Dicen que está indocumentada.",
    }
    page = browser.post(address(world, child, name), typed)
    assert "seem to speak of somebody’s immigration status" in text_of(page)
    assert "indocumentada" in page.content.decode()
    assert not any(model.objects.exists() for model in (Stay, Separation, SamePerson))
    again = browser.post(address(world, child, name), typed | {"status_seen": "on"})
    assert again.status_code == 302


def test_the_reason_of_a_correction_is_looked_at_too(world, browser):
    child = world.person(DAUGHTER)
    typed = {"alone-reasons": "Es ciudadana.", "withdraw": "1"}
    page = browser.post(correction(world, child, the_name(child).said), typed)
    assert "seem to speak of somebody’s immigration status" in text_of(page)
    assert Name.objects.now().count() == 1


def test_every_address_here_takes_codes_and_ids_and_no_words():
    patterns = [str(one.pattern) for one in urls_people.urlpatterns]
    taken = {kind for one in patterns for kind in re.findall(r"<(\w+:\w+)>", one)}
    assert taken == {"str:code", "str:other", "str:of", "str:kind", "uuid:key"}


def test_a_day_beyond_all_calendars_is_declined(world, browser, told):
    form = told | {"custodian": "ice", "began_last": "9999-12-31"}
    assert browser.post(address(world, world.person(), "record-stay"), form).status_code == 422


@pytest.mark.parametrize(("shown", "kept"), [("daughter", "mother"), ("mother", "daughter")])
def test_a_tie_to_somebody_one_may_not_see_is_not_there_to_be_corrected(
    world, browser, shown, kept
):
    family = world.family()
    world.keep_apart(getattr(family, kept))
    tie = Tie.objects.get(person=family.daughter)
    of_page = address(world, getattr(family, shown), "correct", "people.tie", tie.pk)
    assert browser.get(of_page).status_code == 404


# What another organisation lent


@pytest.fixture
def lent(world):
    """A record of another organisation, lent to this one."""
    theirs = world.actor(Role.ADMINISTRATOR, world.elsewhere)
    person = world.person(MOTHER, by=theirs)
    people_actions.lend(person=person, to=world.home, until=later(0.1), by=theirs)
    return person


FORMS = ["facts", "stay", "tie", "arrival", "separation", "reunification"]


@pytest.mark.parametrize("name", [*(f"record-{form}" for form in FORMS), "join"])
def test_there_is_no_form_to_record_something_of_a_lent_record(world, as_, lent, name):
    assert as_(Role.TRACER).get(address(world, lent, name)).status_code == 404


def test_there_is_no_form_to_correct_or_part_a_lent_record(world, as_, lent):
    name = the_name(lent).said
    assert as_(Role.TRACER).get(correction(world, lent, name)).status_code == 404
    parting = address(world, world.person(), "part", codes.shown(world.code(lent)))
    assert as_(Role.TRACER).get(parting).status_code == 404


def test_a_form_that_names_a_lent_record_says_whom_to_ask(world, browser, told, lent):
    typed = told | {"relative": codes.shown(world.code(lent)), "relation": "mother"}
    page = browser.post(address(world, world.person(), "record-tie"), typed)
    assert page.status_code == 409
    assert "Ask that organisation to record or change this." in text_of(page)
    assert not Tie.objects.exists()
