"""Which page is this? Every address, in the order a visitor meets them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
