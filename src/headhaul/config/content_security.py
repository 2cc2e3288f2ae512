"""The strict content security policy: nothing inline, nothing from elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

SELF, NONE = "'self'", "'none'"


def content_security_policy(providers: dict[str, Any]) -> dict[str, list[str]]:
    """Directives for every page. A single sign-on form may lead to its provider, which browsers count as a target."""
    servers = [app["settings"]["server_url"] for provider in providers.values() for app in provider.get("APPS", [])]
    targets = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(server)) for server in servers})
    return {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *targets],
    }
