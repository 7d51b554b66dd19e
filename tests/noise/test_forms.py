"""
Whatever is sent to a form is taken or refused: never an error of ours, nothing half done, and
nothing of what was sent in the log.
"""

from typing import Any

import pytest
from hypothesis import strategies as st

from tests.noise.catalogue import Known
from tests.noise.doors import FORM, Broke, body, every_address, is_refused, objected
from tests.noise.hostile import DRAWN, MARK, SENT, is_marked
from tests.world import count_rows

REPLIES = {200, 302, 400, 403, 404, 405, 409, 413, 422}
NOT_AT_ONCE = {
    "sign-in", "way-in", "prove", "add-app", "add-passkey", "choose-password", "receive", "case",
    "asked-of-us", "who-sees", "team",
}  # fmt: skip
"""Forms that ask for a secret, a file or a record of ours, and so are not taken as they are."""


@pytest.fixture
def forms(visitor, catalogue) -> list[Known]:
    return list(catalogue.forms.values())


@pytest.fixture
def send(visitor, logged):
    """Send a form somewhere; all that must hold of every reply."""

    def send_it(known: Known, sent: Any, content_type: str = FORM) -> Any:
        try:
            response = visitor.post(known.name, sent, content_type, known.address)
        except Broke as broke:
            raise Broke(f"{known.name}: {sent[:3_000]!r}: {broke}") from None
        assert response.status_code in REPLIES, (known.name, response.status_code)
        assert not logged.marked()
        return response

    return send_it


def test_every_page_that_takes_a_form_is_tried(visitor, forms):
    takes = {name for name in every_address() if visitor.post(name, "").status_code != 405}
    assert takes == {known.name for known in forms}


def test_a_form_that_is_well_filled_in_is_taken(forms, send):
    refused = {}
    for known in (one for one in forms if one.is_shown):
        response = send(known, body(known.good.items()))
        if is_refused(known.name, response) and known.name not in NOT_AT_ONCE:
            refused[known.name] = (response.status_code, objected(response))
    assert refused == {}


@st.composite
def sendings(draw: Any, forms: list[Known]) -> tuple[Known, list[tuple[str, str | bytes]]]:
    """A well filled form in which a field, or several, or all hold what nobody should send."""
    known = forms[draw(st.integers(0, len(forms) - 1))]
    sent: dict[str, Any] = dict.fromkeys(known.form.fields, "") | known.good
    names = list(sent)
    if names:
        one = st.sampled_from(names)
        chosen = draw(st.one_of(one.map(lambda name: [name]), st.lists(one), st.just(names)))
        sent |= {name: draw(SENT) for name in chosen}
    pairs = list(sent.items())
    what = draw(st.integers(0, 7))
    if what == 0:
        pairs += draw(st.lists(st.tuples(DRAWN | st.sampled_from(["by", "id", "pk"]), SENT)))
    elif what == 1 and pairs:
        del pairs[draw(st.integers(0, len(pairs) - 1))]
    elif what == 2 and pairs:
        name, _value = pairs[draw(st.integers(0, len(pairs) - 1))]
        pairs.append((name, draw(SENT)))
    return known, pairs


def test_whatever_is_sent_to_a_form_is_taken_or_refused(forms, send, noise):
    noise("form", sendings(forms), lambda one: send(one[0], body(one[1])))


BOUNDARY = "grenze"
TYPES = st.sampled_from(
    [
        f"multipart/form-data; boundary={BOUNDARY}",
        f"multipart/form-data; boundary={BOUNDARY}; charset=utf-7",
        f"multipart/form-data; boundary={BOUNDARY}; charset=no-such",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "b" * 300,
        f"{FORM}; charset=utf-16",
        f"{FORM}; charset=latin-1",
        f"{FORM}; charset=no-such",
        "text/plain",
        "application/json",
        "",
        "\u00f1",
    ]
)
HEADS = st.sampled_from(
    [
        b"",
        b"Content-Type: text/plain; charset=utf-16\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"X" * 2_000 + b": 1\r\n",
    ]
)
FILES = st.sampled_from(
    [b"", b'; filename="a.csv"', b"; filename*=UTF-8''%00%ff", b'; filename=""']
)


@st.composite
def odd_sendings(draw: Any, forms: list[Known]) -> tuple[Known, bytes, str]:
    """A form in parts, or a body that is none, of a kind that fits it or not."""
    known, pairs = draw(sendings(forms))
    parts = b""
    for name, value in pairs:
        held = value if isinstance(value, bytes) else value.encode()
        head = name.encode().replace(b'"', b"%22") + b'"' + draw(FILES)
        parts += b'--%s\r\nContent-Disposition: form-data; name="%s\r\n%s\r\n%s\r\n' % (
            BOUNDARY.encode(),
            head,
            draw(HEADS),
            held,
        )
    parts += draw(st.sampled_from([b"--grenze--\r\n", b"--grenze--\r\n", b"", b"--grenze"]))
    plain = body(pairs).encode()
    content = draw(st.sampled_from([parts, parts, plain]) | st.binary(max_size=80))
    return known, content, draw(TYPES)


def test_a_form_that_is_sent_oddly_is_taken_or_refused(forms, send, noise):
    noise("form sent oddly", odd_sendings(forms), lambda one: send(*one))


@pytest.mark.parametrize("in_parts", [False, True])
def test_a_field_of_ten_megabytes_is_refused_with_a_sentence(visitor, forms, logged, in_parts):
    large = MARK + "x" * 10_000_000
    before = count_rows()
    for known in (one for one in forms if one.is_shown and one.form.fields):
        name = next(iter(known.form.fields))
        sent, kind = body([(name, large)]), FORM
        if in_parts:
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
            sent = f"{head}\r\n\r\n{large}\r\n--{BOUNDARY}--\r\n"
        response = visitor.post(known.name, sent, kind, known.address)
        assert response.status_code == 400, known.name
        assert b"</p>" in response.content
        assert not is_marked(response.content.decode())
    assert count_rows() == before
    assert not logged.marked()
