"""
Which family is drawn, from what the record says?

From statements to the plain values that `family_line` draws. A moment that was told to the month
is drawn from its first day, and the table says how it was told; one without a first day is not
drawn, and is told in words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accompany.base.dates import Precision, When
from accompany.custody.queries import EventSaid, StaySaid
from accompany.custody.terms import Cause, Departure
from accompany.people import rules
from accompany.people.terms import INVERSE
from accompany.sources.terms import Certainty
from accompany.web import phrases
from accompany.web.family_line import Arrival, Event, Family, FamilyLine, Member, Stay, family_line
from accompany.web.person_page import event_words
from accompany.web.record import Read

MOST = 12  # more threads than a page can hold


@dataclass(frozen=True)
class FamilyPage:
    """A family's line, and what could not be drawn: members beyond the most, undated events."""

    line: FamilyLine
    left_out: int
    undated: tuple[str, ...]


def family_page(
    sets: Sequence[Sequence[UUID]], codes: Sequence[str], read: Read, *, today: date
) -> FamilyPage:
    """The family line of records by member, the page's own person first; codes in that order."""
    drawn = _Family(sets[:MOST], read)
    family = Family(
        members=tuple(drawn.members()),
        today=today,
        stays=tuple(drawn.stays()),
        arrivals=tuple(drawn.arrivals()),
        events=tuple(drawn.events()),
        language=get_language() or "en",
        slug=f"family-{codes[0].lower()}",
    )
    return FamilyPage(family_line(family), max(0, len(sets) - MOST), tuple(drawn.undated()))


class _Family:
    """The parts of a family's picture, each from what was read."""

    def __init__(self, sets: Sequence[Sequence[UUID]], read: Read) -> None:
        self.sets, self.read = sets, read
        self.key_of = {record: str(records[0]) for records in sets for record in records}

    def members(self) -> Iterable[Member]:
        relations = self._relations()
        others = [self.read.others[records[0]] for records in self.sets]
        called = Counter(other.called for other in others)
        for other, records in zip(others, self.sets, strict=True):
            key = str(records[0])
            parts = [relations.get(key, ""), self._age(records)]
            name = other.called if called[other.called] == 1 else other.name
            yield Member(key, name, ", ".join(part for part in parts if part))

    def _relations(self) -> dict[str, str]:
        """What each member is to the first one."""
        own = set(self.sets[0])
        found: dict[str, str] = {}
        for tie in self.read.ties:
            if tie.person in own and tie.relative in self.key_of:
                found.setdefault(self.key_of[tie.relative], str(tie.relation.label))
            elif tie.relative in own and tie.person in self.key_of:
                label = str(INVERSE[tie.relation].label)
                found.setdefault(self.key_of[tie.person], label)
        return found

    def _age(self, records: Sequence[UUID]) -> str:
        """The age as it was stated, or the year of birth."""
        for saying in self.read.facts:
            if saying.said.person in records and saying.what == "age":
                return str(saying.value[0])
        for saying in self.read.facts:
            span = rules.birth_span(saying.value) if saying.what == "born" else None
            if saying.said.person in records and span is not None:
                return _("born %(year)s") % {"year": str(span[0].year)}
        return ""

    def stays(self) -> Iterable[Stay]:
        drawn = [
            self._stay(stay)
            for stay in self.read.stays
            if stay.said.person in self.key_of and stay.said.certainty is not Certainty.REFUTED
        ]
        begins = {(stay.who, stay.begins) for stay in drawn}
        return [_touching(stay, begins) for stay in drawn]

    def _stay(self, stay: StaySaid) -> Stay:
        named = self.read.places.get(stay.place, "") if stay.place else ""
        began, ended = _drawn(stay.began), _drawn(stay.ended)
        # An end that cannot lie after the beginning it is drawn from is told without its day.
        if began and ended and ended < began:
            ended = None
        return Stay(
            who=self.key_of[stay.said.person],
            custodian=stay.custodian.value,
            place=", ".join(part for part in (named, stay.words) if part),
            place_key=str(stay.place or ""),
            begins=began,
            ends=ended,
            source=self._source(stay),
            ended=stay.ended is not None,
        )

    def _source(self, stay: StaySaid) -> str:
        said = self.read.teller(stay.said)
        loose = [when for when in (stay.began, stay.ended) if when and when.day is None]
        return ", ".join([said, *(phrases.when(when) for when in loose)])

    def arrivals(self) -> Iterable[Arrival]:
        parties: dict[UUID, list] = {}
        for one in self.read.arrivals:
            if one.person_id in self.key_of:
                parties.setdefault(one.party, []).append(one)
        for party in parties.values():
            who = dict.fromkeys(self.key_of[one.person_id] for one in party)
            yield Arrival(tuple(who), next((_drawn(one.on) for one in party if one.on), None))

    def events(self) -> Iterable[Event]:
        """Separations and reunifications with all whom one act concerned, and removals."""
        drawn: dict[tuple, Event] = {}
        for acts in self._acts():
            event = self._event(acts)
            if event is not None:
                drawn.setdefault((event.kind, event.who, event.on), event)
        yield from drawn.values()
        yield from self._removals()

    def _acts(self) -> Iterable[list[EventSaid]]:
        acts: dict[UUID | None, list[EventSaid]] = {}
        for one in self.read.events:
            standing = one.said.certainty is not Certainty.REFUTED
            if one.event is not None and one.said.person in self.key_of and standing:
                acts.setdefault(one.event, []).append(one)
        return acts.values()

    def _event(self, acts: list[EventSaid]) -> Event | None:
        first = acts[0]
        on = _drawn(first.on)
        if on is None:
            return None
        children = [self.key_of[act.said.person] for act in acts]
        adults = [self.key_of[act.adult] for act in acts if act.adult in self.key_of]
        separated = first.what == "separated"
        actor = first.actor.label if first.actor else ""
        return Event(
            kind=first.what,
            who=tuple(dict.fromkeys([*children, *adults])),
            on=on,
            short=_("Separated by %(actor)s") % {"actor": actor}
            if separated
            else _("Together again"),
            text=self._cause(first) if separated else event_words(first),
            source=self.read.teller(first.said),
            apart_from=tuple(dict.fromkeys(adults)) if separated else (),
        )

    def _cause(self, event: EventSaid) -> str:
        coded = Cause(event.cause).label if event.cause else ""
        said = _("Cause: %(cause)s.") % {"cause": coded}
        if event.words:
            said += " " + _("In the source’s words: “%(words)s”.") % {"words": event.words}
        return said

    def _removals(self) -> Iterable[Event]:
        for stay in self.read.stays:
            on = _drawn(stay.ended)
            if stay.ended_by is Departure.REMOVED and on and stay.said.person in self.key_of:
                who = (self.key_of[stay.said.person],)
                said = _("Removed from the United States")
                yield Event("removed", who, on, said, "", self.read.teller(stay.said))

    def undated(self) -> Iterable[str]:
        """What happened on a day that nobody told."""
        for acts in self._acts():
            if _drawn(acts[0].on) is None:
                yield f"{event_words(acts[0])}, {phrases.when(acts[0].on)}"


def _touching(stay: Stay, begins: set[tuple[str, date | None]]) -> Stay:
    """An end told to the day and a beginning told to the next may touch: that is no gap."""
    after = None if stay.ends is None else stay.ends + timedelta(days=1)
    return replace(stay, ends=after) if after and (stay.who, after) in begins else stay


def _drawn(when: When | None) -> date | None:
    """The day a moment is drawn at: its own, or the first of its month or year; else none."""
    if when is None or when.precision in (Precision.BETWEEN, Precision.UNKNOWN):
        return None
    return when.first_day
