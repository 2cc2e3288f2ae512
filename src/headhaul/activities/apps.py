"""The activities room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """Tables are named activities_*."""

    name = "headhaul.activities"
    label = "activities"
    verbose_name = "Activities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is kept about people and what can be imported; hear of accounts and of imports that ended."""
        from headhaul.accounts.ports import imports
        from headhaul.accounts.services import announcing, privacy
        from headhaul.activities.services import import_news, importing_touches, mailings, outgoing
        from headhaul.activities.services.digesting import Daily
        from headhaul.activities.services.personal import PersonalActivities
        from headhaul.activities.services.telling import tell_new_owner

        privacy.register(PersonalActivities())
        announcing.listen(tell_new_owner)
        importing_touches.register()
        imports.tell_when_done(import_news.tell)
        imports.register_outgoing("activities", "activity", outgoing.activities)
        mailings.register(Daily())
