"""
How is text set in a picture, where nothing wraps, escapes or measures itself?

Widths are in px of the picture. They are reckoned from the letters of Atkinson Hyperlegible and a
little more, because an old phone shows the picture in a font of its own.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

CAUTION = 1.07
BOLD = 1.08
LETTERS = (
    (0.28, "' ,.:;|lj`!iíì’‘·"),
    (0.36, '"()f[]t{}r-/\\“”'),
    (0.46, "*yvxzs1_I"),
    (0.69, "w#CDHNUÑÚGOÓQ0"),
    (0.86, "@MWm%—…"),
)
MEAN, OTHER_SCRIPTS = 0.57, 1.0
WIDTHS = {letter: width for width, letters in LETTERS for letter in letters}
# What XML 1.0 cannot hold, even escaped: a name copied from a broken file may.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: object) -> str:
    """The words on one line, without letters that a picture cannot hold. Not yet escaped."""
    return " ".join(NOT_XML.sub("\ufffd", str(words)).split())


@lru_cache(maxsize=4096)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """How wide the words may run, in px, at a letter size in px."""
    ems = sum(WIDTHS.get(letter, MEAN if letter < "\u0250" else OTHER_SCRIPTS) for letter in words)
    return ems * size * CAUTION * (BOLD if bold else 1)


def shorten(words: str, room: float, size: float, *, bold: bool = False) -> str:
    """The words, cut with an ellipsis if they do not fit."""
    if width_of(words, size, bold=bold) <= room:
        return words
    while words and width_of(f"{words}…", size, bold=bold) > room:
        words = words[:-1]
    return f"{words.rstrip()}…" if words else ""


def wrap(
    words: str, room: float, size: float, *, bold: bool = False, most: int = 99
) -> tuple[str, ...]:
    """At most so many lines, none wider than the room. A word longer than the room is cut."""
    lines: list[str] = []
    for word in clean(words).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= room:
            lines[-1] = longer
        elif word:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    shown = (shorten(line, room, size, bold=bold) for line in lines)
    return tuple(line for line in shown if line)


def fix(number: float) -> str:
    """A coordinate, to a tenth of a px."""
    return f"{number:.1f}".removesuffix(".0")


def text(x: float, y: float, words: object, kind: str = "") -> str:
    """One line of text. `kind` names classes: b bold, q quiet, end, mid, halo, big."""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{fix(x)}" y="{fix(y)}"{named}>{escape(clean(words))}</text>'


def spans(x: float, y: float, parts: Iterable[tuple[str, str]]) -> str:
    """One line of text in parts of (class, words), with a rim of paper."""
    inside = "".join(
        f'<tspan class="{kind}">{escape(words)}</tspan>' if kind else escape(words)
        for kind, words in parts
    )
    return f'<text x="{fix(x)}" y="{fix(y)}" class="halo">{inside}</text>'


def path(d: str, kind: str, width: float, **more: str) -> str:
    """A stroked path. `more` takes dasharray and linecap."""
    extra = "".join(f' stroke-{name}="{value}"' for name, value in more.items() if value)
    return f'<path d="{d}" class="{kind}" stroke-width="{width:g}"{extra}/>'


def rect(x: float, y: float, width: float, height: float, kind: str, **more: str) -> str:
    """A rectangle. `more` takes rx, stroke_width and stroke_dasharray."""
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return (
        f'<rect x="{fix(x)}" y="{fix(y)}" width="{fix(max(width, 0))}"'
        f' height="{fix(max(height, 0))}" class="{kind}"{extra}/>'
    )


def slugged(words: str) -> str:
    """The words as they may stand in an id."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "picture"


def picture(
    slug: str,
    kind: str,
    size: tuple[float, float],
    parts: Sequence[str],
    *,
    title: str,
    desc: str,
    letters: int,
) -> str:
    """A whole SVG, named and described. `kind` is narrow or wide; ids are the slug and the kind."""
    name = f"{slugged(slug)}-{kind}"
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pic {kind}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" preserveAspectRatio="xMinYMin" role="img"'
        f' aria-labelledby="{name}-t {name}-d" font-size="{letters}">'
        f'<title id="{name}-t">{escape(clean(title))}</title>'
        f'<desc id="{name}-d">{escape(clean(desc))}</desc>{"".join(parts)}</svg>'
    )
