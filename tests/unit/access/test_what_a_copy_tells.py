"""
What does a copy of the database tell without any key? Measured on the released list, where it is at
hand: how many children the plain columns alone single out. SECURITY.md says these numbers.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from accompany.custody.models import Apprehension, Stay
from accompany.exchange import receiving
from accompany.exchange.receiving import Order
from accompany.people.models import Birth, Description
from tests.world import LEARNED, World

REPOSITORY = Path(__file__).parents[3]
DATA = Path(os.environ.get("ACCOMPANY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
RELEASED = DATA / "separated_children_2018.csv"

pytestmark = pytest.mark.skipif(
    not RELEASED.exists(), reason="the released list is not at hand: set ACCOMPANY_SHARED_DATA"
)


@pytest.fixture
def plain(db):
    """What the plain columns tell of each child: days and places, then age, sex and country."""
    world = World.set_up()
    order = Order("separated-children", RELEASED, RELEASED.name, LEARNED)
    receiving.receive(order, by=world.admin)
    told = dict(Apprehension.objects.values_list("person", "on_earliest"))
    places = {
        person: (place, ended)
        for person, place, ended in Stay.objects.values_list("person", "place", "ended_earliest")
    }
    described = {
        p: rest for p, *rest in Description.objects.values_list("person", "sex", "nationality")
    }
    ages = dict(Birth.objects.values_list("person", "age"))
    return {
        person: ((day, places.get(person)), (*described.get(person, ()), ages.get(person)))
        for person, day in told.items()
    }


def singled_out(values):
    """In a hundred, how many say something that nobody else's says."""
    found = list(values)
    times = Counter(found)
    return round(100 * sum(times[one] == 1 for one in found) / len(found))


def test_days_and_places_alone_single_out_seven_in_ten(plain):
    assert singled_out(where for where, _who in plain.values()) == 70


def test_with_age_sex_and_country_97_of_100_are_singled_out(plain):
    assert singled_out(plain.values()) == 97


def test_security_says_so():
    said = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    assert "97 of 100" in said
