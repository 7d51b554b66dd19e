"""
How does a family's time look, together and apart?

`family_line(family)` answers with the picture at two widths, and the same as a table, as a list of
what happened, and as a key: plain values for a template. It draws any family and never refuses.
Time runs down the page; each member is a thread, each custodian a weave; threads that are together
are woven. What nobody says is left open, and counted in words.
"""

from dataclasses import dataclass
from datetime import date

from accompany.web import svg
from accompany.web.family_picture import FamilyPicture
from accompany.web.family_threads import MARKS, known_custodian, side_thread, swatch
from accompany.web.family_time import (
    Arrival,
    Event,
    Family,
    FamilyTime,
    Gap,
    Member,
    Stay,
)
from accompany.web.family_words import Words, day_words, days_words, listed, words_in

__all__ = [
    "Arrival",
    "Event",
    "Family",
    "FamilyLine",
    "Member",
    "Stay",
    "family_line",
    "side_thread",
]


@dataclass(frozen=True)
class KeyItem:
    """A mark of the picture, as a small SVG, and what it means."""

    svg: str
    words: str


@dataclass(frozen=True)
class Happened:
    """One event in words. `apart` says how long a separation lasted."""

    day: str
    on: date
    short: str
    text: str
    source: str
    apart: str = ""


@dataclass(frozen=True)
class Row:
    """One stay, or one gap, as the table tells it. `days` is empty where they cannot be counted."""

    custodian: str
    place: str
    begins: str
    ends: str
    days: str
    source: str
    is_gap: bool = False


@dataclass(frozen=True)
class MemberRows:
    """All rows of one member, the earliest first; there is at least one."""

    member: Member
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class FamilyLine:
    """All that a page shows of a family's time. `narrow`, `wide` and the key's `svg` are markup."""

    title: str
    summary: str
    narrow: str
    wide: str
    key: tuple[KeyItem, ...]
    happened: tuple[Happened, ...]
    headings: tuple[str, ...]
    table: tuple[MemberRows, ...]


def family_line(family: Family) -> FamilyLine:
    """A family's time as two pictures, a table, a list of events and a key."""
    time, words = FamilyTime(family), words_in(family.language)
    names = {member.key: svg.clean(member.name) for member in family.members}
    title = words.title.format(listed(list(names.values()), words))
    summary = _summary(time, words, names)
    return FamilyLine(
        title=title,
        summary=summary,
        narrow=_drawn(time, title, summary, wide=False),
        wide=_drawn(time, title, summary, wide=True),
        key=_key(time, words),
        happened=_happened(time, words),
        headings=words.headings,
        table=tuple(
            MemberRows(member, _rows(time, words, member.key))
            for member in {member.key: member for member in family.members}.values()
        ),
    )


def _drawn(time: FamilyTime, title: str, summary: str, *, wide: bool) -> str:
    return FamilyPicture(time, wide=wide).svg(title, summary) if time.keys else ""


def _summary(time: FamilyTime, words: Words, names: dict[str, str]) -> str:
    """What the picture says, for those who do not see it; each gap in words."""
    a, b = (day_words(day, words, year=True) for day in (time.begins, time.today))
    said = [words.runs.format(days_words((time.today - time.begins).days, words), a, b)]
    said += [_gap_sentence(gap, words, names[gap.who]) for gap in time.gaps]
    return " ".join(said)


def _gap_sentence(gap: Gap, words: Words, name: str) -> str:
    if gap.begins is None:
        return words.nobody_says.format(name)
    a, b = (day_words(day, words, year=True) for day in (gap.begins, gap.ends))
    return words.nobody_since.format(name, a, b, _gap_days(gap, words))


def _gap_days(gap: Gap, words: Words) -> str:
    said = days_words(gap.days or 0, words)
    return words.at_most.format(said) if gap.at_most else said


def _key(time: FamilyTime, words: Words) -> tuple[KeyItem, ...]:
    """Only the threads and marks that this picture uses."""
    used = {known_custodian(s.stay.custodian) for line in time.lines.values() for s in line}
    if any(until > time.begins for until in time.came_until.values()):
        used.add("family")
    threads = [KeyItem(swatch(code), said) for code, said in words.long.items() if code in used]
    kinds = {event.kind for event in time.events}
    kinds |= {"weft"} if time.is_woven else set()
    kinds |= {"split"} if time.letters else set()
    kinds |= {"gap" if gap.begins else "open" for gap in time.gaps}
    marks = [
        KeyItem(f'<svg viewBox="0 0 36 16" aria-hidden="true">{mark}</svg>', words.marks[kind])
        for kind, mark in MARKS.items()
        if kind in kinds
    ]
    return tuple(threads + marks)


def _happened(time: FamilyTime, words: Words) -> tuple[Happened, ...]:
    """The events that have words, in order, those outside the picture too."""
    lengths = {apart.begins: apart for apart in time.apart}
    found = []
    for event in sorted(time.family.events, key=lambda event: event.on):
        apart = lengths.get(event.on) if event.kind == "separated" else None
        said = ""
        if apart:
            count = days_words(((apart.ends or time.today) - apart.begins).days, words)
            said = words.days_apart.format(count)
            said = said if apart.ends else f"{said} {words.so_far}"
        if event.short or event.text:
            day = day_words(event.on, words, year=True)
            found.append(Happened(day, event.on, event.short, event.text, event.source, said))
    return tuple(found)


def _rows(time: FamilyTime, words: Words, key: str) -> tuple[Row, ...]:
    stays = [s for s in time.family.stays if s.who == key]
    rows = [(s.begins or date.min, 1, _stay_row(time, words, s)) for s in stays]
    gaps = [gap for gap in time.gaps if gap.who == key]
    rows += [(gap.begins or date.min, 0, _gap_row(time, words, gap)) for gap in gaps]
    return tuple(row for _, _, row in sorted(rows, key=lambda row: row[:2]))


def _stay_row(time: FamilyTime, words: Words, stay: Stay) -> Row:
    begins = day_words(stay.begins, words, year=True) if stay.begins else words.not_told
    ends = words.ended if stay.ended else words.today if stay.begins else words.not_told
    if stay.ends:
        ends = day_words(stay.ends, words, year=True)
    last = stay.ends or (None if stay.ended else time.family.today)
    count = (last - stay.begins).days if last and stay.begins else -1
    return Row(
        custodian=words.long[known_custodian(stay.custodian)],
        place=stay.place,
        begins=begins,
        ends=ends,
        days=f"{count:,}" if count >= 0 else "",
        source=f"{stay.telling}: {stay.source}" if stay.telling else stay.source,
    )


def _gap_row(time: FamilyTime, words: Words, gap: Gap) -> Row:
    ends = words.today if gap.ends >= time.today else day_words(gap.ends, words, year=True)
    return Row(
        custodian=words.nobody_who,
        place="",
        begins=day_words(gap.begins, words, year=True) if gap.begins else words.not_told,
        ends=ends,
        days=_gap_days(gap, words) if gap.at_most else "" if gap.days is None else f"{gap.days:,}",
        source="",
        is_gap=True,
    )
