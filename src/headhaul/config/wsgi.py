"""Django's synchronous side, as any WSGI server would run it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headhaul.config.settings")
application = get_wsgi_application()
