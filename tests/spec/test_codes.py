"""Codes: drawn once each, checked against every slip, understood as they are read aloud."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accompany.base.codes import ALPHABET, CAPACITY, checked, code_of, shown, understood

KEY = bytes(range(32))
SLIPS_OF_THE_EAR = [
    ("i", "1"), ("I", "1"), ("l", "1"), ("L", "1"), ("o", "0"), ("O", "0"), ("a", "A"), ("z", "Z"),
]  # fmt: skip
numbers = st.integers(0, CAPACITY - 1)
one_by_one = pytest.mark.parametrize("number", [0, 1, 31, 0x2AAAAAAA, CAPACITY - 1])


def wrong_characters(right):
    for place, other in product(range(7), ALPHABET):
        yield right[:place] + other + right[place + 1 :]


def swaps(right):
    for place in range(6):
        yield right[:place] + right[place + 1] + right[place] + right[place + 2 :]


def taken_for_right(right, slips):
    """The slips that would be taken for another record's code."""
    return [code for code in slips(right) if code != right and understood(code)]


@one_by_one
def test_every_wrong_character_is_found(number):
    assert taken_for_right(checked(number), wrong_characters) == []


@given(numbers)
@settings(max_examples=60)
def test_every_wrong_character_of_any_code_is_found(number):
    assert taken_for_right(checked(number), wrong_characters) == []


@given(numbers)
def test_every_swap_of_neighbours_is_found(number):
    assert taken_for_right(checked(number), swaps) == []


@pytest.mark.parametrize("place", range(5))
def test_no_two_neighbours_at_a_place_may_change_places(place):
    shift = 5 * (4 - place)
    codes = [checked((one << 5 | other) << shift) for one, other in product(range(32), repeat=2)]
    assert [code for code in codes if taken_for_right(code, swaps)] == []


@pytest.mark.parametrize("key", [KEY, bytes(32)])
def test_no_two_records_have_one_code(key):
    drawn = [*range(2_000), *range(CAPACITY // 2, CAPACITY // 2 + 2_000), CAPACITY - 1]
    assert len({code_of(number, key) for number in drawn}) == len(drawn)


@given(numbers, numbers)
def test_no_two_numbers_meet(one, other):
    assert (code_of(one, KEY) == code_of(other, KEY)) == (one == other)


def test_codes_tell_nothing_of_their_order():
    drawn = [code_of(number, KEY) for number in range(1_000)]
    rising = sum(one < other for one, other in zip(drawn, drawn[1:], strict=False))
    assert 400 < rising < 600


def test_another_key_gives_other_codes():
    assert code_of(5, KEY) != code_of(5, bytes(32))


@given(numbers)
def test_a_code_is_understood_as_itself(number):
    code = code_of(number, KEY)
    assert understood(code) == code


@given(numbers)
def test_a_code_is_understood_as_it_is_shown(number):
    code = code_of(number, KEY)
    assert understood(shown(code)) == code


def test_a_code_is_shown_in_groups():
    assert shown("K7Q2M94") == "K7Q-2M9-4"


@pytest.mark.parametrize(("said", "meant"), SLIPS_OF_THE_EAR)
def test_what_is_said_for_a_character_is_understood(said, meant):
    code = next(code for n in range(10_000) if meant in (code := code_of(n, KEY)))
    assert understood(code.replace(meant, said)) == code


@pytest.mark.parametrize("text", ["{0} ", " {0}", "{1}", "{2}"])
def test_spaces_and_hyphens_do_not_matter(text):
    code = code_of(7, KEY)
    assert understood(text.format(code, "-".join(code), " ".join(code).lower())) == code


@pytest.mark.parametrize(
    "text", ["", "K7Q", "K7Q2M944", "K7Q2M9U", "Génesis", "0000001", "A099871345", "K7Q_2M9_4"]
)
def test_what_is_no_code_is_none(text):
    assert understood(text) is None


@pytest.mark.parametrize("number", [-1, CAPACITY])
def test_beyond_the_room_there_is_no_code(number):
    with pytest.raises(ValueError, match="room for 2"):
        code_of(number, KEY)
