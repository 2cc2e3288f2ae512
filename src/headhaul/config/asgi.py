"""The application any ASGI server can run: health and metrics, agents, live events, and Django's pages on threads."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headhaul.config.settings")
_django_async = get_asgi_application()

from headhaul.config.serving.hybrid import Hybrid  # noqa: E402 (needs Django set up)

application = Hybrid(django_async=_django_async)
