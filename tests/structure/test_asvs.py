"""Promises of docs/asvs.md: every requirement once, what it names is there, the sums are right."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text()

# ASVS 5.0.0: for each section the levels of its requirements, in their order.
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
LISTED = {
    f"{section}.{place}": level
    for section, levels in LEVELS.items()
    for place, level in enumerate(levels, start=1)
    if level in "12"
}

MARKS = ("test", "design", "n/a", "open")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
SUMS = re.compile(
    r"^\| (test|design|n/a|open|all) \|.*\| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)
NAMED = re.compile(r"`((?:src|tests|docs|requirements)/[^`:]*|[\w.]+\.(?:md|toml|py))(?:::(\w+))?`")


def test_the_list_is_whole():
    assert Counter(LISTED.values()) == {"1": 70, "2": 183}


def test_every_requirement_of_levels_1_and_2_is_there_once_in_its_order():
    assert [(number, level) for number, level, *_ in ROWS] == list(LISTED.items())


def test_every_line_has_one_of_the_marks():
    assert {mark for *_, mark, _ in ROWS} <= set(MARKS)


def test_what_a_requirement_asks_is_said_in_a_few_words_of_our_own():
    assert [number for number, _, asks, *_ in ROWS if len(asks.split()) > 12] == []


def test_what_holds_by_test_names_a_test():
    shown = [(number, why) for number, _, _, mark, why in ROWS if mark == "test"]
    assert [number for number, why in shown if "`tests/" not in why] == []


def test_what_is_open_says_what_is_to_be_done():
    told = re.compile(r"[Tt]o do: |^as \d")
    open_lines = [(number, why) for number, _, _, mark, why in ROWS if mark == "open"]
    assert [number for number, why in open_lines if not told.search(why)] == []


def test_every_file_that_is_named_exists():
    assert [path for path, _ in NAMED.findall(PAGE) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("path", "name"), sorted({one for one in NAMED.findall(PAGE) if one[1]}))
def test_every_test_that_is_named_exists(path, name):
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_the_sums_at_the_top_are_right():
    counted = Counter((mark, level) for _, level, _, mark, _ in ROWS)
    expected = {
        mark: (counted[mark, "1"], counted[mark, "2"], counted[mark, "1"] + counted[mark, "2"])
        for mark in MARKS
    }
    expected["all"] = tuple(sum(column) for column in zip(*expected.values(), strict=True))
    assert {mark: tuple(map(int, sums)) for mark, *sums in SUMS.findall(PAGE)} == expected


def test_every_open_line_is_weighed_once_at_the_end():
    weighed = re.findall(r"\b\d+\.\d+\.\d+\b", PAGE.partition("## What is open, by weight")[2])
    assert Counter(weighed) == Counter(number for number, _, _, mark, _ in ROWS if mark == "open")
