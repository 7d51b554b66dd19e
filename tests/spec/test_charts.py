"""Bars and strips show what is shown, and nothing of what is withheld."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from accompany.web.charts import Bar, Chart, Quartiles, bars, quartiles

SVG = "{http://www.w3.org/2000/svg}"
VALUES = (
    st.none()
    | st.integers(0, 10**9)
    | st.floats(-1e6, 1e9)
    | st.sampled_from([float("nan"), float("inf")])
)
LABELS = st.text(max_size=80)


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314  drawn by ourselves


def rects(drawn: str, kind: str) -> list[float]:
    """The widths of the rectangles of one class."""
    found = parsed(drawn).iter(f"{SVG}rect")
    return [float(r.attrib["width"]) for r in found if kind in r.attrib["class"]]


def words(drawn: str) -> list[str]:
    return [element.text or "" for element in parsed(drawn).iter(f"{SVG}text")]


def both(chart: Chart) -> tuple[str, str]:
    return chart.narrow, chart.wide


def test_a_bar_is_as_long_as_its_share_of_the_longest():
    for drawn in both(bars("s", "t", "d", [Bar("a", 200), Bar("b", 100)])):
        longest, half = rects(drawn, "tone-f")
        assert abs(half - longest / 2) < 0.2


def test_a_withheld_category_keeps_its_place_and_says_so():
    chart = bars("s", "t", "d", [Bar("first", 3), Bar("second", None), Bar("third", 5)])
    for drawn in both(chart):
        assert words(drawn) == ["first", "3", "second", "withheld", "third", "5"]


def test_all_withheld_frames_are_of_one_size():
    (size,) = {
        width
        for rows in ([Bar("a", 1), Bar("b", None)], [Bar("b", None), Bar("c", 10**9)])
        for width in rects(bars("s", "t", "d", rows).wide, "line-s")
    }
    assert size > 40


def test_what_is_withheld_does_not_move_the_scale():
    shown = [Bar("a", 12), Bar("b", 40)]
    alone, beside = (bars("s", "t", "d", r).wide for r in (shown, [*shown, Bar("c", None)]))
    assert rects(alone, "tone-f") == rects(beside, "tone-f")


def test_none_is_drawn_as_a_number_without_a_bar():
    drawn = bars("s", "t", "d", [Bar("a", 0), Bar("b", 9)]).wide
    assert "0" in words(drawn)
    assert len(rects(drawn, "tone-f")) == 1


def test_thousands_are_set_apart():
    assert "3,108" in words(bars("s", "t", "d", [Bar("a", 3108)], language="es").wide)


def test_in_spanish_what_is_withheld_is_said_in_spanish():
    assert "reservado" in words(bars("s", "t", "d", [Bar("a", None)], language="es").wide)


def test_the_middle_half_is_a_bar_and_the_median_is_said():
    chart = quartiles("s", "t", "d", [Quartiles("a", 171, 4, 7, 12)], unit="weeks")
    for drawn in both(chart):
        assert len(rects(drawn, "hair-f")) == 1
        assert "7" in words(drawn)
        assert "n = 171" in words(drawn)


def test_a_withheld_strip_has_no_bar_and_keeps_its_place():
    rows = [Quartiles("a", None, None, None, None), Quartiles("b", 50, 1, 2, 3)]
    drawn = quartiles("s", "t", "d", rows, unit="weeks").wide
    assert words(drawn)[:3] == ["a", "withheld", "b"]
    assert len(rects(drawn, "hair-f")) == 1


def test_a_strip_with_one_quartile_withheld_shows_none_of_them():
    drawn = quartiles("s", "t", "d", [Quartiles("a", 50, 1, None, 3)], unit="weeks").wide
    assert rects(drawn, "hair-f") == []


def test_ids_are_named_by_slug_and_width():
    chart = bars("by sex", "t", "d", [Bar("a", 1)])
    ids = [
        e.attrib["id"] for drawn in both(chart) for e in parsed(drawn).iter() if "id" in e.attrib
    ]
    assert ids == ["by-sex-narrow-t", "by-sex-narrow-d", "by-sex-wide-t", "by-sex-wide-d"]


def test_a_chart_has_a_title_and_a_description():
    drawn = parsed(bars("s", "By sex", "Two bars.", [Bar("a", 1)]).wide)
    assert drawn.attrib["role"] == "img"
    assert [drawn.findtext(f"{SVG}{tag}") for tag in ("title", "desc")] == ["By sex", "Two bars."]


@given(st.lists(st.builds(Bar, LABELS, VALUES), max_size=8))
def test_any_bars_stay_inside_the_picture(rows):
    for drawn in both(bars("s", "<t>", "&d", rows)):
        width = float(parsed(drawn).attrib["viewBox"].split()[2])
        assert all(0 <= w <= width for w in rects(drawn, ""))


@given(st.lists(st.builds(Quartiles, LABELS, st.none() | st.integers(), *[VALUES] * 3), max_size=5))
def test_any_strips_stay_inside_the_picture(rows):
    for drawn in both(quartiles("s", "<t>", "&d", rows, unit="<weeks>")):
        width = float(parsed(drawn).attrib["viewBox"].split()[2])
        for element in parsed(drawn).iter():
            if "x" in element.attrib:
                assert -1 <= float(element.attrib["x"]) <= width + 1
