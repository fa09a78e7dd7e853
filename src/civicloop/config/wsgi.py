"""The WSGI application that `civicloop serve` runs."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ["CIVICLOOP_SERVING"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # all pages now: the first visitor waits for none
