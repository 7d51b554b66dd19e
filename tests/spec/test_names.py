"""Which spellings are the same name, and which names sound alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accompany.base.names import PARTICLES, name_parts, normalise, sound_key, words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Hernández", "hernandez"),
        ("HERNÁNDEZ", "hernandez"),
        ("Herna\u0301ndez", "hernandez"),
        ("Zúñiga", "zuniga"),
        ("João", "joao"),
        ("  María\tJosé ", "maria jose"),
        ("García-Xitumul", "garcia xitumul"),
        ("Xitumul, Ana R.", "xitumul ana r"),
        ("Q'eqchi'", "qeqchi"),
        ("Q’eqchi’", "qeqchi"),
        ("Tz´unun", "tzunun"),
        ("Bʼalam", "balam"),
        ("Ñuñez", "nunez"),
        ("Straße", "strasse"),
        ("Łucja", "lucja"),
        ("दिनेश", "दिनेश"),
        ("---", ""),
        ("", ""),
    ],
)
def test_a_name_is_normalised(written, plain):
    assert normalise(written) == plain


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_a_text_is_normalised_word_by_word(text):
    assert normalise(text) == " ".join(filter(None, map(normalise, text.split())))


@pytest.mark.parametrize(
    ("name", "told_by"),
    [
        ("María de la Cruz", ("maria", "cruz")),
        ("MARIA DELACRUZ", ("maria", "cruz")),
        ("Juan de los Santos y Pop", ("juan", "santos", "pop")),
        ("Juan Delossantos", ("juan", "santos")),
        ("Delmi Delgado", ("delmi", "delgado")),
        ("de la", ("de", "la")),
        ("", ()),
    ],
)
def test_particles_do_not_tell_names_apart(name, told_by):
    assert name_parts(name) == told_by


def test_particles_are_kept_as_words():
    assert words("Ana del Valle") == ("ana", "del", "valle")


@given(st.text())
def test_name_parts_are_words_in_their_order(text):
    kept = [word for word in words(text) if word not in PARTICLES]
    assert list(name_parts(text)) == (kept or list(words(text)))


@pytest.mark.parametrize(
    "spellings",
    [
        "Vásquez Básquez Vazquez Basques",
        "Hernández Ernandes Hernandes",
        "Yesenia Llesenia Jesenia Yessenia",
        "Xol Shol",
        "Tzunux Tzunuj Tsunux",
        "Cux Cuj",
        "Ixcoy Iscoy Ishcoy",
        "Caal Cal",
        "Quej Kej Quex",
        "Jiménez Giménez Ximénez Jimenes",
        "Zúñiga Suniga",
        "Güinac Winac Huinac Guinac",
        "Kevin Quevin Kebin",
        "Brayan Brian Bryan",
        "Wilmer Guilmer Vilmer Bilmer",
        "Yeimi Jeimy Yeimy",
        "Génesis Jénesis Yenesis",
        "Ajcalón Axcalon Ashcalon",
        "Mejía Mexía Megía",
        "Castillo Castiyo",
        "Reyes Relles",
        "Alexis Alecsis Aleksis",
        "Jackson Jaxon",
        "Jonathan Yonatan Jhonatan",
        "Jaqueline Yaquelin Jackeline",
        "Stephany Estefani",
        "Natalie Nataly",
        "Ashley Ashly",
        "William Wilian Guiliam",
        "Miriam Mirian",
        "Sonia Sonya",
        "Maya Maia",
        "Campos Canpos",
        "Guadalupe Huadalupe",
        "Oswaldo Osvaldo",
        "Q'eqchi' Kekchi",
        "Isaac Isac",
        "Heydi Heidi",
        "Sophía Sofía",
        "Michelle Michele",
    ],
)
def test_spellings_of_one_sound_share_a_key(spellings):
    assert len({sound_key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    "names",
    [
        "Juan Juana Joana Iván",
        "Mario María Mariano Marina Marta Mayra",
        "José Josefa Josué",
        "Luis Luisa Lucía",
        "Julio Julia Julián",
        "Rosa Rojas Rosas Roxana",
        "Daniel Daniela Daniele",
        "Francisco Francisca",
        "Pérez Pedro Pereira",
        "Xol Sol Yol Coc Pol",
        "Choc Xoc Yoc Coc Toc Noc",
        "Tum Tun Tut",
        "Cux Cus Cuc",
        "Caal Cac Coc",
        "Guerra Vera Herrera",
        "Guillén Villén",
        "Ramos Ramón Ramírez",
        "Castro Castillo",
        "Jaime Yeimi",
        "Villa Vila",
        "Miguel Mijangos",
        "Gómez Gámez",
        "Mata Mateo Matías",
        "Sara Jara",
        "Moya Moja",
        "Cruz Cruces",
        "Elena Elina",
        "Rey Reyes Ruiz",
    ],
)
def test_different_names_keep_different_keys(names):
    apart = names.split()
    assert len({sound_key(word) for word in apart}) == len(apart)


@given(st.text())
def test_a_key_hears_neither_case_nor_accents(text):
    assert sound_key(text) == sound_key(normalise(text))


def test_what_is_no_word_has_no_key():
    assert sound_key("--") == ""
