"""
When are two written names the same words, and when do they sound alike in Central America?

`normalise` and `words` take away what a typist, a form or a database does to a name without
changing it: case, accents, hyphens, and the apostrophe that marks a glottal stop (Q'eqchi').
`name_parts` leaves out the small words between names. `sound_key` goes further: it maps the
spellings of one pronunciation to one key. English keys (Soundex, Metaphone) fail here: they
part Vásquez from Básquez and Yesenia from Llesenia, and join Juan to Juana. This one keeps
vowels, because in Spanish they are stable and carry the gender; what it forgives is the choice
between letters that sound the same. Slips of the keyboard are another matter, and another
module's (`word_index`).

The rules, in the order in which they are applied. What a rule has settled is in capitals and
is not looked at by the rules after it; consonants mean letters other than a e i o u y.

| rule | spelling                                   | becomes  | so that these agree               |
|------|--------------------------------------------|----------|-----------------------------------|
| 1    | ph                                         | f        | Sophía, Sofía                     |
| 2    | s before a consonant, at the start         | es       | Stefani, Estefani                 |
| 3    | ck; then cs, ks, xs                        | k; x     | Jackson, Jaxon; Alecsis, Alexis   |
| 4    | ay before an (the English long i)          | i        | Brayan, Bryan, Brian              |
| 5    | ie, ey at the end, after another syllable  | i        | Natalie, Natali; Ashley, Ashly    |
| 6    | ine at the end                             | in       | Jaqueline, Yaquelín               |
| 7    | gui at the start, unless ll follows; gua,  | B        | Güinac, Winac, Huinac; Wilmer,    |
|      | guo; hu before a vowel; w; v; b            |          | Guilmer, Vilmer; Básquez, Vásquez |
| 8    | ll where Spanish has none: before y, a     | l        | William, Wiliam; Kelly, Keli      |
|      | consonant, i and vowel, at the end; elle   |          |                                   |
| 9    | ll elsewhere                               | Y        | Llesenia, Yesenia                 |
| 10   | ch                                         | C        | (so that h may go)                |
| 11   | sch, sh                                    | x        | Shol, Xol                         |
| 12   | gu before e, i, y                          | G        | (hard g: Miguel is not Mijel)     |
| 13   | h                                          | nothing  | Hernández, Ernandes; Jhon, Jon    |
| 14   | a letter written twice                     | once     | Caal, Cal; Jessica, Jesica        |
| 15   | tz, ts, dz                                 | Z        | Tzunux, Tsunux                    |
| 16   | c before e, i, y; s; z                     | S        | Zúñiga, Suniga; Cecilia, Sesilia  |
| 17   | qu before e, i, y; q, k, other c           | K        | Quej, Kej; Kevin, Quevin          |
| 18   | x or j before a consonant                  | S        | Ixcoy, Iscoy; Ajcalón, Axcalon    |
| 19   | at the start: j; g or x before e, i, y;    | Y        | Jiménez, Giménez, Ximénez;        |
|      | y or i before a vowel                      |          | Génesis, Jénesis; Jesenia         |
| 20   | x at the start, before a, o, u             | X        | (Xol is neither Sol nor Yol)      |
| 21   | other x, j, and g before e, i, y           | J        | Tzunux, Tzunuj; Mexía, Mejía      |
| 22   | y or i between vowels                      | Y        | Maia, Maya                        |
| 23   | other y                                    | i        | Keyla, Keila; Sonya, Sonia        |
| 24   | m before b or p                            | n        | Campos, Canpos                    |
| 25   | m at the end, after another syllable       | n        | Miriam, Mirian (not: Tum, Tun)    |

Left apart on purpose: ch and x (Choc and Xoc are two families), e and i, o and u, Guillén and
Villén, Guerra and Vera, Jaime and Yeimi. A search finds such pairs as slips, a little lower.
"""

import re
import unicodedata
from typing import Final

PARTICLES: Final = frozenset(
    ("de", "del", "la", "las", "los", "y", "e", "da", "do", "das", "dos", "di")
)
"""Words that stand between names and say nothing about whose they are."""

# The saltillo, the modifier letters and what keyboards and word processors offer instead.
_APOSTROPHES = "'`´‘’‛′ʹʻʼʽʾʿˈꞋꞌ＇"
# Letters with a stroke do not fall apart under NFKD.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"} | dict.fromkeys(_APOSTROPHES)
)
# American systems write DELACRUZ and DELOSSANTOS for what a birth record writes apart.
_RUN_TOGETHER: Final = re.compile(r"^(de)(la|los|las)(?=...)")


def normalise(text: str) -> str:
    """The text in small letters without marks, its words parted by single spaces."""
    plain = _without_marks(_without_marks(text.translate(_LETTERS)).casefold())
    plain = plain.translate(_LETTERS)
    if plain.isalnum():
        return plain
    return " ".join("".join(c if _belongs_to_a_word(c) else " " for c in plain).split())


def words(text: str) -> tuple[str, ...]:
    """The words of a name in their order, small ones too; none for a text without letters."""
    return tuple(
        word
        for written in normalise(text).split()
        for word in _RUN_TOGETHER.sub(r"\1 \2 ", written).split()
    )


def name_parts(text: str) -> tuple[str, ...]:
    """The words that tell a name from others: all but particles, or all if there are no others."""
    every = words(text)
    return tuple(word for word in every if word not in PARTICLES) or every


def sound_key(word: str) -> str:
    """The key, in capitals, that spellings of one sound share; see the table of this module."""
    key = normalise(word).replace(" ", "")
    for pattern, settled in _RULES:
        key = pattern.sub(settled, key)
    return _TWICE.sub(r"\1", key.upper())


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    # By combining class and not by category: the vowel signs of Indic scripts are marks too,
    # but of class 0, and a name without them is another name.
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _belongs_to_a_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


_TWICE: Final = re.compile(r"(.)\1+")

_RULES: Final = tuple(
    (re.compile(pattern), settled)
    for pattern, settled in (
        (r"ph", "f"),
        (r"^s(?=[bcdfgklmnpqrtv])", "es"),
        (r"ck", "k"),
        (r"[ckx]s", "x"),
        (r"ay(?=an)", "i"),
        (r"([aeiouy][^aeiouy]+)(?:ie|ey)$", r"\1i"),
        (r"(?<=.)ine$", "in"),
        (r"^gui(?!ll)", "Bi"),
        (r"gu(?=[ao])|(?<![cs])hu(?=[aeioy])|[bvw]", "B"),
        (r"ll(?=y|i[aeou]|[^aeiouy]|$)|(?<=e)ll(?=e$)", "l"),
        (r"ll", "Y"),
        (r"sch|sh", "x"),
        (r"ch", "C"),
        (r"gu(?=[eiy])", "G"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
        (r"tz|ts|dz", "Z"),
        (r"c(?=[eiy])|[sz]", "S"),
        (r"qu(?=[eiy])|[qkc]", "K"),
        (r"[xj](?=[^aeiouy])", "S"),
        (r"^(?:j|[gx](?=[eiy])|[yi](?=[aeiou]))", "Y"),
        (r"^x", "X"),
        (r"x|j|g(?=[eiy])", "J"),
        (r"(?<=[aeiou])[yi](?=[aeiou])", "Y"),
        (r"y", "i"),
        (r"m(?=[Bp])", "n"),
        (r"^(.*[aeiou].*[aeiou])m$", r"\1n"),
    )
)
