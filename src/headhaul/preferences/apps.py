from django.apps import AppConfig


class PreferencesConfig(AppConfig):
    """The room of typed product settings."""

    name = "headhaul.preferences"
    default_auto_field = "django.db.models.BigAutoField"
