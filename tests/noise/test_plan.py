"""How much noise is made in every run?"""

import re
from pathlib import Path

from tests.noise import plan


def test_every_run_tries_ten_thousand_inputs(monkeypatch):
    monkeypatch.delenv("ACCOMPANY_DATABASE_URL", raising=False)
    monkeypatch.delenv("NOISE_INPUTS", raising=False)
    assert sum(map(plan.planned, plan.SHARES)) >= 10_000


def test_every_kind_of_input_that_is_planned_is_tried_once():
    said = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert sorted(re.findall(r'noise\(\s*"([^"]+)"', said)) == sorted(plan.SHARES)


def test_the_shares_are_of_a_thousand():
    assert sum(plan.SHARES.values()) == 1_000
