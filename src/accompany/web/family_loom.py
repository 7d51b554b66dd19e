"""
Where on the page does each member's thread run?

Members who are never apart share a lane. A group of several lanes runs in the middle of them, so
that threads part from there and come back to it. A bend begins on the day of a parting and ends
on the day of a joining. Time runs down to scale: one day is the same height everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations, pairwise

from accompany.web.family_time import FamilyTime, Stretch

STEP = 14.0  # px between threads of one weave
BETWEEN = 20.0  # px between threads that are not together, at least


@dataclass(frozen=True)
class Sheet:
    """The measures of one width of the picture, in px."""

    width: int
    axis: float  # where the line of days stands
    right: float  # where threads and their words end
    letters: int
    wide: bool

    @property
    def lead(self) -> int:
        return self.letters + 3


@dataclass(frozen=True)
class Bend:
    """A thread's way from one place across the page to another."""

    top: float
    bottom: float
    before: float
    after: float

    def x(self, y: float) -> float:
        if y <= self.top:
            return self.before
        if y >= self.bottom:
            return self.after
        u = (y - self.top) / (self.bottom - self.top)
        return self.before + (self.after - self.before) * u * u * (3 - 2 * u)


def lanes_of(time: FamilyTime) -> list[tuple[str, ...]]:
    """The members by lane, from left to right; those often together stand beside each other."""
    lanes: list[tuple[str, ...]] = []
    for key in time.keys:
        for at, lane in enumerate(lanes):
            if all(_never_apart(time, key, other) for other in lane):
                lanes[at] = (*lane, key)
                break
        else:
            lanes.append((key,))
    return _ordered(time, lanes)


def _never_apart(time: FamilyTime, a: str, b: str) -> bool:
    known = [time.known_from[key] for key in (a, b)]
    since = max((day for day in known if day), default=time.begins)
    if None in known:
        return False
    both = [stretch for stretch in time.stretches if stretch.ends > since]
    return bool(both) and all(b in stretch.group_of(a) for stretch in both)


def _ordered(time: FamilyTime, lanes: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    runs = [[lane] for lane in lanes]
    while len(runs) > 1:
        one, other = max(
            combinations(range(len(runs)), 2),
            key=lambda at: max(_days(time, a, b) for a in runs[at[0]] for b in runs[at[1]]),
        )
        right = runs.pop(other)
        left = runs[one]
        if _days(time, right[-1], left[0]) > _days(time, left[-1], right[0]):
            left, right = right, left
        runs[one] = left + right
    return runs[0] if runs else []


def _days(time: FamilyTime, a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """For how many days two lanes are together."""
    both = (s for s in time.stretches if b[0] in s.group_of(a[0]))
    return sum((stretch.ends - stretch.begins).days for stretch in both)


class Loom:
    """A family's time laid out on a sheet: `y` of a day, `x` of a member at a height."""

    def __init__(self, time: FamilyTime, sheet: Sheet, top: float, body: float) -> None:
        self.time, self.sheet, self.top, self.body = time, sheet, top, body
        self.lanes = lanes_of(time)
        self.order = {key: at for at, key in enumerate(k for lane in self.lanes for k in lane)}

    @property
    def end(self) -> float:
        return self.top + self.body

    def y(self, on: date) -> float:
        """The height of a day. Days outside the time drawn lie on its edge."""
        begins, today = self.time.begins, self.time.today
        share = (min(max(on, begins), today) - begins).days / (today - begins).days
        return self.top + share * self.body

    @cached_property
    def room(self) -> float:
        return self.sheet.right - self.sheet.axis - 32

    @cached_property
    def step(self) -> float:
        return min(STEP, self.room / max(1, len(self.order)))

    @cached_property
    def lane_room(self) -> float:
        """What each lane has for words, beside its threads."""
        threads = self.step * (len(self.order) - len(self.lanes))
        return max(self.step, (self.room - threads) / max(1, len(self.lanes)))

    @cached_property
    def centres(self) -> dict[str, float]:
        """The middle of each member's own lane."""
        x, found = self.sheet.axis + 24, {}
        for lane in self.lanes:
            spread = self.step * (len(lane) - 1)
            found.update(dict.fromkeys(lane, x + spread / 2))
            x += spread + self.lane_room
        return found

    def places(self, stretch: Stretch) -> dict[str, float]:
        """Where each member's thread stands in a stretch."""
        groups = sorted(stretch.groups, key=self._wish)
        wishes = [self._wish(group) for group in groups]
        widths = [self.step * (len(group) - 1) for group in groups]
        found = {}
        for group, middle, width in zip(groups, self._settle(wishes, widths), widths, strict=True):
            for at, key in enumerate(sorted(group, key=self.order.__getitem__)):
                found[key] = middle - width / 2 + self.step * at
        return found

    def _wish(self, group: Sequence[str]) -> float:
        lanes = {self.centres[key] for key in group}
        return sum(lanes) / len(lanes)

    def _settle(self, wishes: list[float], widths: list[float]) -> list[float]:
        """The wishes, moved apart as far as threads that are not together must be."""
        between = min(BETWEEN, self.room / max(1, len(self.order)))
        xs = list(wishes)
        for at in range(1, len(xs)):
            xs[at] = max(xs[at], xs[at - 1] + (widths[at - 1] + widths[at]) / 2 + between)
        edge = self.sheet.right - 10
        for at in reversed(range(len(xs))):
            xs[at] = min(xs[at], edge - widths[at] / 2)
            edge = xs[at] - widths[at] / 2 - between
        return xs

    @cached_property
    def placed(self) -> list[tuple[Stretch, dict[str, float]]]:
        return [(stretch, self.places(stretch)) for stretch in self.time.stretches]

    @cached_property
    def tracks(self) -> dict[str, tuple[float, list[Bend]]]:
        """Each member's first place across the page, and the bends that follow."""
        return {key: self._track(key) for key in self.time.keys}

    def _track(self, key: str) -> tuple[float, list[Bend]]:
        known = self.time.known_from[key] or self.time.begins
        mine = [(s, xs[key]) for s, xs in self.placed if s.ends > known] or [
            (self.placed[-1][0], self.placed[-1][1][key])
        ]
        bends: list[Bend] = []
        moves = [
            (before, after) for before, after in pairwise(mine) if abs(before[1] - after[1]) > 0.05
        ]
        for at, (before, after) in enumerate(moves):
            below = self.y(moves[at + 1][1][0].begins) if at + 1 < len(moves) else self.end
            above = bends[-1].bottom if bends else self.top
            joins = bool(set(after[0].group_of(key)) - set(before[0].group_of(key)))
            bends.append(
                self._bend(before[1], after[1], self.y(after[0].begins), above, below, joins=joins)
            )
        return mine[0][1], bends

    def _bend(
        self, before: float, after: float, y: float, above: float, below: float, *, joins: bool
    ) -> Bend:
        length = min(66 if self.sheet.wide else 42, 14 + abs(after - before) * 0.5)
        if joins:
            return Bend(max(y - length, above, self.top), y, before, after)
        return Bend(y, min(y + length, y + (below - y) * 0.6, self.end), before, after)

    def x(self, who: str, y: float) -> float:
        first, bends = self.tracks[who]
        now = first
        for bend in bends:
            if y < bend.top:
                break
            now = bend.x(y)
        return now

    def run(
        self, who: str, top: float, bottom: float, shift: float = 0.0
    ) -> list[tuple[float, float]]:
        """The points of a thread between two heights."""
        ys = {top, bottom}
        for bend in self.tracks[who][1]:
            steps = (bend.top + (bend.bottom - bend.top) * i / 12 for i in range(13))
            ys |= {y for y in steps if top < y < bottom}
        return [(self.x(who, y) + shift, y) for y in sorted(ys)]

    def straight(self, who: str, y: float) -> bool:
        """Whether the thread runs straight down just here."""
        return abs(self.x(who, y - 4) - self.x(who, y + 4)) < 0.3
