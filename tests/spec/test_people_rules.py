"""What holds of names, ages and joined records."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.people import rules
from accompany.people.terms import (
    INVERSE,
    BirthFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    PersonFact,
    Relation,
    Sex,
    Standing,
    StandingFact,
    TieFact,
)

ANA, BEN, CRUZ, DARIO = (UUID(int=number) for number in range(4))
NAME = NameFact("Génesis", "Pineda", "Lara")


def a_number(value):
    return IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, value)


@pytest.mark.parametrize(
    ("told", "objections"),
    [
        ({}, [rules.NOBODY]),
        ({"sex": Sex.FEMALE}, [rules.NOBODY]),
        ({"nationality": "GT"}, [rules.NOBODY]),
        ({"names": (NAME,)}, []),
        ({"birth": BirthFact(year=2014)}, []),
        ({"identifiers": (a_number("099871345"),)}, []),
        ({"identifiers": (a_number(None),)}, []),  # "has none" is a value
        ({"identifiers": (a_number("99871345"),)}, [rules.A_NUMBER_WRONG]),
        ({"identifiers": (a_number("09987134X"),)}, [rules.A_NUMBER_WRONG]),
        ({"identifiers": (a_number("٠٩٩٨٧١٣٤٥"),)}, [rules.A_NUMBER_WRONG]),
        ({"identifiers": (IdentifierFact(IdentifierKind.CASE, Issuer.EOIR, "B/17"),)}, []),
    ],
)
def test_who_may_be_recorded(told, objections):
    assert rules.objections_to_recording([PersonFact(id=ANA, **told)]) == objections


HERE, THERE = UUID(int=21), UUID(int=22)
IN, OUT, INDICATED, NOT_KNOWN = Standing


@pytest.mark.parametrize(
    ("facts", "objections"),
    [
        ([], []),
        ([(ANA, HERE, IN)], []),
        ([(ANA, HERE, OUT)], []),
        ([(ANA, HERE, INDICATED)], []),
        ([(ANA, HERE, OUT), (BEN, HERE, OUT), (ANA, THERE, IN)], []),
        ([(ANA, HERE, NOT_KNOWN)], [rules.STANDING_NOT_DETERMINED]),
        # No row of that list is about them.
        ([(BEN, THERE, IN)], [rules.NOT_ON_LIST]),
        ([(CRUZ, HERE, IN), (ANA, HERE, IN)], [rules.NOT_ON_LIST]),
        ([(ANA, HERE, IN), (ANA, HERE, IN)], []),
        ([(ANA, HERE, IN), (ANA, HERE, OUT)], [rules.TWO_STANDINGS]),
        ([(BEN, THERE, NOT_KNOWN)], [rules.NOT_ON_LIST, rules.STANDING_NOT_DETERMINED]),
    ],
)
def test_which_standings_may_be_recorded(facts, objections):
    on_lists = {(ANA, HERE), (ANA, THERE), (BEN, HERE)}
    found = rules.objections_to_standings([StandingFact(*fact) for fact in facts], on_lists)
    assert found == objections


@pytest.mark.parametrize("told", [{"sex": Sex.FEMALE}, {"nationality": "GT"}])
def test_of_somebody_on_record_a_description_may_be_told_alone(told):
    assert rules.objections_to_recording([PersonFact(id=ANA, **told)], known=True) == []


def test_every_person_of_several_is_objected_to():
    facts = [PersonFact(id=ANA), PersonFact(id=BEN, identifiers=(a_number("1"),))]
    assert rules.objections_to_recording(facts) == [rules.NOBODY, rules.A_NUMBER_WRONG]


def test_nobody_is_tied_to_themselves():
    ties = [TieFact(ANA, BEN, Relation.MOTHER), TieFact(ANA, ANA, Relation.MOTHER)]
    assert rules.objections_to_ties(ties) == [rules.TIE_TO_ONESELF]


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_has_its_inverse(relation):
    assert INVERSE[relation] in Relation


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], [ANA, BEN, CRUZ, DARIO]),
        ([(ANA, BEN)], [ANA, ANA, CRUZ, DARIO]),
        ([(CRUZ, DARIO), (BEN, CRUZ)], [ANA, BEN, BEN, BEN]),
        ([(CRUZ, DARIO), (ANA, BEN), (BEN, DARIO)], [ANA, ANA, ANA, ANA]),
    ],
)
def test_joined_records_are_known_by_the_least_of_them(links, expected):
    members = [ANA, BEN, CRUZ, DARIO]
    assert rules.canonical_of(members, links) == dict(zip(members, expected, strict=True))


people = st.integers(0, 9).map(lambda number: UUID(int=number))
linked = st.lists(st.tuples(people, people))


@given(linked)
def test_the_least_is_found_by_walking_the_links(links):
    members = [UUID(int=number) for number in range(10)]
    assert rules.canonical_of(members, links) == {m: min(_reached(m, links)) for m in members}


def _reached(start, links):
    """Everybody whom links lead to, step by step."""
    reached, fresh = {start}, {start}
    while fresh:
        fresh = {b for pair in links for a, b in (pair, pair[::-1]) if a in fresh} - reached
        reached |= fresh
    return reached


@given(linked, st.randoms())
def test_the_order_of_links_does_not_matter(links, random):
    members = [UUID(int=number) for number in range(10)]
    shuffled = [(pair if random.random() < 0.5 else pair[::-1]) for pair in links]
    random.shuffle(shuffled)
    assert rules.canonical_of(members, shuffled) == rules.canonical_of(members, links)


@pytest.mark.parametrize(
    ("age", "group"),
    [
        (None, None), (0, "0-4"), (4, "0-4"), (5, "5-9"), (9, "5-9"), (10, "10-12"), (12, "10-12"),
        (13, "13-15"), (15, "13-15"), (16, "16+"), (18, "16+"), (40, "16+"),
    ],
)  # fmt: skip
def test_age_groups(age, group):
    assert rules.age_group(age) == group


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (NAME, "Génesis Pineda Lara"),
        (NameFact("Génesis", ""), "Génesis"),
        (NameFact("", "Pineda"), "Pineda"),
        (NameFact("", "", written="PINEDA LARA, G."), "PINEDA LARA, G."),
    ],
)
def test_a_name_as_people_say_it(name, said):
    assert rules.full_name(name) == said


@pytest.mark.parametrize(
    ("values", "contested"),
    [
        ([], False),
        ([None], False),
        (["GT"], False),
        (["GT", None, "GT"], False),
        (["GT", "HN"], True),
    ],
)
def test_sources_disagree_only_where_they_gave_values(values, contested):
    assert rules.is_contested(values) is contested
