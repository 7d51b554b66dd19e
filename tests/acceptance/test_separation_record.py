"""Scenarios of the family unit and the separation record, and of identity across lists."""

from datetime import date

import pytest

from accompany.access.queries import organisation
from accompany.base.dates import on_day
from accompany.base.ids import uuid7
from accompany.custody import actions as custody
from accompany.custody import queries as custody_queries
from accompany.custody.terms import Cause, Custodian, SeparationFact, StayFact
from accompany.figures import queries as figures
from accompany.people import actions as people
from accompany.people import queries
from accompany.people.terms import (
    ArrivalFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    PersonFact,
    Relation,
    TieFact,
)
from accompany.sources import queries as sources
from accompany.sources.terms import How, TellingFact

pytestmark = pytest.mark.django_db
ZONE = "America/Chicago"


def told(by="orr", how=How.LIST, on=date(2026, 3, 20)):
    return TellingFact(how=how, learned_on=on, organisation=organisation(by).pk)


def person(ines, *names, **more):
    fact = PersonFact(id=uuid7(), names=(NameFact(*names),), **more)
    (code,) = people.record_persons([fact], told=told(), by=ines)
    return fact.id, code


def test_005_arrival_with_a_parent_and_the_separation_stand_beside_an_agencys_label(ines, page):
    child, code = person(ines, "Génesis", "Pineda", "Lara")
    father, _code = person(ines, "Elmer", "Pineda", "Cruz")
    party = uuid7()
    together = [ArrivalFact(one, party, on_day(date(2026, 2, 11), ZONE)) for one in (child, father)]
    people.record_arrivals(together, told=told("orr"), by=ines)
    people.record_ties([TieFact(child, father, Relation.FATHER)], told=told("orr"), by=ines)
    custody.record_separations(
        [
            SeparationFact(
                child,
                uuid7(),
                Custodian.CBP,
                on_day(date(2026, 2, 11), ZONE),
                Cause.NOT_STATED,
                adult=father,
                words="unaccompanied",
            )
        ],
        told=told("cbp"),
        by=ines,
    )

    shown = page(f"/people/{code}")

    assert "Elmer" in shown
    assert "Arrived" in shown or "arrived" in shown
    assert "unaccompanied" in shown, "the agency's own label, as it used it"
    assert "Separated" in shown or "separated" in shown


def test_008_links_to_everyone_apprehended_together_remain_when_one_is_transferred(ines, page):
    wife, code = person(ines, "Marisol", "Cuc", "Pop")
    husband, _ = person(ines, "Mateo", "Cuc", "Tun")
    brother, _ = person(ines, "Nery", "Cuc", "Tun")
    party = uuid7()
    people.record_arrivals(
        [ArrivalFact(one, party, None) for one in (wife, husband, brother)], told=told(), by=ines
    )
    people.record_ties(
        [TieFact(wife, husband, Relation.SPOUSE), TieFact(husband, brother, Relation.SIBLING)],
        told=told(),
        by=ines,
    )
    custody.record_stays(
        [
            StayFact(
                husband,
                Custodian.USMS,
                on_day(date(2026, 3, 2), ZONE),
                on_day(date(2026, 3, 9), ZONE),
            )
        ],
        told=told("usms"),
        by=ines,
    )

    family = {records[0].pk for records in queries.family_of(wife, seen_by=ines)}

    assert family == {wife, husband, brother}
    shown = page(f"/people/{code}/family")
    assert all(name in shown for name in ("Marisol", "Mateo", "Nery"))


def test_011_one_person_holds_the_numbers_of_five_agencies_with_issuer_and_dates(ines, page):
    given = on_day(date(2026, 2, 11), ZONE)
    numbers = [
        IdentifierFact(IdentifierKind.SUBJECT, Issuer.CBP, "CBP-4471-0098", given),
        IdentifierFact(IdentifierKind.A_NUMBER, Issuer.ICE, "012345678", given),
        IdentifierFact(IdentifierKind.CASE, Issuer.ORR, "ORR-77-120", given),
        IdentifierFact(IdentifierKind.REGISTER, Issuer.USMS, "USM-90881-179", given),
        IdentifierFact(IdentifierKind.CASE, Issuer.EOIR, "EOIR-20-4471", given),
    ]
    child, code = person(ines, "Génesis", "Pineda", identifiers=tuple(numbers))

    held = [
        fact
        for fact in queries.facts_said([child], queries.sealers_of([child]))
        if fact.what.startswith("identifier.")
    ]

    assert {fact.value[0] for fact in held} == {"cbp", "ice", "orr", "usms", "eoir"}
    assert all(fact.value[2] == given for fact in held)
    shown = page(f"/people/{code}")
    assert all(number.value in shown for number in numbers)


@pytest.mark.parametrize(
    ("written", "read"),
    [("12 345 678", "012345678"), ("A012345678", "012345678"), ("none", "has none")],
)
def test_014_an_a_number_is_read_as_one_however_it_is_written(world, written, read):
    received = world.receive(f"family_name,given_name,a_number\nPineda,Génesis,{written}\n")

    (child,) = world.persons_of(received)

    assert a_number_of(child) == (None if read == "has none" else read)


def test_014_a_number_of_23_digits_is_kept_asked_about_and_not_taken(world):
    received = world.receive(
        "family_name,given_name,a_number\nPineda,Génesis,01234567890123456789012\n"
    )

    assert sources.questions_by_kind(received) == {"row.cell-unreadable": 1}


def a_number_of(child):
    (fact,) = [
        fact
        for fact in queries.facts_said([child], queries.sealers_of([child]))
        if fact.what == "identifier.a-number"
    ]
    return fact.value[1]


def test_017_a_child_on_two_lists_counts_once_when_joined_and_keeps_both_sightings(world):
    ines = world.admin
    heading = "family_name,given_name,custodian,held_since,separated_on\n"
    first = world.receive(heading + "Vásquez,Yesenia,CBP,2026-02-11,2026-02-11\n")
    second = world.receive(heading + "Basquez,Llesenia,ORR,2026-02-13,2026-02-11\n")
    records = list(queries.persons(seen_by=ines).order_by("pk"))

    assert separated(ines) == 2, "nobody is joined by an import"
    people.join_records(
        one=records[0].pk,
        other=records[1].pk,
        reasons="The same number on both lists",
        told=told(),
        by=ines,
    )

    assert separated(ines) == 1
    both = queries.joined_with(records[0].pk, seen_by=ines)
    assert {record.pk for record in both} == {record.pk for record in records}
    stays = custody_queries.stays_said({record.pk for record in both}, {})
    assert {stay.custodian for stay in stays} == {Custodian.CBP, Custodian.ORR}
    assert {first.code, second.code} == {
        membership.of.code for membership in queries.memberships(record.pk for record in both)
    }


def separated(ines):
    answer = figures.exact(
        "children-separated", on=date(2026, 3, 31), known_on=None, by=None, seen_by=ines
    )
    (value,) = answer.as_json()["values"]
    return value["value"]
