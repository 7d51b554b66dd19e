"""The application as a server starts it; it does not start with a view that asks nothing."""

import os

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accompany.config.settings")

application = get_wsgi_application()
if any(message.is_serious() for message in checks.run_checks()):
    raise ImproperlyConfigured("The application found a fault in itself: see `django check`.")

from accompany.people.search import names  # noqa: E402 - models exist only from here on

names.start()  # read into memory before anybody asks for one
names.stay_fresh(5)  # seconds
