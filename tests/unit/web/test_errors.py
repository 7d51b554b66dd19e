"""What is shown where something broke: a fault of ours, or what the machine did wrong."""

import errno

from django.test import RequestFactory

from accompany.base.machine import NO_ROOM
from accompany.web import errors
from tests.cast import DAUGHTER


def page_about(error):
    """The page that is shown where nothing caught an error."""
    try:
        raise error
    except type(error):
        return errors.broken(RequestFactory().get("/people"))


def test_a_full_disk_is_told_on_a_page_without_a_word_of_the_error():
    page = page_about(OSError(errno.ENOSPC, DAUGHTER.given))
    assert page.status_code == 503
    assert NO_ROOM.why in page.content.decode()
    assert DAUGHTER.given not in page.content.decode()


def test_a_fault_of_ours_is_told_as_ours():
    page = page_about(ValueError(DAUGHTER.given))
    assert page.status_code == 500
    assert "It is a fault of ours" in page.content.decode()
