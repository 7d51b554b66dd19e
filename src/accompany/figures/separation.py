"""
Which children were taken from a parent, and what is known of each?

The population of several figures. The SQL here is what their statements begin with: one row for
each child, with a category of every dimension. Where statements differ, the one recorded first
that has a value counts: a rule that a later repeat of the same list does not change.
"""

from django.utils.translation import gettext_lazy as _

from accompany.figures.ledger import Cell
from accompany.figures.terms import Dimension, Population
from accompany.people.terms import AgeGroup

END = Dimension(
    "end",
    _("What became of them"),
    {
        "separated-parent": _("With the parent they were separated from"),
        "discharged-otherwise": _("Discharged otherwise"),
        "still-in-care": _("Still in care"),
    },
)
WAIT = Dimension(
    "wait",
    _("Days from apprehension to ORR's approval"),
    {
        "4+": _("Four or more days"),
        "0-3": _("Fewer than four days"),
        "not-told": _("Not told, or not possible"),
    },
)

CHILDREN_SEPARATED = Population(
    name="children-separated",
    title=_(
        "Children of whom a source says that an authority took them from a parent or legal "
        "guardian, among the records that your organisation holds."
    ),
    dimensions={
        dimension.name: dimension
        for dimension in (
            Dimension(
                "sex",
                _("Sex"),
                {
                    "f": _("Girls"),
                    "m": _("Boys"),
                    "other": _("Another, or not stated"),
                },
            ),
            Dimension(
                "country",
                _("Country of nationality"),
                {
                    "BR": _("Brazil"),
                    "SV": _("El Salvador"),
                    "GT": _("Guatemala"),
                    "HN": _("Honduras"),
                    "MX": _("Mexico"),
                    "other": _("Another, or not stated"),
                },
            ),
            Dimension(
                "age-group",
                _("Age"),
                {**{str(group): group.label for group in AgeGroup}, "not-stated": _("Not stated")},
            ),
            Dimension(
                "office",
                _("Office that referred them"),
                {
                    "del-rio": _("Del Rio"),
                    "el-paso": _("El Paso"),
                    "harlingen": _("Harlingen"),
                    "phoenix": _("Phoenix"),
                    "san-diego": _("San Diego"),
                    "other": _("Another, or not stated"),
                },
            ),
            Dimension(
                "stated-cause",
                _("Cause as stated by the authority"),
                {
                    "zero-tolerance": _("Zero tolerance policy"),
                    "criminal-history": _("Criminal history said of the parent"),
                    "gang": _("Gang or cartel affiliation said of the parent"),
                    "other": _("Another, or not stated"),
                },
            ),
            WAIT,
            END,
        )
    },
    headlines=frozenset({Cell(("wait",), ("4+",))}),
)

REPEATS_COUNT = _("Two records of one child count as two children until somebody joins them.")
NOT_YET_TOLD = _("Children whose separation no list or person has told us of.")
NOT_CERTAIN = _(
    "What may have happened after the day: it counts from the last day it can have been."
)

# `since`: the first day on which the last separation can have been. What certainly came before it
# ended an earlier time apart.
SEPARATED = """
WITH separated AS (
    SELECT
        child,
        max(on_first) AS since,
        arg_min(year(on_last), rowid) AS taken_in,
        arg_min(cause, rowid) FILTER (WHERE cause <> 'not-stated') AS cause
    FROM separation
    WHERE taken_from = 'parent' AND on_last <= $on
    GROUP BY child
)
"""

TOLD_APART = """,
described AS (
    SELECT child, arg_min(sex, rowid) AS sex, arg_min(nationality, rowid) AS nationality
    FROM description
    GROUP BY child
),
born AS (
    SELECT child, arg_min(age, rowid) AS age, arg_min(year, rowid) AS born_in
    FROM birth
    GROUP BY child
),
referred AS (
    SELECT child, arg_min(office, rowid) AS office
    FROM hand_over
    WHERE kind = 'referred'
    GROUP BY child
),
told_apart AS (
    SELECT
        child,
        CASE WHEN sex IN ('f', 'm') THEN sex ELSE 'other' END AS "sex",
        CASE WHEN nationality IN ('BR', 'SV', 'GT', 'HN', 'MX') THEN nationality ELSE 'other'
        END AS "country",
        CASE
            WHEN coalesce(age, taken_in - born_in) IS NULL THEN 'not-stated'
            WHEN coalesce(age, taken_in - born_in) < 5 THEN '0-4'
            WHEN coalesce(age, taken_in - born_in) < 10 THEN '5-9'
            WHEN coalesce(age, taken_in - born_in) < 13 THEN '10-12'
            WHEN coalesce(age, taken_in - born_in) < 16 THEN '13-15'
            ELSE '16+'
        END AS "age-group",
        CASE office
            WHEN 'Del Rio' THEN 'del-rio'
            WHEN 'El Paso' THEN 'el-paso'
            WHEN 'Harlingen' THEN 'harlingen'
            WHEN 'Phoenix' THEN 'phoenix'
            WHEN 'San Diego' THEN 'san-diego'
            ELSE 'other'
        END AS "office",
        CASE WHEN cause IN ('zero-tolerance', 'criminal-history', 'gang') THEN cause ELSE 'other'
        END AS "stated-cause"
    FROM separated
    LEFT JOIN described USING (child)
    LEFT JOIN born USING (child)
    LEFT JOIN referred USING (child)
)
"""

# A transfer ends a stay, not the care. Who came back is in care again.
ENDED = """,
together AS (
    SELECT child
    FROM separated JOIN reunification USING (child)
    WHERE united_with = 'separated-parent' AND on_last <= $on
        AND coalesce(on_last >= since, true)
),
discharged AS (
    SELECT
        child,
        max(ended_last) AS left_by,
        max(ended_last) FILTER (WHERE ended_first = ended_last) AS left_on
    FROM separated JOIN stay USING (child)
    WHERE custodian = 'orr' AND coalesce(ended_by <> 'transferred', true)
        AND ended_last <= $on AND coalesce(ended_last >= since, true)
    GROUP BY child
),
came_back AS (
    SELECT child
    FROM discharged JOIN stay USING (child)
    WHERE custodian = 'orr' AND began_first >= left_by AND began_last <= $on
        AND coalesce(ended_last > $on, true)
),
by_end AS (
    SELECT
        child,
        CASE
            WHEN child IN (SELECT child FROM together) THEN 'separated-parent'
            WHEN child IN (SELECT child FROM discharged)
                AND child NOT IN (SELECT child FROM came_back) THEN 'discharged-otherwise'
            ELSE 'still-in-care'
        END AS "end"
    FROM separated
)
"""
