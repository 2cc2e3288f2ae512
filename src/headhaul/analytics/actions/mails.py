"""The figures by mail: one's own choice."""

from __future__ import annotations

from headhaul.analytics.schemas.mails import AnalyticsMailChosen, GetAnalyticsMail, SaveAnalyticsMail
from headhaul.analytics.services import mail_choices
from headhaul.kernel import Call, Role, action


@action("getAnalyticsMail", reply="analyticsMailLoaded", role=Role.VIEWER)
def get_analytics_mail(call: Call, data: GetAnalyticsMail) -> AnalyticsMailChosen:
    """Whether the figures come to oneself by mail, how often, and whose."""
    return mail_choices.chosen(by=call.actor)


@action("saveAnalyticsMail", reply="analyticsMailSaved", role=Role.VIEWER, writes=True, undo="saveAnalyticsMail")
def save_analytics_mail(call: Call, data: SaveAnalyticsMail) -> AnalyticsMailChosen:
    """Choose the figures by mail for oneself: every week, every month or never; one's own, the team's or everyone's."""
    before = mail_choices.chosen(by=call.actor)
    after = mail_choices.choose(rhythm=data.rhythm, whose=data.whose, version=data.version, at=call.at, by=call.actor)
    back = {"rhythm": before.rhythm.value, "whose": before.whose.value, "version": after.version}
    call.undo_with("saveAnalyticsMail", back)
    return after
