"""
Is this a password that others use, or made of what anybody would try here first?

No rule of composition: what counts is how many guesses it would outlast. Three judges, and the one
who asks for least decides: zxcvbn (passwords known from breaches, keyboards, dates, names); whether
it is a sentence of usual English or Spanish words; and, where the operator names one, a list of
known passwords. The only module that imports `zxcvbn` and `spellchecker`.
"""

import hashlib
import math
import re
import unicodedata
from collections import ChainMap
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext_lazy as _
from spellchecker import SpellChecker
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accompany.access import queries

GUESSES = 9.5
"""As a power of ten: what a password outlasts at least. Why: docs/decisions/0029."""
PROGRAM = ("accompany",)
_JUDGED = 72  # characters; zxcvbn judges no more, and so many that are hard to guess are enough
_LONGEST_WORD = 20
_SPANISH_WORDS = 30_000  # the most usual; beyond them stand names and slips
_LETTER = 1.4  # what a letter that belongs to no word costs
_SHA1 = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\s*")


class PasswordOthersUse:
    """Django's validator: refuses what others use, and words of this place."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError, with one sentence and never a part of the password."""
        must_outlast_guesses(password, said_here(user))
        if is_listed(password):
            raise ValidationError(
                _("This password is known from a theft elsewhere. Choose another."),
                code="password_listed",
            )

    def get_help_text(self) -> str:
        """What is asked, in a sentence."""
        return str(_("Not a password that others use, and not made of words of this place."))


def must_outlast_guesses(password: str, said: Iterable[str]) -> None:
    """Raise ValidationError if it would be guessed soon, also by who knows what is `said` here."""
    if guesses(password[:_JUDGED], _words_of(said)) < GUESSES:
        raise ValidationError(
            _(
                "This password would be guessed soon: others use it, or it is made of usual "
                "words, dates, rows of keys or words of this place. Four words that have "
                "nothing to do with each other do well."
            ),
            code="password_others_use",
        )


def said_here(user: Any) -> list[str]:
    """
    What no password may lean on: program, hosts, organisations, and the account's names.

    Of nobody's password, as before the set-up, when there are no tables: program and hosts.
    """
    said = [*PROGRAM, *settings.ALLOWED_HOSTS]
    if user is None:
        return said
    for organisation in queries.organisations():
        said += [organisation.name, organisation.code]
    return [*said, user.username, *queries.names_of([user.pk]).values()]


def _words_of(said: Iterable[str]) -> list[str]:
    """The words in what is said, and each of it as one word."""
    said = list(said)
    parts = (part for words in said for part in re.split(r"\W+", words))
    whole = ("".join(re.split(r"\W+", words)) for words in said)
    return sorted({word.casefold() for word in (*parts, *whole) if len(word) > 2})


def guesses(password: str, words: Iterable[str] = ()) -> float:
    """How many guesses a password of at most 72 characters outlasts, as a power of ten."""
    known = list(words)
    found: float = zxcvbn(password, user_inputs=known)["guesses_log10"]
    return min(found, _as_a_sentence(password, known))


def _as_a_sentence(password: str, words: Iterable[str]) -> float:
    """
    How many guesses it outlasts if it is taken for usual words in a row, as a power of ten.

    Of every way to part it into words the most usual words count: the product of their ranks.
    """
    letters = "".join(letter for letter in bare(password) if letter.isalnum())
    ranks = ChainMap(dict.fromkeys(map(bare, words), 1), _usual_words())
    best = [0.0] + [math.inf] * len(letters)
    for end in range(1, len(letters) + 1):
        best[end] = best[end - 1] + _LETTER
        for start in range(max(0, end - _LONGEST_WORD), end):
            rank = ranks.get(letters[start:end])
            if rank is not None:
                # Two languages, of which somebody who guesses does not know which.
                best[end] = min(best[end], best[start] + math.log10(2 * rank))
    return best[-1]


@lru_cache(maxsize=1)
def _usual_words() -> dict[str, int]:
    """Usual words and names of both languages, in letters without marks, by how usual each is."""
    found: dict[str, int] = {}
    for words in (_spanish(), *FREQUENCY_LISTS.values()):
        for rank, word in enumerate(words, start=1):
            if len(word) > 1:
                found[word] = min(rank, found.get(word, rank))
    return found


def _spanish() -> list[str]:
    counted = SpellChecker(language="es").word_frequency.dictionary
    usual = sorted(counted, key=counted.__getitem__, reverse=True)[:_SPANISH_WORDS]
    return list(dict.fromkeys(map(bare, usual)))


def bare(text: str) -> str:
    """Small letters without the marks that some write and some leave out."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


# --- a list of known passwords --------------------------------------------------------------------


def is_listed(password: str) -> bool:
    """Whether it stands in the list that the settings name, if they name one."""
    if not settings.ACCOMPANY_PASSWORD_LIST:
        return False
    try:
        with Path(settings.ACCOMPANY_PASSWORD_LIST).open("rb") as file:
            hashed = _SHA1.fullmatch(file.readline())
            file.seek(0)
            return _has_digest(file, password) if hashed else _has_line(file, password)
    except OSError:
        raise ImproperlyConfigured("ACCOMPANY_PASSWORD_LIST names no file to be read.") from None


def _has_line(file: Iterable[bytes], password: str) -> bool:
    wanted = password.encode()
    return any(line.rstrip(b"\r\n") == wanted for line in file)


def _has_digest(file: BinaryIO, password: str) -> bool:
    """Whether a list of SHA-1 digests in their order has this one's; it may be of any size."""
    # The form of the lists that are published; nothing is kept by it.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        if _line_from(file, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return _line_from(file, low) == wanted


def _line_from(file: BinaryIO, place: int) -> bytes:
    """The digest in the first line that begins at a place or after it; beyond the last, the end."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()[:40].upper() or b"\xff"
