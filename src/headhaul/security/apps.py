from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """The room of users and API tokens."""

    name = "headhaul.security"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-ins, once models and their signals are there."""
        from headhaul.security import signins

        signins.listen()
