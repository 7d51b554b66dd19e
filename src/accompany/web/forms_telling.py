"""
Who told it, how, on what day, and how sure is it?

The part that every form has in common with which something is recorded by hand. Where a choice
matters nothing is chosen beforehand. Free words that seem to speak of anybody's immigration status
are kept only after whoever writes them has looked again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accompany.access import queries as access
from accompany.access.actors import Actor
from accompany.base import clock, codes
from accompany.base.dates import Precision, When, between, in_month, in_year, on_day
from accompany.facilities import queries as facilities
from accompany.people import queries as people
from accompany.people import rules
from accompany.sources.rules import NOT_COME
from accompany.sources.terms import Certainty, DocumentKind, How, TellingFact

CHOOSE = ("", gettext_lazy("choose"))
NOT_TOLD = ("", gettext_lazy("not told"))
NOBODY_WITH_CODE = gettext_lazy("There is no record of that code. Read it again.")


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A whole day, from a calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


def choice(
    label: Any, choices: Iterable[tuple[Any, Any]], *, required: bool = True, **more: Any
) -> forms.ChoiceField:
    """One of several, none of them chosen beforehand."""
    first = CHOOSE if required else NOT_TOLD
    return forms.ChoiceField(label=label, choices=[first, *choices], required=required, **more)


def offer(form: forms.Form, name: str, first: Any, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give one field of a form its choices, which only a request knows."""
    field: Any = form.fields[name]
    field.choices = [first, *choices]


def words_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """Free words; they are kept sealed."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=widget, max_length=4_000
    )


# A day as sure as it was told


@dataclass(frozen=True)
class DayTold:
    """What was typed of a moment: a day, a month, a year, or two days between which it lies."""

    day: int | None
    month: int | None
    year: int | None
    unknown: bool
    first: date | None
    last: date | None

    def at(self, zone: str) -> When | None:
        """The moment at a place in a zone; None if nothing was told."""
        if self.year and self.month and self.day:
            return on_day(date(self.year, self.month, self.day), zone)
        if self.year and self.month:
            return in_month(self.year, self.month, zone)
        if self.year:
            return in_year(self.year, zone)
        if self.unknown or self.first or self.last:
            return between(self.first, self.last, zone)
        return None

    @property
    def earliest(self) -> date | None:
        """The first day it may have been; None if that was not told."""
        if not self.year:
            return self.first
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def iso(self) -> str | None:
        """The day, month or year in ISO 8601."""
        if not self.year:
            return None
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


NOTHING_TYPED = (None, None, None, False, None, None)


def _part(width: int) -> forms.TextInput:
    attrs = {"inputmode": "numeric", "maxlength": str(width), "autocomplete": "off"}
    return forms.TextInput(attrs=attrs)


class DayWidget(forms.MultiWidget):
    """Boxes for day, month and year; and, if asked, for a day that is not known."""

    template_name = "people/day.html"
    use_fieldset = True

    def __init__(self, *, may_be_unknown: bool = True) -> None:
        self.may_be_unknown = may_be_unknown
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": _part(2),
            "month": _part(2),
            "year": _part(4),
            "unknown": forms.CheckboxInput(),
            "first": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "last": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        super().__init__(widgets)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With whether the day may be told without being known."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        context["parts"] = list(zip(parts[:3], (_("Day"), _("Month"), _("Year")), strict=True))
        context["unknown"], context["first"], context["last"] = parts[3:]
        context["may_be_unknown"] = self.may_be_unknown
        return context

    def decompress(self, value: When | None) -> list[Any]:
        """A moment on record, as it would be typed."""
        if value is None:
            return [None] * 6
        first, last = value.first_day, value.last_day
        exact = value.day or value.precision in (Precision.MONTH, Precision.YEAR)
        if exact and first is not None:
            day = first.day if value.day else None
            month = None if value.precision is Precision.YEAR else first.month
            return [day, month, first.year, False, None, None]
        return [None, None, None, True, first, last]


class DayField(forms.MultiValueField):
    """A moment as sure as it was told; left open it was not told."""

    widget = DayWidget

    def __init__(self, *, may_be_unknown: bool = True, **more: Any) -> None:
        numbers = [
            forms.IntegerField(min_value=1, max_value=most, required=False)
            for most in (31, 12, 2_100)
        ]
        fields = [
            *numbers,
            forms.BooleanField(required=False),
            forms.DateField(required=False),
            forms.DateField(required=False),
        ]
        super().__init__(
            fields=fields,
            require_all_fields=False,
            required=False,
            widget=DayWidget(may_be_unknown=may_be_unknown),
            **more,
        )

    def compress(self, values: Sequence[Any]) -> DayTold:
        """What was typed, checked as a whole."""
        told = DayTold(*(values or NOTHING_TYPED))
        if ((told.day or told.month) and not told.year) or (told.day and not told.month):
            raise forms.ValidationError(_("A day needs its month, and a month its year."))
        years = [told.year, *(day.year for day in (told.first, told.last) if day)]
        if any(year and year < 1900 for year in years):
            raise forms.ValidationError(_("The year has four digits."))
        if told.first and told.last and told.last < told.first:
            raise forms.ValidationError(_("The later day comes before the earlier one."))
        if told.year and (told.unknown or told.first or told.last):
            raise forms.ValidationError(_("Give the day, or say that it is not known: not both."))
        try:
            told.at("UTC")
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("There is no such day.")) from None
        _come(told.earliest)
        return told

    def clean(self, value: Any) -> DayTold:
        """Django skips `compress` where nothing was typed."""
        found: DayTold = super().clean(value) or self.compress([])
        return found


def _come(day: date | None) -> date | None:
    if day and day > clock.today():
        raise forms.ValidationError(_(NOT_COME.why))
    return day


# Who told it


class LookAgain(forms.Form):
    """A form whose free words are looked at: those that seem to speak of status are asked about."""

    watched: ClassVar[tuple[str, ...]] = ()

    status_seen = forms.BooleanField(
        label=gettext_lazy("I have looked again. These words may stay."), required=False
    )
    speaks_of_status = False

    @property
    def facts(self) -> list[forms.BoundField]:
        """The fields of what is recorded."""
        return [self[name] for name in self.fields if name != "status_seen"]

    def clean(self) -> dict[str, Any]:
        """Ask for a second look; nothing is recorded before."""
        chosen = super().clean() or self.cleaned_data
        words = " ".join(str(chosen.get(name) or "") for name in self.watched)
        self.speaks_of_status = rules.speaks_of_status(words)
        if self.speaks_of_status and not chosen.get("status_seen"):
            self.add_error(None, _("Words in this form seem to speak of immigration status."))
        return chosen


class Told(LookAgain):
    """What is recorded, and, after it, the telling: who, how, when, how sure."""

    watched: ClassVar[tuple[str, ...]] = ("document_words",)
    telling_fields: ClassVar[tuple[str, ...]] = (
        "how",
        "organisation",
        "teller",
        "document",
        "document_words",
        "told_on",
        "learned_on",
        "certainty",
    )

    how = choice(gettext_lazy("How was it told?"), How.choices)
    organisation = forms.ChoiceField(label=gettext_lazy("Told by an organisation"), required=False)
    teller = forms.CharField(
        label=gettext_lazy("or by a person on record"),
        help_text=gettext_lazy("The person’s code."),
        required=False,
        max_length=20,
    )
    document = choice(gettext_lazy("or by a document"), DocumentKind.choices, required=False)
    document_words = words_field(
        gettext_lazy("Which document, or what else there is to say of this telling"),
        help_text=gettext_lazy("Kept sealed."),
    )
    told_on = day_field(gettext_lazy("Told on"), required=False)
    learned_on = day_field(gettext_lazy("We learned it on"))
    certainty = forms.ChoiceField(
        label=gettext_lazy("How sure is it?"),
        choices=[
            (Certainty.VERIFIED, gettext_lazy("Verified: somebody checked it")),
            (Certainty.SAID, gettext_lazy("Said: nobody checked it")),
            (Certainty.DOUBTED, gettext_lazy("In doubt")),
            (Certainty.REFUTED, gettext_lazy("Refuted: it was found not to be so")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        told_by = [(str(one.pk), one.name) for one in access.organisations()]
        offer(self, "organisation", ("", _("no organisation")), told_by)
        self.fields["learned_on"].initial = clock.today
        if any(name in self.fields for name in ("place",)):
            places = facilities.places()
            self.zones = {str(one.pk): one.zone for one in places}
            found = [(str(one.pk), one.name) for one in places]
            offer(self, "place", NOT_TOLD, found)

    @property
    def facts(self) -> list[forms.BoundField]:
        """The fields of what is recorded."""
        apart = {*self.telling_fields, "status_seen"}
        return [self[name] for name in self.fields if name not in apart]

    @property
    def telling(self) -> list[forms.BoundField]:
        """The fields of who told it."""
        return [self[name] for name in self.telling_fields if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Exactly one told it."""
        chosen = super().clean()
        if "organisation" in self.fields:
            tellers = [chosen.get(name) for name in ("organisation", "teller", "document")]
            given = [one for one in tellers if one]
            if len(given) != 1 and "teller" not in self.errors:
                wrong = _("Say who told it: one organisation, one person, or one document.")
                self.add_error("organisation", wrong)
        return chosen

    def clean_told_on(self) -> date | None:
        """A day that has come, if any."""
        return _come(self.cleaned_data["told_on"])

    def clean_learned_on(self) -> date | None:
        """A day that has come."""
        return _come(self.cleaned_data["learned_on"])

    def clean_teller(self) -> UUID | None:
        """The record of the teller's code."""
        written = self.cleaned_data["teller"]
        return self.record_of(written) if written else None

    def record_of(self, written: str) -> UUID:
        """The record of a code that was typed, if the reader may see it."""
        code = codes.understood(written)
        found = people.person(code, seen_by=self.actor) if code else None
        if found is None or found.withdrawn_in is not None:
            raise forms.ValidationError(NOBODY_WITH_CODE)
        key: UUID = found.pk
        return key

    def records_of(self, written: str) -> list[UUID]:
        """The records of several codes, parted by commas or by lines."""
        parts = [part.strip() for part in re.split(r"[,;\n]+", written) if part.strip()]
        return list(dict.fromkeys(self.record_of(part) for part in parts))

    def told(self) -> TellingFact:
        """The telling as it was given."""
        chosen = self.cleaned_data
        return TellingFact(
            how=How(chosen["how"]),
            learned_on=chosen["learned_on"],
            told_on=chosen["told_on"],
            certainty=Certainty(chosen["certainty"]),
            organisation=UUID(chosen["organisation"]) if chosen["organisation"] else None,
            person=chosen["teller"],
            document=chosen["document"] or None,
            words=chosen["document_words"] or None,
        )

    def zone(self) -> str:
        """The zone of the place that was chosen, else the installation's."""
        return getattr(self, "zones", {}).get(self.cleaned_data.get("place")) or settings.TIME_ZONE

    def when(self, name: str) -> When | None:
        """A moment that was told, at the place."""
        told: DayTold = self.cleaned_data[name]
        return told.at(self.zone())
