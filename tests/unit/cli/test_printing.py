"""Tables stand in columns, and progress keeps off the standard output."""

import pytest

from accompany.cli import printing


@pytest.fixture
def at(monkeypatch):
    """Sets what the clock says, in seconds."""

    class Clock:
        seconds = 0.0

        def timestamp(self):
            return self.seconds

    told = Clock()
    monkeypatch.setattr(printing.clock, "now", lambda: told)
    return lambda seconds: setattr(told, "seconds", seconds)


def test_numbers_stand_to_the_right(capsys):
    printing.table(("code", "rows"), iter([("A", 7), ("B", 1234)]))
    assert capsys.readouterr().out == "code   rows\nA         7\nB     1,234\n"


def test_a_table_may_be_empty(capsys):
    printing.table(("code", "rows"), [])
    assert capsys.readouterr().out == "code  rows\n"


def test_without_a_terminal_progress_is_a_plain_line_now_and_then(capsys, at):
    with printing.Watch() as watch:
        for second in range(12):
            at(second)
            watch("reading", second, None)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "reading: 0\nreading: 5\nreading: 10\n")


def test_at_a_terminal_one_line_is_written_over_and_wiped(capsys, at, monkeypatch):
    monkeypatch.setattr(printing.sys.stderr, "isatty", lambda: True)
    with printing.Watch() as watch:
        for tenth in range(4):
            at(tenth / 10)
            watch("recording", tenth, 4)
    said = capsys.readouterr()
    assert said.err.count("\r") == 3  # the first, one a quarter of a second later, and the wipe
    assert said.err.endswith("\r\x1b[K")
    assert "\n" not in said.err
