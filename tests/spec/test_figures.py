"""What each figure gives of a drawn world: the examples of the codebook, and the edges."""

from datetime import date

import pytest

from accompany.figures.catalogue import CATALOGUE, measure
from tests.drawn import engine_of, world_of

EXAMPLES = [
    (figure, day, expected)
    for figure in CATALOGUE.values()
    for day, expected in figure.example.expected.items()
]

SEPARATION = """
    child | taken_from | cause          | on_first   | on_last
    ------+------------+----------------+------------+-----------
    ana   | parent     | zero-tolerance | 2018-05-03 | 2018-05-03
"""
END_OF_MAY = date(2018, 5, 31)


def given(name, on=END_OF_MAY, **drawn):
    """What a figure's SQL gives of a world in which Ana is separated, unless it says otherwise."""
    world = world_of({"separation": SEPARATION, **drawn})
    return measure(CATALOGUE[name], engine_of(world), on=on)


def only(counts):
    """The one category of one child."""
    ((categories, number),) = counts.items()
    assert number == 1
    return categories[0]


def told_by(dimension, **drawn):
    return only(given("children-separated", **drawn).counts[(dimension,)])


def end(on=END_OF_MAY, **drawn):
    return only(given("reunified", on=on, **drawn).counts[("end",)])


@pytest.mark.parametrize(("figure", "day", "expected"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_a_figure_is_what_its_example_says(figure, day, expected):
    found = measure(figure, engine_of(world_of(figure.example.world)), on=day)

    if figure.days_by == ("end",):
        shown = {group: days.quartiles[1] for group, days in found.days.items()}
    else:
        table = () if figure.list_by is None else (figure.list_by,)
        shown = found.counts[table]
    assert shown == expected


def test_a_separation_of_an_unknown_day_does_not_count():
    drawn = SEPARATION.replace("2018-05-03 | 2018-05-03", "           |           ")

    assert given("children-separated", separation=drawn).counts[()] == {(): 0}


@pytest.mark.parametrize(
    ("age", "year", "group"),
    [
        ("0", "", "0-4"),
        ("4", "", "0-4"),
        ("5", "", "5-9"),
        ("9", "", "5-9"),
        ("10", "", "10-12"),
        ("12", "", "10-12"),
        ("13", "", "13-15"),
        ("15", "", "13-15"),
        ("16", "", "16+"),
        ("19", "", "16+"),  # an adult on a list of children counts as listed
        ("", "2008", "10-12"),  # from the year of birth to that of the separation
        ("7", "2008", "5-9"),  # the age as listed goes before
    ],
)
def test_the_age_group_is_that_of_the_listed_age(age, year, group):
    birth = f"""
        child | age | year
        ------+-----+-----
        ana   | {age} | {year}
    """
    assert told_by("age-group", birth=birth) == group


def test_an_age_that_nobody_states_has_a_place():
    assert told_by("age-group") == "not-stated"


def test_where_statements_differ_the_first_recorded_that_has_a_value_counts():
    description = """
        child | sex | nationality
        ------+-----+------------
        ana   | f   |
        ana   | m   | HN
        ana   | x   | GT
    """
    assert told_by("sex", description=description) == "f"
    assert told_by("country", description=description) == "HN"


@pytest.mark.parametrize(("code", "category"), [("GT", "GT"), ("RO", "other"), ("", "other")])
def test_a_country_that_few_come_from_is_counted_with_others(code, category):
    description = f"""
        child | sex | nationality
        ------+-----+------------
        ana   | f   | {code}
    """
    assert told_by("country", description=description) == category


@pytest.mark.parametrize(
    ("kind", "office", "category"),
    [
        ("referred", "Harlingen", "harlingen"),
        ("referred", "Laredo", "other"),
        ("referred", "", "other"),
        ("approved", "Harlingen", "other"),  # only a referral tells the office
    ],
)
def test_the_office_is_the_one_that_referred_the_child(kind, office, category):
    hand_over = f"""
        child | kind   | office   | on_first   | on_last
        ------+--------+----------+------------+-----------
        ana   | {kind} | {office} | 2018-05-04 | 2018-05-04
    """
    assert told_by("office", hand_over=hand_over) == category


@pytest.mark.parametrize(
    ("cause", "category"),
    [("gang", "gang"), ("health", "other"), ("prosecution", "other"), ("not-stated", "other")],
)
def test_causes_that_are_seldom_stated_are_counted_with_others(cause, category):
    assert (
        told_by("stated-cause", separation=SEPARATION.replace("zero-tolerance", cause)) == category
    )


def test_a_stated_cause_goes_before_one_that_was_recorded_first_and_states_none():
    separation = """
        child | taken_from | cause      | on_first   | on_last
        ------+------------+------------+------------+-----------
        ana   | parent     | not-stated | 2018-05-03 | 2018-05-03
        ana   | parent     | gang       | 2018-05-03 | 2018-05-04
    """
    assert told_by("stated-cause", separation=separation) == "gang"


# Ends

STAY = """
    child | custodian | ended_by | began_first | began_last | ended_first | ended_last
    ------+-----------+----------+-------------+------------+-------------+-----------
"""


def stays(*rows):
    return STAY + "\n".join(rows)


CARE = "ana | orr | {} | 2018-05-04 | 2018-05-04 | {} | {}"


def test_no_end_told_is_still_in_care():
    assert end(stay=stays(CARE.format("", "", ""))) == "still-in-care"


def test_a_stay_that_ended_is_a_discharge():
    assert (
        end(stay=stays(CARE.format("released", "2018-05-20", "2018-05-20")))
        == "discharged-otherwise"
    )


def test_an_end_that_may_lie_after_the_day_is_not_one_yet():
    stay = stays(CARE.format("released", "2018-05-20", "2018-06-02"))

    assert end(stay=stay) == "still-in-care"
    assert end(on=date(2018, 6, 2), stay=stay) == "discharged-otherwise"


def test_an_end_of_which_no_day_is_known_counts_from_the_last_it_can_have_been():
    assert end(stay=stays(CARE.format("released", "", "2018-05-30"))) == "discharged-otherwise"


def test_a_transfer_is_no_discharge():
    assert (
        end(stay=stays(CARE.format("transferred", "2018-05-20", "2018-05-20"))) == "still-in-care"
    )


def test_another_custodians_stay_is_no_care_of_orrs():
    stay = stays(CARE.format("released", "2018-05-20", "2018-05-20").replace("orr", "cbp"))

    assert end(stay=stay) == "still-in-care"


def test_who_came_back_is_still_in_care():
    stay = stays(
        CARE.format("released", "2018-05-20", "2018-05-20"),
        "ana | orr | | 2018-05-25 | 2018-05-25 | |",
    )
    assert end(on=date(2018, 5, 24), stay=stay) == "discharged-otherwise"
    assert end(stay=stay) == "still-in-care"


def test_a_later_source_that_tells_the_end_goes_before_one_that_tells_none():
    stay = stays(
        CARE.format("", "", ""),
        CARE.format("released", "2018-05-20", "2018-05-20"),
    )
    assert end(stay=stay) == "discharged-otherwise"


REUNIFICATION = """
    child | united_with | on_first   | on_last
    ------+-------------+------------+-----------
    ana   | {}          | 2018-05-10 | 2018-05-10
"""


def test_who_is_with_another_relative_is_not_with_the_separated_parent():
    stay = stays(CARE.format("released", "2018-05-10", "2018-05-10"))

    found = end(stay=stay, reunification=REUNIFICATION.format("another"))

    assert found == "discharged-otherwise"


def test_who_was_taken_again_is_not_with_the_parent():
    again = "    ana   | parent     | gang           | 2018-05-21 | 2018-05-21\n"
    drawn = {
        "separation": SEPARATION + again,
        "reunification": REUNIFICATION.format("separated-parent"),
        "stay": stays(CARE.format("reunified", "2018-05-10", "2018-05-10")),
    }
    assert end(on=date(2018, 5, 20), **drawn) == "separated-parent"
    assert end(**drawn) == "still-in-care"


# Days


def days_of(name, on=END_OF_MAY, **drawn):
    found = given(name, on=on, **drawn).days
    return {categories: days.quartiles[1] for categories, days in found.items()}


def test_days_in_care_run_over_a_transfer():
    stay = stays(
        CARE.format("transferred", "2018-05-10", "2018-05-10"),
        "ana | orr | released | 2018-05-10 | 2018-05-10 | 2018-05-20 | 2018-05-20",
    )
    assert days_of("days-in-care", stay=stay) == {("discharged-otherwise",): 16}


def test_a_day_of_care_that_is_not_known_gives_no_days():
    stay = stays(CARE.format("released", "2018-05-10", "2018-05-20"))

    assert days_of("days-in-care", stay=stay) == {}


def test_a_stay_of_no_whole_day_is_of_no_days():
    stay = stays(CARE.format("released", "2018-05-04", "2018-05-04"))

    assert days_of("days-in-care", stay=stay) == {("discharged-otherwise",): 0}


WAITING = {
    "apprehension": """
        child | on_first   | on_last
        ------+------------+-----------
        ana   | 2018-05-02 | 2018-05-02
    """,
    "hand_over": """
        child | kind     | on_first   | on_last
        ------+----------+------------+-----------
        ana   | approved | {first}    | {last}
    """,
}


def wait(first, last=None, on=END_OF_MAY):
    hand_over = WAITING["hand_over"].format(first=first, last=last or first)
    drawn = {**WAITING, "hand_over": hand_over}
    name = "days-from-apprehension-to-orr-approval"
    return only(given(name, on=on, **drawn).counts[("wait",)])


@pytest.mark.parametrize(
    ("approved", "category"),
    [
        ("2018-05-02", "0-3"),
        ("2018-05-05", "0-3"),  # three days: may be more than 72 hours, or less
        ("2018-05-06", "4+"),
        ("2018-05-01", "not-told"),  # not possible
        ("", "not-told"),
    ],
)
def test_a_wait_is_counted_in_days_from_date_to_date(approved, category):
    assert wait(approved) == category


def test_an_approval_that_is_not_known_to_the_day_is_not_told():
    assert wait("2018-05-05", "2018-05-07") == "not-told"


def test_an_approval_after_the_day_is_not_told_yet():
    assert wait("2018-05-06", on=date(2018, 5, 5)) == "not-told"
