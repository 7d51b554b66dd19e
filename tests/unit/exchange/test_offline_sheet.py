"""The sheet for when the service is gone: seven days, one file, no network, encrypted."""

import re
from datetime import date, time, timedelta
from html.parser import HTMLParser

import pyrage
import pytest

from accompany.base.refusal import Refused
from accompany.exchange import offline_sheet
from accompany.exchange.age_file import Lock, Opener
from accompany.exchange.offline_sheet import Appointment

ON = date(2026, 3, 2)


def appointment(day=ON, at=time(9, 30), **more):
    given = {
        "what": "Hearing",
        "place": "Immigration court, room 4",
        "person": "K7Q2M94",
        "called": "Rosaura",
        "companion": "Ana",
    }
    return Appointment(day, at, **{**given, **more})


def days_of(*appointments):
    return [
        [one.called for one in day.appointments]
        for day in offline_sheet.next_days(appointments, on=ON)
    ]


@pytest.mark.parametrize(("after", "is_on_it"), [(-1, False), (0, True), (6, True), (7, False)])
def test_it_holds_seven_days_from_today(after, is_on_it):
    days = days_of(appointment(ON + timedelta(days=after)))
    assert len(days) == 7
    assert any(days) is is_on_it


def test_a_day_goes_by_the_clock_and_what_has_no_time_comes_first():
    late, early, some_time = (
        appointment(at=time(15), called="Late"),
        appointment(at=time(8), called="Early"),
        appointment(at=None, called="Some time"),
    )
    assert days_of(late, early, some_time)[0] == ["Some time", "Early", "Late"]


def test_it_says_who_must_be_where_and_who_goes_along():
    page = offline_sheet.as_page([appointment()], on=ON)
    for words in ("09:30", "Rosaura", "Hearing", "Immigration court, room 4", "Ana"):
        assert words in page


def test_what_nobody_knows_yet_is_said():
    page = offline_sheet.as_page([appointment(at=None, companion=None)], on=ON)
    assert "time not known" in page
    assert "nobody yet" in page
    assert page.count("Nothing is planned.") == 6


class Asked(HTMLParser):
    """Whatever a page would ask the network for, or run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "link", "img", "iframe", "a", "form"):
            self.found.append(tag)
        self.found += [name for name, _value in attrs if name in ("src", "href", "action")]


def test_it_asks_for_nothing_from_outside():
    page, asked = offline_sheet.as_page([appointment()], on=ON), Asked()
    asked.feed(page)
    assert asked.found == []
    assert not re.search(r"https?:|url\(|@import", page)


def test_what_was_written_into_it_is_text():
    assert "<script>" not in offline_sheet.as_page([appointment(called="<script>")], on=ON)


def test_it_is_there_in_spanish():
    assert 'lang="es"' in offline_sheet.as_page([appointment()], on=ON, language="es")


def test_no_sheet_is_written_over(tmp_path):
    (tmp_path / "sheet").touch()
    with pytest.raises(Refused, match="exchange.file-there"):
        offline_sheet.write(tmp_path / "sheet", [], Lock(("age1",)), on=ON)


def test_a_sheet_for_nobody_is_not_written(tmp_path):
    with pytest.raises(Refused, match="exchange.nobody-to-open"):
        offline_sheet.write(tmp_path / "sheet", [appointment()], Lock(), on=ON)
    assert list(tmp_path.iterdir()) == []


def test_only_whom_it_is_for_opens_it(tmp_path):
    own, other = (pyrage.x25519.Identity.generate() for _ in range(2))
    offline_sheet.write(tmp_path / "sheet", [appointment()], Lock((str(own.to_public()),)), on=ON)
    assert b"Rosaura" not in (tmp_path / "sheet").read_bytes()
    assert b"Rosaura" in b"".join(Opener((str(own),)).read(tmp_path / "sheet"))
    with pytest.raises(Refused, match="exchange.not-opened"):
        list(Opener((str(other),)).read(tmp_path / "sheet"))
