"""Everybody's own choice about the daily mail."""

from __future__ import annotations

from headhaul import preferences
from headhaul.activities.errors import StaleActivity
from headhaul.activities.gateways.mail import is_set_up
from headhaul.activities.models import DigestChoice
from headhaul.activities.preferences import DailyMail
from headhaul.activities.schemas.notifications import DigestChosen
from headhaul.activities.selectors.zones import reader_zone
from headhaul.kernel import Actor, Forbidden


def chosen(*, by: Actor) -> DigestChosen:
    """The choice, or what holds for whoever never chose."""
    usual = preferences.get(DailyMail)
    choice = DigestChoice.objects.filter(user_id=by.user_id).first() if by.user_id is not None else None
    return DigestChosen(
        is_on=choice.is_on if choice else usual.is_on,
        hour=choice.hour if choice else None,
        usual_hour=usual.hour,
        timezone=reader_zone("", by=by)[0],
        version=choice.version if choice else 1,
        can_send=is_set_up(),
    )


def choose(*, is_on: bool, hour: int | None, version: int | None, by: Actor) -> DigestChosen:
    """Keep the choice. With a version only if it was not changed since, elsewhere."""
    if by.user_id is None:
        raise Forbidden("Only people get a daily mail.")
    choice = DigestChoice.objects.select_for_update().filter(user_id=by.user_id).first()
    if version is not None and version != (choice.version if choice else 1):
        raise StaleActivity("This was changed meanwhile, elsewhere.", current=choice.version if choice else 1)
    if choice is None:
        DigestChoice.objects.create(user_id=by.user_id, is_on=is_on, hour=hour, version=2)
    else:
        choice.is_on, choice.hour, choice.version = is_on, hour, choice.version + 1
        choice.save()
    return chosen(by=by)
