"""
Who appears in tests, manual and pictures? Nobody who is or was alive.

Names are long enough not to occur by chance, so that a test can look for them where they must not
be. The demo's families are in `accompany.cli.world`.
"""

from accompany.people.terms import NameFact

MOTHER = NameFact("Rosaura Inés", "Tziquin", "Balam")
DAUGHTER = NameFact("Génesis Abril", "Pineda", "Tziquin")
SON = NameFact("Elvin Mateo", "Pineda", "Tziquin")
FATHER = NameFact("Wilmer Antonio", "Ixtabalán", "Menjívar")
GRANDMOTHER = NameFact("Floridalma", "Tziquin", "Quintanilla")
AUNT = NameFact("Heydi Marisol", "Ixtabalán", "Menjívar")

LIST = """\
family_name,given_name,a_number,birth_date,sex,nationality,mother_name
Pineda Tziquin,Génesis Abril,099-871-345,2014-05-06,f,GT,Rosaura Inés Tziquin Balam
Pineda Tziquin,Elvin Mateo,099-871-346,2017-11-30,m,GT,Rosaura Inés Tziquin Balam
"""

FAULTY_LIST = """\
family_name,given_name,a_number,birth_date,custodian,place
Ixtabalán Menjívar,Wilmer Antonio,099-871-350,1988-02-31,ICE,Refugio Que No Está
Ixtabalán Menjívar,Heydi Marisol,none,1994-07-12,ICE,
Ixtabalán Menjívar,Heydi Marisol,none,1994-07-12,ICE,
"""
"""A day that does not exist, a place that is not on record, and a row that repeats another."""
