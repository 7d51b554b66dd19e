"""A browser in which somebody is signed in, by two things and a moment ago."""

from typing import Any


def browser_of(user: Any) -> Any:
    """Django's test client, as this user; an error of ours is raised."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now
    from django.test import Client  # noqa: PLC0415

    from accompany.web import proof  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    user.must_choose_password = False
    user.save(update_fields=["must_choose_password"])
    client = Client(raise_request_exception=True)
    client.force_login(user)
    session: Any = client.session
    proof.note(session, by_factor=True)
    session.save()
    return client
