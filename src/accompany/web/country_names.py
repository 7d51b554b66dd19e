"""
What is a country called in English and in Spanish?

The names stand here and not in the catalogue of translations, because they are a list of its own
that nobody words anew. A code that is not here is shown as it is.
"""

from django.utils.translation import get_language

_NAMES = """
AD Andorra|Andorra
AF Afghanistan|Afganistán
AG Antigua and Barbuda|Antigua y Barbuda
AL Albania|Albania
AM Armenia|Armenia
AO Angola|Angola
AR Argentina|Argentina
AT Austria|Austria
AU Australia|Australia
AW Aruba|Aruba
AZ Azerbaijan|Azerbaiyán
BA Bosnia and Herzegovina|Bosnia y Herzegovina
BB Barbados|Barbados
BD Bangladesh|Bangladés
BE Belgium|Bélgica
BF Burkina Faso|Burkina Faso
BG Bulgaria|Bulgaria
BI Burundi|Burundi
BJ Benin|Benín
BO Bolivia|Bolivia
BR Brazil|Brasil
BS Bahamas|Bahamas
BT Bhutan|Bután
BY Belarus|Bielorrusia
BZ Belize|Belice
CA Canada|Canadá
CD Democratic Republic of the Congo|República Democrática del Congo
CF Central African Republic|República Centroafricana
CG Republic of the Congo|República del Congo
CH Switzerland|Suiza
CI Côte d’Ivoire|Costa de Marfil
CL Chile|Chile
CM Cameroon|Camerún
CN China|China
CO Colombia|Colombia
CR Costa Rica|Costa Rica
CU Cuba|Cuba
CV Cape Verde|Cabo Verde
CW Curaçao|Curazao
CY Cyprus|Chipre
CZ Czechia|Chequia
DE Germany|Alemania
DJ Djibouti|Yibuti
DK Denmark|Dinamarca
DM Dominica|Dominica
DO Dominican Republic|República Dominicana
DZ Algeria|Argelia
EC Ecuador|Ecuador
EE Estonia|Estonia
EG Egypt|Egipto
ER Eritrea|Eritrea
ES Spain|España
ET Ethiopia|Etiopía
FI Finland|Finlandia
FR France|Francia
GA Gabon|Gabón
GB United Kingdom|Reino Unido
GD Grenada|Granada
GE Georgia|Georgia
GH Ghana|Ghana
GM Gambia|Gambia
GN Guinea|Guinea
GQ Equatorial Guinea|Guinea Ecuatorial
GR Greece|Grecia
GT Guatemala|Guatemala
GW Guinea-Bissau|Guinea-Bisáu
GY Guyana|Guyana
HK Hong Kong|Hong Kong
HN Honduras|Honduras
HR Croatia|Croacia
HT Haiti|Haití
HU Hungary|Hungría
ID Indonesia|Indonesia
IE Ireland|Irlanda
IL Israel|Israel
IN India|India
IQ Iraq|Irak
IR Iran|Irán
IT Italy|Italia
JM Jamaica|Jamaica
JO Jordan|Jordania
JP Japan|Japón
KE Kenya|Kenia
KG Kyrgyzstan|Kirguistán
KH Cambodia|Camboya
KN Saint Kitts and Nevis|San Cristóbal y Nieves
KP North Korea|Corea del Norte
KR South Korea|Corea del Sur
KW Kuwait|Kuwait
KZ Kazakhstan|Kazajistán
LA Laos|Laos
LB Lebanon|Líbano
LC Saint Lucia|Santa Lucía
LK Sri Lanka|Sri Lanka
LR Liberia|Liberia
LT Lithuania|Lituania
LV Latvia|Letonia
LY Libya|Libia
MA Morocco|Marruecos
MD Moldova|Moldavia
MG Madagascar|Madagascar
MK North Macedonia|Macedonia del Norte
ML Mali|Malí
MM Myanmar|Birmania
MN Mongolia|Mongolia
MR Mauritania|Mauritania
MX Mexico|México
MY Malaysia|Malasia
MZ Mozambique|Mozambique
NE Niger|Níger
NG Nigeria|Nigeria
NI Nicaragua|Nicaragua
NL Netherlands|Países Bajos
NO Norway|Noruega
NP Nepal|Nepal
NZ New Zealand|Nueva Zelanda
PA Panama|Panamá
PE Peru|Perú
PH Philippines|Filipinas
PK Pakistan|Pakistán
PL Poland|Polonia
PR Puerto Rico|Puerto Rico
PS Palestine|Palestina
PT Portugal|Portugal
PY Paraguay|Paraguay
RO Romania|Rumania
RS Serbia|Serbia
RU Russia|Rusia
RW Rwanda|Ruanda
SA Saudi Arabia|Arabia Saudita
SD Sudan|Sudán
SE Sweden|Suecia
SL Sierra Leone|Sierra Leona
SN Senegal|Senegal
SO Somalia|Somalia
SR Suriname|Surinam
SS South Sudan|Sudán del Sur
SV El Salvador|El Salvador
SX Sint Maarten|Sint Maarten
SY Syria|Siria
TC Turks and Caicos Islands|Islas Turcas y Caicos
TD Chad|Chad
TG Togo|Togo
TH Thailand|Tailandia
TJ Tajikistan|Tayikistán
TM Turkmenistan|Turkmenistán
TN Tunisia|Túnez
TR Türkiye|Turquía
TT Trinidad and Tobago|Trinidad y Tobago
TW Taiwan|Taiwán
TZ Tanzania|Tanzania
UA Ukraine|Ucrania
UG Uganda|Uganda
US United States|Estados Unidos
UY Uruguay|Uruguay
UZ Uzbekistan|Uzbekistán
VC Saint Vincent and the Grenadines|San Vicente y las Granadinas
VE Venezuela|Venezuela
VN Vietnam|Vietnam
XK Kosovo|Kosovo
YE Yemen|Yemen
ZA South Africa|Sudáfrica
ZM Zambia|Zambia
ZW Zimbabwe|Zimbabue
"""


def _table() -> dict[str, tuple[str, str]]:
    lines = (line.split(" ", 1) for line in _NAMES.strip().splitlines())
    pairs = ((code, names.split("|")) for code, names in lines)
    return {code: (english, spanish) for code, (english, spanish) in pairs}


NAMES = _table()
"""Each country's two letters (ISO 3166-1), its name in English and in Spanish."""


def country(code: str | None) -> str:
    """A country as the reader calls it; an empty text for none."""
    if not code:
        return ""
    english, spanish = NAMES.get(code, (code, code))
    return spanish if (get_language() or "").startswith("es") else english


def countries() -> list[tuple[str, str]]:
    """Every country for a choice: its code, and its name in the reader's language, by name."""
    return sorted(((code, country(code)) for code in NAMES), key=lambda pair: pair[1])
