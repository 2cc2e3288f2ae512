from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """The room that decides whether a person may be reached."""

    name = "headhaul.compliance"
