"""The analytics room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Reads what other rooms keep, and keeps snapshots of it."""

    name = "headhaul.analytics"
    label = "analytics"
    verbose_name = "Analytics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the metrics' definitions, offer their page to the reference, and figures to the regular mails."""
        from headhaul.actions.services.reference import add_page
        from headhaul.activities.services import mailings
        from headhaul.analytics import metrics
        from headhaul.analytics.metrics.telling import metrics_page
        from headhaul.analytics.services import importing
        from headhaul.analytics.services.mailing import FiguresMail

        metrics.load()
        importing.register()
        add_page("metrics.md", "Metrics", metrics_page)
        mailings.register(FiguresMail())
