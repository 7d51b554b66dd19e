"""
Which invented families does the demo show?

About forty, told as agencies, relatives and documents would tell of them: separations by several
hands and for several stated causes, gaps nobody explains, sources that disagree, parents removed,
children brought home. Nobody in it is or was alive. The same families at every start; days are
counted back from the day it is loaded.
"""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.base.ids import uuid7
from accompany.cli import world_protected
from accompany.cli.world_builder import Account, Family, Someone, World
from accompany.cli.world_names import misspelt
from accompany.custody.terms import (
    Cause,
    Custodian,
    Departure,
    HandOverKind,
    ReunifiedWith,
    SeparatedFrom,
)
from accompany.facilities import actions as facilities
from accompany.facilities.terms import PlaceFact, PlaceKind
from accompany.people import actions as people
from accompany.people.terms import BirthFact, IdentifierKind, Issuer, NameFact, NameKind, Relation
from accompany.sources import actions as sources
from accompany.sources import queries as sources_queries
from accompany.sources.terms import Certainty, How, Outcome, TellingFact

TEXAS, ARIZONA, EAST = "America/Chicago", "America/Phoenix", "America/New_York"
CALIFORNIA, DESERT = "America/Los_Angeles", "America/Denver"

PLACES = (
    ("Mesquite Crossing station", PlaceKind.STATION, "MQC", TEXAS),
    ("Salt Fork station", PlaceKind.STATION, "SFK", DESERT),
    ("Agua Dulce port of entry", PlaceKind.STATION, "ADP", ARIZONA),
    ("Lower Bend sector", PlaceKind.OFFICE, "LBS", TEXAS),
    ("Alder House", PlaceKind.CHILDREN, "ALD", EAST),
    ("Casa Palo Verde", PlaceKind.CHILDREN, "CPV", ARIZONA),
    ("Pecan Ridge shelter", PlaceKind.CHILDREN, "PCR", TEXAS),
    ("Willow Street group home", PlaceKind.CHILDREN, "WIL", CALIFORNIA),
    ("Live Oak detention centre", PlaceKind.DETENTION, "LVO", TEXAS),
    ("Ocotillo detention centre", PlaceKind.DETENTION, "OCO", ARIZONA),
    ("Three Rivers family centre", PlaceKind.DETENTION, "TRF", TEXAS),
    ("Cattail County jail", PlaceKind.JAIL, "CCJ", TEXAS),
    ("Longleaf federal jail", PlaceKind.JAIL, "LLF", TEXAS),
)
STATIONS = ("MQC", "SFK", "ADP")
SHELTERS = ("ALD", "CPV", "PCR", "WIL")

ORR, CBP, ICE, USMS = Custodian.ORR, Custodian.CBP, Custodian.ICE, Custodian.USMS
BIRTH_CERTIFICATE = "birth-certificate"


def load(*, today: date, by: Actor) -> World:
    """Record the whole world as of today; what it holds, for the lists beside it."""
    facts = [PlaceFact(uuid7(), name, kind, code, zone) for name, kind, code, zone in PLACES]
    agencies = {one.code: one.pk for one in access.organisations()}
    world = World.of_places(facts, today=today, by=by, agencies=agencies, zone=EAST)
    own = TellingFact(how=How.IN_PERSON, learned_on=today, organisation=agencies["own"])
    facilities.record_places(facts, told=own, by=by)
    for story, arrivals in PLAN:
        for arrived in arrivals:
            family = Family(world, arrived)
            world.families.append(family)
            story(family)
    _answer_one_question(world)
    world_protected.load(world)
    return world


def _came(f: Family, whom: list[Someone], at: str) -> Account:
    """The first account of most families: CBP's list, four days after it took them."""
    cbp = f.tells("cbp", 4)
    cbp.knows(*whom)
    cbp.together(*whom)
    cbp.took(*whom, at=at)
    return cbp


def _to_orr(f: Family, children: list[Someone], after: int, shelter: str) -> Account:
    """ORR's account of children who were referred to it and approved for a place."""
    orr = f.tells("orr", after + 5)
    for child in children:
        orr.handed(child, HandOverKind.REFERRED, after)
        orr.handed(child, HandOverKind.APPROVED, after + 1, at=shelter)
        number = str(f.between(100_000, 999_999))
        orr.numbers(child, IdentifierKind.CASE, Issuer.ORR, number)
    return orr


def _pick(f: Family, among: tuple[str, ...]) -> str:
    return f.world.chance.choice(among)


def prosecuted(f: Family) -> None:
    """A parent is prosecuted, the children become ORR's, and most are brought back in the end."""
    station, shelter = _pick(f, STATIONS), _pick(f, SHELTERS)
    parent, relation = f.parent()
    children = f.children(*(f.between(3, 15) for _ in range(f.between(1, 2))))
    cbp = _came(f, [parent, *children], station)
    for child in children:
        cbp.tied(child, parent, relation)
        cbp.held(child, CBP, 0, 3, Departure.TRANSFERRED, at=station)
    cbp.held(parent, CBP, 0, 2, Departure.TRANSFERRED, at=station)
    cbp.parted(children, parent, 2, Cause.PROSECUTION, at=station, words="8 USC 1325 PROSECUTION")
    cbp.record()
    usms = f.tells("usms", 9)
    usms.held(parent, USMS, 2, 17, Departure.TRANSFERRED, at="LLF")
    usms.numbers(parent, IdentifierKind.REGISTER, Issuer.USMS, str(f.between(10_000, 99_999)))
    usms.record()
    reunited = f.between(48, 96)
    orr = _to_orr(f, children, 3, shelter)
    for child in children:
        orr.held(child, ORR, 4, reunited, Departure.REUNIFIED, at=shelter)
    orr.record()
    ice = f.tells("ice", 24)
    ice.held(parent, ICE, 17, reunited, Departure.RELEASED, at=_pick(f, ("LVO", "OCO")))
    ice.record()
    if f.is_past(reunited):
        _home_again(f, parent, children, reunited)


def _home_again(f: Family, parent: Someone, children: list[Someone], after: int) -> None:
    own = f.tells("own", after + 2, How.PHONE)
    own.united(children, parent, after, words="at the airport, with a volunteer")
    for one in (parent, *children):
        own.held(one, Custodian.OWN_CARE if one is parent else Custodian.FAMILY, after)
    own.record()


def removed_alone(f: Family) -> None:
    """A parent is removed without the child; the child goes to an aunt, and the parent phones."""
    station, shelter = _pick(f, STATIONS), _pick(f, SHELTERS)
    parent, relation = f.parent()
    (child,) = f.children(f.between(5, 14))
    cbp = _came(f, [parent, child], station)
    cbp.tied(child, parent, relation)
    cbp.held(parent, CBP, 0, 3, Departure.TRANSFERRED, at=station)
    cbp.held(child, CBP, 0, 3, Departure.TRANSFERRED, at=station)
    cbp.parted([child], parent, 3, Cause.ZERO_TOLERANCE, at=station, words="ZERO TOLERANCE")
    cbp.record()
    ice = f.tells("ice", 33)
    ice.held(parent, ICE, 3, 31, Departure.REMOVED, at="LVO")
    ice.record()
    released = f.between(70, 130)
    orr = _to_orr(f, [child], 3, shelter)
    orr.held(child, ORR, 4, released, Departure.DISCHARGED_OTHERWISE, at=shelter)
    orr.record()
    call = f.tells("own", 41, How.PHONE, person=parent)
    call.held(parent, Custodian.OWN_CARE, 31, words="back in the home village; has a telephone")
    call.record()
    if f.is_past(released):
        _with_sponsor(f, child, released)


def _with_sponsor(f: Family, child: Someone, after: int) -> None:
    aunt = f.aunt()
    own = f.tells("own", after + 3, How.PHONE)
    own.knows(aunt, numbers=False)
    own.tied(child, aunt, Relation.AUNT_OR_UNCLE)
    own.held(child, Custodian.SPONSOR, after, words="with an aunt; a school has been found")
    own.united([child], aunt, after, ReunifiedWith.ANOTHER)
    own.record()


def criminal_history_said(f: Family) -> None:
    """A father is said to have a record; a court paper shows that it is another man's."""
    father = f.father()
    children = f.children(f.between(6, 10), f.between(2, 5))
    cbp = _came(f, [father, *children], "SFK")
    for child in children:
        cbp.tied(child, father, Relation.FATHER)
        cbp.held(child, CBP, 0, 2, Departure.TRANSFERRED, at="SFK")
    cbp.held(father, CBP, 0, 4, Departure.TRANSFERRED, at="SFK")
    words = "CRIMINAL HISTORY (DUI 2009)"
    cbp.parted(children, father, 2, Cause.CRIMINAL_HISTORY, at="SFK", words=words)
    cbp.record()
    orr = _to_orr(f, children, 2, "ALD")
    for child in children:
        orr.held(child, ORR, 3, at="ALD")
    orr.record()
    ice = f.tells("ice", 12)
    ice.held(father, ICE, 4, at="OCO")
    ice.record()
    paper = f.tells(
        "own", 30, How.SEEN, Certainty.VERIFIED, document="court's letter: no conviction"
    )
    paper.adds(father, birth=BirthFact(father.born.isoformat(), father.born.year))
    paper.record()


def by_ice_later(f: Family) -> None:
    """A family is held together for weeks; then ICE moves the father away."""
    mother, father = f.mother(), f.father()
    (child,) = f.children(f.between(4, 12))
    cbp = _came(f, [mother, father, child], "MQC")
    cbp.tied(child, mother, Relation.MOTHER)
    cbp.tied(child, father, Relation.FATHER)
    cbp.tied(mother, father, Relation.SPOUSE)
    for one in (mother, father, child):
        cbp.held(one, CBP, 0, 2, Departure.TRANSFERRED, at="MQC")
    cbp.record()
    ice = f.tells("ice", 25)
    ice.held(mother, ICE, 2, 38, Departure.RELEASED, at="TRF")
    ice.held(child, ICE, 2, 38, Departure.RELEASED, at="TRF")
    ice.held(father, ICE, 2, 21, Departure.TRANSFERRED, at="TRF")
    ice.held(father, ICE, 21, at="LVO")
    ice.parted([child], father, 21, Cause.NOT_STATED, by=ICE, at="TRF")
    ice.record()
    own = f.tells("own", 39, How.IN_PERSON, person=mother)
    own.held(mother, Custodian.OWN_CARE, 38, words="with a host family")
    own.held(child, Custodian.FAMILY, 38)
    own.record()


def from_grandmother(f: Family) -> None:
    """A grandmother who raised the child is not believed, at a port of entry."""
    grandmother = f.grandmother()
    (child,) = f.children(f.between(4, 11))
    cbp = _came(f, [grandmother, child], "ADP")
    cbp.tied(child, grandmother, Relation.GRANDPARENT)
    cbp.held(child, CBP, 0, 2, Departure.TRANSFERRED, at="ADP")
    cbp.held(grandmother, CBP, 0, 6, Departure.REMOVED, at="ADP")
    cbp.parted(
        [child],
        grandmother,
        1,
        Cause.TIE_UNVERIFIED,
        at="ADP",
        words="FAMILY TIE NOT VERIFIED",
        taken_from=SeparatedFrom.CAREGIVER,
    )
    cbp.record()
    orr = _to_orr(f, [child], 2, "CPV")
    orr.held(child, ORR, 3, at="CPV")
    orr.record()
    seen = f.tells(
        "own", 20, How.SEEN, Certainty.VERIFIED, document="guardianship paper of a court"
    )
    seen.tied(child, grandmother, Relation.GUARDIAN)
    seen.record()


def four_children(f: Family) -> None:
    """A mother and her four children: one family, four children, two shelters."""
    mother = f.mother(38)
    children = f.children(16, 12, 8, 3)
    cbp = _came(f, [mother, *children], "MQC")
    for child in children:
        cbp.tied(child, mother, Relation.MOTHER)
        cbp.held(child, CBP, 0, 3, Departure.TRANSFERRED, at="MQC")
    cbp.held(mother, CBP, 0, 1, Departure.TRANSFERRED, at="MQC")
    cbp.parted(children, mother, 1, Cause.PROSECUTION, at="MQC", words="PROSECUTION")
    cbp.record()
    older, younger = children[:2], children[2:]
    for group, shelter in ((older, "ALD"), (younger, "WIL")):
        orr = _to_orr(f, group, 3, shelter)
        for child in group:
            orr.held(child, ORR, 4, at=shelter)
        for one, other in pairwise(group):
            orr.tied(one, other, Relation.SIBLING)
        orr.record()
    usms = f.tells("usms", 10)
    usms.held(mother, USMS, 1, at="LLF")
    usms.record()


def nobody_says(f: Family) -> None:
    """Between CBP and ORR lie days of which no source says who had the child."""
    station, shelter = _pick(f, STATIONS), _pick(f, SHELTERS)
    mother = f.mother()
    (child,) = f.children(f.between(2, 13))
    gap = f.between(5, 11)
    cbp = _came(f, [mother, child], station)
    cbp.tied(child, mother, Relation.MOTHER)
    cbp.held(child, CBP, 0, 3, Departure.TRANSFERRED, at=station)
    cbp.held(mother, CBP, 0, 3, Departure.TRANSFERRED, at=station)
    cbp.parted([child], mother, 3, Cause.NOT_STATED, at=station)
    cbp.record()
    orr = _to_orr(f, [child], 3 + gap, shelter)
    orr.held(child, ORR, 4 + gap, at=shelter)
    orr.record()
    ice = f.tells("ice", 20)
    ice.held(mother, ICE, 3, at="OCO")
    ice.record()


def they_disagree(f: Family) -> None:
    """CBP and ORR tell of different days, and of different birth dates."""
    father = f.father()
    (child,) = f.children(f.between(7, 15))
    cbp = _came(f, [father, child], "SFK")
    cbp.tied(child, father, Relation.FATHER)
    cbp.held(child, CBP, 0, 9, Departure.TRANSFERRED, at="SFK")
    cbp.held(father, CBP, 0, 5, Departure.TRANSFERRED, at="SFK")
    cbp.parted([child], father, 4, Cause.GANG, at="SFK", words="GANG AFFILIATION OF FATHER")
    cbp.record()
    orr = _to_orr(f, [child], 5, "PCR")
    born = child.born.replace(year=child.born.year - 1, day=min(child.born.day, 28))
    orr.adds(child, birth=BirthFact(born.isoformat(), born.year))
    orr.held(child, ORR, 6, at="PCR")
    orr.record()
    ice = f.tells("ice", 16)
    ice.held(father, ICE, 5, at="LVO")
    ice.record()
    doubt = f.tells("own", 18, How.PHONE, Certainty.DOUBTED)
    doubt.held(child, Custodian.UNKNOWN, 15, words="a cousin was told of another transfer")
    doubt.record()


def on_two_lists(f: Family) -> None:
    """A father stands on two lists under two spellings; somebody saw that he is one man."""
    father = f.father()
    (child,) = f.children(f.between(5, 12))
    cbp = _came(f, [father, child], "MQC")
    cbp.tied(child, father, Relation.FATHER)
    cbp.held(child, CBP, 0, 2, Departure.TRANSFERRED, at="MQC")
    cbp.held(father, CBP, 0, 2, Departure.TRANSFERRED, at="MQC")
    cbp.parted([child], father, 2, Cause.PROSECUTION, at="MQC", words="1325 PROSECUTION")
    cbp.record()
    orr = _to_orr(f, [child], 2, "PCR")
    orr.held(child, ORR, 3, at="PCR")
    orr.record()
    again = _on_roster(f, father)
    own = f.tells("own", 27, How.PHONE)
    people.join_records(
        one=father.id,
        other=again.id,
        reasons="Same A-number but for one digit; he named his child and the day.",
        told=own.fact,
        by=f.world.by,
    )


def _on_roster(f: Family, one: Someone) -> Someone:
    """ICE's own record of somebody whom CBP had told of already, under another spelling."""
    heard = Someone(
        uuid7(),
        misspelt(one.given),
        misspelt(one.family),
        "",
        one.sex,
        one.born,
        one.country,
        one.a_number[:-1] + str((int(one.a_number[-1]) + 1) % 10),
    )
    ice = f.tells("ice", 22)
    ice.knows(heard)
    ice.held(heard, ICE, 2, at="LVO")
    ice.numbers(heard, IdentifierKind.BOOKING, Issuer.ICE, f"B{f.between(10_000, 99_999)}")
    ice.record()
    return heard


def father_in_hospital(f: Family) -> None:
    """A father is taken to hospital; the child is brought to him when he leaves it."""
    father = f.father()
    (child,) = f.children(f.between(6, 12))
    back = 24
    cbp = _came(f, [father, child], "ADP")
    cbp.tied(child, father, Relation.FATHER)
    cbp.held(child, CBP, 0, 2, Departure.TRANSFERRED, at="ADP")
    cbp.held(father, CBP, 0, 1, Departure.TRANSFERRED, at="ADP")
    cbp.held(father, Custodian.OTHER, 1, 9, words="hospital, under guard")
    cbp.parted([child], father, 1, Cause.HEALTH, at="ADP", words="PARENT HOSPITALIZED")
    cbp.record()
    orr = _to_orr(f, [child], 2, "CPV")
    orr.held(child, ORR, 3, back, Departure.REUNIFIED, at="CPV")
    orr.record()
    ice = f.tells("ice", 14)
    ice.held(father, ICE, 9, back, Departure.RELEASED, at="OCO")
    ice.record()
    if f.is_past(back):
        _home_again(f, father, [child], back)


def spouses_and_brother(f: Family) -> None:
    """Two spouses and the man's brother are apprehended together; one is transferred."""
    wife, husband, brother = f.mother(), f.father(), f.uncle()
    cbp = _came(f, [wife, husband, brother], "SFK")
    cbp.tied(wife, husband, Relation.SPOUSE)
    cbp.tied(husband, brother, Relation.SIBLING)
    for one in (wife, husband, brother):
        cbp.held(one, CBP, 0, 3, Departure.TRANSFERRED, at="SFK")
    cbp.record()
    ice = f.tells("ice", 12)
    ice.held(wife, ICE, 3, at="OCO")
    ice.held(husband, ICE, 3, 10, Departure.TRANSFERRED, at="OCO")
    ice.held(husband, ICE, 10, at="LVO")
    ice.held(brother, ICE, 3, at="OCO")
    ice.record()


def came_alone(f: Family) -> None:
    """A young person who came without a parent, and was never separated from one here."""
    young = f.child(f.between(15, 17))
    released = f.between(30, 60)
    cbp = f.tells("cbp", 3)
    cbp.knows(young)
    cbp.took(young, at="MQC")
    cbp.held(young, CBP, 0, 2, Departure.TRANSFERRED, at="MQC")
    cbp.record()
    orr = _to_orr(f, [young], 2, "WIL")
    orr.held(young, ORR, 3, released, Departure.DISCHARGED_OTHERWISE, at="WIL")
    orr.record()
    if f.is_past(released):
        _with_sponsor(f, young, released)


def told_by_the_mother(f: Family) -> None:
    """No list knows them: the mother phones, and says what she knows."""
    mother = f.mother()
    children = f.children(f.between(8, 13), f.between(1, 5))
    own = f.tells("own", 15, How.PHONE)
    own.knows(mother, *children, numbers=False)
    own.together(mother, *children, unit=False)
    own.record()
    call = f.tells("own", 15, How.PHONE, person=mother)
    for child in children:
        call.tied(child, mother, Relation.MOTHER)
    call.held(mother, CBP, 0, 2, Departure.RELEASED)
    call.held(mother, Custodian.OWN_CARE, 2)
    call.held(children[0], Custodian.UNKNOWN, 1, words="men in green took him to a van")
    call.held(children[1], Custodian.FAMILY, 2)
    call.parted(children[:1], mother, 1, Cause.NOT_STATED, words="they did not say why")
    call.record()
    seen = f.tells("own", 17, How.SEEN, Certainty.VERIFIED, document=BIRTH_CERTIFICATE)
    seen.tied(children[0], mother, Relation.MOTHER)
    other = NameFact(children[0].given, children[0].second, "", "", NameKind.ALIAS)
    seen.adds(children[0], names=(other,))
    seen.record()


def in_county_jail(f: Family) -> None:
    """A state takes the father for an old warrant, then lets him go to ICE."""
    father, mother = f.father(), f.mother()
    (child,) = f.children(f.between(3, 9))
    cbp = _came(f, [father, mother, child], "MQC")
    cbp.tied(child, father, Relation.FATHER)
    cbp.tied(child, mother, Relation.MOTHER)
    for one in (mother, child):
        cbp.held(one, CBP, 0, 3, Departure.RELEASED, at="MQC")
    cbp.held(father, CBP, 0, 1, Departure.TRANSFERRED, at="MQC")
    cbp.parted([child], father, 1, Cause.CRIMINAL_HISTORY, at="MQC", words="WARRANT, OUT OF STATE")
    cbp.record()
    own = f.tells("own", 30, How.IN_PERSON, person=mother)
    own.held(mother, Custodian.OWN_CARE, 3, words="with a cousin")
    own.held(child, Custodian.FAMILY, 3)
    own.held(father, Custodian.LOCAL, 1, 19, Departure.TRANSFERRED, at="CCJ")
    own.held(father, ICE, 20, at="LVO")
    own.record()


def _answer_one_question(world: World) -> None:
    """One gap has been explained, so that an answer is to be seen too."""
    open_gaps = sources_queries.open_questions(seen_by=world.by).filter(kind="stays.gap")
    gap = open_gaps.order_by("since", "pk").first()
    if gap is None:
        return
    told = TellingFact(how=How.PHONE, learned_on=world.today, organisation=world.agencies["orr"])
    sources.answer_question(
        gap,
        outcome=Outcome.EXPLAINED,
        words="The shelter says that the child was in a hotel with a transport company.",
        told=told,
        by=world.by,
    )


Story = Callable[[Family], None]
PLAN: tuple[tuple[Story, tuple[int, ...]], ...] = (
    (prosecuted, (212, 197, 181, 166, 154, 141, 127, 90, 61, 44)),
    (removed_alone, (205, 172, 139, 118, 75)),
    (criminal_history_said, (96, 58)),
    (by_ice_later, (133, 71)),
    (from_grandmother, (87, 39)),
    (four_children, (47,)),
    (nobody_says, (109, 66, 33, 26)),
    (they_disagree, (52, 29)),
    (on_two_lists, (54, 36)),
    (father_in_hospital, (80, 30)),
    (spouses_and_brother, (21,)),
    (came_alone, (99, 48, 18)),
    (told_by_the_mother, (41, 23)),
    (in_county_jail, (62, 31)),
)
"""Each story, and how many days before today each of its families arrived."""
