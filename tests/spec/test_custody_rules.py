"""What a line of stays leaves open: drawn as people draw it, a row a stay."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.base.dates import between, in_month, on_day
from accompany.custody import rules
from accompany.custody.rules import DayTold, StayTold, nobody_says, questions_about
from accompany.custody.terms import (
    Custodian,
    Departure,
    QuestionKind,
    ReunificationFact,
    ReunifiedWith,
    StayFact,
)

ZONE = "America/New_York"
ANA, BEN = UUID(int=1), UUID(int=2)
PLACES = {None: None, "Alder": UUID(int=11), "Birch": UUID(int=12)}
SOURCES = {"ORR": UUID(int=21), "her mother": UUID(int=22)}
GAP, OVERLAP, ORDER, UNKNOWN = (
    QuestionKind.GAP, QuestionKind.OVERLAP, QuestionKind.IMPOSSIBLE_ORDER,
    QuestionKind.UNKNOWN_CUSTODIAN,
)  # fmt: skip


def when(text):
    """`5`: the 5th of March; `3-5`: from the 3rd to the 5th; `March`; `?`: told without a day."""
    if not text:
        return None
    if text == "?":
        return between(None, None, ZONE)
    if text == "March":
        return in_month(2026, 3, ZONE)
    first, _, last = text.partition("-")
    if last:
        return between(date(2026, 3, int(first)), date(2026, 3, int(last)), ZONE)
    return on_day(date(2026, 3, int(first)), ZONE)


def stays(drawing):
    """
    Stays from a drawing: custodian | began | ended | place | source, the last two at will.

    After the end stands, at will, how it ended: `8 transferred`.
    """
    found = []
    for number, line in enumerate(filter(str.strip, drawing.splitlines()), start=100):
        cells = [cell.strip() for cell in line.split("|")] + ["", ""]
        ended, _, how = cells[2].partition(" ")
        found.append(
            StayTold(
                UUID(int=number),
                Custodian(cells[0]),
                PLACES[cells[3] or None],
                when(cells[1]),
                when(ended),
                SOURCES[cells[4] or "ORR"],
                Departure(how) if how else None,
            )
        )
    return found


def asked(drawing):
    """The kinds of questions that a drawing raises, each with the rows it is about."""
    return [
        (question.kind, *(one.int - 99 for one in question.about))
        for question in questions_about(stays(drawing))
    ]


@pytest.mark.parametrize(
    ("drawing", "questions"),
    [
        ("", []),
        ("cbp | 5 |", []),
        # A stay whose end was not told lasts until the next begins.
        ("cbp | 5 | \n orr | 20 |", []),
        # Handed over on the day, or on the day after: nothing lies between.
        ("cbp | 5 | 8 \n orr | 8 |", []),
        ("cbp | 5 | 8 \n orr | 9 |", []),
        ("cbp | 5 | 8 \n orr | 10 |", [(GAP, 1, 2)]),
        # Told to the month, they may touch.
        ("cbp | 5 | March \n orr | 20 |", []),
        ("cbp | 5 | 8 \n orr | March |", []),
        ("cbp | 5 | 6-9 \n orr | 10 |", []),
        ("cbp | 5 | 6-9 \n orr | 11 |", [(GAP, 1, 2)]),
        # An end told without a day leaves no gap that is certain.
        ("cbp | 5 | ? \n orr | 20 |", []),
        ("cbp | 5 | 12 \n orr | 8 |", [(OVERLAP, 1, 2)]),
        ("cbp | 5 | 12 \n orr | 12 |", []),
        ("cbp | 5 | 12 \n orr | 11 |", [(OVERLAP, 1, 2)]),
        ("cbp | 5 | 12 \n orr | 11-13 |", []),
        # Two tell the same.
        ("orr | 5 | 12 | Alder \n orr | 8 | 12 | Alder", []),
        ("orr | 5 | 12 | Alder \n orr | 8 | 12 | Birch", [(OVERLAP, 1, 2)]),
        # Two sources, each with a stay that is open.
        ("orr | 5 | | | ORR \n family | 8 | | | her mother", [(OVERLAP, 1, 2)]),
        ("orr | 5 | | | ORR \n orr | 8 | | | her mother", []),
        ("orr | 5 | | | ORR \n family | 8 | | | ORR", []),
        ("unknown | 5 |", [(UNKNOWN, 1)]),
        ("unknown | | 5", [(UNKNOWN, 1)]),
        # Rows in any order are one line.
        ("orr | 20 | \n cbp | 5 | 8", [(GAP, 2, 1)]),
    ],
)
def test_questions_of_a_line(drawing, questions):
    assert asked(drawing) == questions


def test_a_gap_is_told_with_its_days():
    (gap,) = questions_about(stays("cbp | 5 | 8 \n orr | 12 |"))
    assert (gap.since, gap.until) == (date(2026, 3, 8), date(2026, 3, 12))


@pytest.mark.parametrize(
    ("drawing", "about"),
    [
        ("", None),
        ("cbp | 5 |", None),
        ("cbp | 5 | 8 transferred", 1),
        ("cbp | 5 | 8 not-told", 1),
        ("cbp | 5 | 8", 1),
        # Why it ended is no answer to where they went.
        ("orr | 5 | 8 turned-18", 1),
        ("orr | 5 | 8 turned-18 \n ice | 8 |", None),
        ("orr | 5 | 8 turned-18 \n ice | 8 | 20 released", None),
        ("sponsor | 5 | 8 turned-18", None),
        ("local | 5 | ? not-told", 1),
        ("cbp | | 8 transferred", 1),
        # The end says into whose care, or out of whose, they went.
        ("orr | 5 | 8 reunified", None),
        ("orr | 5 | 8 discharged-otherwise", None),
        ("orr | 5 | 8 released", None),
        ("ice | 5 | 8 removed", None),
        # Whom the government did not have, it need not say where they went; a transfer is one.
        ("family | 5 | 8 not-told", None),
        ("own_care | 5 | 8", None),
        ("unknown | 5 | 8", None),
        ("unknown | 5 | 8 transferred", 1),
        # Somebody has them.
        ("cbp | 5 | 8 transferred \n orr | 8 |", None),
        ("cbp | 5 | 8 transferred \n orr | 20 |", None),
        ("cbp | 5 | 8 transferred \n orr | | 20 released", None),
        ("cbp | 5 | 8 transferred \n orr | March |", None),
        ("ice | ? | \n cbp | 5 | 8 transferred", None),
        # What nobody ended lasts until the next begins, and no longer.
        ("cbp | 5 | \n orr | 8 | 20 released", None),
        ("cbp | 5 | \n orr | 8 | 20 transferred", 2),
        # The last to end, not the last to begin.
        ("orr | 5 | 20 released \n local | 8 | 10 transferred", None),
        ("orr | 5 | 20 transferred \n local | 8 | 10 released", 1),
        # An end without a day lies before what begins next.
        ("cbp | 5 | ? transferred \n orr | 8 | 20 released", None),
        ("cbp | 5 | 8 transferred \n orr | 8 | ? released", None),
        ("cbp | 5 | 8 released \n ice | 12 | ? not-told", 2),
    ],
)
def test_whether_nobody_says_where_somebody_is(drawing, about):
    found = nobody_says(stays(drawing))
    assert (found and found.about[0].int - 99) == about
    assert found is None or found.kind is QuestionKind.NOBODY_SAYS


@pytest.mark.parametrize(
    ("what", "on", "says"),
    [
        ("transferred", "8", True),
        ("reunified", "9", True),
        ("reunified", "7", False),
        ("reunified", None, False),
        ("referred", "8", False),
        ("approved", "8", False),
        ("apprehended", "5", False),
    ],
)
def test_an_event_may_say_where_somebody_went(what, on, says):
    days = [DayTold(UUID(int=1), what, when(on))]
    assert (nobody_says(stays("orr | 5 | 8 transferred"), days) is None) == says


@pytest.mark.parametrize(("ended", "since"), [("8", 8), ("6-9", 9), ("?", None)])
def test_nobody_says_since_the_last_day_of_the_end(ended, since):
    found = nobody_says(stays(f"cbp | 5 | {ended} transferred"))
    assert (found.since, found.until) == (since and date(2026, 3, since), None)


@given(st.permutations(range(4)))
def test_rows_in_any_order_are_one_line_for_where_somebody_is(order):
    line = stays("cbp | 5 | 8 transferred \n orr | 8 | \n ice | 12 | 20 \n usms | 20 | 25 not-told")
    assert nobody_says([line[at] for at in order]) == nobody_says(line) is not None


@pytest.mark.parametrize(
    ("apprehended", "referred", "approved", "wrong"),
    [
        ("5", "6", "7", []),
        ("5", "5", "5", []),
        ("5", None, "4", [("apprehended", "approved")]),
        ("5", "7", "6", [("referred", "approved")]),
        (
            "7",
            "6",
            "5",
            [("apprehended", "referred"), ("apprehended", "approved"), ("referred", "approved")],
        ),
        ("March", "5", None, []),
        ("?", "5", None, []),
        (None, None, None, []),
    ],
)
def test_the_order_of_custody(apprehended, referred, approved, wrong):
    days = [
        DayTold(uuid4(), what, when(told))
        for what, told in (
            ("apprehended", apprehended),
            ("referred", referred),
            ("approved", approved),
        )
    ]
    what_of = {day.id: day.what for day in days}
    found = questions_about([], days)
    assert [tuple(what_of[one] for one in question.about) for question in found] == wrong
    assert {question.kind for question in found} <= {ORDER}


@st.composite
def lines(draw):
    """A line of stays of one person, each certainly after the one before."""
    start, found = date(2026, 1, 1), []
    for number in range(draw(st.integers(0, 6))):
        start += timedelta(draw(st.integers(0, 5)))
        end = start + timedelta(draw(st.integers(1, 9)))
        custodian = draw(st.sampled_from([Custodian.CBP, Custodian.ICE, Custodian.ORR]))
        found.append(
            StayTold(UUID(int=number), custodian, None, on_day(start, ZONE), on_day(end, ZONE), ANA)
        )
        start = end
    return found


@given(lines(), st.randoms())
def test_the_order_in_which_stays_were_told_does_not_matter(line, random):
    shuffled = random.sample(line, len(line))
    assert questions_about(shuffled) == questions_about(line)


@given(lines())
def test_stays_told_one_after_the_other_do_not_overlap(line):
    assert [question for question in questions_about(line) if question.kind is OVERLAP] == []


@given(lines())
def test_a_gap_is_where_whole_days_are_nobody_s(line):
    days_between = {
        (one.id, other.id): (other.began.first_day - one.ended.last_day).days
        for one, other in zip(line, line[1:], strict=False)
    }
    gaps = {q.about for q in questions_about(line) if q.kind is GAP}
    assert gaps == {pair for pair, days in days_between.items() if days > 1}


@pytest.mark.parametrize(
    ("began", "ended", "objections"),
    [
        (None, None, [rules.NO_DAY_AT_ALL]),
        ("5", None, []),
        (None, "5", []),
        ("5", "5", []),
        ("5", "4", [rules.ENDS_BEFORE_IT_BEGINS]),
        ("5", "March", []),
        ("?", "4", []),
    ],
)
def test_which_stays_may_be_recorded(began, ended, objections):
    fact = StayFact(ANA, Custodian.ORR, when(began), when(ended))
    assert rules.objections_to_stays([fact]) == objections


@pytest.mark.parametrize(
    ("adult", "objections"), [(None, []), (BEN, []), (ANA, [rules.BOTH_THE_SAME])]
)
def test_a_child_and_an_adult_are_two(adult, objections):
    fact = ReunificationFact(ANA, uuid4(), ReunifiedWith.SEPARATED_PARENT, when("5"), adult=adult)
    assert rules.objections_to_events([fact]) == objections
