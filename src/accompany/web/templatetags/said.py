"""How is a refusal said in the reader's language?"""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext

from accompany.base.refusal import Objection

register = template.Library()


@register.filter
def said(objections: Iterable[Objection]) -> list[tuple[str, str]]:
    """Why, and what to do, of each objection, in the reader's language."""
    return [_as_sentences(objection) for objection in objections]


def _as_sentences(objection: Objection) -> tuple[str, str]:
    why, remedy = objection.told(gettext)
    if objection.where and objection.where[0][0] == "file":
        return why, remedy  # the name of a file keeps its letters
    return why[:1].upper() + why[1:], remedy
