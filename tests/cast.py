"""
Who appears in tests, manual and pictures? Nobody who is or was alive.

Names are long enough not to occur by chance, so that a test can look for them where they must not
be. The demo's families are in `accompany.cli.world`.
"""

from accompany.people.terms import NameFact

FATHER = NameFact("Wilmer Antonio", "Ixtabalán", "Menjívar")
GRANDMOTHER = NameFact("Floridalma", "Tziquin", "Quintanilla")
AUNT = NameFact("Heydi Marisol", "Ixtabalán", "Menjívar")

FAULTY_LIST = """\
family_name,given_name,a_number,birth_date,custodian,place
Ixtabalán Menjívar,Wilmer Antonio,099-871-350,1988-02-31,ICE,Refugio Que No Está
Ixtabalán Menjívar,Heydi Marisol,none,1994-07-12,ICE,
Ixtabalán Menjívar,Heydi Marisol,none,1994-07-12,ICE,
"""
"""A day that does not exist, a place that is not on record, and a row that repeats another."""
