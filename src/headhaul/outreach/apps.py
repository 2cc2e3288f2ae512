"""The outreach room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Tables are named outreach_*."""

    name = "headhaul.outreach"
    label = "outreach"
    verbose_name = "Outreach"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell compliance about senders and about who wrote to us; let messages stand on timelines."""
        from headhaul.accounts.ports import happenings, leaving
        from headhaul.accounts.services import privacy
        from headhaul.accounts.services.absorbing import also_in
        from headhaul.activities import happening as activities
        from headhaul.activities.ports import add_source
        from headhaul.compliance.happening import denials
        from headhaul.compliance.ports import install_outreach
        from headhaul.outreach import listening
        from headhaul.outreach.models import Call, CallTarget
        from headhaul.outreach.selectors.sender_terms import Told
        from headhaul.outreach.selectors.timeline import MessageSource
        from headhaul.outreach.selectors.timeline_events import EnrolmentSource, MessageEventSource
        from headhaul.outreach.services import importing
        from headhaul.outreach.services.calling import durations
        from headhaul.outreach.services.calling.personal import PersonalCalls
        from headhaul.outreach.services.personal_enrolments import PersonalEnrolments
        from headhaul.outreach.services.personal_inbound import PersonalInbound
        from headhaul.outreach.services.personal_messages import PersonalMessages

        install_outreach(Told())
        for source in (MessageSource(), MessageEventSource(), EnrolmentSource()):
            add_source(source)
        for part in (PersonalCalls(), PersonalEnrolments(), PersonalInbound(), PersonalMessages()):
            privacy.register(part)
        importing.register()
        durations.listen()
        denials.listen(wants=listening.wants_denial, hear=listening.hear_denials)
        happenings.port.listen(wants=listening.wants_status, hear=listening.hear_accounts)
        leaving.port.listen(wants=listening.wants_people, hear=listening.hear_people)
        activities.port.listen(wants=listening.wants_activity, hear=listening.hear_activities)
        for model in (CallTarget, Call):
            also_in(model._meta.db_table, of="outreach_enrolment", column="enrolment_id", model=model)
        for of in ("contact", "account"):
            also_in("outreach_unsubscribelink", of=f"accounts_{of}", column=f"{of}_id")
