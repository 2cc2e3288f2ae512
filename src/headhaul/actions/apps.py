from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActionsConfig(AppConfig):
    """The one door. When all rooms are loaded, their actions and settings sections declare themselves."""

    name = "headhaul.actions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import every room's `actions` and `preferences` module, so that the registry is complete."""
        autodiscover_modules("actions")
        autodiscover_modules("preferences")
