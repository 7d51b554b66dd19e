"""Every form of the product, as its pages show it to whoever may fill it in."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import resolve

from accompany.base import clock, codes
from tests.cast import SON
from tests.noise.doors import Visitor, every_address
from tests.noise.filling import Field, Form, Page, filled
from tests.world import PASSWORD

NOT_THIS_METHOD = 405
NEVER_SHOWN = {
    "second-factor": ("code", "passkey"),
    "rename-second-factor": ("factor", "name"),
    "remove-second-factor": ("factor",),
    "end-session": ("session",),
    "recovery-codes": (),
    "reactivate": ("username",),
    "reset": ("username", "second_factors"),
    "renew": ("username",),
    "lock": ("username",),
    "lock-seen": ("username",),
    "end-sessions": ("username",),
    "decide": ("record",),
    "overrides": ("override", "do"),
    "prove": ("passkey",),
}
"""Fields of forms that no page of the small world shows, as nothing there asks for them."""


@dataclass
class Known:
    """A form with the name of its address, and as somebody who means well fills it in."""

    name: str
    address: str
    form: Form
    good: dict[str, str]
    is_shown: bool = True


class Catalogue:
    """Every form, each once, and the parameters that links and forms put into addresses."""

    def __init__(self, visitor: Visitor) -> None:
        walk = visitor.walk
        other = codes.shown(walk.world.code(walk.world.person(SON)))
        self._known = dict.fromkeys(("relative", "other", "adult", "record"), other)
        self._known |= {"password": PASSWORD, "again": PASSWORD}
        self._known["until"] = str(clock.today() + timedelta(30))
        self.forms: dict[tuple[str, ...], Known] = {}
        self.parameters: dict[str, set[str]] = {}
        for name in every_address():
            self._read(visitor, name)
        for name in every_address():
            self._look_for_hidden(visitor, name)

    def _read(self, visitor: Visitor, name: str) -> None:
        response = visitor.get(name)
        if response.status_code != 200 or getattr(response, "streaming", False):
            return
        page = Page(visitor.walk.address(name), response.content.decode())
        for form in page.forms:
            of = resolve(form.action.partition("?")[0]).url_name
            if form.method == "post":
                self._take(of, form)
            else:
                self.parameters.setdefault(of, set()).update(form.fields)
        for address, names in page.parameters.items():
            self.parameters.setdefault(resolve(address).url_name, set()).update(names)

    def _take(self, name: str, form: Form, *, is_shown: bool = True) -> None:
        for button, value in form.buttons:
            form.fields.setdefault(button, Field(button, "hidden", value))
        is_same = (name, *sorted(form.fields), *(value for _name, value in form.buttons))
        if is_same not in self.forms:
            good = filled(form, self._known)
            self.forms[is_same] = Known(name, form.action, form, good, is_shown)

    def _look_for_hidden(self, visitor: Visitor, name: str) -> None:
        """A page that takes a form, and shows none of it here."""
        is_known = any(known.name == name for known in self.forms.values())
        if is_known and name not in NEVER_SHOWN:
            return
        if visitor.post(name, "").status_code != NOT_THIS_METHOD:
            fields = {one: Field(one, "text") for one in NEVER_SHOWN.get(name, ("do",))}
            self._take(name, Form(visitor.walk.address(name), "post", fields), is_shown=False)
