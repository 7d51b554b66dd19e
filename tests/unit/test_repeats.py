"""Rows of a list that say the same as an earlier one are found, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from accompany.exchange.repeats import Repeats

ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=200)


@given(ROWS)
def test_each_repeat_is_told_with_the_first_row_that_says_the_same(rows):
    repeats, first = Repeats(), {}
    for place, (said, sheet) in enumerate(rows, start=1):
        found = repeats.earlier((str(said), None), sheet=sheet, place=place)
        assert found == first.get(said)
        first.setdefault(said, (sheet, place))


def test_where_a_row_stood_is_remembered_as_the_table_grows():
    repeats = Repeats()
    for place in range(1, 5_001):
        assert repeats.earlier((f"Pineda {place}",), sheet=2, place=place) is None
    for place in range(1, 5_001):
        assert repeats.earlier((f"Pineda {place}",), sheet=3, place=place) == (2, place)


def test_blanks_and_breaks_make_no_difference():
    repeats = Repeats()
    repeats.earlier(("Pineda  Tziquin", ""), sheet=0, place=7)
    assert repeats.earlier(("pineda\nTziquin ", None), sheet=0, place=9) == (0, 7)
