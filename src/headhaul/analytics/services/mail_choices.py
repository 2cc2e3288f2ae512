"""Everybody's own choice about the figures by mail."""

from __future__ import annotations

from datetime import datetime

from headhaul.activities.gateways.mail import is_set_up
from headhaul.activities.selectors.zones import reader_zone
from headhaul.activities.services.mailings import hours
from headhaul.analytics.choices import MailRhythm, MailWhose
from headhaul.analytics.models import AnalyticsMailChoice
from headhaul.analytics.schemas.mails import AnalyticsMailChosen
from headhaul.kernel import Actor, Forbidden, StaleVersion


def chosen(*, by: Actor) -> AnalyticsMailChosen:
    """The choice; who never chose gets no such mail."""
    choice = AnalyticsMailChoice.objects.filter(user_id=by.user_id).first() if by.user_id is not None else None
    return AnalyticsMailChosen(
        rhythm=MailRhythm(choice.rhythm) if choice else MailRhythm.OFF,
        whose=MailWhose(choice.whose) if choice else MailWhose.ALL,
        hour=hours()(by.user_id or 0),
        timezone=reader_zone("", by=by)[0],
        version=choice.version if choice else 1,
        can_send=is_set_up(),
    )


def choose(
    *, rhythm: MailRhythm, whose: MailWhose, version: int | None, at: datetime, by: Actor
) -> AnalyticsMailChosen:
    """Keep the choice. With a version only if it was not changed since, elsewhere."""
    if by.user_id is None:
        raise Forbidden("Only people get mail.")
    choice = AnalyticsMailChoice.objects.select_for_update().filter(user_id=by.user_id).first()
    if version is not None and version != (choice.version if choice else 1):
        raise StaleVersion("This was changed meanwhile, elsewhere.", current=choice.version if choice else 1)
    if choice is None:
        AnalyticsMailChoice.objects.create(user_id=by.user_id, rhythm=rhythm, whose=whose, chosen_at=at, version=2)
    else:
        if rhythm != choice.rhythm:
            choice.chosen_at = at
        choice.rhythm, choice.whose, choice.version = rhythm, whose, choice.version + 1
        choice.save()
    return chosen(by=by)
