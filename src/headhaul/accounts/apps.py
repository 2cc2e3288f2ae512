"""The accounts room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Tables are named accounts_*."""

    name = "headhaul.accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say that its records can be imported, what they take over in a merge, what copies of people are kept."""
        from headhaul.accounts.services import combining, privacy  # noqa: F401
        from headhaul.accounts.services.importing.registering import register
        from headhaul.accounts.services.personal_copies import PersonalCopies

        register()
        privacy.register(PersonalCopies())
