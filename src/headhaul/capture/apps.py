"""The capture room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    """Tables are named capture_*."""

    name = "headhaul.capture"
    label = "capture"
    verbose_name = "Capture"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is kept about people, lend leads to the rules, hear of tries to reach leads and of who signed."""
        from headhaul.accounts.ports import happenings
        from headhaul.accounts.services import privacy
        from headhaul.activities import happening
        from headhaul.capture import listening
        from headhaul.capture.selectors.rule_facts import LeadFacts
        from headhaul.capture.services.personal import PersonalLeads
        from headhaul.pipeline import ports

        privacy.register(PersonalLeads())
        ports.lend(LeadFacts())
        happening.port.listen(wants=listening.wants_activity, hear=listening.hear_activities)
        happening.resettled.listen(wants=listening.wants_resettled, hear=listening.hear_resettled)
        happenings.port.listen(wants=listening.wants_status, hear=listening.hear_accounts)
