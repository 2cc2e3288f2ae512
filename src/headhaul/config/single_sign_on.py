"""A company's own sign-in (OpenID Connect), when the environment names its server."""

from __future__ import annotations

from typing import Any

from headhaul.config.env import Env, SettingError


def oidc_providers(env: Env) -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS for the one company server that the environment names, if it does."""
    server, client, secret = env.text("OIDC_SERVER_URL"), env.text("OIDC_CLIENT_ID"), env.secret("OIDC_CLIENT_SECRET")
    name = env.text("OIDC_NAME", "Company sign-in")
    if not server:
        return {}
    if not client or not secret:
        raise SettingError("OIDC_SERVER_URL is set: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed with it.")
    app = {
        "provider_id": "company",
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": server, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "EMAIL_AUTHENTICATION": True}}
