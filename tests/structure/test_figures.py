"""Promises over every figure, present and future."""

import ast
import re
from pathlib import Path

import pytest

from accompany.figures import catalogue
from accompany.figures.catalogue import CATALOGUE, measure
from accompany.figures.terms import Figure
from tests.drawn import engine_of, world_of
from tests.generative.test_figures import TWINS
from tests.spec.test_figures import EXAMPLES

SOURCE = Path(catalogue.__file__).parents[1]
DOORS = {"duckdb": "figures/engine.py", "highspy": "figures/solver.py"}

figures = pytest.mark.parametrize("figure", CATALOGUE.values(), ids=CATALOGUE.keys())


def test_every_module_with_a_figure_is_in_the_catalogue():
    modules = [path.stem for path in (SOURCE / "figures").glob("*.py")]
    defined = [name for name in modules if defines_a_figure(SOURCE / "figures" / f"{name}.py")]
    listed = [module for module in defined if hasattr(catalogue, module)]
    assert listed == defined
    assert len(CATALOGUE) == len(defined)


def defines_a_figure(path):
    return re.search(r"^FIGURE = Figure\(", path.read_text(), re.MULTILINE)


def test_every_figure_has_a_twin():
    assert set(TWINS) == set(CATALOGUE)


@figures
def test_every_figure_has_an_example_that_is_tested(figure):
    assert str(figure.example.told)
    assert any(tested is figure for tested, _day, _expected in EXAMPLES)


@figures
def test_every_figure_says_what_it_counts_and_what_it_leaves_out(figure):
    texts = (figure.title, figure.question, figure.unit, figure.definition, *figure.leaves_out)
    assert figure.leaves_out
    assert all(str(text) for text in texts)
    assert figure.rule_version


@figures
def test_every_figure_is_one_statement(figure):
    assert ";" not in figure.sql
    assert "$on" in figure.sql


@figures
def test_every_figure_is_told_by_dimensions_that_it_counts(figure: Figure):
    asked = [(by, figure.list_by) for by in (None, *figure.dimensions)]
    wanted = [
        tuple(name for name in figure.population.dimensions if name in told) for told in asked
    ]
    assert set(wanted) <= set(figure.tables)


@figures
def test_every_category_that_a_figure_gives_is_one_fixed_beforehand(figure):
    engine = engine_of(world_of(figure.example.world))
    found = measure(figure, engine, on=max(figure.example.expected))
    categories = {
        (name, category)
        for table, counts in found.counts.items()
        for group in counts
        for name, category in zip(table, group, strict=True)
    }
    assert all(c in figure.population.dimensions[name].categories for name, c in categories)


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_one_module_imports_each_engine(library, door):
    importing = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if library in imported_by(path)
    }
    assert importing == {door}


def imported_by(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
