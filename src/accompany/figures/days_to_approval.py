"""How long did it take from a child's apprehension to ORR's approval of a placement?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accompany.figures.separation import (
    CHILDREN_SEPARATED,
    NOT_YET_TOLD,
    REPEATS_COUNT,
    SEPARATED,
)
from accompany.figures.terms import Example, Figure

COUNTED = """,
apprehended AS (
    SELECT child, arg_min(on_last, rowid) AS apprehended_on
    FROM apprehension
    WHERE on_first = on_last AND on_last <= $on
    GROUP BY child
),
approved AS (
    SELECT child, arg_min(on_last, rowid) AS approved_on
    FROM hand_over
    WHERE kind = 'approved' AND on_first = on_last AND on_last <= $on
    GROUP BY child
),
waited AS (
    SELECT
        approved_on - apprehended_on AS days,
        CASE WHEN days >= 4 THEN '4+' WHEN days >= 0 THEN '0-3' ELSE 'not-told' END AS "wait"
    FROM separated
    LEFT JOIN apprehended USING (child)
    LEFT JOIN approved USING (child)
)
SELECT
    "wait",
    count(*) AS children,
    count(*) FILTER (WHERE days >= 0) AS known,
    quantile_disc(days, [0.25, 0.5, 0.75]) FILTER (WHERE days >= 0) AS quartiles
FROM waited
GROUP BY GROUPING SETS ((), ("wait"))
"""

FIGURE = Figure(
    name="days-from-apprehension-to-orr-approval",
    title=_("Days from apprehension to ORR's approval"),
    question=_(
        "For how many of the children separated by the end of the day did it take four or more "
        "days from their apprehension to ORR's approval of a placement?"
    ),
    unit=_("children, each once; days are counted from one date to the other"),
    population=CHILDREN_SEPARATED,
    definition=_(
        "The day of approval less the day of apprehension, each as the statement that was recorded "
        "first has it to the day. Four or more days apart are certainly more than 72 hours, the "
        "time within which the law asks that a child is handed over (8 U.S.C. 1232(b)(3)); three "
        "days apart may be more or less. A number below zero is not possible: such children are "
        "left out of the days, and counted with those of whom a day is not told."
    ),
    leaves_out=(
        REPEATS_COUNT,
        NOT_YET_TOLD,
        _("Hours: the lists have days only."),
        _("When the child in fact arrived in ORR's care: an approval is not an arrival."),
        _("Approvals after the day asked for: until then they are not told."),
    ),
    rule_version="1",
    sql=SEPARATED + COUNTED,
    example=Example(
        told=_(
            "Ana's placement is approved 3 days after her apprehension, Beto's after 4. Celia's is "
            "told to have been approved the day before it."
        ),
        world={
            "separation": """
                child | taken_from | cause      | on_first   | on_last
                ------+------------+------------+------------+-----------
                ana   | parent     | not-stated | 2018-05-03 | 2018-05-03
                beto  | parent     | not-stated | 2018-05-03 | 2018-05-03
                celia | parent     | not-stated | 2018-05-03 | 2018-05-03
            """,
            "apprehension": """
                child | on_first   | on_last
                ------+------------+-----------
                ana   | 2018-05-02 | 2018-05-02
                beto  | 2018-05-02 | 2018-05-02
                celia | 2018-05-02 | 2018-05-02
            """,
            "hand_over": """
                child | kind     | on_first   | on_last
                ------+----------+------------+-----------
                ana   | approved | 2018-05-05 | 2018-05-05
                beto  | approved | 2018-05-06 | 2018-05-06
                celia | approved | 2018-05-01 | 2018-05-01
            """,
        },
        expected={
            date(2018, 5, 5): {("0-3",): 1, ("not-told",): 2},
            date(2018, 5, 6): {("4+",): 1, ("0-3",): 1, ("not-told",): 1},
        },
    ),
    tables=((), ("wait",)),
    list_by="wait",
    days_by=(),
)
