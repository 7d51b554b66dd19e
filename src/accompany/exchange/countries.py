"""
Which country does a word mean?

Names, usual spellings and peoples in English and Spanish, folded, of the countries that a list is
likely to hold: all of the Americas and the Caribbean, and others from which people come this way.
"""

_TABLE = """
AF AFG afghanistan|afganistan|afghan|afgano|afgana
AG ATG antigua and barbuda|antigua y barbuda|antigua
AI AIA anguilla|anguila
AL ALB albania|albanian|albanes|albanesa
AM ARM armenia|armenian|armenio|armenia
AO AGO angola|angolan|angoleno|angolena|angolano|angolana
AR ARG argentina|argentine|argentinean|argentino
AT AUT austria|austrian|austriaco|austriaca
AU AUS australia|australian|australiano|australiana
AW ABW aruba
AZ AZE azerbaijan|azerbaiyan
BA BIH bosnia and herzegovina|bosnia y herzegovina|bosnia herzegovina|bosnia
BB BRB barbados|barbadian
BD BGD bangladesh|bangladeshi|bangladesi
BE BEL belgium|belgica|belgian|belga
BF BFA burkina faso|burkinabe
BG BGR bulgaria|bulgarian|bulgaro|bulgara
BI BDI burundi|burundian|burundes|burundesa
BJ BEN benin|beninese
BL BLM saint barthelemy|san bartolome
BM BMU bermuda|bermudas
BO BOL bolivia|plurinational state of bolivia|estado plurinacional de bolivia|bolivian|boliviano
BO BOL boliviana
BQ BES bonaire|bonaire sint eustatius and saba|caribbean netherlands
BR BRA brazil|brasil|brazilian|brasileno|brasilena|brasilero|brasilera
BS BHS bahamas|the bahamas|las bahamas|bahamian
BT BTN bhutan|butan
BY BLR belarus|bielorrusia|belarusian
BZ BLZ belize|belice|british honduras|belizean|beliceno|belicena
CA CAN canada|canadian|canadiense
CD COD democratic republic of the congo|democratic republic of congo|dem rep of the congo|drc
CD COD dr congo|congo kinshasa|republica democratica del congo|zaire
CF CAF central african republic|republica centroafricana
CG COG republic of the congo|republic of congo|congo brazzaville|republica del congo
CH CHE switzerland|suiza|swiss|suizo
CI CIV cote d ivoire|ivory coast|costa de marfil
CL CHL chile|chilean|chileno|chilena
CM CMR cameroon|camerun|cameroonian|camerunes|camerunesa
CN CHN china|people s republic of china|peoples republic of china|prc|republica popular china
CN CHN chinese|chino
CO COL colombia|columbia|colombian|colombiano|colombiana
CR CRI costa rica|costa rican|costarricense
CU CUB cuba|cuban|cubano|cubana
CV CPV cape verde|cabo verde|cape verdean
CW CUW curacao|curazao
CY CYP cyprus|chipre
CZ CZE czech republic|czechia|republica checa|chequia
DE DEU germany|alemania|german|aleman|alemana
DJ DJI djibouti|yibuti
DK DNK denmark|dinamarca
DM DMA dominica|commonwealth of dominica
DO DOM dominican republic|dominican rep|rep dominicana|republica dominicana|dominicano|dominicana
DZ DZA algeria|argelia|algerian|argelino|argelina
EC ECU ecuador|ecuadorian|ecuadorean|ecuatoriano|ecuatoriana
EG EGY egypt|egipto|egyptian|egipcio|egipcia
ER ERI eritrea|eritrean|eritreo
ES ESP spain|espana|spanish|spaniard|espanol|espanola
ET ETH ethiopia|etiopia|ethiopian|etiope
FK FLK falkland islands|islas malvinas|malvinas
FR FRA france|francia|french|frances|francesa
GA GAB gabon|gabonese|gabones
GB GBR united kingdom|uk|u k|great britain|england|scotland|wales|northern ireland|reino unido
GB GBR gran bretana|inglaterra|british|britanico|britanica
GD GRD grenada|granada|grenadian
GE GEO georgia|republic of georgia|georgian
GF GUF french guiana|guayana francesa|guyana francesa
GH GHA ghana|ghanaian|ghanes|ghanesa
GL GRL greenland|groenlandia
GM GMB gambia|the gambia|gambian|gambiano|gambiana
GN GIN guinea|guinea conakry|guinean|guineano|guineana
GP GLP guadeloupe|guadalupe
GQ GNQ equatorial guinea|guinea ecuatorial
GR GRC greece|grecia|greek|griego|griega
GT GTM guatemala|guat|guatemalan|guatemalteco|guatemalteca
GW GNB guinea bissau
GY GUY guyana|british guiana|guyanese|guyanes|guyanesa
HN HND honduras|hond|honduran|hondureno|hondurena
HR HRV croatia|croacia
HT HTI haiti|haitian|haitiano|haitiana
HU HUN hungary|hungria|hungarian
ID IDN indonesia|indonesian|indonesio
IE IRL ireland|irlanda|irish
IL ISR israel|israeli
IN IND india|indian|indio
IQ IRQ iraq|irak|iraqi|iraqui
IR IRN iran|islamic republic of iran|iranian|irani
IT ITA italy|italia|italian|italiano|italiana
JM JAM jamaica|jamaican|jamaiquino|jamaiquina|jamaicano|jamaicana
JO JOR jordan|jordania|jordanian|jordano
JP JPN japan|japon|japanese|japones
KE KEN kenya|kenia|kenyan|keniano
KG KGZ kyrgyzstan|kirguistan|kirguizistan|kyrgyz
KH KHM cambodia|camboya|cambodian
KN KNA saint kitts and nevis|st kitts and nevis|st kitts nevis|san cristobal y nieves
KR KOR south korea|republic of korea|corea del sur
KP PRK north korea|corea del norte
KW KWT kuwait|kuwaiti
KY CYM cayman islands|islas caiman
KZ KAZ kazakhstan|kazajistan|kazakh
LA LAO laos|laotian
LB LBN lebanon|libano|lebanese|libanes|libanesa
LC LCA saint lucia|st lucia|santa lucia
LK LKA sri lanka|sri lankan
LR LBR liberia|liberian|liberiano
LT LTU lithuania|lituania
LV LVA latvia|letonia
LY LBY libya|libia|libyan
MA MAR morocco|marruecos|moroccan|marroqui
MD MDA moldova|moldavia|moldovan
ME MNE montenegro
MF MAF saint martin|st martin|san martin
MK MKD north macedonia|macedonia|macedonia del norte
ML MLI mali|malian|maliense
MM MMR myanmar|burma|birmania|burmese
MN MNG mongolia|mongolian
MQ MTQ martinique|martinica
MR MRT mauritania|mauritanian|mauritano|mauritana
MS MSR montserrat
MX MEX mexico|mejico|mex|estados unidos mexicanos|mexican|mexicano|mexicana
MY MYS malaysia|malasia
MZ MOZ mozambique
NE NER niger|nigerien
NG NGA nigeria|nigerian|nigeriano|nigeriana
NI NIC nicaragua|nicaraguan|nicaraguense
NL NLD netherlands|the netherlands|holland|holanda|paises bajos|dutch
NO NOR norway|noruega
NP NPL nepal|nepalese|nepali|nepales|nepalesa
NZ NZL new zealand|nueva zelanda
PA PAN panama|panamanian|panameno|panamena
PE PER peru|peruvian|peruano|peruana
PH PHL philippines|the philippines|filipinas|filipino|filipina
PK PAK pakistan|pakistani
PL POL poland|polonia|polish|polaco|polaca
PM SPM saint pierre and miquelon|san pedro y miquelon
PR PRI puerto rico|puerto rican|puertorriqueno|puertorriquena
PS PSE palestine|state of palestine|palestina|palestinian
PT PRT portugal|portuguese|portugues|portuguesa
PY PRY paraguay|paraguayan|paraguayo|paraguaya
RO ROU romania|rumania|roumania|romanian|rumano|rumana
RS SRB serbia|serbian
RU RUS russia|rusia|russian federation|federacion rusa|russian|ruso|rusa
RW RWA rwanda|ruanda|rwandan|ruandes
SA SAU saudi arabia|arabia saudita|arabia saudi
SD SDN sudan|sudanese|sudanes|sudanesa
SE SWE sweden|suecia|swedish
SL SLE sierra leone|sierra leona
SN SEN senegal|senegalese|senegales|senegalesa
SO SOM somalia|somali|somalian
SR SUR suriname|surinam|surinamese
SS SSD south sudan|sudan del sur
SV SLV el salvador|salvador|elsalvador|salvadoran|salvadorean|salvadorian|salvadoreno|salvadorena
SX SXM sint maarten|st maarten
SY SYR syria|siria|syrian arab republic|syrian|sirio
TC TCA turks and caicos islands|turks and caicos|islas turcas y caicos
TD TCD chad|chadian
TG TGO togo|togolese|togoles|togolesa
TH THA thailand|tailandia
TJ TJK tajikistan|tayikistan|tajik
TM TKM turkmenistan
TN TUN tunisia|tunez
TR TUR turkey|turkiye|turquia|turkish|turco|turca
TT TTO trinidad and tobago|trinidad tobago|trinidad y tobago|trinidad y tabago|trinidad|trinidadian
TW TWN taiwan
TZ TZA tanzania
UA UKR ukraine|ucrania|ukrainian|ucraniano|ucraniana
UG UGA uganda|ugandan
US USA united states|united states of america|u s|u s a|estados unidos|estados unidos de america
US USA ee uu|eeuu|american|estadounidense
UY URY uruguay|uruguayan|uruguayo|uruguaya
UZ UZB uzbekistan|uzbek|uzbeko
VC VCT saint vincent and the grenadines|st vincent and the grenadines|saint vincent|st vincent
VC VCT san vicente y las granadinas
VE VEN venezuela|bolivarian republic of venezuela|republica bolivariana de venezuela|venezuelan
VE VEN venezolano|venezolana
VG VGB british virgin islands|islas virgenes britanicas
VI VIR us virgin islands|u s virgin islands|virgin islands|islas virgenes de los estados unidos
VN VNM vietnam|viet nam|vietnamese|vietnamita
XK XKX kosovo
YE YEM yemen|yemeni
ZA ZAF south africa|sudafrica|south african
ZM ZMB zambia
ZW ZWE zimbabwe|zimbabue
"""


def _countries() -> dict[str, str]:
    """The code for each name, people, and code of two or three letters, all folded."""
    countries: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        two, three, words = line.split(" ", 2)
        for word in (two.casefold(), three.casefold(), *words.split("|")):
            countries.setdefault(word, two)
    return countries


COUNTRIES = _countries()
