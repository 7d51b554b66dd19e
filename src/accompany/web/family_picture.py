"""
How is a family's time drawn? One picture at one width, as SVG.

Each length of thread is to scale; words take what room the threads leave, and where there is
none they are left to the table, which says all.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise

from accompany.web import svg
from accompany.web.family_loom import Loom, Sheet
from accompany.web.family_place import Placing, Room
from accompany.web.family_said import Line, Said
from accompany.web.family_threads import THREADS, known_custodian
from accompany.web.family_time import Event, FamilyTime, Stay, Strand
from accompany.web.family_words import day_words, days_words, number_words

LEAST, MOST = 400, 1400  # px: how high a picture may be
WEFT = 9  # px between two rows of weft


class FamilyPicture:
    """A picture being drawn. `svg` is the whole of it."""

    def __init__(self, time: FamilyTime, *, wide: bool) -> None:
        self.time, self.wide = time, wide
        self.said = Said(time)
        self.sheet = self._sheet()
        self.out: list[str] = []
        self.late = {key for key in time.keys if self.said.is_late(key)}
        top = 24.0 + self.sheet.lead * max(1, len(time.keys) - len(self.late)) + 10
        self.loom = Loom(time, self.sheet, top, 1.0)
        self.foot = list(self._foot())
        self.loom = Loom(time, self.sheet, top, self._body(top))
        self.room = Room(top - 6, self.sheet.right, self.loom.end - 2)
        self.placing = Placing(self.loom, self.room, self.out)
        self.height = self.loom.end

    def _sheet(self) -> Sheet:
        letters = 14 if self.wide else 13
        said = [self.said.words.today, self.said.words.apart, self.said.words.so_far]
        said += [self.said.day(date(2020, month, 28)) for month in range(1, 13)]
        axis = 16 + max(svg.width_of(words, letters, bold=True) for words in said)
        lanes_wide = 596 if len(self.time.keys) < 6 else 660
        return Sheet(
            width=900 if self.wide else 344,
            axis=axis,
            right=lanes_wide if self.wide else 344,
            letters=letters,
            wide=self.wide,
        )

    def _body(self, top: float) -> float:
        """How high the time is drawn: as its words need, within what a page can hold."""
        lead, need = self.sheet.lead, 0.0
        for key in self.time.keys:
            labels = [s for s in self.time.stays if s.who == key]
            labels += [g for g in self.time.gaps if g.who == key]  # type: ignore[misc]
            need = max(need, 120 + 5.2 * lead * len(labels))
        if self.wide:
            need = max(need, 60 + sum(len(self._note(e, 1)) * 17 + 10 for e in self._noted))
        foot = self._foot_height
        return min(max(need, LEAST - top - foot, 240), max(MOST - top - foot, 240))

    @property
    def _foot_height(self) -> float:
        return 24.0 + self.sheet.lead * (1 + max((row for _, row, _, _ in self.foot), default=0))

    def draw_threads(self) -> None:
        for key in self.time.keys:
            came = self.time.came_until.get(key)
            if came and came > self.time.begins:
                stay = Stay(key, "family", begins=self.time.begins, ends=came)
                self._thread(Strand(stay, self.time.begins, came))
            for strand in self.time.lines[key]:
                self._thread(strand)

    def _thread(self, strand: Strand) -> None:
        kind, weave = THREADS[known_custodian(strand.stay.custodian)]
        half = " half" if strand.of > 1 else ""
        points = self._points(strand)
        d = "M" + "L".join(f"{svg.fix(x)} {svg.fix(y)}" for x, y in points)
        if len(points) > 2:  # in a bend, a rim of paper keeps neighbouring threads apart
            self.out.append(svg.path(d, "paper-s", 7 if half else 12))
        self.out.append(f'<path d="{d}" class="thread{half} {kind}-s"/>')
        if weave:
            width, dash, cap = weave
            width = width / 2 if half and width < 9 else width
            self.out.append(svg.path(d, "weave", width, dasharray=dash, linecap=cap))
        if strand.of > 1:
            self._letter(strand, points)
        self._take_thread(points, 4 if half else 7)

    def _points(self, strand: Strand) -> list[tuple[float, float]]:
        top, bottom = self.loom.y(strand.begins), self.loom.y(strand.ends)
        shift = 0.0
        if strand.of > 1:
            shift = (strand.at - (strand.of - 1) / 2) * min(16.0, 30 / strand.of)
        return self.loom.run(strand.stay.who, top, bottom, shift)

    def _take_thread(self, points: list[tuple[float, float]], half: float) -> None:
        for (x, y), (to_x, to_y) in pairwise(points):
            left, right = sorted((x, to_x))
            self.room.take(left - half, y, right + half, max(to_y, y + 1))

    def _letter(self, strand: Strand, points: list[tuple[float, float]]) -> None:
        """Which account a half thread follows, where it is long enough to say so."""
        letter = self.said.letter(strand)
        x, y = points[0][0], points[0][1] + 14
        outside = -1 if strand.at == 0 else 1
        if points[-1][1] - points[0][1] > 24 and strand.at in (0, strand.of - 1):
            x += outside * 9
            self.out.append(svg.text(x, y, letter, "b mid halo"))
            self.room.take(x - 5, y - 10, x + 5, y)

    def _drawn(self, key: str, y: float) -> bool:
        """Whether the member's thread, unsplit, is drawn at this height and a little around."""
        spans = [(s.begins, s.ends) for s in self.time.lines[key] if s.of == 1]
        came = self.time.came_until.get(key)
        if came:
            spans.append((self.time.begins, came))
        at = [(self.loom.y(a), self.loom.y(b)) for a, b in spans]
        return any(a - 1 <= y - 6 and y + 4 <= b + 1 for a, b in self._joined(at))

    @staticmethod
    def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
        joined: list[tuple[float, float]] = []
        for top, bottom in sorted(spans):
            if joined and top <= joined[-1][1] + 0.1:
                joined[-1] = (joined[-1][0], max(bottom, joined[-1][1]))
            else:
                joined.append((top, bottom))
        return joined

    def draw_weft(self) -> None:
        """Over one thread, under the next: together is a weave, not only nearness."""
        d: list[str] = []
        over: list[str] = []
        for stretch in self.time.stretches:
            top, bottom = self.loom.y(stretch.begins) + 8, self.loom.y(stretch.ends) - 4
            for group in stretch.groups if bottom > top else ():
                self._weft(group, top, bottom, d, over)
        if d:
            # Drawn again over the threads: in the dark a pale thread needs a dark weft.
            self.out.append(svg.path("".join(d), "ink-s", 1.5))
            self.out.append(svg.path("".join(over), "weft-s", 1.5))

    def _weft(
        self, group: tuple[str, ...], top: float, bottom: float, d: list[str], over: list[str]
    ) -> None:
        reach = self.loom.step - 5
        for row in range(int((top - self.loom.top) // WEFT) + 1, 10_000):
            y = self.loom.top + row * WEFT
            if y > bottom:
                return
            here = [k for k in group if self._drawn(k, y) and self.loom.straight(k, y)]
            xs = sorted(self.loom.x(key, y) for key in here)
            for at, x in enumerate(xs if len(xs) > 1 else ()):
                if (at + row) % 2 == 0:
                    left = x - (reach if at else 8)
                    right = x + (reach if at < len(xs) - 1 else 8)
                    d.append(f"M{svg.fix(left)} {svg.fix(y)}H{svg.fix(right)}")
                    over.append(f"M{svg.fix(x - 4.5)} {svg.fix(y)}h9")

    # What happened

    def draw_gap_ends(self) -> None:
        for gap in self.time.gaps:
            for on in (gap.begins, gap.ends):
                if on and self.said.thread_stops(gap.who, on):
                    y = self.loom.y(on)
                    x = self.loom.x(gap.who, y)
                    self.out.append(
                        f'<circle cx="{svg.fix(x)}" cy="{svg.fix(y)}" r="5"'
                        ' class="paper-f ink-s" stroke-width="1.8"/>'
                    )
                    self.room.take(x - 7, y - 6, x + 7, y + 6)

    def draw_rules(self) -> None:
        """The rule of a separation or a reunification runs across the page, under the threads."""
        stop = self.sheet.width if self.wide else self.sheet.right
        for y in sorted({self.loom.y(e.on) for e in self.shown}):
            self.out.append(
                svg.path(f"M{svg.fix(self.sheet.axis - 3)} {svg.fix(y)}H{stop:g}", "ink-s", 1)
            )
            self.room.take(self.sheet.axis, y - 1, self.sheet.right, y + 1)

    @cached_property
    def shown(self) -> list[Event]:
        return [e for e in self.time.events if e.kind in ("separated", "reunified")]

    def draw_events(self) -> None:
        marks = {"separated": self._cut_bar, "reunified": self._ring, "removed": self._border}
        for event in self.time.events:
            mark = marks.get(event.kind)
            y = self.loom.y(event.on)
            for xs in self._clusters(event, y) if mark else ():
                mark(event, xs, y)  # type: ignore[misc]
                self.room.take(min(xs.values()) - 13, y - 9, max(xs.values()) + 13, y + 9)

    def _clusters(self, event: Event, y: float) -> Iterator[dict[str, float]]:
        """The event's members by threads that run side by side at its height."""
        cluster: dict[str, float] = {}
        xs = {key: self.loom.x(key, y) for key in self.time.who(event.who)}
        for key in sorted(xs, key=xs.__getitem__):
            if cluster and xs[key] - max(cluster.values()) > self.loom.step + 1:
                yield cluster
                cluster = {}
            cluster[key] = xs[key]
        if cluster:
            yield cluster

    def _cut_bar(self, event: Event, xs: dict[str, float], y: float) -> None:
        left, right = min(xs.values()) - 12, max(xs.values()) + 12
        self.out.append(svg.rect(left, y - 4, right - left, 8, "ink-f"))
        parted = {frozenset(pair) for pair in self.time.parted(event)}
        for a, b in pairwise(xs):
            if frozenset((a, b)) in parted:
                cut = (xs[a] + xs[b]) / 2
                self.out.append(svg.rect(cut - 2, y - 6, 4, 12, "paper-f"))

    def _ring(self, _event: Event, xs: dict[str, float], y: float) -> None:
        left, right = min(xs.values()) - 12, max(xs.values()) + 12
        self.out.append(svg.rect(left, y - 8, right - left, 16, "ink-s", rx="8", stroke_width="3"))

    def _border(self, _event: Event, xs: dict[str, float], y: float) -> None:
        for x in xs.values():
            self.out.append(svg.rect(x - 9, y - 4, 18, 8, "paper-f"))
            d = f"M{svg.fix(x - 11)} {svg.fix(y - 4)}h22m-22 8h22"
            self.out.append(svg.path(d, "ink-s", 2))

    # Names and days

    def draw_names(self) -> None:
        places = self.loom.placed[0][1]
        keys = sorted(self.time.keys, key=lambda key: self._first_x(key, places))
        rows, y = [], 16.0
        for key in keys:
            x = self._first_x(key, places)
            if key in self.late:
                rows.append(self._name(key, x - 6, self._start(key)))
                continue
            known = self.time.known_from[key] or self.time.begins
            d = f"M{svg.fix(x)} {svg.fix(y - 8)}V{svg.fix(self.loom.y(known) - 3)}"
            self.out.append(svg.path(d, "ink-s", 1))
            rows.append(self._name(key, x, y))
            y += self.sheet.lead
        self.out += rows

    def _start(self, key: str) -> float:
        """Where the name of a member stands whose thread begins late: just above it."""
        return self.loom.y(self.time.known_from[key] or self.time.begins) - 9

    def _first_x(self, key: str, places: dict[str, float]) -> float:
        return self.loom.tracks[key][0] if key in self.loom.tracks else places[key]

    def _name(self, key: str, x: float, y: float) -> str:
        letters = self.sheet.letters
        right, left = self.sheet.width - x - 8, x - 8
        name, what = self.said.name(key), svg.clean(self.said.members[key].what)
        whole: Line = [("b", name), ("", " "), ("q", what)]
        if self.placing.width(whole) > right or not what:  # the table says what is left out here
            room = max(right, left)
            whole = [("b", svg.shorten(name, room, letters, bold=True))]
        wide = self.placing.width(whole)
        at = x + 6 if wide <= right else max(0.0, x - 4 - wide)
        self.room.take(at - 3, y - 12, at + wide, y + 4)
        return svg.spans(at, y, whole)

    def draw_axis(self) -> None:
        taken = [self.loom.end, self.loom.end + 16]
        for on in sorted({event.on for event in self.shown}):
            y = self.loom.y(on)
            if all(abs(y - other) > 15 for other in taken):
                self._at_axis(y + 4, self.said.day(on), "b")
                taken.append(y)
        self._draw_apart(taken)
        for on, said in self._ticks() if any(self.time.known_from.values()) else ():
            y = self.loom.y(on)
            if all(abs(y - other) > 17 for other in taken) and y >= self.loom.top - 1:
                self._at_axis(y + 4, said, "q")
                self.out.append(
                    svg.path(f"M{svg.fix(self.sheet.axis - 8)} {svg.fix(y)}h5", "line-s", 1)
                )

    def _at_axis(self, y: float, words: str, kind: str) -> None:
        self.out.append(svg.text(self.sheet.axis - 12, y, words, f"{kind} end halo".strip()))

    def _draw_apart(self, taken: list[float]) -> None:
        """The length of each separation, as a builder dimensions a wall."""
        free = self.loom.top
        for apart in sorted(self.time.apart, key=lambda apart: apart.begins):
            top, bottom = self.loom.y(apart.begins), self.loom.y(apart.ends or self.time.today)
            if top < free - 0.1 or bottom - top < 4:
                continue
            free = bottom
            x, left = svg.fix(self.sheet.axis - 3), svg.fix(self.sheet.axis - 7)
            a, b = svg.fix(top), svg.fix(bottom)
            d = f"M{x} {a}V{b}M{left} {a}h8M{left} {b}h8"
            self.out.append(svg.path(d, "ink-s", 1.6))
            days = ((apart.ends or self.time.today) - apart.begins).days
            self._dimension(days, (top, bottom), taken, so_far=apart.ends is None)

    def _dimension(
        self, days: int, between: tuple[float, float], taken: list[float], *, so_far: bool
    ) -> None:
        number, unit = number_words(days), days_words(days, self.said.words).split()[-1]
        lines = [("b big", number), ("", unit), ("", self.said.words.apart)]
        if svg.width_of(number, 26, bold=True) > self.sheet.axis - 14:
            lines[0] = ("b", number)
        if so_far:
            lines.append(("", self.said.words.so_far))
        for said in (lines, [("b", days_words(days, self.said.words))]):
            y = self._free_height(between, 16 * len(said) + 10, taken)
            for at, (kind, words) in enumerate(said if y else ()):
                self._at_axis(y + 16 * at, words, kind)
                taken += [y + 16 * at - 4, y + 16 * at - 16]
            if y:
                return

    @staticmethod
    def _free_height(between: tuple[float, float], height: float, taken: list[float]) -> float:
        """Where words of this height may begin between two heights; 0 if nowhere."""
        middle = (between[0] + between[1] - height) / 2 + 26
        for step in range(40):
            for y in (middle + 6 * step, middle - 6 * step):
                top, bottom = y - 22, y + height - 26
                inside = between[0] + 12 < top and bottom < between[1] - 8
                if inside and not any(top - 8 < other < bottom + 10 for other in taken):
                    return y
        return 0.0

    def _ticks(self) -> Iterator[tuple[date, str]]:
        """Days of the calendar to mark, as far apart as they need to be read."""
        days = (self.time.today - self.time.begins).days
        per_day = self.loom.body / days
        months = next((m for m in (1, 2, 3, 6, 12, 24, 60, 120) if 30 * m * per_day > 34), 1200)
        split = [1, 15] if 15 * per_day > 34 and months == 1 else [1]
        if per_day > 34:
            split = list(range(1, 29))
        year, month = self.time.begins.year, (self.time.begins.month - 1) // months * months
        if months > 12:
            year, month = year // (months // 12) * (months // 12), 0
        while year < 9999 and date(max(1, year), month % 12 + 1, 1) <= self.time.today:
            for number in split:
                on = date(max(1, year), month % 12 + 1, number)
                if self.time.begins <= on < self.time.today:
                    yield on, self._tick(on, split)
            month += months
            year, month = year + month // 12, month % 12

    def _tick(self, on: date, split: list[int]) -> str:
        if self.said.years and split == [1]:
            return f"{self.said.words.months[on.month - 1]} {on.year}"
        return day_words(on, self.said.words)

    # Words beside the threads

    @cached_property
    def _noted(self) -> list[Event]:
        return [event for event in self.time.events if svg.clean(event.short)]

    def draw_notes(self) -> None:
        if self.wide:
            self._notes_column()
        else:
            self._notes_at_rules()

    def _notes_at_rules(self) -> None:
        letters = self.sheet.letters
        for event in self.shown:
            y = self.loom.y(event.on)
            lines = svg.wrap(event.short, 150, letters, bold=True, most=2)
            above = event.kind == "separated"
            for at, words in enumerate(lines):
                down = y - 7 - 15 * (len(lines) - 1 - at) if above else y + 17 + 15 * at
                left = self.sheet.right - svg.width_of(words, letters, bold=True)
                if self.room.free(left, down - 9, self.sheet.right, down + 1):
                    self.out.append(svg.text(self.sheet.right, down, words, "b end halo"))
                    self.room.take(left, down - 11, self.sheet.right, down + 3)

    def _note(self, event: Event, level: int) -> list[tuple[str, str]]:
        """An event in lines of (class, words): 0 in full, 1 shortened, 2 its title alone."""
        room = self.sheet.width - self.sheet.right - 22
        title = f"{self.said.day(event.on)}. {svg.clean(event.short)}"
        lines = [("b", part) for part in svg.wrap(title, room, 14, bold=True, most=3)]
        if level < 2:
            most = 99 if level == 0 else 4
            lines += [("", part) for part in svg.wrap(event.text, room, 14, most=most)]
            lines += [("q", part) for part in svg.wrap(event.source, room, 14, most=2)]
        return lines

    def _notes_column(self) -> None:
        free, x = self.loom.top - 20, self.sheet.right + 22
        bottom = self.height
        levels = (0, 1, 2)
        notes = next(
            (
                n
                for n in ([self._note(e, level) for e in self._noted] for level in levels)
                if self._needs(n, free) <= bottom
            ),
            [self._note(event, 2) for event in self._noted],
        )
        for at, (event, lines) in enumerate(zip(self._noted, notes, strict=True)):
            mark = event.kind in ("separated", "reunified")
            y = max(self.loom.y(event.on) + (18 if mark else 5), free)
            left = len(notes) - at
            if y + 17 * len(lines) > bottom + 10:
                self.out.append(svg.text(x, min(y, bottom), self.said.words.more.format(left), "q"))
                return
            self._lead_to(event, y)
            for row, (kind, words) in enumerate(lines):
                self.out.append(svg.text(x, y + 17 * row, words, kind))
            free = y + 17 * len(lines) + 8

    def _needs(self, notes: list[list[tuple[str, str]]], free: float) -> float:
        for event, lines in zip(self._noted, notes, strict=True):
            free = max(self.loom.y(event.on) + 18, free) + 17 * len(lines) + 8
        return free - 17

    def _lead_to(self, event: Event, y: float) -> None:
        """A quiet line from a thread to its note, where the note stands beside it."""
        at = self.loom.y(event.on)
        who = self.time.who(event.who)
        if not who or event.kind in ("separated", "reunified") or abs(y - 5 - at) > 1:
            return
        x = max(self.loom.x(key, at) for key in who) + 12
        d = f"M{svg.fix(x)} {svg.fix(at)}H{svg.fix(self.sheet.right + 16)}"
        self.out.insert(0, svg.path(d, "line-s", 1, dasharray="1 4"))

    # Today

    def _foot(self) -> Iterator[tuple[float, int, str, str]]:
        """The lines below today as (x, row, class, words): where each is now."""
        entries = self._now()
        row = 0
        for x, room, stand in self._columns(entries):
            lines = [line for who, said in stand for line in self._sentence(who, said, room)]
            yield from ((x, at, kind, part) for at, (kind, part) in enumerate(lines))
            row = max(row, len(lines))
        if not row:
            room = self.sheet.width - self.sheet.axis - 12
            lines = [line for _, who, said in entries for line in self._sentence(who, said, room)]
            row = len(lines)
            yield from ((self.sheet.axis + 8, at, *line) for at, line in enumerate(lines))
        if self.time.undrawn:
            told = "; ".join(self.said.undrawn(stay) for stay in self.time.undrawn)
            room = self.sheet.width - self.sheet.axis - 12
            for part in svg.wrap(
                self.said.words.undrawn.format(told), room, self.sheet.letters, most=4
            ):
                yield self.sheet.axis + 8, row, "q", part
                row += 1

    def _sentence(self, who: tuple[str, ...], said: str, room: float) -> Iterator[tuple[str, str]]:
        for part in svg.wrap(self.said.names(who), room, self.sheet.letters, bold=True, most=3):
            yield "b", part
        for part in svg.wrap(said, room, self.sheet.letters, most=9):
            yield "", part

    def _now(self) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
        """Who is where today, as (group, who of it, words), from left to right."""
        found: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for group in sorted(self.time.stretches[-1].groups, key=self._x_now):
            for key in sorted(group, key=self.loom.order.__getitem__):
                found.setdefault((group, self.said.now(key)), []).append(key)
        return [(group, tuple(who), said) for (group, said), who in found.items()]

    def _x_now(self, who: Iterable[str]) -> float:
        return min(self.loom.placed[-1][1][key] for key in who)

    def _columns(
        self, entries: list[tuple[tuple[str, ...], tuple[str, ...], str]]
    ) -> list[tuple[float, float, list[tuple[tuple[str, ...], str]]]]:
        """The entries below their groups' threads as (x, room, entries), if all have room."""
        groups = list(dict.fromkeys(group for group, _, _ in entries))
        xs = [self._x_now(group) - 5 for group in groups]
        ends = [*xs[1:], self.sheet.right + 8]
        rooms = [end - x - 14 for x, end in zip(xs, ends, strict=True)]
        if len(groups) > 4 or min(rooms, default=0) < 92:
            return []
        return [
            (x, room, [(who, said) for of, who, said in entries if of == group])
            for x, room, group in zip(xs, rooms, groups, strict=True)
        ]

    def draw_today(self) -> None:
        y = self.loom.end
        stop = self.sheet.width if self.wide else self.sheet.right
        d = f"M{svg.fix(self.sheet.axis - 6)} {svg.fix(y)}H{stop:g}"
        self.out.append(svg.path(d, "ink-s", 2, dasharray="7 4"))
        self._at_axis(y + 4, self.said.words.today, "b")
        self._at_axis(y + 20, self.said.day(self.time.today), "")
        for x, row, kind, words in self.foot:
            self.out.append(
                svg.text(x, y + 20 + row * self.sheet.lead, words, f"{kind} halo".strip())
            )

    def svg(self, title: str, desc: str) -> str:
        self.height = self.loom.end + self._foot_height
        for draw in (
            self.draw_rules,
            self.draw_threads,
            self.draw_weft,
            self.draw_gap_ends,
            self.draw_events,
            self.draw_names,
            self.draw_axis,
            self.draw_notes,
        ):
            draw()
        self.placing.draw(self.said.labels())
        self.draw_today()
        return svg.picture(
            self.time.family.slug,
            "wide" if self.wide else "narrow",
            (self.sheet.width, self.height),
            self.out,
            title=title,
            desc=desc,
            letters=self.sheet.letters,
        )
