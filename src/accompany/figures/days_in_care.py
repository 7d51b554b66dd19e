"""How long were separated children in ORR's care?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accompany.figures.separation import (
    CHILDREN_SEPARATED,
    ENDED,
    NOT_YET_TOLD,
    REPEATS_COUNT,
    SEPARATED,
)
from accompany.figures.terms import Example, Figure

COUNTED = """,
entered AS (
    SELECT child, min(began_last) AS entered_on
    FROM separated JOIN stay USING (child)
    WHERE custodian = 'orr' AND began_first = began_last AND began_last <= $on
        AND coalesce(ended_last >= since, true)
    GROUP BY child
),
spent AS (
    SELECT
        "end",
        CASE
            WHEN "end" = 'still-in-care' THEN $on - entered_on
            WHEN left_on = left_by THEN left_on - entered_on
        END AS days
    FROM by_end LEFT JOIN entered USING (child) LEFT JOIN discharged USING (child)
)
SELECT
    "end",
    count(*) AS children,
    count(*) FILTER (WHERE days >= 0) AS known,
    quantile_disc(days, [0.25, 0.5, 0.75]) FILTER (WHERE days >= 0) AS quartiles
FROM spent
GROUP BY "end"
"""

FIGURE = Figure(
    name="days-in-care",
    title=_("Days in ORR's care"),
    question=_(
        "For how long had the children separated by the end of the day been in ORR's care: those "
        "who had left it, and, so far, those who had not?"
    ),
    unit=_("whole days of each child, told as the middle and the quarters of each group"),
    population=CHILDREN_SEPARATED,
    definition=_(
        "From the first day on which a stay in ORR's care began to the day on which the last one "
        "ended, both known to the day; for a child still in care to the day asked for, so that "
        "theirs are days so far and the whole time is longer. The two are never put together. A "
        "quarter of a group was in care no longer than the first number, half no longer than the "
        "second, three quarters no longer than the third."
    ),
    leaves_out=(
        REPEATS_COUNT,
        NOT_YET_TOLD,
        _(
            "Children of whose care the first or the last day is not known to the day: they are in "
            "the number of their group, and not in its days."
        ),
        _("Days in the custody of border or immigration authorities before ORR's care."),
        _("Days between two stays in ORR's care are counted as days in care."),
    ),
    rule_version="1",
    sql=SEPARATED + ENDED + COUNTED,
    example=Example(
        told=_(
            "Ana was in care from the 4th to the 20th: 16 days. Beto left on a day that is not "
            "known. Celia is still there, 27 days so far on the last of the month."
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
            child | custodian | ended_by  | began_first | began_last | ended_first | ended_last
            ------+-----------+-----------+-------------+------------+-------------+-----------
            ana   | orr       | reunified | 2018-05-04  | 2018-05-04 | 2018-05-20  | 2018-05-20
            beto  | orr       | released  | 2018-05-04  | 2018-05-04 | 2018-05-10  | 2018-05-22
            celia | orr       |           | 2018-05-04  | 2018-05-04 |             |
            """,
            "reunification": """
                child | united_with      | on_first   | on_last
                ------+------------------+------------+-----------
                ana   | separated-parent | 2018-05-20 | 2018-05-20
            """,
        },
        expected={
            date(2018, 5, 19): {("still-in-care",): 15},
            date(2018, 5, 31): {("separated-parent",): 16, ("still-in-care",): 27},
        },
    ),
    tables=(("end",),),
    list_by="end",
    days_by=("end",),
    so_far=frozenset({("still-in-care",)}),
)
