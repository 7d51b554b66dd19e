"""The words of enquiries: what is asked of other organisations, and what they decide."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    """What a holder decided about a question; nobody else learns of one that was left."""

    ANSWERED = "answered", _("answered")
    LEFT = "left", _("not answered")


class AnswerKind(models.TextChoices):
    """How a holder answers."""

    WORDS = "words", _("In words, without saying who we are")
    INTRODUCE = "introduce", _("Say who we are, so that they can speak with us")
    LEND = "lend", _("Lend them the record for some hours")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `enquiries` did it."""

    ASKED = "enquiries.asked", _("Other organisations were asked about somebody")
    OPENED = "enquiries.opened", _("A question of another organisation was opened")
    OWN_OPENED = "enquiries.own-opened", _("A question to other organisations was opened")
    ENDED = "enquiries.ended", _("A question that nobody answered was ended")
    DECIDED = "enquiries.decided", _("A question of another organisation was decided on")


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """Whom somebody asks about, and why: name parts, year of birth, A-number as nine digits."""

    given: str
    family: str
    second_family: str
    born: int | None
    a_number: str | None
    why: str

    @property
    def name(self) -> str:
        """The name as it is put together."""
        return " ".join(part for part in (self.given, self.family, self.second_family) if part)


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """What a holder answers: words, and the code of the record where one was lent."""

    kind: AnswerKind
    words: str
    who: str | None
    code: str | None
