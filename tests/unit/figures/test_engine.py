"""The engine keeps to itself: no file, no extension, no value in an error."""

from datetime import date

import numpy as np
import pytest

from accompany.figures.engine import NOTHING, Engine, MeasurementFailed, enumeration


@pytest.fixture
def engine():
    made = Engine()
    made.make("stay", {"child": "INTEGER", "custodian": enumeration("cbp", "orr")})
    return made


def test_rows_are_taken_column_by_column(engine):
    engine.take(
        "stay",
        {"child": np.array([3, 4], np.int32), "custodian": np.array(["orr", "cbp"], object)},
    )
    assert engine.ask("test", "SELECT child, custodian FROM stay") == [
        {"child": 3, "custodian": "orr"},
        {"child": 4, "custodian": "cbp"},
    ]


def test_nothing_and_an_empty_text_are_null(engine):
    engine.take(
        "stay", {"child": np.array([NOTHING], np.int32), "custodian": np.array([""], object)}
    )
    assert engine.ask("test", "SELECT * FROM stay") == [{"child": None, "custodian": None}]


def test_a_failure_names_the_figure_and_quotes_nothing(engine):
    with pytest.raises(MeasurementFailed) as failed:
        engine.take("stay", {"custodian": np.array(["Tziquin"], object)})

    assert str(failed.value) == "stay: ConversionException"
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_a_question_that_fails_quotes_nothing(engine):
    with pytest.raises(MeasurementFailed) as failed:
        engine.ask("days-in-care", "SELECT CAST('Tziquin' AS INTEGER)")

    assert str(failed.value) == "days-in-care: ConversionException"


def test_a_question_is_given_its_day(engine):
    assert engine.ask("test", "SELECT $on AS day", on=date(2018, 5, 1)) == [
        {"day": date(2018, 5, 1)}
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "COPY stay TO '{path}'",
        "ATTACH '{path}' AS other",
        "SELECT * FROM read_csv('{path}')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET temp_directory = '{path}'",
    ],
)
def test_it_opens_no_file_and_loads_nothing(engine, tmp_path, statement):
    path = tmp_path / "file"
    with pytest.raises(MeasurementFailed):
        engine.run(statement.format(path=path))

    assert not path.exists()


def test_it_does_not_read_what_happens_to_lie_in_the_program(engine):
    stays = {"child": np.array([1])}
    with pytest.raises(MeasurementFailed):
        engine.ask("test", "SELECT * FROM stays")
    assert stays
