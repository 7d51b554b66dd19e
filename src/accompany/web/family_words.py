"""
What does the family line say, in English and in Spanish?

The words stand here and not in the catalogue of translations, because most of them are set in a
picture by their width and belong to each other: a custodian's short word, its long one, its thread.
"""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Words:
    """All that a family line says in one language. `{…}` are filled in."""

    short: dict[str, str]
    long: dict[str, str]
    months: tuple[str, ...]
    headings: tuple[str, ...]
    marks: dict[str, str]
    title: str
    runs: str
    and_: str
    day: str
    days: str
    apart: str
    so_far: str
    days_apart: str
    today: str
    not_told: str
    ended: str
    came: str
    nobody_where: str
    nobody_who: str
    nobody_says: str
    nobody_since: str
    since: str
    disagree: str
    undrawn: str
    more: str
    at_most: str


EN = Words(
    short={
        "family": "Family",
        "sponsor": "Sponsor",
        "own_care": "Own care",
        "orr": "ORR",
        "cbp": "CBP",
        "ice": "ICE",
        "dhs": "DHS",
        "usms": "Marshals",
        "bop": "Prison",
        "local": "Local jail",
        "other": "Another",
        "unknown": "Not known",
    },
    long={
        "family": "With family",
        "sponsor": "With a sponsor, after release",
        "own_care": "In their own care",
        "orr": "ORR, children’s care",
        "cbp": "CBP, border station",
        "ice": "ICE, detention",
        "dhs": "DHS, which part is not told",
        "usms": "US Marshals, jail or prison",
        "bop": "Federal prison",
        "local": "State or local authority",
        "other": "Another custodian",
        "unknown": "Custodian not known",
    },
    months=("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
    headings=("Who", "Who had them", "Where", "From", "Until", "Days", "Says who"),
    marks={
        "weft": "Woven: held or living together",
        "separated": "Separated",
        "reunified": "Together again",
        "removed": "Removed from the US",
        "gap": "Nobody says who has them",
        "split": "Sources disagree: one thread for each",
        "open": "Nobody has said anything yet",
    },
    title="The family line of {}",
    runs="Time runs down the page, {} from {} to {}.",
    and_="and",
    day="1 day",
    days="{} days",
    apart="apart",
    so_far="so far",
    days_apart="{} apart",
    today="today",
    not_told="day not told",
    ended="ended, day not told",
    came="Came together",
    nobody_where="Nobody says where",
    nobody_who="Nobody says who has them",
    nobody_says="Nobody says who has {}.",
    nobody_since="Nobody says who has {} from {} to {}, {}.",
    since="{}, since {}",
    disagree="Sources disagree",
    undrawn="Not drawn, because its days are not told or cannot be right: {}",
    more="and {} more, told in the table",
    at_most="at most {}",
)

ES = Words(
    short={
        "family": "Familia",
        "sponsor": "Patrocinador",
        "own_care": "Por su cuenta",
        "orr": "ORR",
        "cbp": "CBP",
        "ice": "ICE",
        "dhs": "DHS",
        "usms": "Alguaciles",
        "bop": "Prisión",
        "local": "Cárcel local",
        "other": "Otra",
        "unknown": "No se sabe",
    },
    long={
        "family": "Con su familia",
        "sponsor": "Con un patrocinador, tras la salida",
        "own_care": "Por su cuenta",
        "orr": "ORR, cuidado de menores",
        "cbp": "CBP, estación fronteriza",
        "ice": "ICE, detención",
        "dhs": "DHS, no se dice qué parte",
        "usms": "Alguaciles federales, cárcel",
        "bop": "Prisión federal",
        "local": "Autoridad estatal o local",
        "other": "Otra custodia",
        "unknown": "No se sabe quién",
    },
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    headings=("Quién", "Con quién estaba", "Dónde", "Desde", "Hasta", "Días", "Quién lo dice"),
    marks={
        "weft": "Tejido: están juntos",
        "separated": "Separación",
        "reunified": "Juntos de nuevo",
        "removed": "Expulsión de EE. UU.",
        "gap": "Nadie dice quién la o lo tiene",
        "split": "Las fuentes no coinciden: un hilo por cada una",
        "open": "Nadie ha dicho nada todavía",
    },
    title="La línea de la familia de {}",
    runs="El tiempo corre hacia abajo, {} del {} al {}.",
    and_="y",
    day="1 día",
    days="{} días",
    apart="separados",
    so_far="hasta hoy",
    days_apart="{} separados",
    today="hoy",
    not_told="no se dice el día",
    ended="terminó, no se dice el día",
    came="Llegaron juntos",
    nobody_where="Nadie dice dónde",
    nobody_who="Nadie dice quién la o lo tiene",
    nobody_says="Nadie dice quién tiene a {}.",
    nobody_since="Nadie dice quién tiene a {} del {} al {}, {}.",
    since="{}, desde el {}",
    disagree="Las fuentes no coinciden",
    undrawn="Sin dibujar, porque no se dicen los días o no pueden ser ciertos: {}",
    more="y {} más, en la tabla",
    at_most="a lo sumo {}",
)


def words_in(language: str) -> Words:
    """The words of a language code such as es or es-mx; English for any other."""
    return ES if language.lower().startswith("es") else EN


def day_words(on: date, words: Words, *, year: bool = False) -> str:
    """A day as people say it: 2 May, or 2 May 2026."""
    said = f"{on.day} {words.months[on.month - 1]}"
    return f"{said} {on.year}" if year else said


def number_words(number: float) -> str:
    """A number with its thousands apart by a comma, as in both languages across the Americas."""
    return f"{number:,.1f}".removesuffix(".0")


def days_words(count: int, words: Words) -> str:
    """A count of days: 1 day, 1,024 days."""
    return words.day if count == 1 else words.days.format(number_words(count))


def listed(names: list[str], words: Words) -> str:
    """Names as a sentence takes them: Ana, Ben and Cruz."""
    *first, last = names or [""]
    if not first:
        return last
    # In Spanish, y becomes e before the sound i.
    before_i = words is ES and re.match(r"h?[ií](?![aeou])", last.lower())
    return f"{', '.join(first)} {'e' if before_i else words.and_} {last}"
