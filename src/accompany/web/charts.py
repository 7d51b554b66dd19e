"""
How is a figure drawn? Plain values in, SVG at two widths out; the page sets the same as a table.

Ink only: the colours of custody are never used for amounts. What is withheld is an open frame of
one size with a word in it, keeps its place, and takes no part in the scale, so that nothing can
be read off it or off the others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from accompany.web import svg
from accompany.web.family_words import number_words

WITHHELD = {"en": "withheld", "es": "reservado"}
STEPS = (1, 2, 5, 10, 20, 25, 50)
LABEL, BAR = 16, 20  # px: a line of label, and how thick a bar is
Parts = list[str]


@dataclass(frozen=True)
class Bar:
    """A category and its number; None is withheld."""

    label: str
    value: float | None


@dataclass(frozen=True)
class Quartiles:
    """A category's spread. `n` is how many it rests on; any None withholds the whole row."""

    label: str
    n: int | None
    q1: float | None
    median: float | None
    q3: float | None


@dataclass(frozen=True)
class Chart:
    """One picture at two widths, as markup; the style sheet picks one."""

    narrow: str
    wide: str


def bars(slug: str, title: str, desc: str, rows: Sequence[Bar], *, language: str = "en") -> Chart:
    """A bar for each category, as long as its share of the longest that is shown."""
    shown = [row.value for row in rows if row.value is not None and isfinite(row.value)]
    most = max(shown, default=0.0)

    def draw(width: int, letters: int) -> tuple[float, Parts]:
        y, parts = 4.0, []
        said = (svg.width_of(number_words(value), letters, bold=True) for value in shown)
        room = width - max(said, default=0.0) - 12
        for row in rows:
            y, label = _label(row.label, y, width, letters)
            parts += [*label, svg.path(f"M0 {svg.fix(y)}v24", "ink-s", 2)]
            parts += _bar(row.value, most, room, y + 2, letters, language)
            y += 34
        return y, parts

    return _both(slug, title, desc, draw)


def _bar(
    value: float | None, most: float, room: float, y: float, letters: int, language: str
) -> Iterator[str]:
    if value is None or not isfinite(value):
        yield from _withheld(6, y, letters, language)
        return
    length = room * max(0.0, value / most) if most > 0 else 0.0
    if length:
        yield svg.rect(0, y, max(2.0, length), BAR, "tone-f")
    yield svg.text(length + 8, y + 15, number_words(value), "b")


def _withheld(x: float, y: float, letters: int, language: str) -> Iterator[str]:
    word = WITHHELD["es" if language.startswith("es") else "en"]
    wide = svg.width_of(word, letters) + 18
    yield svg.rect(x, y, wide, BAR, "line-s", stroke_width="1.5", stroke_dasharray="3 3")
    yield svg.text(x + 9, y + 15, word, "q")


def _label(words: str, y: float, width: int, letters: int, note: str = "") -> tuple[float, Parts]:
    """A label above its mark, in at most two lines, and where the mark may begin."""
    parts = []
    for line in svg.wrap(words, width - 12, letters, most=2) or ("",):
        parts.append(svg.text(0, y + 13, line))
        y += LABEL
    if note:
        parts.append(svg.text(0, y + 13, note, "q"))
        y += LABEL
    return y + 3, parts


def quartiles(
    slug: str,
    title: str,
    desc: str,
    rows: Sequence[Quartiles],
    *,
    unit: str,
    language: str = "en",
) -> Chart:
    """For each category, the middle half as a bar and the median as a mark, on one scale from 0."""
    most = max((v for row in rows for v in _values(row)), default=0.0)
    step = _step(most)
    end = step * max(1, -(-most // step))

    def draw(width: int, letters: int) -> tuple[float, Parts]:
        def x(value: float) -> float:
            return 6 + (width - 22) * min(max(value, 0.0) / end, 1.0)

        y, parts = 4.0, []
        for row in rows:
            note = "" if row.n is None else f"n = {number_words(row.n)}"
            y, label = _label(row.label, y, width, letters, note)
            values = _values(row)
            parts += [
                *label,
                *(_strip(values, x, y) if values else _withheld(6, y, letters, language)),
            ]
            y += 48 if values else 34
        return _scale(parts, y, width, (step, end), x, unit)

    return _both(slug, title, desc, draw)


def _values(row: Quartiles) -> tuple[float, ...]:
    """The three quartiles in order, or nothing if any of them is withheld."""
    values = (row.q1, row.median, row.q3)
    shown = tuple(sorted(v for v in values if v is not None and isfinite(v)))
    return shown if len(shown) == 3 else ()


def _strip(values: tuple[float, ...], x: Callable[[float], float], y: float) -> Iterator[str]:
    low, middle, high = values
    yield svg.path(f"M{svg.fix(x(0))} {svg.fix(y + 10)}H{svg.fix(x(high))}", "hair-s", 1)
    wide = max(1.0, x(high) - x(low))
    yield svg.rect(x(low), y + 2, wide, 16, "hair-f ink-s", stroke_width="1")
    yield svg.path(f"M{svg.fix(x(middle))} {svg.fix(y - 2)}v24", "ink-s", 4)
    said = number_words(middle)
    at = max(x(middle), svg.width_of(said, 14, bold=True) / 2)
    yield svg.text(at, y + 37, said, "b mid halo")


def _step(most: float) -> float:
    """A round step that divides a scale into at most six parts."""
    power = 1.0
    while True:
        for step in STEPS:
            if most <= 6 * step * power:
                return step * power
        power *= 100


def _scale(
    parts: Parts,
    y: float,
    width: int,
    scale: tuple[float, float],
    x: Callable[[float], float],
    unit: str,
) -> tuple[float, Parts]:
    step, end = scale
    parts.append(svg.path(f"M{svg.fix(x(0))} {svg.fix(y)}H{svg.fix(x(end))}", "ink-s", 1.2))
    for at in range(int(end / step) + 1):
        here, said = x(at * step), number_words(at * step)
        half = svg.width_of(said, 14) / 2
        parts.append(svg.path(f"M{svg.fix(here)} {svg.fix(y)}v5", "ink-s", 1.2))
        parts.append(svg.text(min(max(here, half), width - half), y + 19, said, "q mid"))
    parts.append(svg.text(x(end), y + 37, svg.shorten(svg.clean(unit), width - 20, 14), "q end"))
    return y + 44, parts


def _both(
    slug: str, title: str, desc: str, draw: Callable[[int, int], tuple[float, Parts]]
) -> Chart:
    """One drawing at two widths: letters stay the same size on a phone and on a desk."""
    drawn = {}
    for kind, width, letters in (("narrow", 344, 13), ("wide", 700, 14)):
        height, parts = draw(width, letters)
        size = (width, height)
        drawn[kind] = svg.picture(slug, kind, size, parts, title=title, desc=desc, letters=letters)
    return Chart(**drawn)
