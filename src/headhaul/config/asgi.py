"""The application any ASGI server can run: health and metrics, agents, live events, and Django's pages on threads."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headhaul.config.settings")
_django_async: Any = get_asgi_application()

from django.urls import get_resolver  # noqa: E402 (needs Django set up)

from headhaul.config.serving.hybrid import Hybrid  # noqa: E402

get_resolver().url_patterns  # noqa: B018 (read now, so that no visitor waits for it)

application = Hybrid(django_async=_django_async)
