"""
How is an invented family told, by one source after another?

A `Family` knows its people and its days, counted from its arrival. An `Account` is what one source
tells of them on one day; it is recorded through the same actions as a form or a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from accompany.access.actors import Actor
from accompany.access.terms import Ref
from accompany.access.trail import Change
from accompany.base.dates import When, on_day
from accompany.base.ids import uuid7
from accompany.cli.world_names import FAMILY, GIVEN
from accompany.custody import actions as custody
from accompany.custody.terms import (
    ApprehensionFact,
    Cause,
    Custodian,
    Departure,
    HandOverFact,
    HandOverKind,
    ReunificationFact,
    ReunifiedWith,
    SeparatedFrom,
    SeparationFact,
    StayFact,
)
from accompany.facilities.terms import PlaceFact
from accompany.people import actions as people
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
    TieFact,
)
from accompany.sources import actions as sources
from accompany.sources.terms import Certainty, How, TellingFact, Told

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Someone:
    """An invented person."""

    id: UUID
    given: str
    family: str
    second: str
    sex: Sex
    born: date
    country: str
    a_number: str

    @property
    def name(self) -> NameFact:
        """Their name, as they say it."""
        written = f"{self.given} {self.family} {self.second}".strip()
        return NameFact(self.given, self.family, self.second, written)

    def age_on(self, day: date) -> int:
        """How old they are on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class Place:
    """A place on record: its id and its zone."""

    id: UUID
    zone: str


@dataclass
class World:
    """What every family shares: the day it is, who records, places, agencies, and chance."""

    today: date
    by: Actor
    agencies: dict[str, UUID]
    places: dict[str, Place]
    zone: str
    chance: Random
    families: list["Family"] = field(default_factory=list)

    @classmethod
    def of_places(
        cls,
        facts: Sequence[PlaceFact],
        *,
        today: date,
        by: Actor,
        agencies: dict[str, UUID],
        zone: str,
    ) -> "World":
        """A world in which these places are on record, the same at every start."""
        places = {fact.code: Place(fact.id, fact.zone) for fact in facts}
        chance = Random(2018)  # noqa: S311 - invented people, the same at every start
        return cls(today, by, agencies, places, zone, chance)


class Family:
    """One invented family: its people, and the days since it arrived."""

    def __init__(self, world: World, arrived: int) -> None:
        self.world = world
        self.arrived = world.today - timedelta(days=arrived)
        self.country = world.chance.choices(list(FAMILY), weights=(9, 12, 6, 2, 3, 1))[0]
        self._surnames = world.chance.sample(FAMILY[self.country], 4)
        self._given: set[str] = set()
        self.unit = f"FU{world.chance.randrange(10**7, 10**8)}"
        self.people: list[Someone] = []

    def mother(self, age: int | None = None) -> Someone:
        """The mother."""
        return self._someone(Sex.FEMALE, age or self.between(23, 41), self._surnames[2:])

    def father(self, age: int | None = None) -> Someone:
        """The father."""
        return self._someone(Sex.MALE, age or self.between(24, 45), self._surnames[:2])

    def parent(self) -> tuple[Someone, Relation]:
        """One of both, with what they are to a child."""
        if self.world.chance.random() < 0.5:
            return self.mother(), Relation.MOTHER
        return self.father(), Relation.FATHER

    def child(self, age: int) -> Someone:
        """A child: the father's first surname, then the mother's."""
        sex = self.world.chance.choice((Sex.FEMALE, Sex.MALE))
        return self._someone(sex, age, [self._surnames[0], self._surnames[2]])

    def children(self, *ages: int) -> list[Someone]:
        """Children of these ages."""
        return [self.child(age) for age in ages]

    def grandmother(self) -> Someone:
        """The mother's mother."""
        names = [self._surnames[3], self._surnames[1]]
        return self._someone(Sex.FEMALE, self.between(52, 68), names)

    def aunt(self) -> Someone:
        """The mother's sister."""
        return self._someone(Sex.FEMALE, self.between(22, 40), self._surnames[2:])

    def uncle(self) -> Someone:
        """The father's brother."""
        return self._someone(Sex.MALE, self.between(22, 40), self._surnames[:2])

    def between(self, least: int, most: int) -> int:
        """A whole number by chance, both ends included."""
        return self.world.chance.randint(least, most)

    def _someone(self, sex: Sex, age: int, surnames: Sequence[str]) -> Someone:
        chance = self.world.chance
        given = chance.choice([name for name in GIVEN[sex] if name not in self._given])
        self._given.add(given)
        born = self.arrived - timedelta(days=int((age + chance.random() * 0.98) * YEAR))
        number = f"9{chance.randrange(10**7, 10**8)}"
        family, second = surnames
        one = Someone(uuid7(), given, family, second, sex, born, self.country, number)
        self.people.append(one)
        return one

    def day(self, after: int) -> date:
        """The day so long after the arrival; never after today."""
        return min(self.arrived + timedelta(days=after), self.world.today)

    def is_past(self, after: int) -> bool:
        """Whether that day is over."""
        return self.arrived + timedelta(days=after) < self.world.today

    def tells(
        self,
        teller: str,
        after: int,
        how: How = How.LIST,
        certainty: Certainty = Certainty.SAID,
        *,
        person: Someone | None = None,
        document: str | None = None,
    ) -> "Account":
        """An account by an agency, one's own organisation (`own`), a person or a document."""
        day = self.day(after)
        organisation = None if person or document else self.world.agencies[teller]
        fact = TellingFact(
            how=how,
            learned_on=day,
            told_on=day,
            certainty=certainty,
            organisation=organisation,
            person=person.id if person else None,
            document=document,
        )
        return Account(self, fact)


@dataclass
class Account:
    """What one source tells of one family on one day."""

    family: Family
    fact: TellingFact
    new: list[PersonFact] = field(default_factory=list)
    more: list[PersonFact] = field(default_factory=list)
    ties: list[TieFact] = field(default_factory=list)
    arrivals: list[ArrivalFact] = field(default_factory=list)
    apprehensions: list[ApprehensionFact] = field(default_factory=list)
    hand_overs: list[HandOverFact] = field(default_factory=list)
    stays: list[StayFact] = field(default_factory=list)
    separations: list[SeparationFact] = field(default_factory=list)
    reunifications: list[ReunificationFact] = field(default_factory=list)

    def knows(self, *whom: Someone, numbers: bool = True) -> None:
        """Tell of persons who were not on record: name, sex, birth, nationality, A-number."""
        for one in whom:
            number = IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, one.a_number)
            self.new.append(
                PersonFact(
                    one.id,
                    names=(one.name,),
                    identifiers=(number,) if numbers else (),
                    birth=BirthFact(one.born.isoformat(), one.born.year),
                    sex=one.sex,
                    nationality=one.country,
                )
            )

    def adds(self, one: Someone, **what: object) -> None:
        """Tell more of somebody who is on record."""
        self.more.append(replace(PersonFact(one.id), **what))  # type: ignore[arg-type]

    def numbers(self, one: Someone, kind: IdentifierKind, issuer: Issuer, value: str) -> None:
        """Tell of a number that somebody was given."""
        self.adds(one, identifiers=(IdentifierFact(kind, issuer, value),))

    def together(self, *whom: Someone, unit: bool = True) -> None:
        """Tell that these arrived together, under one family-unit number."""
        party, on = uuid7(), self.on(0)
        self.arrivals += [ArrivalFact(one.id, party, on) for one in whom]
        if unit:
            for one in whom:
                self.numbers(one, IdentifierKind.FAMILY_UNIT, Issuer.CBP, self.family.unit)

    def tied(self, one: Someone, relative: Someone, relation: Relation) -> None:
        """Tell that `relative` is the `relation` of `one`."""
        self.ties.append(TieFact(one.id, relative.id, relation))

    def took(self, *whom: Someone, at: str) -> None:
        """Tell that CBP apprehended these on the day they arrived."""
        place, on = self._place(at), self.on(0, at)
        self.apprehensions += [ApprehensionFact(one.id, Custodian.CBP, on, place) for one in whom]

    def handed(
        self,
        one: Someone,
        kind: HandOverKind,
        after: int,
        taker: Custodian = Custodian.ORR,
        *,
        at: str | None = None,
        giver: Custodian = Custodian.CBP,
    ) -> None:
        """Tell of a referral, an approval or a transfer."""
        self.hand_overs.append(
            HandOverFact(one.id, kind, giver, taker, self.on(after, at), self._place(at))
        )

    def held(
        self,
        one: Someone,
        custodian: Custodian,
        since: int | None,
        until: int | None = None,
        how: Departure | None = None,
        *,
        at: str | None = None,
        words: str | None = None,
    ) -> None:
        """Tell of a stay; an end that has not come yet is not told."""
        over = until is not None and self.family.is_past(until)
        self.stays.append(
            StayFact(
                one.id,
                custodian,
                None if since is None else self.on(since, at),
                self.on(until, at) if over and until is not None else None,
                how if over else None,
                self._place(at),
                words,
            )
        )

    def parted(
        self,
        children: Sequence[Someone],
        adult: Someone | None,
        after: int,
        cause: Cause,
        *,
        by: Custodian = Custodian.CBP,
        at: str | None = None,
        words: str | None = None,
        taken_from: SeparatedFrom = SeparatedFrom.PARENT,
    ) -> None:
        """Tell of one act that took these children from an adult."""
        event, adult_id = uuid7(), adult.id if adult else None
        self.separations += [
            SeparationFact(
                child.id,
                event,
                by,
                self.on(after, at),
                cause,
                taken_from,
                adult_id,
                self._place(at),
                words,
            )
            for child in children
        ]

    def united(
        self,
        children: Sequence[Someone],
        adult: Someone,
        after: int,
        united_with: ReunifiedWith = ReunifiedWith.SEPARATED_PARENT,
        words: str | None = None,
    ) -> None:
        """Tell of one act that brought these children to an adult."""
        event = uuid7()
        self.reunifications += [
            ReunificationFact(child.id, event, united_with, self.on(after), adult.id, None, words)
            for child in children
        ]

    def on(self, after: int, at: str | None = None) -> When:
        """That day, at a place."""
        zone = self.family.world.places[at].zone if at else self.family.world.zone
        return on_day(self.family.day(after), zone)

    def _place(self, at: str | None) -> UUID | None:
        return self.family.world.places[at].id if at else None

    def _learned_on(self) -> date:
        """The day it was told, or the last day it tells of: nobody tells of what is to come."""
        ends = [stay.ended or stay.began for stay in self.stays]
        acts = [*(one.on for one in self.separations), *(one.on for one in self.reunifications)]
        days = [when.last_day for when in (*ends, *acts) if when and when.last_day]
        return max([self.fact.learned_on, *days])

    def record(self) -> None:
        """Record it all as one telling."""
        by = self.family.world.by
        fact = replace(self.fact, learned_on=self._learned_on(), told_on=self._learned_on())
        about = [Ref("person", fact.id) for fact in (*self.new, *self.more)]
        event = Event.PERSONS_RECORDED if self.new else Event.FACTS_RECORDED
        with sources.telling(event, fact, by=by, about=about) as (told, change):
            if self.new:
                people.record_persons(self.new, told=told, by=by, within=change)
            if self.more:
                people.describe_persons(self.more, told=told, by=by, within=change)
            if self.ties:
                people.record_ties(self.ties, told=told, by=by, within=change)
            if self.arrivals:
                people.record_arrivals(self.arrivals, told=told, by=by, within=change)
            self._record_custody(told, change)
        if self.apprehensions:
            custody.record_apprehensions(self.apprehensions, told=told, by=by)
        if self.hand_overs:
            custody.record_hand_overs(self.hand_overs, told=told, by=by)

    def _record_custody(self, told: Told, change: Change) -> None:
        by = self.family.world.by
        if self.stays:
            custody.record_stays(self.stays, told=told, by=by, within=change)
        if self.separations:
            custody.record_separations(self.separations, told=told, by=by, within=change)
        if self.reunifications:
            custody.record_reunifications(self.reunifications, told=told, by=by, within=change)
