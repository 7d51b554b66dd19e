"""
Where do words find room beside threads?

Each label is tried in its fullest words first, and then in fewer, at every height near its place;
the nearest that is free and needs the fewest breaks is taken. One that finds no room is left out.
"""

from collections import defaultdict
from collections.abc import Iterator

from accompany.web import svg
from accompany.web.family_loom import Loom
from accompany.web.family_said import Label, Line


class Room:
    """Which parts of the picture are taken."""

    ROW = 16  # px: boxes are looked up by the rows they touch

    def __init__(self, top: float, right: float, bottom: float) -> None:
        self.top, self.right, self.bottom = top, right, bottom
        self.rows: dict[int, list[tuple[float, float, float, float]]] = defaultdict(list)

    def _near(self, top: float, bottom: float) -> Iterator[tuple[float, float]]:
        """From where to where the boxes at these heights reach across."""
        for row in range(int(top // self.ROW), int(bottom // self.ROW) + 1):
            for left, above, right, below in self.rows[row]:
                if top < below and above < bottom:
                    yield left, right

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        for row in range(int(top // self.ROW), int(bottom // self.ROW) + 1):
            self.rows[row].append((left, top, right, bottom))

    def free(self, left: float, top: float, right: float, bottom: float) -> bool:
        if right > self.right or top < self.top or bottom > self.bottom:
            return False
        return not any(left < b and a < right for a, b in self._near(top, bottom))

    def reach(self, left: float, top: float, bottom: float) -> float:
        """How far right one may write from here."""
        return min((a for a, b in self._near(top, bottom) if b > left), default=self.right)


class Placing:
    """Labels set one after another into what room a picture has left."""

    def __init__(self, loom: Loom, room: Room, out: list[str]) -> None:
        self.loom, self.room, self.out = loom, room, out
        self.time, self.sheet, self.wide = loom.time, loom.sheet, loom.sheet.wide
        self._wraps: dict[tuple[tuple[tuple[str, str], ...], float], list[Line]] = {}

    def draw(self, labels: list[Label]) -> None:
        for label in labels:
            any(self._place(label, lines) for lines in label.says)

    def _place(self, label: Label, lines: tuple[Line, ...]) -> bool:
        """Write the label in the best place that is free, if there is one."""
        best: tuple[float, float, float, list[Line]] | None = None
        for far, y in self._heights(label, len(lines)):
            if best and far > best[0]:
                break
            for x in self._across(label, y):
                found = self._set(x, y, lines)
                cost = far + 24 * (len(found) - len(lines))
                if found and (best is None or cost < best[0]) and self._fits(x, y, found):
                    best = cost, x, y, found
        if best:
            self._write(*best[1:], framed=label.framed)
        return best is not None

    def _across(self, label: Label, y: float) -> list[float]:
        """Where a label may begin: beside the last of its threads, or any of a gap's."""
        aside = 0 if label.framed else 22 if self._split(label) else 13
        each = [max(self.loom.x(k, y + d) for d in (-10, 0, 12, 24)) for k in label.who]
        return [x + aside for x in (sorted(each, reverse=True) if label.middle else [max(each)])]

    def _split(self, label: Label) -> bool:
        return any(
            s.of > 1 and s.begins <= label.begins < s.ends
            for key in label.who
            for s in self.time.lines[key]
        )

    def _heights(self, label: Label, lines: int) -> Iterator[tuple[float, float]]:
        """Where a label's first line may stand, the best first, and how far off each is."""
        top, bottom = self.loom.y(label.begins), self.loom.y(label.ends)
        tall = self.sheet.lead * (lines - 1)
        if label.middle:
            middle = (top + bottom - tall) / 2 + 5
            spare = (bottom - top - tall) / 2
            reach = spare - 8 if spare > 12 else max(0.0, spare) + 26
            for step in range(int(reach // 7) + 1):
                yield from ((7.0 * step, y) for y in (middle + 7 * step, middle - 7 * step))
            return
        above, below = self._while_grouped(label)
        near = 134 if self.wide else 92  # a short stay is told a little below its end
        first, last = top + 13, min(max(bottom, top + near), below) - tall - 2
        for step in range(60):
            if first + 5 * step <= last:
                yield 5.0 * step, first + 5 * step
        pressed = below < min(top + near, self.loom.end - 1)
        for step in range(1, 10):  # a stay too near a reunion is told above its beginning
            if pressed and first - 5 * step - 10 >= above:
                yield 60 + 5.0 * step, first - 5 * step

    def _while_grouped(self, label: Label) -> tuple[float, float]:
        """From where to where the same members are together as when the label's time begins."""
        begins, ends = label.begins, label.ends
        for stretch in self.time.stretches:
            if stretch.begins <= label.begins < stretch.ends:
                begins, ends, group = stretch.begins, stretch.ends, stretch.group_of(label.who[0])
                break
        else:
            return self.loom.y(begins), self.loom.end
        for stretch in self.time.stretches:
            if stretch.begins == ends and stretch.group_of(label.who[0]) == group:
                ends = stretch.ends
        return self.loom.y(begins), self.loom.y(ends)

    def _set(self, x: float, y: float, lines: tuple[Line, ...]) -> list[Line]:
        """The lines, wrapped to the room there is; none if there is too little."""
        height = self.sheet.lead * (len(lines) + 0.4)
        room = self.room.reach(x, y - 10, y + height) - x - 4
        found = [part for line in lines for part in self._wrapped(line, room)]
        said, kept = (
            "".join(words for line in which for _, words in line).replace(" ", "")
            for which in (lines, found)
        )
        return found if said == kept and len(found) <= len(lines) + 3 else []

    def _wrapped(self, line: Line, room: float) -> list[Line]:
        if self.width(line) <= room:
            return [line]
        asked = (tuple(line), room)
        if asked not in self._wraps:  # most places that are tried have the same room
            self._wraps[asked] = [
                [(kind, part)]
                for kind, words in line
                for part in svg.wrap(words, room, self.sheet.letters, bold="b" in kind)
            ]
        return self._wraps[asked]

    def _box(self, x: float, y: float, lines: list[Line]) -> tuple[float, float, float, float]:
        wide = max(self.width(line) for line in lines)
        top = y - self.sheet.letters + 2
        return x - 2, top, x + wide, y + self.sheet.lead * (len(lines) - 1) + 4

    def _fits(self, x: float, y: float, lines: list[Line]) -> bool:
        return self.room.free(*self._box(x, y, lines))

    def _write(self, x: float, y: float, lines: list[Line], *, framed: bool = False) -> None:
        left, top, right, bottom = self._box(x, y, lines)
        self.room.take(left, top, right, bottom + (12 if framed else 3))
        if framed:
            self.out.append(
                svg.rect(
                    left - 4,
                    top - 4,
                    right - left + 4,
                    bottom - top + 8,
                    "line-s",
                    stroke_width="1.5",
                    stroke_dasharray="3 3",
                )
            )
        for at, line in enumerate(lines):
            self.out.append(svg.spans(x, y + at * self.sheet.lead, line))

    # What happened, beside the threads or at the rule

    def width(self, line: Line) -> float:
        return sum(
            svg.width_of(words, self.sheet.letters, bold="b" in kind) for kind, words in line
        )

    # Threads
