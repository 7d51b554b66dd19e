"""How many children were separated from a parent?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accompany.figures.separation import (
    CHILDREN_SEPARATED,
    NOT_CERTAIN,
    NOT_YET_TOLD,
    REPEATS_COUNT,
    SEPARATED,
    TOLD_APART,
)
from accompany.figures.terms import Example, Figure

COUNTED = """
SELECT "sex", "country", "age-group", "office", "stated-cause", count(*) AS children
FROM told_apart
GROUP BY GROUPING SETS ((), ("sex"), ("country"), ("age-group"), ("office"), ("stated-cause"))
"""

FIGURE = Figure(
    name="children-separated",
    title=_("Children separated from a parent"),
    question=_("How many children were separated from a parent by the end of the day?"),
    unit=_("children, each once, however often they were separated"),
    population=CHILDREN_SEPARATED,
    definition=_(
        "A child counts from the last day on which, as a source tells it, an authority can have "
        "taken them from a parent or legal guardian. Of several statements the one that was "
        "recorded first and has a value tells sex, country, age, office and cause. The age is the "
        "age as listed, else the years from the year of birth to the separation, which may be one "
        "too many. The office is the one that referred the child to ORR. The cause is what the "
        "authority stated, not what we found."
    ),
    leaves_out=(
        REPEATS_COUNT,
        NOT_YET_TOLD,
        _("Children taken from a caregiver who is no parent or legal guardian: counted apart."),
        _("Statements that somebody has refuted."),
        NOT_CERTAIN,
    ),
    rule_version="1",
    sql=SEPARATED + TOLD_APART + COUNTED,
    example=Example(
        told=_(
            "Ana is taken from her mother on the 3rd. Beto is taken between the 4th and the 6th. "
            "Celia is taken from her aunt. Ana is taken a second time on the 9th."
        ),
        world={
            "separation": """
                child | taken_from | cause          | on_first   | on_last
                ------+------------+----------------+------------+-----------
                ana   | parent     | zero-tolerance | 2018-05-03 | 2018-05-03
                beto  | parent     | not-stated     | 2018-05-04 | 2018-05-06
                celia | caregiver  | not-stated     | 2018-05-04 | 2018-05-04
                ana   | parent     | gang           | 2018-05-09 | 2018-05-09
            """,
        },
        expected={
            date(2018, 5, 2): {(): 0},
            date(2018, 5, 5): {(): 1},  # Beto may not have been taken yet
            date(2018, 5, 9): {(): 2},
        },
    ),
    tables=((), ("sex",), ("country",), ("age-group",), ("office",), ("stated-cause",)),
    dimensions=("sex", "country", "age-group", "office", "stated-cause"),
)
