"""
When were the members of a family together, when were they apart, and when does nobody say?

Plain values in, plain answers out. Two members are together on a day

- while one source after another puts both, and nowhere else, with the same custodian in the same
  place; family, sponsor and own care count as one custodian here;
- from a recorded arrival together until they are told to be in different hands;
- from a reunification with each other until a later stay tells otherwise;
- and never between a separation from each other and the next reunification, unless both have
  since been moved to one place: the same station on the day of the separation is not together.

Periods are half-open: a stay's end is the first day not held there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations, pairwise

FREE = frozenset({"family", "sponsor", "own_care"})
UNTOLD_DAYS = 30  # how much of an empty family's time is drawn


@dataclass(frozen=True)
class Member:
    """One person of the family. `what` says who they are to the others: mother, 31."""

    key: str
    name: str
    what: str = ""


@dataclass(frozen=True)
class Stay:
    """
    One source's account of one member's time with one custodian in one place.

    `ends` None: still so, as far as told; with `ended`, an end was told but not its day.
    `telling` is a letter where sources disagree; where two stays overlap, one is found.
    """

    who: str
    custodian: str
    place: str = ""
    place_key: str = ""
    begins: date | None = None
    ends: date | None = None
    source: str = ""
    telling: str = ""
    ended: bool = False

    @property
    def whereabouts(self) -> tuple[str, str]:
        """Who has the member, and where, for comparison alone."""
        return self.custodian, self.place_key or self.place


@dataclass(frozen=True)
class Arrival:
    """Members who came together, and the day of it, if it was told."""

    who: tuple[str, ...]
    on: date | None = None


@dataclass(frozen=True)
class Event:
    """
    Something that happened to members on a day: separated, reunified, removed, or a note.

    `who` are all whom it concerns. If a separation's source tells its sides, `apart_from` are
    those of `who` from whom the others were separated.
    """

    kind: str
    who: tuple[str, ...]
    on: date
    short: str = ""
    text: str = ""
    source: str = ""
    apart_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """All that a family line is drawn from. `begins` None: a little before the first day told."""

    members: tuple[Member, ...]
    today: date
    stays: tuple[Stay, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    events: tuple[Event, ...] = ()
    begins: date | None = None
    language: str = "en"
    slug: str = "family"


@dataclass(frozen=True)
class Gap:
    """A period in which no source says who had a member; `begins` None: nothing was ever told."""

    who: str
    begins: date | None
    ends: date
    at_most: bool = False  # it follows a stay whose end was told without its day

    @property
    def days(self) -> int | None:
        return (self.ends - self.begins).days if self.begins else None


@dataclass(frozen=True)
class Strand:
    """A stay as it is drawn: the `at`-th of `of` accounts that hold in this period."""

    stay: Stay
    begins: date
    ends: date
    at: int = 0
    of: int = 1


@dataclass(frozen=True)
class Stretch:
    """A period in which the same members are together; every member is in one group."""

    begins: date
    ends: date
    groups: tuple[tuple[str, ...], ...]

    def group_of(self, who: str) -> tuple[str, ...]:
        return next(group for group in self.groups if who in group)


@dataclass(frozen=True)
class Apart:
    """A separation's length; `ends` None: not all of them are together again."""

    begins: date
    ends: date | None


@dataclass
class Bond:
    """Why a pair may be together although no place says so, or may not although one does."""

    kind: str = ""  # arrival, reunified, separated
    on: date = date.min


@dataclass
class FamilyTime:
    """A family's time, reckoned once: what is drawn of it, and what is not."""

    family: Family
    bonds: dict[tuple[str, str], Bond] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(member.key for member in self.family.members))

    @cached_property
    def today(self) -> date:
        return max(self.family.today, date.fromordinal(2))

    @cached_property
    def begins(self) -> date:
        """The first day drawn: as given, or a little before the first day told."""
        given = self.family.begins
        if given and given < self.today:
            return given
        first = min(self._days_told, default=None)
        if first is None:
            return date.fromordinal(max(1, self.today.toordinal() - UNTOLD_DAYS))
        lead = max(1, (self.today - first).days // 12)
        return date.fromordinal(max(1, first.toordinal() - lead))

    @property
    def _days_told(self) -> Iterator[date]:
        yield from (stay.begins for stay in self.stays if stay.begins)
        yield from (a.on for a in self.family.arrivals if a.on and a.on <= self.today)
        yield from (event.on for event in self.family.events if event.on <= self.today)

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """The stays that can be drawn, in order: those with a first day, and that end after it."""
        able = (stay for stay in self.family.stays if self._can_be_drawn(stay))
        return tuple(sorted(able, key=lambda s: (s.begins or date.min, s.telling)))

    @cached_property
    def undrawn(self) -> tuple[Stay, ...]:
        """The stays of members that cannot be drawn: no day told, or days that cannot be right."""
        return tuple(
            stay
            for stay in self.family.stays
            if stay.who in self.keys and not self._can_be_drawn(stay)
        )

    def _can_be_drawn(self, stay: Stay) -> bool:
        if stay.who not in self.keys or stay.begins is None or stay.begins > self.today:
            return False
        return stay.ends is None or stay.ends >= stay.begins

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events that fall into the time drawn, in order."""
        drawn = (e for e in self.family.events if self.begins <= e.on <= self.today)
        return tuple(sorted(drawn, key=lambda event: event.on))

    def events_of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    def who(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the members who are of this family, in its order."""
        return tuple(key for key in self.keys if key in members)

    # Each member's own line

    def end_of(self, stay: Stay) -> date:
        """The first day on which this stay is no longer drawn."""
        begins = stay.begins or self.begins
        if stay.ends:
            return min(stay.ends, self.today)
        if stay.ended:  # it is certain for its first day alone
            return min(date.fromordinal(begins.toordinal() + 1), self.today)
        return self.today

    @cached_property
    def lines(self) -> dict[str, tuple[Strand, ...]]:
        """Each member's stays as strands, cut where accounts begin or cease to disagree."""
        return {key: tuple(self._strands(key)) for key in self.keys}

    def _strands(self, key: str) -> list[Strand]:
        mine = [stay for stay in self.stays if stay.who == key]
        drawn: list[Strand] = []
        for begins, ends in pairwise(self._cuts(mine)):
            holding = self._accounts(mine, begins)
            for at, stay in enumerate(holding):
                strand = Strand(stay, begins, ends, at, len(holding))
                if not _prolong(drawn, strand):
                    drawn.append(strand)
        return drawn

    @cached_property
    def letters(self) -> dict[Stay, str]:
        """A letter for each stay that another contradicts: its own, or the next that is free."""
        found: dict[Stay, str] = {}
        for key in self.keys:
            contested = [strand.stay for strand in self.lines[key] if strand.of > 1]
            free = iter("abcdefghijklmnopqrstuvwxyz")
            taken = {stay.telling for stay in contested}
            for stay in dict.fromkeys(contested):
                found[stay] = stay.telling or next((c for c in free if c not in taken), "z")
        return found

    def _cuts(self, stays: list[Stay]) -> list[date]:
        days = {day for s in stays for day in (s.begins, self.end_of(s)) if day}
        return sorted({max(day, self.begins) for day in days})

    def _accounts(self, stays: list[Stay], on: date) -> list[Stay]:
        """The different accounts of this day; those that say the same count once."""
        told: dict[tuple[str, str], Stay] = {}
        for stay in stays:
            if (stay.begins or date.max) <= on < self.end_of(stay):
                told.setdefault(stay.whereabouts, stay)
        return sorted(told.values(), key=lambda stay: stay.telling or "~")

    @cached_property
    def known_from(self) -> dict[str, date | None]:
        """The first day on which anything is told of each member."""
        return {key: min(self._told_of(key), default=None) for key in self.keys}

    def _told_of(self, key: str) -> Iterator[date]:
        if self.came_until.get(key, self.begins) > self.begins:
            yield self.begins
        yield from (s.begins for s in self.stays if s.who == key and s.begins)
        came = [a.on for a in self.family.arrivals if a.on and key in a.who]
        yield from (on for on in came if on <= self.today)
        yield from (e.on for e in self.events if key in e.who)

    @cached_property
    def came_until(self) -> dict[str, date]:
        """For those who came together: until when nobody but their family had them."""
        until: dict[str, date] = {}
        for arrival in self.family.arrivals:
            who = self.who(arrival.who)
            for key in who if len(who) > 1 else ():
                until[key] = max(until.get(key, self.begins), self._first_apart(who, arrival))
        return {key: min([day, *self._first_days(key)]) for key, day in until.items()}

    def _first_apart(self, who: tuple[str, ...], arrival: Arrival) -> date:
        """The day on which somebody first came between those who had come together."""
        days = [day for key in who for day in self._first_days(key)]
        days += [e.on for e in self.events_of("separated") if set(who) & set(e.who)]
        if arrival.on and self.begins <= arrival.on <= self.today:
            days = [day for day in days if day >= arrival.on] or [arrival.on]
        return min(days, default=self.begins)

    def _first_days(self, key: str) -> list[date]:
        return [max(s.begins, self.begins) for s in self.stays if s.who == key and s.begins][:1]

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Every period in which no source says who had a member."""
        return tuple(gap for key in self.keys for gap in self._gaps(key))

    def _gaps(self, key: str) -> Iterator[Gap]:
        first = self.known_from[key]
        if first is None:
            yield Gap(key, None, self.today)
            return
        known = max(first, self.begins, self.came_until.get(key, self.begins))
        loose = False
        for stay in (stay for stay in self.stays if stay.who == key):
            begins = stay.begins or known
            if begins > known:
                yield Gap(key, known, begins, loose)
            if self.end_of(stay) >= known:
                known, loose = self.end_of(stay), stay.ended and not stay.ends
        if known < self.today:
            yield Gap(key, known, self.today, loose)

    # Together and apart

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The time drawn, cut wherever who is together with whom changes."""
        self.bonds = {pair: Bond() for pair in combinations(self.keys, 2)}
        waiting = list(self.events)
        found: list[Stretch] = []
        for begins, ends in pairwise(self._days_of_change):
            self._arrive(begins)
            while waiting and waiting[0].on <= begins:
                self._take_in(waiting.pop(0))
            groups = self._groups(begins)
            if found and found[-1].groups == groups:
                found[-1] = Stretch(found[-1].begins, ends, groups)
            else:
                found.append(Stretch(begins, ends, groups))
        return tuple(found)

    @property
    def _days_of_change(self) -> list[date]:
        days = {self.begins, self.today}
        for strands in self.lines.values():
            days |= {day for strand in strands for day in (strand.begins, strand.ends)}
        days |= {event.on for event in self.events} | set(self.came_until.values())
        days |= {a.on for a in self.family.arrivals if a.on}
        return sorted(day for day in days if self.begins <= day <= self.today)

    def _arrive(self, on: date) -> None:
        for arrival in self.family.arrivals:
            for pair in combinations(self.who(arrival.who), 2):
                day = self._arrived(pair, arrival)
                if day == on and self.bonds[pair].kind != "separated":
                    self.bonds[pair] = Bond("arrival", day)

    def _arrived(self, pair: tuple[str, str], arrival: Arrival) -> date:
        """From when an arrival binds a pair: from the start, unless something was told before."""
        if arrival.on is None:
            return self.begins
        told = [s.begins for s in self.stays if s.who in pair and s.begins]
        told += [e.on for e in self.events if set(pair) & set(e.who)]
        return arrival.on if any(day < arrival.on for day in told) else self.begins

    def _take_in(self, event: Event) -> None:
        if event.kind == "separated":
            for pair in self.parted(event):
                self.bonds[pair] = Bond("separated", event.on)
        elif event.kind == "reunified":
            for pair in combinations(self.who(event.who), 2):
                self.bonds[pair] = Bond("reunified", event.on)

    def parted(self, event: Event) -> list[tuple[str, str]]:
        """
        The pairs whom a separation put apart.

        Where its source names no sides, those who were moved on the same day from one place to
        one place were not separated from each other, unless that would leave nobody separated.
        """
        pairs = list(combinations(self.who(event.who), 2))
        if set(event.apart_from) & set(event.who):
            return [(a, b) for a, b in pairs if (a in event.apart_from) != (b in event.apart_from)]
        after = {key: self._after(key, event.on) for key in self.keys}
        return [(a, b) for a, b in pairs if not after[a] or after[a] != after[b]] or pairs

    def _after(self, key: str, on: date) -> list[object]:
        """Where a member was held from a day on, until when, and where then."""
        after = [strand for strand in self.lines[key] if strand.ends > on]
        said: list[object] = [(strand.stay.whereabouts, strand.at) for strand in after[:2]]
        return [*said, after[0].ends] if said else said

    def _groups(self, on: date) -> tuple[tuple[str, ...], ...]:
        group = {key: {key} for key in self.keys}
        for a, b in self.bonds:
            if b not in group[a] and self._together(a, b, on):
                merged = group[a] | group[b]
                group.update(dict.fromkeys(merged, merged))
        return tuple(dict.fromkeys(self.who(tuple(group[key])) for key in self.keys))

    def _holding(self, key: str, on: date) -> list[Strand]:
        return [s for s in self.lines[key] if s.begins <= on < s.ends]

    def _together(self, a: str, b: str, on: date) -> bool:
        bond = self.bonds[a, b]
        ours, theirs = self._holding(a, on), self._holding(b, on)
        same = _same_place(ours, theirs)
        if bond.kind == "separated":
            return same and all(s.stay.begins > bond.on for s in ours + theirs if s.stay.begins)
        return same or (bond.kind != "" and self._still_bound((a, b), ours, theirs, on))

    def _still_bound(
        self, pair: tuple[str, str], ours: list[Strand], theirs: list[Strand], on: date
    ) -> bool:
        bond = self.bonds[pair]
        if bond.kind == "arrival" and not (ours and theirs):
            return on < min(self.came_until.get(key, self.begins) for key in pair)
        later = [s.stay for s in ours + theirs if (s.stay.begins or date.min) > bond.on]
        if bond.kind == "arrival":
            later = [s.stay for s in ours + theirs]
        if not later or not _differ(ours, theirs):
            return True
        if all(stay.custodian in FREE for stay in later) and not (ours and theirs):
            return True
        self.bonds[pair] = Bond()
        return False

    @property
    def is_woven(self) -> bool:
        """Whether any two are ever told to be together, and not only nobody says otherwise."""
        return any(
            sum(self._is_told(key, stretch) for key in group) > 1
            for stretch in self.stretches
            for group in stretch.groups
        )

    def _is_told(self, key: str, stretch: Stretch) -> bool:
        if self.came_until.get(key, self.begins) > stretch.begins:
            return True
        return any(s.begins < stretch.ends and s.ends > stretch.begins for s in self.lines[key])

    @cached_property
    def apart(self) -> tuple[Apart, ...]:
        """How long each separation lasted, until all of it were together again."""
        found: dict[date, Apart] = {}
        for event in self.events_of("separated"):
            ends = [self._together_again(pair, event.on) for pair in self.parted(event)]
            if event.on not in found and ends:
                whole = None if None in ends else max(day for day in ends if day)
                found[event.on] = Apart(event.on, whole)
        return tuple(found.values())

    def _together_again(self, pair: tuple[str, str], since: date) -> date | None:
        for event in self.events_of("reunified"):
            if event.on >= since and set(pair) <= set(event.who):
                return event.on
        for stretch in self.stretches:
            if stretch.begins > since and pair[1] in stretch.group_of(pair[0]):
                return stretch.begins
        return None


def _prolong(drawn: list[Strand], strand: Strand) -> bool:
    """Whether this strand only goes on with one already drawn, which then is made longer."""
    for at, before in enumerate(drawn):
        same = (before.stay, before.at, before.of) == (strand.stay, strand.at, strand.of)
        if same and before.ends == strand.begins:
            drawn[at] = Strand(strand.stay, before.begins, strand.ends, strand.at, strand.of)
            return True
    return False


def _hands(stay: Stay) -> str:
    return "free" if stay.custodian in FREE else stay.custodian


def _same_place(ours: list[Strand], theirs: list[Strand]) -> bool:
    if len(ours) != 1 or len(theirs) != 1:
        return False
    mine, yours = ours[0].stay, theirs[0].stay
    return mine.place_key != "" and (mine.place_key, _hands(mine)) == (
        yours.place_key,
        _hands(yours),
    )


def _differ(ours: list[Strand], theirs: list[Strand]) -> bool:
    """Whether two members are told to be in different hands or places."""
    if len(ours) != 1 or len(theirs) != 1:
        return bool(ours or theirs)
    mine, yours = ours[0].stay, theirs[0].stay
    if _hands(mine) != _hands(yours):
        return True
    places = {mine.place_key or mine.place, yours.place_key or yours.place} - {""}
    return len(places) > 1
