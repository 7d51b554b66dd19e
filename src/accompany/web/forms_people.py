"""
What is asked of whoever records something by hand?

A form for each thing that can be recorded; each makes the facts that its action takes. There is no
field for anybody's immigration status.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accompany.base.dates import between
from accompany.base.ids import uuid7
from accompany.custody.terms import (
    ApprehensionFact,
    Cause,
    Custodian,
    Departure,
    HandOverFact,
    HandOverKind,
    ReunificationFact,
    ReunifiedWith,
    SeparatedFrom,
    SeparationFact,
    StayFact,
)
from accompany.facilities.terms import PlaceFact, PlaceKind
from accompany.people import search
from accompany.people.terms import (
    DETERMINED,
    ArrivalFact,
    BirthFact,
    IdentifierFact,
    IdentifierKind,
    Issuer,
    NameFact,
    NameKind,
    PersonFact,
    Relation,
    Sex,
    Standing,
    StandingFact,
    TieFact,
)
from accompany.sources.rules import outcomes_of
from accompany.sources.terms import Outcome
from accompany.web.country_names import countries
from accompany.web.forms_telling import (
    NOT_TOLD,
    DayField,
    DayTold,
    LookAgain,
    Told,
    choice,
    day_field,
    offer,
    words_field,
)

# What is recorded of a person


class NameForm(Told):
    """A name."""

    given = forms.CharField(label=gettext_lazy("Given names"), required=False, max_length=200)
    family = forms.CharField(label=gettext_lazy("First surname"), required=False, max_length=200)
    second_family = forms.CharField(
        label=gettext_lazy("Second surname"), required=False, max_length=200
    )
    name_kind = choice(gettext_lazy("What this name is"), NameKind.choices, required=False)

    def names(self) -> tuple[NameFact, ...]:
        """The name that was given, if any."""
        chosen = self.cleaned_data
        given, family, second = (
            chosen[part].strip() for part in ("given", "family", "second_family")
        )
        kind = NameKind(chosen.get("name_kind") or NameKind.TOLD)
        if not (given or family or second):
            return ()
        return (NameFact(given, family, second, kind=kind),)

    def fact(self, person: UUID) -> PersonFact:
        """What is said of the person."""
        return PersonFact(person, names=self.names())


class NumberForm(Told):
    """One number that a body gave, or that the person has none of its kind."""

    kind = choice(gettext_lazy("What number it is"), IdentifierKind.choices)
    issuer = choice(gettext_lazy("Who gave it"), Issuer.choices)
    value = forms.CharField(
        label=gettext_lazy("The number"),
        help_text=gettext_lazy("Kept sealed."),
        required=False,
        max_length=60,
    )
    has_none = forms.BooleanField(
        label=gettext_lazy("The person has no such number"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A number, or none: one of the two."""
        chosen = super().clean()
        if bool(chosen.get("value")) == bool(chosen.get("has_none")):
            self.add_error("value", _("Give the number, or say that there is none."))
        return chosen

    def fact(self, person: UUID) -> PersonFact:
        """What is said of the person."""
        chosen = self.cleaned_data
        value = None if chosen["has_none"] else normalised(chosen["kind"], chosen["value"])
        fact = IdentifierFact(IdentifierKind(chosen["kind"]), Issuer(chosen["issuer"]), value)
        return PersonFact(person, identifiers=(fact,))


def normalised(kind: str, value: str) -> str:
    """A number as it is kept: an A-number with nine digits, any other without spaces around."""
    as_a_number = search.a_number(value) if kind == IdentifierKind.A_NUMBER else None
    return as_a_number or " ".join(value.split())


class BirthForm(Told):
    """A day, month or year of birth, or an age as it was stated."""

    born = DayField(
        label=gettext_lazy("Born"),
        help_text=gettext_lazy("As much of it as was told. The day is kept sealed."),
        may_be_unknown=False,
    )
    age = forms.IntegerField(
        label=gettext_lazy("Age in whole years, if that was told"),
        required=False,
        min_value=0,
        max_value=120,
    )
    age_on = day_field(gettext_lazy("The day of that age, if told"), required=False)

    def birth(self) -> BirthFact | None:
        """What was told of the birth, if anything."""
        chosen = self.cleaned_data
        born: DayTold = chosen["born"]
        if born.year is None and chosen["age"] is None:
            return None
        told = born.iso if born.month else None
        return BirthFact(told, born.year, chosen["age"], chosen["age_on"])

    def fact(self, person: UUID) -> PersonFact:
        """What is said of the person."""
        return PersonFact(person, birth=self.birth())


class DescriptionForm(Told):
    """Sex and nationality."""

    sex = choice(gettext_lazy("Sex"), Sex.choices, required=False)
    nationality = forms.ChoiceField(label=gettext_lazy("Nationality"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "nationality", NOT_TOLD, countries())

    def described(self) -> tuple[Sex | None, str | None]:
        """Sex and nationality, where told."""
        chosen = self.cleaned_data
        return Sex(chosen["sex"]) if chosen["sex"] else None, chosen["nationality"] or None

    def fact(self, person: UUID) -> PersonFact:
        """What is said of the person."""
        sex, nationality = self.described()
        return PersonFact(person, sex=sex, nationality=nationality)


class MoreForm(NameForm, BirthForm, DescriptionForm):
    """Whatever one telling says of a person: name, numbers, birth, sex, nationality."""

    a_number = forms.CharField(
        label=gettext_lazy("A-number"),
        help_text=gettext_lazy("Seven to nine digits. Kept sealed."),
        required=False,
        max_length=20,
    )
    has_no_a_number = forms.BooleanField(
        label=gettext_lazy("The person has no A-number"), required=False
    )
    other_kind = choice(
        gettext_lazy("Another number"),
        [pair for pair in IdentifierKind.choices if pair[0] != IdentifierKind.A_NUMBER],
        required=False,
    )
    other_issuer = choice(gettext_lazy("Who gave it"), Issuer.choices, required=False)
    other_value = forms.CharField(label=gettext_lazy("That number"), required=False, max_length=60)
    field_order = (
        "once",
        "given",
        "family",
        "second_family",
        "name_kind",
        "born",
        "age",
        "age_on",
        "sex",
        "nationality",
    )

    def clean(self) -> dict[str, Any]:
        """A number comes with its kind and with who gave it."""
        chosen = super().clean()
        other = [chosen.get(f"other_{part}") for part in ("kind", "issuer", "value")]
        if any(other) and not all(other):
            wrong = _("A number needs its kind, who gave it, and the number itself.")
            self.add_error("other_value", wrong)
        if chosen.get("a_number") and chosen.get("has_no_a_number"):
            self.add_error("a_number", _("Give the number, or say that there is none."))
        return chosen

    def identifiers(self) -> tuple[IdentifierFact, ...]:
        """The numbers that were given, or that there is none."""
        chosen, found = self.cleaned_data, []
        kind = IdentifierKind.A_NUMBER
        if chosen["a_number"] or chosen["has_no_a_number"]:
            value = normalised(kind, chosen["a_number"]) if chosen["a_number"] else None
            found.append(IdentifierFact(kind, Issuer.DHS, value))
        if chosen["other_value"]:
            other = IdentifierKind(chosen["other_kind"])
            value = normalised(other, chosen["other_value"])
            found.append(IdentifierFact(other, Issuer(chosen["other_issuer"]), value))
        return tuple(found)

    def fact(self, person: UUID) -> PersonFact:
        """All that is said of the person."""
        sex, nationality = self.described()
        return PersonFact(
            person,
            names=self.names(),
            identifiers=self.identifiers(),
            birth=self.birth(),
            sex=sex,
            nationality=nationality,
        )


class PersonForm(MoreForm):
    """A new person; `once` is the record's id, so that a form sent twice makes one record."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name_kind"]
        self.fields["once"].initial = uuid7


# Who belongs with whom


class TieForm(Told):
    """Who somebody is to this person."""

    relative = forms.CharField(label=gettext_lazy("Code of the relative"), max_length=20)
    relation = choice(gettext_lazy("The relative is this person’s"), Relation.choices)

    def clean_relative(self) -> UUID:
        """The record of the relative's code."""
        return self.record_of(self.cleaned_data["relative"])

    def fact(self, person: UUID) -> TieFact:
        """The tie from the person of the page."""
        chosen = self.cleaned_data
        return TieFact(person, chosen["relative"], Relation(chosen["relation"]))


class RelationForm(Told):
    """What a relative is, where both are known."""

    relation = choice(gettext_lazy("The relative is this person’s"), Relation.choices)


class ArrivalForm(Told):
    """Who arrived together."""

    others = forms.CharField(
        label=gettext_lazy("Codes of those who arrived with this person"),
        help_text=gettext_lazy("Parted by commas. Leave it open if they arrived alone."),
        required=False,
        max_length=400,
    )
    on = DayField(label=gettext_lazy("They arrived on"))

    def clean_others(self) -> list[UUID]:
        """The records of the codes."""
        return self.records_of(self.cleaned_data["others"])

    def arrivals(self, person: UUID) -> list[ArrivalFact]:
        """One statement for each who arrived."""
        party, on = uuid7(), self.when("on")
        who = dict.fromkeys([person, *self.cleaned_data["others"]])
        return [ArrivalFact(one, party, on) for one in who]


class ArrivalDayForm(Told):
    """The day of an arrival."""

    on = DayField(label=gettext_lazy("They arrived on"))


class StandingForm(Told):
    """How the person now stands on a list that named them."""

    standing = forms.ChoiceField(
        label=gettext_lazy("How do they stand on the list now?"),
        choices=[(one.value, one.label) for one in DETERMINED],
        widget=forms.RadioSelect,
    )

    def fact(self, person: UUID, of: UUID) -> StandingFact:
        """The standing as it was told."""
        return StandingFact(person, of, Standing(self.cleaned_data["standing"]))


# Custody


class AtPlace(Told):
    """Something that happened at a place."""

    place = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    other_place = forms.CharField(
        label=gettext_lazy("or a place that is not in the list"),
        help_text=gettext_lazy(
            "The public name of an office, station or shelter: no private address."
        ),
        required=False,
        max_length=200,
    )
    other_place_kind = choice(
        gettext_lazy("What kind of place that is"), PlaceKind.choices, required=False
    )
    watched = (*Told.watched, "words")

    def clean(self) -> dict[str, Any]:
        """A new place comes with its kind, and there is one place."""
        chosen = super().clean()
        if bool(chosen.get("other_place")) != bool(chosen.get("other_place_kind")):
            self.add_error("other_place", _("A new place needs its name and its kind."))
        if chosen.get("other_place") and chosen.get("place"):
            self.add_error("other_place", _("Choose a place from the list or name one: not both."))
        return chosen

    def new_place(self) -> PlaceFact | None:
        """The place that is not on record yet, if one was named; the same on each call."""
        chosen = self.cleaned_data
        if not chosen["other_place"]:
            return None
        if not hasattr(self, "_new_place"):
            kind = PlaceKind(chosen["other_place_kind"])
            self._new_place = PlaceFact(uuid7(), chosen["other_place"].strip(), kind)
        return self._new_place

    def place_id(self) -> UUID | None:
        """The place that was chosen or named, if any."""
        named = self.new_place()
        if named is not None:
            return named.id
        return UUID(self.cleaned_data["place"]) if self.cleaned_data["place"] else None


class StayForm(AtPlace):
    """One unbroken time with one custodian in one place."""

    custodian = choice(gettext_lazy("Who had, or has, the person?"), Custodian.choices)
    began = DayField(label=gettext_lazy("It began"))
    ended = DayField(
        label=gettext_lazy("It ended"),
        help_text=gettext_lazy("The first day no longer there. Leave it open if no end was told."),
    )
    ended_by = choice(gettext_lazy("How it ended"), Departure.choices, required=False)
    words = words_field(
        gettext_lazy("Where or with whom, in the source’s words"),
        help_text=gettext_lazy("An address or a name belongs here: it is kept sealed."),
    )
    field_order = ("custodian", "began", "ended", "ended_by", "place")

    def fact(self, person: UUID) -> StayFact:
        """The stay as it was told; one that was told to have ended has an end, if without a day."""
        chosen = self.cleaned_data
        ended = self.when("ended")
        if ended is None and chosen["ended_by"]:
            ended = between(None, None, self.zone())
        return StayFact(
            person,
            Custodian(chosen["custodian"]),
            self.when("began"),
            ended,
            Departure(chosen["ended_by"]) if chosen["ended_by"] else None,
            self.place_id(),
            chosen["words"] or None,
        )


class ApprehensionForm(AtPlace):
    """When and where an agency took the person into custody."""

    agency = choice(gettext_lazy("Who took the person into custody?"), Custodian.choices)
    on = DayField(label=gettext_lazy("On"))
    field_order = ("agency", "on", "place")

    def fact(self, person: UUID) -> ApprehensionFact:
        """The apprehension as it was told."""
        agency = Custodian(self.cleaned_data["agency"])
        return ApprehensionFact(person, agency, self.when("on"), self.place_id())


class HandOverForm(AtPlace):
    """A step by which one custodian passed the person to another."""

    kind = choice(gettext_lazy("What happened"), HandOverKind.choices)
    giver = choice(gettext_lazy("Who passed the person on"), Custodian.choices)
    taker = choice(gettext_lazy("To whom"), Custodian.choices)
    on = DayField(label=gettext_lazy("On"))
    field_order = ("kind", "giver", "taker", "on", "place")

    def fact(self, person: UUID) -> HandOverFact:
        """The step as it was told."""
        chosen = self.cleaned_data
        return HandOverFact(
            person,
            HandOverKind(chosen["kind"]),
            Custodian(chosen["giver"]),
            Custodian(chosen["taker"]),
            self.when("on"),
            self.place_id(),
        )


class WithAdult(AtPlace):
    """Something that happened to children and an adult."""

    children = forms.CharField(
        label=gettext_lazy("Codes of the children"),
        help_text=gettext_lazy("All whom it concerned at once, parted by commas."),
        max_length=400,
    )
    adult = forms.CharField(label=gettext_lazy("Code of the adult"), required=False, max_length=20)

    def clean_children(self) -> list[UUID]:
        """The records of the children's codes."""
        return self.records_of(self.cleaned_data["children"])

    def clean_adult(self) -> UUID | None:
        """The record of the adult's code, if one was given."""
        written = self.cleaned_data["adult"]
        return self.record_of(written) if written else None

    def both(self, child: UUID | None) -> tuple[list[UUID], UUID | None]:
        """The children and the adult; a correction is of one child and keeps its adult."""
        chosen = self.cleaned_data
        return ([child] if child else chosen["children"]), chosen.get("adult")


class SeparationForm(WithAdult):
    """That an authority took children from a parent or caregiver."""

    actor_ = choice(gettext_lazy("Who separated them?"), Custodian.choices)
    taken_from = forms.ChoiceField(
        label=gettext_lazy("From whom were they taken?"),
        choices=SeparatedFrom.choices,
        widget=forms.RadioSelect,
    )
    on = DayField(label=gettext_lazy("On"))
    cause = choice(gettext_lazy("The cause, as the source gives it"), Cause.choices)
    words = words_field(
        gettext_lazy("The cause in the source’s own words"),
        help_text=gettext_lazy("Kept sealed."),
    )
    field_order = (
        "children",
        "adult",
        "taken_from",
        "actor_",
        "on",
        "place",
        "other_place",
        "other_place_kind",
        "cause",
        "words",
    )

    def separations(
        self, child: UUID | None = None, event: UUID | None = None
    ) -> list[SeparationFact]:
        """One statement for each child, all of one event."""
        chosen, event = self.cleaned_data, event or uuid7()
        children, adult = self.both(child)
        return [
            SeparationFact(
                one,
                event,
                Custodian(chosen["actor_"]),
                self.when("on"),
                Cause(chosen["cause"]),
                SeparatedFrom(chosen["taken_from"]),
                adult,
                self.place_id(),
                chosen["words"] or None,
            )
            for one in children
        ]


class ReunificationForm(WithAdult):
    """That children and an adult were brought together."""

    united_with = forms.ChoiceField(
        label=gettext_lazy("With whom were they brought together?"),
        choices=ReunifiedWith.choices,
        widget=forms.RadioSelect,
    )
    on = DayField(label=gettext_lazy("On"))
    words = words_field(
        gettext_lazy("In the source’s own words"), help_text=gettext_lazy("Kept sealed.")
    )
    field_order = (
        "children",
        "adult",
        "united_with",
        "on",
        "place",
        "other_place",
        "other_place_kind",
        "words",
    )

    def reunifications(
        self, child: UUID | None = None, event: UUID | None = None
    ) -> list[ReunificationFact]:
        """One statement for each child, all of one event."""
        chosen, event = self.cleaned_data, event or uuid7()
        children, adult = self.both(child)
        return [
            ReunificationFact(
                one,
                event,
                ReunifiedWith(chosen["united_with"]),
                self.when("on"),
                adult,
                self.place_id(),
                chosen["words"] or None,
            )
            for one in children
        ]


# Records, questions, corrections


class Reasoned(LookAgain):
    """A reason in words, which others can read."""

    watched = ("reasons",)

    reasons = words_field(
        gettext_lazy("For what reason"),
        required=True,
        help_text=gettext_lazy("Others read it. Kept sealed."),
    )


class JoinForm(Told):
    """That two records are of one person, and why."""

    other = forms.CharField(label=gettext_lazy("Code of the other record"), max_length=20)
    reasons = words_field(
        gettext_lazy("What makes you sure"),
        required=True,
        help_text=gettext_lazy("Others read it. Kept sealed."),
    )
    watched = (*Told.watched, "reasons")

    def clean_other(self) -> UUID:
        """The record of the other code."""
        return self.record_of(self.cleaned_data["other"])


class AnswerForm(Told):
    """An answer to a question of a kind, one of those that make sense."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What is the answer?"),
        widget=forms.RadioSelect,
    )
    words = words_field(
        gettext_lazy("In words"), help_text=gettext_lazy("What was found, and how. Kept sealed.")
    )
    watched = (*Told.watched, "words")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes: Any = self.fields["outcome"]
        outcomes.choices = [(one.value, one.label) for one in outcomes_of(kind)]

    def chosen(self) -> Outcome:
        """The outcome that was chosen."""
        return Outcome(self.cleaned_data["outcome"])
