"""The application for a WSGI server. It does not start on a trail that could be passed by."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# Servers run no system checks, so this is the place; nothing else imports this module.
from config import health  # noqa: E402

health.refuse_weak_trail()
