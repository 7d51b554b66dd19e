"""What cells say, and that what could mean two things is not guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.exchange import cells
from accompany.exchange.cells import (
    BLANK,
    HAS_NONE,
    REDACTED,
    Names,
    Partial,
    Read,
    Unreadable,
    a_number,
    clean,
    country,
    day,
    fold,
    person_names,
    several,
    sex,
    standing,
    text,
    whole,
)

READERS = [text, day, whole, a_number, sex, standing, country, person_names, several]
MAY_DAY = Read(date(2018, 5, 1))


def why_not(result):
    """The code of why a cell is not readable."""
    assert isinstance(result, Unreadable)
    return result.why.code.removeprefix("exchange.")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("cell", [None, "", "  \n", "-", "\x00"])
def test_a_cell_that_says_nothing_is_blank(reader, cell):
    assert reader(cell) == BLANK


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "cell",
    [
        *("(b)(6)", "(b)(6), (b)(7)(C)", "(B)(6); (B)(7)(c)", "b(6)", "(b) (6)"),
        *("REDACTED", "[Redacted]", "XXXX", "XX/XX/XXXX", "█████", "****", "testado"),
    ],
)
def test_a_redaction_is_not_a_blank(reader, cell):
    assert reader(cell) == REDACTED


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("cell", ["=A1+1", "=HYPERLINK(1)", "#REF!", "#N/A"])
def test_a_formula_is_not_readable(reader, cell):
    assert why_not(reader(cell)) == "formula"


@pytest.mark.parametrize("reader", READERS)
@given(cell=st.text(max_size=40))
def test_no_cell_breaks_a_reader(reader, cell):
    assert reader(cell) is not None


@pytest.mark.parametrize("reader", READERS)
def test_a_cell_of_megabytes_is_answered_at_once(reader):
    assert reader("1 y " * 1_000_000) is not None


@pytest.mark.parametrize(
    "cell",
    [
        *("5/1/2018", "05/01/2018", "5-1-2018", "2018-05-01", "2018/5/1", "20180501"),
        *("2018-05-01 00:00:00", "2018-05-01T13:30:00Z", "5/1/2018 12:00:00 AM"),
        *("1 May 2018", "01-MAY-2018", "May 1, 2018", "1st of May, 2018", "2018 May 1"),
        *("1 de mayo de 2018", "1 mayo del 2018", "Mayo 1, 2018", "１ May 2018"),
    ],
)
def test_one_day_is_written_in_many_ways(cell):
    assert day(cell) == MAY_DAY


@pytest.mark.parametrize(
    ("cell", "order", "read"),
    [
        ("1/5/2018", "dmy", MAY_DAY),
        ("13/5/2018", "auto", Read(date(2018, 5, 13))),
        ("5/13/2018", "auto", Read(date(2018, 5, 13))),
        ("5/5/2018", "auto", Read(date(2018, 5, 5))),
        ("2018-05-01", "dmy", MAY_DAY),
    ],
)
def test_days_are_read_in_the_order_that_is_said(cell, order, read):
    assert day(cell, order) == read


@pytest.mark.parametrize(
    ("cell", "order", "code"),
    [
        ("3/4/2018", "auto", "day-or-month"),
        ("3/4/2018", "ymd", "day-or-month"),
        ("15/2/2018", "mdy", "no-such-day"),
        ("2/15/2018", "dmy", "no-such-day"),
        ("2/30/2018", "mdy", "no-such-day"),
        ("2018-13", "mdy", "no-such-day"),
        ("31 de junio de 2018", "mdy", "no-such-day"),
        ("2/3/18", "mdy", "century-not-told"),
        ("3-May-18", "mdy", "century-not-told"),
        ("43221", "mdy", "not-a-day"),
        ("XX/XX/2018", "mdy", "not-a-day"),
        ("3 mayo", "mdy", "not-a-day"),
        ("May June 2018", "mdy", "not-a-day"),
        ("2O18-05-01", "mdy", "not-a-day"),
    ],
)
def test_what_is_no_day_is_not_guessed(cell, order, code):
    assert why_not(day(cell, order)) == code


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("2018", Partial(2018)),
        ("2018-05", Partial(2018, 5)),
        ("5/2018", Partial(2018, 5)),
        ("mayo de 2018", Partial(2018, 5)),
    ],
)
def test_part_of_a_date_is_read_as_that_part(cell, part):
    assert day(cell) == Read(part)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_as_itself(drawn):
    american = f"{drawn.month}/{drawn.day}/{drawn.year}"
    assert day(drawn.isoformat()) == day(american) == Read(drawn)


@pytest.mark.parametrize("cell", ["16", " 16 ", "16.0", "16 years old", "16 años"])
def test_an_age_is_a_whole_number(cell):
    assert whole(cell) == Read(16)


@pytest.mark.parametrize("cell", ["121", "-1", "7.5", "8 months", "sixteen"])
def test_what_is_no_age_is_not_guessed(cell):
    assert why_not(whole(cell)) == "not-an-age"


@pytest.mark.parametrize(
    "cell",
    [
        *("12 345 678", "A012345678", "A-012-345-678", "A# 012345678", "a012 345 678", "12345678"),
        *("A\u2011012\u2011345\u2011678", "Alien No. 012345678", '="012345678"'),
    ],
)
def test_one_a_number_is_written_in_many_ways(cell):
    assert a_number(cell) == Read("012345678")


@pytest.mark.parametrize("cell", ["none", "no A-number", "Ninguno", "n/a", "no tiene"])
def test_having_no_a_number_is_a_value(cell):
    assert a_number(cell) == HAS_NONE


def test_an_a_number_that_nobody_knows_is_blank():
    assert a_number("desconocido") == BLANK


@pytest.mark.parametrize(
    "cell",
    [
        *("23 digits", "123456", "1234567890", "12345678901234567890123", "000000000"),
        *("12345678.0", "1.2E+08", "A012345678 / A087654321", "B012345678", "12,345,678"),
    ],
)
def test_what_is_no_a_number_is_not_guessed(cell):
    assert why_not(a_number(cell)) == "not-an-a-number"


@given(st.integers(1_000_000, 999_999_999))
def test_every_a_number_is_read_as_nine_digits(number):
    assert a_number(f"A{number}") == Read(f"{number:09}")


@pytest.mark.parametrize(
    ("cell", "code"),
    [("F", "f"), ("Femenino", "f"), ("niña", "f"), ("MALE", "m"), ("varón", "m"), ("X", "x")],
)
def test_sex_is_read_in_two_languages(cell, code):
    assert sex(cell) == Read(code)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("IN", "in"), ("on the list", "in"), ("en la lista", "in"), ("Incluida", "in")),
        *(("out", "out"), ("Taken off the list.", "out"), ("fuera", "out"), ("EXCLUIDO", "out")),
        *(("Indicated", "indicated"), ("indicada", "indicated")),
        ("indicated, not all criteria met", "indicated"),
    ],
)
def test_a_standing_is_read_in_two_languages(cell, code):
    assert standing(cell) == Read(code)


@pytest.mark.parametrize("cell", ["removed", "maybe", "yes", "inn"])
def test_what_is_no_standing_is_not_guessed(cell):
    assert why_not(standing(cell)) == "not-a-standing"


@pytest.mark.parametrize("cell", ["H", "MF", "7"])
def test_what_is_no_sex_is_not_guessed(cell):
    assert why_not(sex(cell)) == "not-a-sex"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("HONDURAS", "HN"), ("hondureña", "HN"), ("HND", "HN"), ("hn", "HN")),
        *(("El\nSalvador", "SV"), ("México", "MX"), ("Rep. Dominicana", "DO")),
        *(("U.S.A.", "US"), ("Côte d\u2019Ivoire", "CI"), ("Haití", "HT")),
    ],
)
def test_a_country_is_read_from_its_usual_spellings(cell, code):
    assert country(cell) == Read(code)


@pytest.mark.parametrize("cell", ["Congo", "Ruritania", "C"])
def test_what_is_no_single_country_is_not_guessed(cell):
    assert why_not(country(cell)) == "not-a-country"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("PAZ SOL, Ana  Luz", Names("Ana Luz", ("PAZ", "SOL"))),
        ("de la Cruz Paz, Luz", Names("Luz", ("de la Cruz", "Paz"))),
        ("Paz y Sol, Luz", Names("Luz", ("Paz", "Sol"))),
        ("Paz-Sol, Luz", Names("Luz", ("Paz-Sol",))),
        ("Paz, Luz, Jr.", Names("Luz Jr.", ("Paz",))),
        ("Paz, Jr., Luz", Names("Luz Jr.", ("Paz",))),
        ("Paz,", Names("", ("Paz",))),
        ("(b)(6), Luz", Names("Luz", ())),
        ("Paz, (b)(6)", Names("", ("Paz",))),
    ],
)
def test_a_comma_parts_surnames_from_given_names(cell, names):
    assert person_names(cell) == Read(names)


@pytest.mark.parametrize(
    ("cell", "given_name", "family"),
    [
        ("Luz", "Luz", ()),
        ("Luz Paz", "Luz", ("Paz",)),
        ("Luz Paz Sol", "Luz", ("Paz", "Sol")),
        ("Ana Luz Paz Sol", "Ana Luz", ("Paz", "Sol")),
        ("Luz de la Cruz Sol", "Luz", ("de la Cruz", "Sol")),
        ("Luz del Mar Paz Sol", "Luz del Mar", ("Paz", "Sol")),
    ],
)
def test_without_a_comma_custom_parts_names_and_is_marked_so(cell, given_name, family):
    assert person_names(cell) == Read(Names(given_name, family, sure=False))


@pytest.mark.parametrize("cell", ["Paz, Luz, Sol", "A012345678", "Luz 2", ",", "12/5/2018"])
def test_what_is_no_name_is_not_guessed(cell):
    assert why_not(person_names(cell)) == "not-a-name"


@pytest.mark.parametrize("cell", ["Unknown", "desconocida", "n/a"])
def test_a_word_for_unknown_is_no_name(cell):
    assert person_names(cell) == BLANK


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Luz; Eva", ("Luz", "Eva")),
        ("Luz y Eva", ("Luz", "Eva")),
        ("Luz, Eva e Inés and Sol", ("Luz, Eva", "Inés", "Sol")),
        ("Paz, Luz\r\nPaz, Eva\n", ("Paz, Luz", "Paz, Eva")),
        ("1. Luz\n2. Eva", ("Luz", "Eva")),
        ("- Luz\n- Eva", ("Luz", "Eva")),
        ("Luz; (b)(6)", ("Luz", "(b)(6)")),
        ("Yandy", ("Yandy",)),
    ],
)
def test_several_names_in_a_cell_are_told_apart(cell, names):
    assert several(cell) == Read(names)


def test_having_no_children_is_a_value():
    assert several("ninguno") == HAS_NONE


@given(st.text())
def test_folding_twice_is_folding_once(drawn):
    assert fold(fold(drawn)) == fold(drawn)


def test_folding_leaves_out_case_accents_hyphens_and_breaks():
    assert fold("ÑANDÚ\u2013Paz\r\n  Sol\u200b") == "nandu-paz sol"


@given(st.text())
def test_a_cleaned_text_can_be_stored_anywhere(drawn):
    cleaned = clean(drawn)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned == clean(cleaned)


def test_every_reason_has_a_code_of_its_own():
    objections = [why for why in vars(cells).values() if hasattr(why, "remedy")]
    assert len({why.code for why in objections}) == len(objections)
