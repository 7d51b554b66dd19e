"""How is a refusal said in the reader's language?"""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext

from accompany.base.refusal import Objection

register = template.Library()


@register.filter
def said(objections: Iterable[Objection]) -> list[tuple[str, str]]:
    """Why, and what to do, of each objection, in the reader's language."""
    return [objection.told(gettext) for objection in objections]
