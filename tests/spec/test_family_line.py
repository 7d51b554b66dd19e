"""A family's time is drawn by rule, for any family, and says in words what it draws."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accompany.web.family_line import (
    Arrival,
    Event,
    Family,
    FamilyLine,
    Member,
    Stay,
    family_line,
    side_thread,
)
from accompany.web.family_picture import FamilyPicture
from accompany.web.family_time import FamilyTime
from accompany.web.family_words import EN, ES, listed
from accompany.web.svg import width_of

TODAY = date(2026, 7, 14)
SVG = "{http://www.w3.org/2000/svg}"
CUSTODIANS = (*EN.short, "nonsense")


def member(key: str, what: str = "") -> Member:
    return Member(key, key.title(), what)


def held(who: str, custodian: str, place: str, begins: date, ends: date | None = None) -> Stay:
    return Stay(who, custodian, place, place.lower(), begins, ends, f"{custodian} list")


def day(month: int, number: int) -> date:
    return date(2026, month, number)


EVERYONE = ("mateo", "lucia", "marisol")
SEPARATED = Family(
    members=(member("mateo", "son, 7"), member("lucia", "daughter, 4"), member("marisol")),
    today=TODAY,
    stays=(
        *(held(child, "cbp", "Falfurrias", day(5, 2), day(5, 4)) for child in EVERYONE[:2]),
        *(held(child, "orr", "Casa Mezquite", day(5, 4), day(6, 29)) for child in EVERYONE[:2]),
        *(held(who, "family", "Houston", day(6, 29)) for who in EVERYONE),
        held("marisol", "cbp", "Falfurrias", day(5, 2), day(5, 3)),
        held("marisol", "usms", "jail, Laredo", day(5, 3), day(5, 19)),
        held("marisol", "ice", "Llano Alto", day(5, 24), day(6, 29)),
    ),
    arrivals=(Arrival(EVERYONE, day(5, 2)),),
    events=(
        Event("separated", EVERYONE, day(5, 2), "Separated by CBP", "At the arrest.", "CBP list"),
        Event("reunified", EVERYONE, day(6, 29), "Together again", "", "Marisol"),
    ),
)


def groups_on(family: Family, on: date) -> tuple[tuple[str, ...], ...]:
    stretches = FamilyTime(family).stretches
    return next(s.groups for s in stretches if s.begins <= on < s.ends)


# Together and apart


def test_those_who_came_together_are_together_until_the_separation():
    assert groups_on(SEPARATED, day(5, 1)) == (EVERYONE,)


def test_a_parent_in_the_same_station_is_apart_after_the_separation():
    assert groups_on(SEPARATED, day(5, 2)) == (("mateo", "lucia"), ("marisol",))


def test_children_moved_together_stay_together_while_their_mother_is_elsewhere():
    assert groups_on(SEPARATED, day(6, 1)) == (("mateo", "lucia"), ("marisol",))


def test_a_reunification_puts_them_together_from_its_day():
    assert groups_on(SEPARATED, day(6, 29)) == (EVERYONE,)


def test_a_reunification_holds_although_nobody_says_where_they_live():
    stays = tuple(s for s in SEPARATED.stays if s.custodian != "family")
    family = Family(SEPARATED.members, TODAY, stays, events=SEPARATED.events)
    assert groups_on(family, day(7, 1)) == (EVERYONE,)


def test_a_reunification_ends_when_one_of_them_is_taken_again():
    family = Family(
        (member("ana"), member("ben")),
        TODAY,
        (held("ana", "family", "Ohio", day(3, 1)), held("ben", "ice", "Eloy", day(4, 1))),
        events=(Event("reunified", ("ana", "ben"), day(3, 1)),),
    )
    assert groups_on(family, day(3, 20)) == (("ana", "ben"),)
    assert groups_on(family, day(4, 2)) == (("ana",), ("ben",))


def test_the_same_place_in_the_hands_of_different_agencies_is_not_together():
    family = Family(
        (member("ana"), member("ben")),
        TODAY,
        (held("ana", "ice", "Frio", day(3, 1)), held("ben", "usms", "Frio", day(3, 1))),
    )
    assert groups_on(family, day(4, 1)) == (("ana",), ("ben",))


def test_a_place_that_is_not_told_does_not_put_two_together():
    stays = tuple(Stay(who, "ice", begins=day(3, 1)) for who in ("ana", "ben"))
    family = Family((member("ana"), member("ben")), TODAY, stays)
    assert groups_on(family, day(4, 1)) == (("ana",), ("ben",))


def test_where_sources_disagree_nobody_is_said_to_be_together():
    stays = (
        held("ana", "ice", "Frio", day(3, 1)),
        held("ben", "ice", "Frio", day(3, 1)),
        held("ben", "ice", "Winnsboro", day(3, 1)),
    )
    family = Family((member("ana"), member("ben")), TODAY, stays)
    assert groups_on(family, day(4, 1)) == (("ana",), ("ben",))


def test_a_sources_sides_of_a_separation_are_kept():
    separated = Event("separated", EVERYONE, day(5, 2), apart_from=("marisol",))
    time = FamilyTime(Family(SEPARATED.members, TODAY, events=(separated,)))
    assert time.parted(separated) == [("mateo", "marisol"), ("lucia", "marisol")]


@pytest.mark.parametrize(
    ("events", "lengths"),
    [
        ([("separated", day(5, 2))], [(day(5, 2), None)]),
        (
            [("separated", day(5, 2)), ("reunified", day(6, 29))],
            [(day(5, 2), day(6, 29))],
        ),
        (
            [("separated", day(3, 1)), ("reunified", day(4, 1)), ("separated", day(5, 1))],
            [(day(3, 1), day(4, 1)), (day(5, 1), None)],
        ),
    ],
)
def test_each_separation_lasts_until_its_own_reunification(events, lengths):
    told = tuple(Event(kind, ("ana", "ben"), on) for kind, on in events)
    time = FamilyTime(Family((member("ana"), member("ben")), TODAY, events=told))
    assert [(apart.begins, apart.ends) for apart in time.apart] == lengths


# Gaps


def test_a_gap_is_counted_from_the_first_day_not_held_to_the_next_stay():
    gaps = [(g.begins, g.ends, g.days) for g in FamilyTime(SEPARATED).gaps]
    assert gaps == [(day(5, 19), day(5, 24), 5)]


def test_a_member_of_whom_nothing_is_told_has_a_gap_without_a_beginning():
    (gap,) = FamilyTime(Family((member("ana"),), TODAY)).gaps
    assert (gap.begins, gap.days) == (None, None)


def test_an_end_without_a_day_makes_the_gap_after_it_one_of_at_most_so_many_days():
    stay = Stay("ana", "orr", "Casa", "c", day(7, 1), ended=True)
    line = family_line(Family((member("ana"),), TODAY, (stay,)))
    assert [row.days for row in line.table[0].rows] == ["", "at most 12 days"]


# Words


def test_the_picture_says_where_nobody_says():
    line = family_line(SEPARATED)
    for drawn in (line.narrow, line.wide):
        assert "Nobody says" in visible(drawn)


def test_the_days_apart_stand_beside_the_picture():
    line = family_line(SEPARATED)
    assert "58" in visible(line.wide).split()
    assert line.happened[0].apart == "58 days apart"


def test_the_key_holds_only_what_the_picture_uses():
    line = family_line(Family((member("ana"),), TODAY, (held("ana", "orr", "Casa", day(6, 1)),)))
    assert [item.words for item in line.key] == ["ORR, children’s care"]


def test_in_spanish_the_picture_speaks_spanish():
    line = family_line(Family((member("ana"),), TODAY, language="es"))
    assert line.title == "La línea de la familia de Ana"
    assert "Nadie dice quién la o lo tiene" in visible(line.wide)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Ana"], "Ana"),
        (["Ana", "Yostin"], "Ana y Yostin"),
        (["Ana", "Inés"], "Ana e Inés"),
        (["Ana", "Ben", "Hilda"], "Ana, Ben e Hilda"),
    ],
)
def test_spanish_joins_names_as_it_is_spoken(names, said):
    assert listed(names, ES) == said


def test_each_custodian_has_a_thread_for_the_side_of_a_list():
    for custodian in CUSTODIANS:
        parsed(side_thread(custodian))


def test_undated_stays_are_in_the_table_and_named_below_the_picture():
    line = family_line(Family((member("ana"),), TODAY, (Stay("ana", "orr", "Casa Ocotillo"),)))
    assert "day not told" in [row.begins for row in line.table[0].rows]
    assert "Casa Ocotillo" in visible(line.wide)


# Any family


NAMES = st.text(max_size=60) | st.sampled_from(["<b>&\"'", "W" * 50, "Ñandú Íñiguez", "\x00\ud800"])
# Lives and slips of the pen; not the millennia that no label has room for.
LIFETIMES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
DAYS = st.dates(date(2024, 7, 1), date(2026, 8, 30)) | LIFETIMES
WIDELY = DAYS | st.none()


@st.composite
def families(draw: st.DrawFn) -> Family:
    keys = [f"m{number}" for number in range(draw(st.integers(1, 12)))]
    some = st.lists(st.sampled_from([*keys, "stranger"]), max_size=12).map(tuple)
    stays = st.builds(
        Stay,
        who=st.sampled_from(keys),
        custodian=st.sampled_from(CUSTODIANS),
        place=NAMES,
        place_key=st.sampled_from(["", "p1", "p2", "p3"]),
        begins=WIDELY,
        ends=WIDELY,
        source=NAMES,
        telling=st.sampled_from(["", "", "", "a", "b"]),
        ended=st.booleans(),
    )
    kinds = st.sampled_from(["separated", "reunified", "removed", "note", "other"])
    events = st.builds(
        Event, kind=kinds, who=some, on=DAYS, short=NAMES, text=NAMES, source=NAMES, apart_from=some
    )
    return Family(
        members=tuple(Member(key, draw(NAMES), draw(NAMES)) for key in keys),
        today=draw(st.just(TODAY) | LIFETIMES),
        stays=tuple(draw(st.lists(stays, max_size=14))),
        arrivals=tuple(draw(st.lists(st.builds(Arrival, who=some, on=WIDELY), max_size=2))),
        events=tuple(draw(st.lists(events, max_size=6))),
        begins=draw(st.none() | LIFETIMES),
        language=draw(st.sampled_from(["en", "es", "fr"])),
    )


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314  drawn by ourselves


def visible(drawn: str) -> str:
    """The words that a picture shows, without its title and description."""
    return " ".join("".join(t.itertext()) for t in parsed(drawn).iter(f"{SVG}text"))


def points(drawn: str) -> list[tuple[float, float]]:
    """Every place that a picture names outright, the beginnings of texts among them."""
    found = []
    for element in parsed(drawn).iter():
        at = element.attrib
        for x, y in (("x", "y"), ("cx", "cy")):
            if x in at:
                found.append((float(at[x]), float(at[y])))
        if "width" in at:
            found.append(
                (float(at["x"]) + float(at["width"]), float(at["y"]) + float(at["height"]))
            )
        found += [
            (float(a), float(b))
            for a, b in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", at.get("d", ""))
        ]
    return found


def texts(drawn: str) -> list[tuple[float, float]]:
    """From where to where each text of a picture reaches across, as far as can be reckoned."""
    found, root = [], parsed(drawn)
    for element in root.iter(f"{SVG}text"):
        x, kind = float(element.attrib["x"]), element.attrib.get("class", "")
        letters = 26 if "big" in kind else float(root.attrib["font-size"])
        wide = width_of(element.text or "", letters, bold="b" in kind.split())
        for span in element:
            wide += width_of(span.text or "", letters, bold=span.get("class") == "b")
            wide += width_of(span.tail or "", letters)
        found.append((x - wide, x) if "end" in kind else (x, x + wide))
    return found


ANY = settings(max_examples=60, deadline=None)


@given(families())
@ANY
def test_any_family_is_drawn_inside_its_frame(family):
    line = family_line(family)
    for drawn in (line.narrow, line.wide):
        _, _, width, height = map(float, parsed(drawn).attrib["viewBox"].split())
        assert 390 <= height <= 1410
        assert all(-12 <= x <= width + 12 and -12 <= y <= height + 12 for x, y in points(drawn))
        assert all(left >= -2 and right <= width + 2 for left, right in texts(drawn))


@given(families())
@ANY
def test_any_familys_members_are_all_named_and_their_gaps_told(family):
    line = family_line(family)
    assert [told.member for told in line.table] == list(family.members)
    gaps = FamilyTime(family).gaps
    assert sum(row.is_gap for told in line.table for row in told.rows) == len(gaps)
    assert line.summary.count("Nobody says") + line.summary.count("Nadie dice") >= len(gaps)


@given(families())
@ANY
def test_the_table_holds_every_stay_and_every_gap_of_any_family(family):
    line = family_line(family)
    rows = sum(len(told.rows) for told in line.table)
    assert rows == len(family.stays) + len(FamilyTime(family).gaps)


@given(families())
@ANY
def test_every_member_of_any_family_is_in_one_group_at_every_time(family):
    time = FamilyTime(family)
    assert time.stretches[0].begins == time.begins
    assert time.stretches[-1].ends == time.today
    for stretch in time.stretches:
        assert sorted(key for group in stretch.groups for key in group) == sorted(time.keys)


@given(st.integers(3, 4000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_one_day_is_the_same_height_everywhere(days, wide):
    begins = TODAY - timedelta(days=days)
    time = FamilyTime(Family((member("ana"),), TODAY, (held("ana", "orr", "C", begins),)))
    y = FamilyPicture(time, wide=wide).loom.y
    first = y(begins + timedelta(days=1)) - y(begins)
    assert y(TODAY) - y(TODAY - timedelta(days=1)) == pytest.approx(first)
    assert first > 0


def test_what_a_source_wrote_cannot_become_markup():
    evil = "<script>alert(1)</script>"
    family = Family(
        (Member("a", evil, evil), Member("b", evil, evil)),
        TODAY,
        (Stay("a", evil, evil, evil, day(6, 1), None, evil, evil),),
        events=(Event("separated", ("a", "b"), day(6, 1), evil, evil, evil),),
        slug='"><script>',
    )
    line: FamilyLine = family_line(family)
    for drawn in (line.narrow, line.wide, *(item.svg for item in line.key)):
        assert "<script" not in drawn


def test_the_same_family_is_drawn_the_same_twice():
    assert family_line(SEPARATED) == family_line(SEPARATED)
