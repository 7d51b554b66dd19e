"""The area `enquiries` as Django knows it."""

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    """Asking other organisations about somebody, without being told whether they know them."""

    name = "accompany.enquiries"
    label = "enquiries"
