"""Every form as a browser would find it, and as it would fill it in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

TOKEN = "csrfmiddlewaretoken"


@dataclass
class Field:
    """One field of a form: its name, what kind it is, and what stands in it."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    required: bool = False


@dataclass
class Form:
    """One form of a page: where it goes, and its fields."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    is_of_files: bool = False


class Page(HTMLParser):
    """A page, read for its forms and for the parameters of its links."""

    def __init__(self, address: str, content: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.parameters: dict[str, set[str]] = {}
        self._address = address
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith(("/", "?")):
            self._link(told["href"])
        elif tag == "form":
            method = told.get("method", "get").lower()
            action = told.get("action") or self._address
            self._form = Form(action, method, is_of_files="multipart" in told.get("enctype", ""))
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "select", "textarea", "button", "option"):
            self._parts[tag](self, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("select", "textarea"):
            self._select = self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            # A browser leaves out the line end that a text begins with.
            self._area.value = (self._area.value + data).removeprefix("\n")

    def _link(self, address: str) -> None:
        parts = urlsplit(address)
        names = {name for name, _value in parse_qsl(parts.query)}
        if names:
            self.parameters.setdefault(parts.path or self._address, set()).update(names)

    def _field(self, told: dict[str, str], kind: str) -> Field | None:
        name = told.get("name", "")
        if not name or name == TOKEN:
            return None
        return self._form.fields.setdefault(name, Field(name, kind, required="required" in told))

    def _input(self, told: dict[str, str]) -> None:
        kind = told.get("type", "text")
        found = self._field(told, kind)
        if found is None:
            return
        value = told.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind in ("checkbox", "radio"):
            found.options.append(value)
            if "checked" in told:
                found.value = value
        else:
            found.value = value

    def _choice(self, told: dict[str, str]) -> None:
        self._select = self._field(told, "select")

    def _option(self, told: dict[str, str]) -> None:
        if self._select is not None:
            self._select.options.append(told.get("value", ""))
            if "selected" in told:
                self._select.value = told.get("value", "")

    def _textarea(self, told: dict[str, str]) -> None:
        self._area = self._field(told, "textarea")

    def _button(self, told: dict[str, str]) -> None:
        if told.get("name"):
            self._form.buttons.append((told["name"], told.get("value", "")))

    _parts = {
        "input": _input,
        "select": _choice,
        "option": _option,
        "textarea": _textarea,
        "button": _button,
    }


CHOSEN = {"organisation", "how", "certainty", "to"}
"""Choices that a form does not mark as needed, though one of several is."""

WORDS = {
    "given": "Luz",
    "family": "Alba",
    "form": "signed",
    "born_year": "2014",
    "born_month": "5",
    "born_day": "6",
    "began_year": "2026",
    "began_month": "1",
    "on_year": "2026",
    "what": "names",
    "reason": "Está en quirófano.",
    "why": "Su tía la busca.",
    "witness": "Rosaura",
    "hours": "2",
    "username": "una-colega",
    "language": "es",
    "once": "01890000-0000-7000-8000-00000000abcd",
}
"""What is typed into fields that are told by their names."""


def filled(form: Form, known: dict[str, str]) -> dict[str, str]:
    """The form as somebody fills it in who knows what to put where; `known` are codes and names."""
    sent = {one.name: _filled(one, WORDS | known) for one in form.fields.values()}
    return {name: value for name, value in sent.items() if value is not None}


def _filled(one: Field, known: dict[str, str]) -> str | None:
    name = one.name.rpartition("-")[2]
    if one.kind in ("checkbox", "radio", "select"):
        return _choice(one, known.get(name), needed=one.required or name in CHOSEN)
    if name in known and not one.value:
        return known[name]
    if one.value or not one.required:
        return one.value
    return "2026-03-02" if one.kind == "date" else "Luz del Alba"


def _choice(one: Field, known: str | None, *, needed: bool) -> str | None:
    if one.value or known in one.options:
        return one.value or known
    return next((option for option in one.options if option), None) if needed else None
