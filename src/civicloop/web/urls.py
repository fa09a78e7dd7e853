"""Addresses of the pages; each app's pages live in web/<app>/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
