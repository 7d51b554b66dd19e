"""
A record with planted values, for whoever looks for them in its bytes.

    python -m tests.planted

sets up a record in ACCOMPANY_HOME, records by hand, by list and by browser values that nobody
could meet by chance, leaves uploads under way, and dies without tidying up, as a power cut would
have it: what lies on the disk then is what a thief finds.
"""

import os
import sys
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pyotp

SEALED = {
    "given name": "Xochiquetzalli Eréndira",
    "family name": "Zacapoaxtlán",
    "second family name": "Iñárritu Chimalpopoca",
    "written name": "ZACAPOAXTLAN-IÑARRITU, XOCHI Q.",
    "name of a relative": "Tlazohcamatini Quetzalpapálotl",
    "A-number": "A 097-543-218",
    "A-number as digits": "097543218",
    "case number": "EOIR/QZ-77140-XK-2291-MNO",
    "day of birth": "1987-08-29",
    "day of birth on a list": "29/08/1987",
    "day of birth in American order": "08/29/1987",
    "day of birth in digits": "19870829",
    "phone": "+1 (956) 555-0142 ext. 77381",
    "address": "Calle Magnolia Silvestre 1407-B, Harlingen",
    "note": "le teme al perro negro del vecino Ambrosio",
    "cause in words": "dijeron que su padre pertenecía a una cuadrilla inexistente",
    "words of a reunion": "se abrazaron junto a la fuente de los Azulejos Verdes",
    "words of a telling": "acta del libro 83 folio 219 de San Mateo Ixtatán",
    "reason of a join": "tienen la misma cicatriz en la ceja izquierda",
    "reason of a part": "una nació en Huehuetenango y la otra en Chajul",
    "reason of a correction": "se confundió con la hermana mayor Hermenegilda",
    "reason of a withdrawal": "la mandó por error la oficina del señor Baldomero",
    "words of an answer": "pasó esas noches en el albergue de sor Filomena",
    "name of a user": "Marisol Quiñónez de la Vegarreal",
    "password of a user": "brisa-lenta-sobre-el-lago-Atitlanejo",
    "name of a second factor": "el teléfono prestado de doña Anacleta",
    "secret of an app": "ZXQ7QK4M2VTOYB5JWD3RNEHC6UAGSLPF",
    "name of a file": "lista-de-xochiquetzalli-zacapoaxtlan.csv",
    "name of a file under way": "subida-de-la-señora-quiñonez.csv",
    "name of a refused file": "rechazada-por-culpa-de-tonatiuh.csv",
    "heading of nobody's": "apodo que le puso su abuela Petronila",
    "cell of nobody's": "la llaman Chispita de Maíz Azul",
    "cell of a workbook": "Citlalmina Huitzilopochtzin",
    "cell under way": "Nezahualpilli Ometochtzin",
    "cell of a refused file": "Tonatiuhcoatl Malinaltzin",
    "sheet": "hoja de Papantzin",
    "text of a consent": "acepto que sepan de mi tía Cuicacihuatl del barrio de la Luz",
    "witness of a consent": "la intérprete Yolotzin Tepalcapa",
    "reason of an override": "está en quirófano en el hospital de San Onofre",
    "privileged note": "contó en confianza lo del puente de Tlaltecuhtli",
    "who demanded": "el agente Ehecatzin Bermúdez-Olmos",
    "what was demanded": "dónde duerme la niña de la calle Magnolia",
    "answer of counsel": "que esperen al juez Tecolotzin Arriaga",
}
"""What must lie nowhere in the clear."""

OPEN = {
    "organisation": "Casa de los Encuentros Abiertos",
    "user name": "usuaria-abierta-de-prueba",
    "place": "Refugio Público de Ciudad Abierta",
}
"""What lies in the clear, so that a search that finds nothing is known to search."""

LIST = """\
family_name,given_name,a_number,birth_date,mother_name,note,{heading of nobody's}
{family name} {second family name},{given name},{A-number},{day of birth on a list},\
{name of a relative},{note} {phone} {address},{cell of nobody's}
"""
MAPPED = """\
Apellidos,Nombre,{heading of nobody's}
{family name},{given name},{cell of nobody's}
"""
MAPPING = """\
[columns]
"Apellidos" = "family_name"
"Nombre" = "given_name"
"{heading of nobody's}" = "note"
"""


def main() -> None:
    import django  # noqa: PLC0415 - the home is read first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from accompany.access import keyring  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    keyring.make()
    plant()
    sys.stdout.flush()
    os._exit(0)  # no connection is closed, so nothing is moved from the -wal file


def plant() -> None:
    from accompany.access import actions as access  # noqa: PLC0415
    from accompany.access import queries  # noqa: PLC0415
    from tests.world import World  # noqa: PLC0415

    access.set_up(
        organisation=OPEN["organisation"],
        username=OPEN["user name"],
        called=SEALED["name of a user"],
        password=SEALED["password of a user"],
    )
    world = World(queries.operator())
    person = by_hand(world)
    protected(world, person)
    by_list(world)
    under_way(world)
    by_browser(world.code(person))


def by_hand(world) -> UUID:
    from accompany.custody import actions as custody  # noqa: PLC0415
    from accompany.custody.models import Stay  # noqa: PLC0415
    from accompany.custody.terms import (  # noqa: PLC0415
        Cause,
        Custodian,
        ReunificationFact,
        ReunifiedWith,
        SeparationFact,
        StayFact,
    )
    from accompany.people import actions as people  # noqa: PLC0415
    from accompany.people.terms import (  # noqa: PLC0415
        BirthFact,
        IdentifierFact,
        IdentifierKind,
        Issuer,
        NameFact,
        PersonFact,
    )
    from accompany.sources import actions as sources  # noqa: PLC0415
    from accompany.sources import queries  # noqa: PLC0415
    from accompany.sources.terms import How, Outcome  # noqa: PLC0415
    from tests.world import day, uuid7  # noqa: PLC0415

    words, by = SEALED, world.admin
    told = world.told(document="birth-record", how=How.SEEN, words=words["words of a telling"])
    fact = PersonFact(
        id=uuid7(),
        names=(
            NameFact(
                words["given name"],
                words["family name"],
                words["second family name"],
                words["written name"],
            ),
        ),
        identifiers=(
            IdentifierFact(IdentifierKind.A_NUMBER, Issuer.DHS, words["A-number as digits"]),
            IdentifierFact(IdentifierKind.CASE, Issuer.EOIR, words["case number"]),
        ),
        birth=BirthFact(told=words["day of birth"], year=1987),
    )
    people.record_persons([fact], told=told, by=by)
    person, other = fact.id, world.person(NameFact(words["name of a relative"], ""))
    place = world.place(OPEN["place"])
    custody.record_stays(
        [
            StayFact(person, Custodian.CBP, day("2026-01-03"), day("2026-01-05"), place=place),
            StayFact(
                person,
                Custodian.SPONSOR,
                day("2026-01-20"),
                words=f"{words['address']}; {words['phone']}",
            ),
        ],
        told=world.told(),
        by=by,
    )
    cause, reunion = words["cause in words"], words["words of a reunion"]
    custody.record_separations(
        [
            SeparationFact(
                person, uuid7(), Custodian.CBP, day("2026-01-04"), Cause.GANG, words=cause
            )
        ],
        told=world.told(),
        by=by,
    )
    custody.record_reunifications(
        [
            ReunificationFact(
                person, uuid7(), ReunifiedWith.ANOTHER, day("2026-02-04"), words=reunion
            )
        ],
        told=world.told(),
        by=by,
    )
    question = queries.open_questions(seen_by=by).get()
    sources.answer_question(
        question,
        outcome=Outcome.EXPLAINED,
        words=words["words of an answer"],
        told=world.told(),
        by=by,
    )
    reasons = words["reason of a join"]
    people.join_records(one=person, other=other, reasons=reasons, told=world.told(), by=by)
    people.part_records(one=person, other=other, reasons=words["reason of a part"], by=by)
    stay = Stay.objects.get(custodian="cbp")
    custody.correct(stay, reason=words["reason of a correction"], by=by)
    return person


def protected(world, person) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from accompany.access.terms import Role  # noqa: PLC0415
    from accompany.base import clock  # noqa: PLC0415
    from accompany.consents import actions as consents  # noqa: PLC0415
    from accompany.consents import queries  # noqa: PLC0415
    from accompany.consents.terms import (  # noqa: PLC0415
        ConsentFact,
        Form,
        Language,
        Purpose,
        ReferralFact,
        Way,
        What,
    )
    from accompany.demands import actions as demands  # noqa: PLC0415
    from accompany.demands.terms import DemandFact, DemandKind, Finding  # noqa: PLC0415
    from accompany.notes import actions as notes  # noqa: PLC0415
    from accompany.notes.terms import NoteKind  # noqa: PLC0415

    words, by, today = SEALED, world.admin, clock.today()
    agreed = ConsentFact(
        person,
        person,
        Purpose.SCHOOL,
        None,
        frozenset({What.NAMES}),
        words["text of a consent"],
        Language.SPANISH,
        Form.SPOKEN,
        words["witness of a consent"],
        today,
        today + timedelta(days=9),
    )
    consents.record_consent(agreed, told=world.told(), by=by)
    fact = ReferralFact(person, world.elsewhere, Purpose.HEALTH, Way.TOLD, frozenset({What.NAMES}))
    reason = words["reason of an override"]
    for _ in range(2):  # one is confirmed, one waits
        consents.ask_without_consent(fact, reason=reason, by=by)
    first = queries.overrides_said(seen_by=by)[0]
    consents.confirm_without_consent(override=first.id, by=world.actor())
    counsel = world.actor(Role.COUNSEL)
    note = words["privileged note"]
    notes.write_note(person=person, kind=NoteKind.COUNSEL, words=note, on=today, by=counsel)
    came = DemandFact(DemandKind.OTHER, words["who demanded"], words["what was demanded"])
    demand = demands.log_demand(came, told=world.told(learned_on=today), by=by)
    demands.advise(
        demand=demand,
        finding=Finding.OBJECT,
        words=words["answer of counsel"],
        asked_on=today,
        on=today,
        by=counsel,
    )


def by_list(world) -> None:
    from accompany.base.refusal import Refused  # noqa: PLC0415
    from accompany.exchange import receiving  # noqa: PLC0415
    from accompany.exchange.receiving import Order  # noqa: PLC0415
    from accompany.people import actions as people  # noqa: PLC0415
    from accompany.sources import queries  # noqa: PLC0415
    from tests.world import LEARNED, Text  # noqa: PLC0415

    def receive(content, name, **more):
        order = Order("people", Text(content), name, LEARNED, **more)
        return receiving.receive(order, by=world.admin)[0]

    receive(LIST.format_map(SEALED), SEALED["name of a file"])
    mapping = MAPPING.format_map(SEALED)
    code = receive(MAPPED.format_map(SEALED), SEALED["name of a file"], mapping=mapping)
    receive(workbook(), "libro.xlsx")
    received = queries.received_list(code, seen_by=world.admin)
    people.withdraw_list(received, because=SEALED["reason of a withdrawal"], by=world.admin)
    try:
        receive(SEALED["cell of a refused file"], SEALED["name of a refused file"])
    except Refused as refused:
        sys.stdout.write(f"{refused}\n")  # as a log would have it


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SEALED["sheet"]
    sheet.append(["family_name", "given_name", SEALED["heading of nobody's"]])
    sheet.append([SEALED["cell of a workbook"], SEALED["given name"], SEALED["note"]])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def under_way(world) -> None:
    """One upload that was looked at, one that was refused, and one that was broken off half-way."""
    from accompany.exchange import incoming  # noqa: PLC0415

    def upload(content, name, **more):
        sink = incoming.open_sink()
        sink.write(content.encode())
        sink.close()
        incoming.take_in(
            sink.key,
            file_name=name,
            size=len(content),
            layout="people",
            teller=None,
            received_on=date(2026, 3, 2),
            as_of=None,
            by=world.admin,
            **more,
        )
        incoming.work.call(sink.key.hex)

    head = "family_name,given_name\n"
    cell = SEALED["cell under way"]
    mapping = MAPPING.format_map(SEALED)
    upload(head + f"{cell},{cell}\n", SEALED["name of a file under way"], mapping=None, sheet=None)
    upload(
        SEALED["cell of a refused file"],
        SEALED["name of a refused file"],
        mapping=mapping,
        sheet=SEALED["sheet"],
    )
    incoming.open_sink().write((head + f"{cell},{cell}\n").encode() * 5_000)


def by_browser(code: str) -> None:
    """Somebody signs in, searches by name, and reads a page."""
    from django.test import Client  # noqa: PLC0415

    browser = Client(headers={"host": "localhost"})
    answers = [
        browser.post(
            "/sign-in",
            {"username": OPEN["user name"], "password": SEALED["password of a user"]},
        ),
        with_an_app(browser),
        browser.post("/people", {"text": f"{SEALED['given name']} {SEALED['family name']}"}),
        browser.post("/people", {"text": SEALED["A-number"]}),
        browser.get(f"/people/{code}"),
        browser.get(f"/people/{code}/family"),
        browser.get("/people/" + SEALED["family name"]),
    ]
    sys.stdout.write(" ".join(str(answer.status_code) for answer in answers) + "\n")


def with_an_app(browser: Any) -> Any:
    """Set up an app as a second factor, with a secret that can be looked for."""
    session = browser.session
    session["app_secret"] = secret = SEALED["secret of an app"]
    session.save()
    code = pyotp.TOTP(secret).now()
    return browser.post("/account/app", {"code": code, "name": SEALED["name of a second factor"]})


if __name__ == "__main__":
    main()
