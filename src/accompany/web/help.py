"""How is this read and used?"""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accompany.access.door import asks_for
from accompany.exchange import delimited, people_list, workbook
from accompany.web.door import Request

MARKS: tuple[tuple[str, Any, Any], ...] = (
    ("verified", _("Verified"), _("Somebody saw proof, and it is said which.")),
    ("said", _("Said"), _("A source told it. Nobody has seen proof.")),
    ("doubted", _("In doubt"), _("There is a reason to doubt it, and it stands beside it.")),
    ("refuted", _("Refuted"), _("It was told, and turned out not to be so. It stays to be seen.")),
    ("contested", _("Contested"), _("Two sources disagree. Both stand until somebody decides.")),
    ("unknown", _("Not known"), _("No source has told it. That is not the same as none.")),
)


def sizes() -> dict[str, int]:
    """How large a file may be, in the numbers that refuse it."""
    return {
        "size": settings.ACCOMPANY_UPLOAD_LIMIT // 1_000_000,
        "columns_at_most": workbook.MOST_COLUMNS,
        "characters": delimited.CELL_LIMIT,
        "unpacked": workbook.MOST_BYTES // 1_000_000,
    }


@asks_for()
@require_safe
def help(request: Request) -> HttpResponse:
    """Marks, lists, columns, keys, what is recorded about readers, and words."""
    context = {"marks": MARKS, "columns": people_list.COLUMNS.items(), **sizes()}
    return render(request, "help/help.html", context)
