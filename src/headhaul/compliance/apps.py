from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """The room that decides whether a person may be reached."""

    name = "headhaul.compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the rules in charge; without them the gate lets nobody pass."""
        from headhaul.compliance.gate import install
        from headhaul.compliance.services.rules import Preflight

        install(Preflight())
