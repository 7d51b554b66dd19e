"""How days are said within a sentence, in English and in Spanish."""

from datetime import date

import pytest
from django.utils import translation

from accompany.base.dates import between, in_month, in_year, on_day
from accompany.people.terms import NameFact
from accompany.web import phrases

ZONE = "America/New_York"
THIRD, FIFTH = date(2018, 10, 3), date(2018, 10, 5)
DAY, MONTH, YEAR = on_day(THIRD, ZONE), in_month(2018, 10, ZONE), in_year(2018, ZONE)
LATER, EARLIER = between(THIRD, None, ZONE), between(None, THIRD, ZONE)
SPAN, NEVER = between(THIRD, FIFTH, ZONE), between(None, None, ZONE)


@pytest.mark.parametrize(
    ("began", "ended", "english", "spanish"),
    [
        (DAY, None, "Since 3 October 2018", "Desde el 3 de octubre de 2018"),
        (MONTH, None, "Since October 2018", "Desde octubre de 2018"),
        (YEAR, None, "Since 2018", "Desde 2018"),
        (
            SPAN,
            None,
            "Since a day between 3 October 2018 and 5 October 2018",
            "Desde un día entre el 3 de octubre de 2018 y el 5 de octubre de 2018",
        ),
        (
            LATER,
            None,
            "Since 3 October 2018 or later, day not known",
            "Desde el 3 de octubre de 2018 o después, no se sabe qué día",
        ),
        (
            EARLIER,
            None,
            "Since 3 October 2018 or before, day not known",
            "Desde el 3 de octubre de 2018 o antes, no se sabe qué día",
        ),
        (NEVER, None, "Since a day that is not known", "Desde un día que no se sabe"),
        (
            None,
            DAY,
            "Until 3 October 2018; the beginning is not told",
            "Hasta el 3 de octubre de 2018; no se dice el comienzo",
        ),
        (
            MONTH,
            on_day(FIFTH, ZONE),
            "October 2018 to 5 October 2018",
            "Desde octubre de 2018 hasta el 5 de octubre de 2018",
        ),
    ],
)
def test_a_stay_is_said_from_when_until_when(began, ended, english, spanish):
    with translation.override("en"):
        assert phrases.span(began, ended) == english
    with translation.override("es"):
        assert phrases.span(began, ended) == spanish


@pytest.mark.parametrize(
    ("letters", "shown"), [(120, "x" * 120), (121, "x" * 120 + "…"), (5_000, "x" * 120 + "…")]
)
def test_a_name_too_long_for_a_title_is_shown_by_its_beginning(letters, shown):
    assert phrases.name(NameFact("x" * letters, "")) == shown
    assert phrases.called(NameFact("x" * letters, "Pineda")) == shown


@pytest.mark.parametrize(
    ("place", "english", "spanish"),
    [
        ((0, 118), "row 118", "fila 118"),
        ((2, 118), "row 118 of sheet 2", "fila 118 de la hoja 2"),
        ((0, 1_540), "row 1,540", "fila 1,540"),
    ],
)
def test_a_row_is_named_by_its_number(place, english, spanish):
    with translation.override("en"):
        assert phrases.place(*place) == english
    with translation.override("es"):
        assert phrases.place(*place) == spanish


def test_a_day_that_stands_alone_has_no_article():
    with translation.override("es"):
        assert phrases.when(DAY) == "3 de octubre de 2018"
