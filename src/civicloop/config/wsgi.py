"""The WSGI application that `civicloop serve` runs."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from civicloop.config.databases import wait_as_pages_do

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")
application = get_wsgi_application()
for (
    alias
) in connections:  # here, not by a setting: a process forked from a command has its settings
    wait_as_pages_do(connections.settings[alias])
for connection in connections.all(initialized_only=True):
    del connections[connection.alias]  # it is the command's, which waits longer
import_module(settings.ROOT_URLCONF)  # all pages now: the first visitor waits for none
