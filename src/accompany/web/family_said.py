"""
What is said in a family's picture: beside its threads, and below today?

Words only; where they find room is for `family_place`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accompany.web import svg
from accompany.web.family_threads import known_custodian
from accompany.web.family_time import FamilyTime, Gap, Member, Stay, Strand
from accompany.web.family_words import Words, day_words, days_words, listed, words_in

Line = list[tuple[str, str]]  # one line of a label: parts of (class, words)
Group = tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """Words beside a thread: in how few they can be said, and where they would like to stand."""

    who: tuple[str, ...]
    begins: date
    ends: date
    says: tuple[tuple[Line, ...], ...]  # from the most words to the fewest
    middle: bool = False
    framed: bool = False


class Said:
    """The words of one family's picture."""

    def __init__(self, time: FamilyTime) -> None:
        self.time = time
        self.words: Words = words_in(time.family.language)
        self.members: dict[str, Member] = {m.key: m for m in time.family.members}
        self.years = time.begins.year != time.today.year

    def day(self, on: date) -> str:
        return day_words(on, self.words, year=self.years)

    def name(self, key: str) -> str:
        return svg.clean(self.members[key].name) or "?"

    def names(self, who: Iterable[str]) -> str:
        return listed([self.name(key) for key in who], self.words)

    def short(self, stay: Stay) -> str:
        return self.words.short[known_custodian(stay.custodian)]

    def letter(self, strand: Strand) -> str:
        return self.time.letters.get(strand.stay, "")[:3]

    def is_late(self, key: str) -> bool:
        """Whether a member's thread begins so far down that its name stands there instead."""
        if len(self.time.keys) > 4:
            return False
        known = self.time.known_from[key] or self.time.begins
        whole = (self.time.today - self.time.begins).days
        return (known - self.time.begins).days > 0.14 * whole

    # Words
    def thread_stops(self, key: str, on: date) -> bool:
        came = self.time.came_until.get(key)
        stops = {day for s in self.time.lines[key] for day in (s.begins, s.ends)}
        if came and came > self.time.begins:
            stops.add(came)
        return on in stops and self.time.begins < on < self.time.today

    def labels(self) -> list[Label]:
        """What is to be said beside the threads, the most needed first."""
        return [*self._untold(), *self._gap_labels(), *self._came(), *self._stay_labels()]

    def _untold(self) -> Iterator[Label]:
        for gap in self.time.gaps:
            if gap.begins is None:
                says: tuple[tuple[Line, ...], ...] = (
                    ([("", self.words.nobody_who)],),
                    ([("b", "?")],),
                )
                yield Label((gap.who,), self.time.begins, self.time.today, says, framed=True)

    def _gap_labels(self) -> Iterator[Label]:
        told = [gap for gap in self.time.gaps if gap.begins]
        for begins, ends in sorted({(gap.begins, gap.ends) for gap in told if gap.begins}):
            gaps = [gap for gap in told if (gap.begins, gap.ends) == (begins, ends)]
            who, days = tuple(gap.who for gap in gaps), self.gap_days(gaps[0])
            said: Line = [("b", f"{self.words.nobody_where}, {days}")]
            alone = len(who) == 1 and self.thread_stops(who[0], ends)
            named = len(self.time.keys) > 1 and not alone and len(who) < len(self.time.keys)
            names: list[Line] = [[("", self.names(who))]] if named else []
            yield Label(who, begins, ends, ((*names, said), (said,)), middle=True)

    def gap_days(self, gap: Gap) -> str:
        said = days_words(gap.days or 0, self.words)
        return self.words.at_most.format(said) if gap.at_most else said

    def _came(self) -> Iterator[Label]:
        first = self.time.stretches[0]
        for group in first.groups:
            came = [k for k in group if self.time.came_until.get(k, first.begins) > first.begins]
            if len(came) > 1:
                until = min(self.time.came_until[key] for key in came)
                says: tuple[Line, ...] = ([("", self.words.came)],)
                yield Label(tuple(came), self.time.begins, until, (says,))

    def _stay_labels(self) -> Iterator[Label]:
        named: set[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = set()
        for (strand, groups), who in sorted(
            self._runs().items(), key=lambda run: (run[0][0].begins, run[0][0].at)
        ):
            lines: list[Line] = []
            if len(who) < len(self.time.keys) and (who, groups) not in named:
                named.add((who, groups))
                lines = [[("b", self.names(who))]]
            yield self._stay_label(strand, who, lines)

    def _runs(self) -> dict[tuple[Strand, tuple[tuple[str, ...], ...]], tuple[str, ...]]:
        """The strands to name, with all who are together in the same words."""
        found: dict[object, tuple[Strand, tuple[tuple[str, ...], ...], list[str]]] = {}
        for key in self.time.keys:
            before: set[tuple[Stay, bool]] = set()
            for strand in self.time.lines[key]:
                seen = (strand.stay, strand.of > 1)
                if seen in before or (strand.stay, True) in before:
                    continue  # it only goes on, with more or fewer who contradict it
                before.add(seen)
                stretch = next(s for s in self.time.stretches if s.ends > strand.begins)
                stay = strand.stay
                same = (strand.begins, strand.ends, strand.of, stay.telling, stay.custodian)
                run = (*same, stay.place, stretch.group_of(key))
                found.setdefault(run, (strand, stretch.groups, []))[2].append(key)
        return {(strand, groups): tuple(who) for strand, groups, who in found.values()}

    def _stay_label(self, strand: Strand, who: tuple[str, ...], names: list[Line]) -> Label:
        stay = strand.stay
        letter: Line = [("b", f"{self.letter(strand)}: ")] if strand.of > 1 else []
        began = stay.begins and stay.begins >= self.time.begins
        when: Line = [("q", f" {day_words(strand.begins, self.words)}")] if began else []
        held: Line = [*letter, ("", self.short(stay)), *when]
        place: list[Line] = [[("", svg.clean(stay.place))]] if svg.clean(stay.place) else []
        source: list[Line] = [[("q", svg.clean(stay.source))]] if letter and stay.source else []
        least: Line = [*letter, ("", self.short(stay))]
        says = [
            (*names, held, *place, *source),
            (*names, held, *place),
            (*names, held),
            (*names, least),
        ]
        if names and len(self.time.keys) < 7 and not any(self.is_late(key) for key in who):
            says.append(tuple(names))
        return Label(who, strand.begins, strand.ends, tuple(says))

    # Today

    def now(self, key: str) -> str:
        """Where a member is today, in words."""
        holding = [
            s.stay
            for s in self.time.lines[key]
            if s.ends == self.time.today and not self._ended(s.stay)
        ]
        holding = holding or [
            s for s in self.time.stays if s.who == key and s.begins == self.time.today
        ]
        if not holding:
            gap = next(
                (g for g in self.time.gaps if g.who == key and g.ends == self.time.today), None
            )
            if gap is None or gap.begins is None:
                return self.words.nobody_who
            return self.words.since.format(self.words.nobody_who, self.day(gap.begins))
        told = [self._held(stay) for stay in holding]
        return told[0] if len(told) == 1 else f"{self.words.disagree}: {' / '.join(told)}"

    def _ended(self, stay: Stay) -> bool:
        return stay.ended or (stay.ends is not None and stay.ends <= self.time.today)

    def _held(self, stay: Stay) -> str:
        said = ", ".join(p for p in (self.short(stay), svg.clean(stay.place)) if p)
        return self.words.since.format(said, self.day(stay.begins or self.time.begins))

    def undrawn(self, stay: Stay) -> str:
        said = (self.name(stay.who), self.short(stay), svg.clean(stay.place))
        return ", ".join(part for part in said if part)
