"""Names for the invented families of the demo: common words, put together at random."""

import unicodedata

from accompany.people.terms import Sex

GIVEN: dict[Sex, tuple[str, ...]] = {
    Sex.FEMALE: (
        "Génesis Abigail", "Yesenia", "María Candelaria", "Josselyn Nicole", "Petrona", "Ana Lucía",
        "Dulce María", "Evelin Yamileth", "Rosario", "Catarina", "Heydi Marisol", "Ixchel",
        "Sonia Elizabeth", "Brenda Lizeth", "Micaela", "Wendy Paola", "Reina Isabel", "Floridalma",
        "Kimberly Sofía", "Juana", "Estefany", "Glenda Xiomara", "Nohemí", "Marta Alicia",
        "Angélica", "Jaqueline", "Tomasa", "Keyla Daniela", "Elda Ruth", "Alison Jimena",
    ),
    Sex.MALE: (
        "Wilmer Antonio", "José Ángel", "Brayan Alexander", "Santos", "Miguel Ángel", "Diego",
        "Kevin Josué", "Pascual", "Óscar Danilo", "Yeison", "Marvin Geovanny", "Sebastián",
        "Jhonatan", "Mateo", "Elmer Noé", "Cristian Daniel", "Domingo", "Anderson", "Selvin Omar",
        "Luis Fernando", "Gaspar", "Édgar Rolando", "Ismael", "Nelson Adonay", "Josué David",
        "Francisco", "Byron Estuardo", "Juan de Dios", "Rigoberto", "Matías Emanuel",
    ),
}  # fmt: skip

FAMILY: dict[str, tuple[str, ...]] = {
    "HN": (
        "Pineda", "Lara", "Zelaya", "Mejía", "Bonilla", "Amador", "Castellanos", "Euceda", "Paz",
        "Discua", "Maradiaga", "Cárcamo", "Núñez", "Banegas",
    ),
    "GT": (
        "Tzunux", "Ixcoy", "Caal", "Xol", "Quej", "Batz", "Ajanel", "Toj", "Pop", "Choc",
        "Ixtabalán", "Chávez", "Sipac", "Raymundo", "Brito", "Coc",
    ),
    "SV": (
        "Portillo", "Menjívar", "Alvarenga", "Henríquez", "Guardado", "Escobar", "Zúñiga",
        "Quintanilla", "Orellana", "Cartagena",
    ),
    "NI": ("Membreño", "Téllez", "Zeledón", "Picado", "Obando", "Espinoza"),
    "EC": ("Guamán", "Quishpe", "Chimbo", "Yupanqui", "Vásquez", "Lema"),
    "MX": ("Velasco", "Ambrosio", "Gijón", "Baltazar", "Ximénez"),
}  # fmt: skip

_SLIPS = (
    ("Vásq", "Básq"), ("Jhon", "John"), ("Ye", "Lle"), ("Za", "Sa"), ("Ze", "Se"), ("Zú", "Su"),
    ("Jim", "Gim"), ("Xim", "Jim"), ("Brayan", "Bryan"), ("Wil", "Guil"), ("Hey", "Ei"),
    ("Tz", "Ts"), ("Qu", "K"), ("Ch", "Sh"), ("Kev", "Quev"), ("ia", "ya"), ("z", "s"), ("j", "g"),
    ("v", "b"), ("ll", "y"),
)  # fmt: skip


def misspelt(name: str) -> str:
    """The name as another clerk might have heard it: no accents, and one slip of the ear."""
    for said, heard in _SLIPS:
        if said in name:
            return _plain(name.replace(said, heard, 1))
    return _plain(name)


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFD", name.replace("ñ", "n"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
