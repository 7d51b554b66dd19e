"""
Whatever comes in as a list is read or refused: nothing breaks, nothing is half recorded, and no
cell stands in a message, in the log or in what a command prints.
"""

import json
from dataclasses import asdict
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accompany.base.refusal import Refused
from accompany.cli.door import accompany
from accompany.exchange import incoming, receiving
from accompany.exchange.receiving import LAYOUTS, Order
from accompany.sources import queries
from accompany.sources.models import Incoming
from tests.noise import files
from tests.noise.files import Sent, as_text, as_workbook, good_table
from tests.noise.hostile import MARK, is_marked
from tests.walking import undone
from tests.world import LEARNED, Text, browser_of, count_rows

WAYS = {"csv": as_text, "xlsx": as_workbook}


def order_of(sent: Sent, mapping: str | None = None) -> Order:
    return Order(
        sent.layout,
        Text(sent.content),
        "lista.csv",
        sent.received_on,
        as_of=sent.as_of,
        mapping=mapping,
        sheet=sent.sheet,
    )


def said_by(refused: Refused) -> str:
    """All that a refusal says to anybody, but for the sheet, which is named as it is called."""
    for one in refused.objections:
        assert one.why
        assert one.remedy
    unnamed = [
        (one.code, *one.told(), *(value for kind, value in one.where if kind != "sheet"))
        for one in (_without_sheet(objection) for objection in refused.objections)
    ]
    return f"{refused} {refused!r} {unnamed}"


def _without_sheet(objection: Any) -> Any:
    return incoming._nameless(objection)


@pytest.fixture
def check(world, logged):
    """Does something with a file, and says whether it was done; all that must hold of both."""

    before = count_rows()  # and between any two files

    def try_it(act, *, changes: bool = True) -> Any:
        with transaction.atomic():
            try:
                done = act()
                said = json.dumps(done[1] if isinstance(done, tuple) else done, default=asdict)
            except Refused as refused:
                done, said = None, said_by(refused)
            if done is None or not changes:
                assert count_rows() == before
            assert not is_marked(said)
            assert not logged.marked()
            transaction.set_rollback(True)
        return done

    return try_it


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_list_that_nobody_changed_is_received(world, layout, way):
    sent = Sent(layout, WAYS[way](good_table(layout)))
    _code, found = receiving.receive(order_of(sent), by=world.admin)
    assert found.persons == 2


def test_every_text_is_looked_at_or_refused(world, check, noise):
    noise(
        "looks at a text",
        files.texts(),
        lambda sent: check(lambda: receiving.look(order_of(sent), by=world.admin), changes=False),
    )


def test_every_workbook_is_looked_at_or_refused(world, check, noise):
    noise(
        "looks at a workbook",
        files.workbooks(),
        lambda sent: check(lambda: receiving.look(order_of(sent), by=world.admin), changes=False),
    )


def received_whole(world, sent: Sent) -> Any:
    """Receive the file; where it is taken, its bytes can be had back."""
    code, found = receiving.receive(order_of(sent), by=world.admin)
    received = queries.received_list(code, seen_by=world.admin)
    assert b"".join(queries.file_of(received, seen_by=world.admin)) == sent.content
    return code, found


def test_every_text_is_received_whole_or_refused(world, check, noise):
    noise(
        "receives a text",
        files.texts(),
        lambda sent: check(lambda: received_whole(world, sent)),
    )


def test_every_workbook_is_received_whole_or_refused(world, check, noise):
    noise(
        "receives a workbook",
        files.workbooks(),
        lambda sent: check(lambda: received_whole(world, sent)),
    )


def test_every_mapping_is_read_or_refused(world, check, noise):
    sent = Sent("people", as_text([["Apellidos", "Nombre"], [MARK, MARK]]))
    noise(
        "mapping",
        files.mappings(),
        lambda text: check(
            lambda: receiving.look(order_of(sent, text), by=world.admin), changes=False
        ),
    )


def test_a_list_that_is_typed_in_is_received_or_refused(world, noise, logged, tmp_path, capfd):
    path = tmp_path / "lista.csv"

    def typed(sent: Sent) -> None:
        path.write_bytes(sent.content)
        before = count_rows()
        with transaction.atomic():
            ended = accompany.run(["import", sent.layout, str(path)])
            out, err = capfd.readouterr()
            assert ended in (0, 1), err
            assert "Traceback" not in err
            assert ended == 0 or count_rows() == before
            transaction.set_rollback(True)
        assert not is_marked(out + err)
        assert not logged.marked()

    noise("typed import", files.texts() | files.workbooks(), typed)


def test_a_list_that_is_sent_by_a_browser_is_looked_at_or_refused(world, noise, logged):
    browser = browser_of(world.admin)
    browser.raise_request_exception = False

    def page_of(sent: Sent) -> Any:
        fields = {
            "file": SimpleUploadedFile("lista.csv", sent.content),
            "layout": sent.layout,
            "received_on": str(LEARNED),
            "sheet": sent.sheet or "",
        }
        answer = browser.post("/lists/receive", fields)
        if answer.status_code == 302:
            under_way = Incoming.objects.get()
            incoming.work.call(under_way.pk.hex)
            assert "job-broke" not in Incoming.objects.get().objections
            answer = browser.get(answer.url)
            incoming.forget_upload(under_way.pk)
        return answer

    def sent_by_browser(sent: Sent) -> None:
        answer = undone(browser, lambda: page_of(sent))
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert not is_marked(answer.content.decode())
        assert not logged.marked()

    noise("upload", files.texts() | files.workbooks(), sent_by_browser)


@pytest.mark.parametrize("way", WAYS)
def test_a_cell_of_ten_megabytes_is_refused_with_a_sentence(world, way):
    table = good_table("people")
    table[1][table[0].index("note")] = MARK + "x" * 10_000_000
    before = count_rows()
    with pytest.raises(Refused) as refusal:
        receiving.receive(order_of(Sent("people", WAYS[way](table))), by=world.admin)
    assert [one.code for one in refusal.value.objections] == ["exchange.cell-too-long"]
    assert not is_marked(said_by(refusal.value))
    assert count_rows() == before
