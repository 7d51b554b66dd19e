"""What became of the children who were separated?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accompany.figures.separation import (
    CHILDREN_SEPARATED,
    ENDED,
    NOT_CERTAIN,
    NOT_YET_TOLD,
    REPEATS_COUNT,
    SEPARATED,
    TOLD_APART,
)
from accompany.figures.terms import Example, Figure

COUNTED = """
SELECT "country", "age-group", "office", "end", count(*) AS children
FROM told_apart JOIN by_end USING (child)
GROUP BY GROUPING SETS (("end"), ("country", "end"), ("age-group", "end"), ("office", "end"))
"""

FIGURE = Figure(
    name="reunified",
    title=_("With their parent again, discharged otherwise, still in care"),
    question=_(
        "Of the children separated by the end of the day, how many were by then with the parent "
        "they were separated from, how many had left ORR's care otherwise, and how many were still "
        "in it?"
    ),
    unit=_("children, each once, in one of three groups that are never added into one"),
    population=CHILDREN_SEPARATED,
    definition=_(
        "With the parent: a source tells that the child was brought together with the parent they "
        "were separated from. Discharged otherwise: no source tells that, and a stay in ORR's care "
        "is told to have ended, not by a transfer, with none begun since. Still in care: neither "
        "is told. What certainly happened before the last separation does not count. An end whose "
        "day is not known counts from the last day it can have been."
    ),
    leaves_out=(
        REPEATS_COUNT,
        NOT_YET_TOLD,
        _("How the child is, and whether the family stayed together afterwards."),
        _(
            "Whether the child is in care with a custodian of whom nobody told us: then, too, "
            "'still in care' means that no end was told."
        ),
        _(
            "Sex and stated cause: by them this is not told, since a small group all of one end "
            "would tell of every child in it."
        ),
        NOT_CERTAIN,
    ),
    rule_version="1",
    sql=SEPARATED + TOLD_APART + ENDED + COUNTED,
    example=Example(
        told=_(
            "Ana is brought back to her mother on the 20th. Beto leaves for a sponsor on the 22nd. "
            "Celia is transferred to another place of ORR on the 21st, and stays there."
        ),
        world={
            "separation": """
                child | taken_from | cause      | on_first   | on_last
                ------+------------+------------+------------+-----------
                ana   | parent     | not-stated | 2018-05-03 | 2018-05-03
                beto  | parent     | not-stated | 2018-05-03 | 2018-05-03
                celia | parent     | not-stated | 2018-05-03 | 2018-05-03
            """,
            "stay": """
            child | custodian | ended_by    | began_first | began_last | ended_first | ended_last
            ------+-----------+-------------+-------------+------------+-------------+-----------
            ana   | orr       | reunified   | 2018-05-04  | 2018-05-04 | 2018-05-20  | 2018-05-20
            beto  | orr       | released    | 2018-05-05  | 2018-05-05 | 2018-05-22  | 2018-05-22
            celia | orr       | transferred | 2018-05-05  | 2018-05-05 | 2018-05-21  | 2018-05-21
            celia | orr       |             | 2018-05-21  | 2018-05-21 |             |
            """,
            "reunification": """
                child | united_with      | on_first   | on_last
                ------+------------------+------------+-----------
                ana   | separated-parent | 2018-05-20 | 2018-05-20
            """,
        },
        expected={
            date(2018, 5, 3): {("still-in-care",): 3},
            date(2018, 5, 20): {("separated-parent",): 1, ("still-in-care",): 2},
            date(2018, 5, 22): {
                ("separated-parent",): 1,
                ("discharged-otherwise",): 1,
                ("still-in-care",): 1,
            },
        },
    ),
    tables=(("end",), ("country", "end"), ("age-group", "end"), ("office", "end")),
    list_by="end",
    dimensions=("country", "age-group", "office"),
)
