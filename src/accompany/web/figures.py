"""What do the figures say, and how is each counted?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accompany.access.door import asks_for
from accompany.access.terms import Permission
from accompany.base import clock
from accompany.base.refusal import Objection, Refused
from accompany.figures import actions, queries
from accompany.figures.queries import Answer, NotThere, Row
from accompany.figures.terms import QUARTILES, Figure, Measure
from accompany.sources.terms import How, Teller
from accompany.web import charts, phrases
from accompany.web.charts import Bar, Chart, Quartiles
from accompany.web.door import Request, under

under("figures", "figure", "figure-exact", "figure-csv", "figure-json")


NOTHING = "nothing"
REFRESH = 3  # seconds; a page that waits loads itself again, without a script


class Asked(forms.Form):
    """On what day, as known when, and told apart by what."""

    on = forms.DateField(label=_("On the day"))
    by = forms.ChoiceField(label=_("Told apart by"))
    known_on = forms.DateField(label=_("As known on"), required=False)

    def __init__(self, figure: Figure, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        dimensions = figure.population.dimensions
        choices = [(name, dimensions[name].title) for name in figure.dimensions]
        fields["by"].choices = [(NOTHING, _("nothing")), *choices]
        if not choices:
            del self.fields["by"]
        for name in ("on", "known_on"):
            fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            fields[name].input_formats = ["%Y-%m-%d"]

    def asks(self) -> dict[str, Any]:
        """What is asked of the figure."""
        asked = self.cleaned_data
        by = asked.get("by", NOTHING)
        return {
            "on": asked["on"],
            "by": None if by == NOTHING else by,
            "known_on": _moment(asked["known_on"]),
        }


def _moment(day: date | None) -> datetime | None:
    """A day is known to its end; one that has not ended, as on record now."""
    if day is None or day >= clock.today():
        return None
    return clock.end_of_day(day)


@asks_for(Permission.SEE_FIGURES)
@require_safe
def figures(request: Request) -> HttpResponse:
    """Every figure in plain words."""
    found = queries.figures(seen_by=request.actor)
    return render(request, "figures/figures.html", {"figures": found})


def _figure(name: str) -> Figure:
    figure = queries.CATALOGUE.get(name)
    if figure is None:
        raise Http404
    return figure


def _form(figure: Figure, given: Any) -> Asked:
    told = {name: value for name, value in given.items() if value}
    return Asked(figure, {"on": clock.today().isoformat(), "by": NOTHING, **told})


@asks_for(Permission.SEE_FIGURES)
@require_safe
def figure(request: Request, name: str) -> HttpResponse:
    """One figure on one day: number, table, picture, and what it does not say."""
    asked = _figure(name)
    form = _form(asked, request.GET)
    return _page(request, asked, form, queries.publishable)


@asks_for(Permission.SEE_FIGURES, Permission.SEE_EXACT_FIGURES, proof=True)
def exact(request: Request, name: str) -> HttpResponse:
    """The exact numbers, for one's own work; each time leaves an entry."""
    asked = _figure(name)
    if request.method != "POST":
        return redirect("figure", name)
    return _page(request, asked, _form(asked, request.POST), queries.exact)


def _page(request: Request, asked: Figure, form: Asked, ask: Any) -> HttpResponse:
    answer, status = None, 200
    objections: tuple[Objection, ...] = ()
    if form.is_valid():
        try:
            answer = _asked_of(request, asked, form, ask)
        except Refused as refused:
            objections, status = refused.objections, 409
        except NotThere:
            return _being_made(request, asked, form)
    else:
        status = 400
    context = {
        "figure": asked,
        "form": form,
        "objections": objections,
        "example": _example(asked),
        "may_exact": request.actor.may(Permission.SEE_EXACT_FIGURES),
        **({} if answer is None else _said(answer, form)),
    }
    return render(request, "figures/figure.html", context, status=status)


def _asked_of(request: Request, asked: Figure, form: Asked, ask: Any) -> Answer:
    """
    What a figure says, from what can be counted without waiting; the rest a job makes ready.

    Raises Refused; NotThere if nothing can be counted yet.
    """
    asks = form.asks()
    try:
        answer: Answer = ask(asked.name, seen_by=request.actor, may_wait=False, **asks)
    except NotThere:
        actions.have_extract_made(known_on=asks["known_on"], by=request.actor)
        raise
    if answer.is_behind:
        actions.have_extract_made(known_on=None, by=request.actor)
    return answer


def _being_made(request: Request, asked: Figure, form: Asked) -> HttpResponse:
    """A page that loads itself again until a job has made ready what is to be counted."""
    again = _address(asked, form)
    response = render(request, "figures/being_made.html", {"figure": asked, "again": again})
    response["Refresh"] = f"{REFRESH}; url={again}"
    return response


def _address(asked: Figure, form: Asked) -> str:
    given = {name: form[name].value() for name in form.fields if form[name].value()}
    return f"{reverse('figure', args=[asked.name])}?{urlencode(given)}"


def _said(answer: Answer, form: Asked) -> dict[str, Any]:
    return {
        "answer": answer,
        "again": _address(answer.figure, form),
        "heads": _heads(answer),
        "heads_are_days": bool(answer.figure.days_by),
        "tables": _tables(answer),
        "asked": {name: form[name].value() or "" for name in form.fields},
        "sources": [(_teller(name), _how(how)) for name, how in answer.sources],
        "withheld_note": queries.WITHHELD_NOTE,
        "known_line": phrases.known_line(answer.known_on, answer.erased_since),
    }


def _teller(name: str) -> str:
    """Who told: an organisation's own name, or what kind of teller it was."""
    return str(Teller(name).label) if name in Teller.values else name


def _how(how: str) -> str:
    return str(How(how).label) if how in How.values else how


@dataclass(frozen=True)
class Head:
    """One of the numbers that a page begins with."""

    number: str
    words: Any
    is_withheld: bool


def _heads(answer: Answer) -> list[Head]:
    """The figure in a line or three: never one number where its groups are not to be added."""
    if answer.figure.list_by is None:
        return [Head(answer.whole.said, answer.figure.unit, answer.whole.is_withheld)]
    if answer.by is not None:
        return []
    measure = Measure.MEDIAN if answer.figure.days_by else Measure.CHILDREN
    rows = [row for row in answer.rows if row.measure is measure and row.labels]
    if rows and measure is Measure.MEDIAN:
        half = _("%(group)s: half of them no longer than")
        return [Head(row.said, half % {"group": row.label}, row.is_withheld) for row in rows]
    counts = [row for row in answer.rows if row.measure is Measure.CHILDREN]
    return [Head(row.said, row.label, row.is_withheld) for row in counts]


@dataclass(frozen=True)
class Told:
    """A table of a page, with its picture."""

    title: Any
    row_title: Any
    columns: list[Any]
    lines: list[tuple[str, list[Row | None]]]
    chart: Chart | None
    caption: Any = ""
    shares: Any = ""

    @property
    def rows(self) -> list[tuple[str, list[tuple[Any, Row | None]]]]:
        """Each line with the heading of every number in it, as short as a telephone needs it."""
        short = [str(column).partition(":")[0] for column in self.columns]
        return [(label, list(zip(short, cells, strict=True))) for label, cells in self.lines]


def _tables(answer: Answer) -> list[Told]:
    """What was counted, and, of a figure of days, how many days."""
    counts = [row for row in answer.rows if row.measure is Measure.CHILDREN]
    days = [row for row in answer.rows if row.measure is not Measure.CHILDREN]
    found = _counted(answer, counts)
    if days:
        found.append(_spread(answer, days, counts))
    return found


def _counted(answer: Answer, rows: Sequence[Row]) -> list[Told]:
    if len(answer.dimensions) < 2:
        if not answer.dimensions:
            return []
        title = answer.dimensions[0].title
        lines: list[tuple[str, list[Row | None]]] = [(row.label, [row]) for row in rows]
        chart = _bars("counts", str(title), [(row.label, row) for row in rows])
        shares = _("Percent of all")
        return [Told(title, title, [_("Children")], lines, chart, shares=shares)]
    return [_crossed(answer, rows, column) for column in answer.dimensions[-1].categories]


def _crossed(answer: Answer, rows: Sequence[Row], column: str) -> Told:
    """Of a table of two ways, the groups of one column: columns are never added into one."""
    first, last = answer.dimensions
    lines = [(str(row.labels[0]), row) for row in rows if row.by[last.name] == column]
    title = last.categories[column]
    chart = _bars(column, str(title), lines)
    rows_told: list[tuple[str, list[Row | None]]] = [(label, [row]) for label, row in lines]
    shares = _("Percent of the group")
    return Told(title, first.title, [_("Children")], rows_told, chart, shares=shares)


def _bars(slug: str, title: str, lines: Iterable[tuple[str, Row]]) -> Chart:
    found = list(lines)
    said = "; ".join(f"{label}: {row.said}" for label, row in found)
    rows = [Bar(label, row.value) for label, row in found]
    return charts.bars(slug, title, said, rows, language=get_language() or "en")


def _spread(answer: Answer, days: Sequence[Row], counts: Sequence[Row]) -> Told:
    """The quartiles of each group, side by side."""
    groups: dict[str, dict[Measure, Row]] = {}
    for row in days:
        groups.setdefault(row.label, {})[row.measure] = row
    many = {row.label: row.value for row in counts}
    lines: list[tuple[str, list[Row | None]]] = [
        (label, [told.get(measure) for measure in QUARTILES]) for label, told in groups.items()
    ]
    unit = _now("days") if answer.is_exact else _now("weeks")
    strips = [_strip(label, many.get(label), told) for label, told in lines]
    said = "; ".join(
        f"{label}: {', '.join(row.said for row in told if row)}" for label, told in lines
    )
    title = answer.figure.title
    chart = charts.quartiles(
        "days", str(title), said, strips, unit=unit, language=get_language() or "en"
    )
    row_title = answer.dimensions[-1].title if answer.dimensions else _("Group")
    columns = [measure.label for measure in QUARTILES]
    caption = _("Mark: half of the group. Bar: the middle half.")
    return Told(title, row_title, columns, lines, chart, caption)


def _strip(label: str, many: int | None, told: Sequence[Row | None]) -> Quartiles:
    low, middle, high = (None if row is None else row.value for row in told)
    return Quartiles(label, many, low, middle, high)


def _example(asked: Figure) -> list[tuple[date, str]]:
    """The figure's own example, day by day."""
    return [
        (day, "; ".join(_of_example(asked, groups, n) for groups, n in numbers.items()))
        for day, numbers in asked.example.expected.items()
    ]


def _of_example(asked: Figure, groups: Sequence[str], number: int) -> str:
    if not groups or asked.list_by is None:
        return f"{number:,}"
    categories = asked.population.dimensions[asked.list_by].categories
    words = ", ".join(str(categories.get(group, group)) for group in groups)
    return f"{words}: {number:,}"


@asks_for(Permission.SEE_FIGURES)
@require_safe
def as_csv(request: Request, name: str) -> HttpResponse:
    """The figure for a spreadsheet."""
    try:
        answer = _answer(request, name)
    except NotThere:
        return _not_yet()
    return _download(
        answer, HttpResponse(answer.as_csv(), content_type="text/csv; charset=utf-8"), "csv"
    )


@asks_for(Permission.SEE_FIGURES)
@require_safe
def as_json(request: Request, name: str) -> HttpResponse:
    """The figure for a program."""
    try:
        answer = _answer(request, name)
    except NotThere:
        return _not_yet()
    return _download(answer, JsonResponse(answer.as_json()), "json")


def _not_yet() -> HttpResponse:
    """For programs, which ask again: the figure is being made ready."""
    words = f"{_now('The figures are being made ready.')}\n"
    response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = REFRESH
    return response


def _answer(request: Request, name: str) -> Answer:
    form = _form(_figure(name), request.GET)
    if not form.is_valid():
        raise Http404
    try:
        return _asked_of(request, _figure(name), form, queries.publishable)
    except Refused as refused:
        raise Http404 from refused


def _download(answer: Answer, response: HttpResponse, ending: str) -> HttpResponse:
    by = f"-by-{answer.by}" if answer.by else ""
    name = f"{answer.figure.name}{by}-{answer.on.isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
