"""The figures by mail: of the week on its reader's Monday, of the month on the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from headhaul.activities.gateways.mail import Letter
from headhaul.activities.selectors.zones import zone_or_utc
from headhaul.activities.services.mailings import Due, Written, hours, message_id
from headhaul.analytics.choices import MailRhythm, MailWhose
from headhaul.analytics.metrics import changed, written
from headhaul.analytics.models import AnalyticsMailChoice
from headhaul.analytics.schemas.figures import Analytics, AnalyticsScope, Figure
from headhaul.analytics.selectors.analytics import analytics
from headhaul.kernel.days import monday_of, start_of, today
from headhaul.security.actors import actor_of

SHOWN = (
    "wonAmount", "dealsWon", "winRate", "averageDeal", "cycle", "newDeals", "openPipeline", "coverage", "touches",
    "meetings", "newAccounts",
)  # fmt: skip
LATE = timedelta(days=6)  # a mail that could not leave for so long is not sent any more: the next one is near


class FiguresMail:
    """Regular figures, for those who chose them."""

    kind = "analytics"

    def due(self, *, at: datetime) -> Iterator[Due]:
        """Whose week or month ended since they chose so, once their hour has come."""
        hour_of = hours()
        wanted = AnalyticsMailChoice.objects.exclude(rhythm=MailRhythm.OFF).filter(user__is_active=True)
        for choice in wanted.select_related("user").order_by("user_id"):
            user, zone = choice.user, zone_or_utc(choice.user.timezone)
            here, now = today(at, zone), at.astimezone(zone)
            day = begun(MailRhythm(choice.rhythm), here)
            is_time = here > day or now.hour >= hour_of(user.pk)
            is_fresh = here - day <= LATE and choice.chosen_at < start_of(day, zone)
            if user.effective_role is not None and is_time and is_fresh:
                yield Due(user, zone, day)

    def write(self, due: Due, *, at: datetime) -> Written | None:
        """The figures of what ended; nothing for whoever switched them off meanwhile."""
        choice = AnalyticsMailChoice.objects.filter(user=due.user).exclude(rhythm=MailRhythm.OFF).first()
        if choice is None:
            return None
        asked = scope(MailRhythm(choice.rhythm), MailWhose(choice.whose), due.day)
        found = analytics(asked=asked, by=actor_of(due.user), at=at)
        return Written(letter(due, choice, asked, found), lambda at: None)


def begun(rhythm: MailRhythm, day: date) -> date:
    """The first day of the week or month in which a day lies."""
    return monday_of(day) if rhythm is MailRhythm.WEEKLY else day.replace(day=1)


def scope(rhythm: MailRhythm, whose: MailWhose, day: date) -> AnalyticsScope:
    """The week or month before a day."""
    last = day - timedelta(days=1)
    first = day - timedelta(days=7) if rhythm is MailRhythm.WEEKLY else last.replace(day=1)
    return AnalyticsScope(period="custom", from_=first.isoformat(), to=last.isoformat(), owner=whose.value)


def letter(due: Due, choice: AnalyticsMailChoice, asked: AnalyticsScope, found: Analytics) -> Letter:
    """The mail: each figure with its change and a link to its rows."""
    query = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    known = {each.key: each for each in found.figures}
    period = f"{found.period.from_:%-d %b} to {found.period.to:%-d %b %Y}"
    what = "week" if choice.rhythm == MailRhythm.WEEKLY else "month"
    context: dict[str, Any] = {
        "name": due.user.name.split()[0] if due.user.name else "",
        "what": what,
        "period": period,
        "compared": f"{found.compared_with.from_:%-d %b} to {found.compared_with.to:%-d %b %Y}",
        "whose": MailWhose(choice.whose).label,
        "figures": [_line(known[key], query) for key in SHOWN if _is_told(known.get(key))],
        "page": _link("analytics:overview", query),
        "settings": _link("analytics:mail", {}),
    }
    won = written(known["wonAmount"].value, known["wonAmount"].unit)
    return Letter(
        to=due.user.email,
        subject=f"Your {what} in figures, {period}: {won} won",
        text=render_to_string("analytics/figures.txt", context, using="django"),
        html=render_to_string("analytics/figures.html", context, using="django"),
        message_id=message_id(f"figures-{choice.rhythm}", due),
    )


def _is_told(figure: Figure | None) -> bool:
    """What has a value or rows; quotas are of months and quarters, and are left out of a week."""
    return figure is not None and (figure.value is not None or (figure.n > 0 and figure.key != "coverage"))


def _line(figure: Figure, query: dict[str, Any]) -> dict[str, str]:
    value = written(figure.value, figure.unit)
    if figure.value is None and figure.part is not None:
        value = f"{figure.part} of {figure.n}, too few to say"
    change = changed(unit=figure.unit, change=figure.change, percent=figure.change_percent, verdict=figure.verdict)
    link = ""
    if figure.link:
        link = _link("analytics:rows", query | {"metric": figure.key})
    return {"name": figure.name, "value": value, "change": change, "link": link}


def _link(name: str, query: dict[str, Any]) -> str:
    said = f"?{urlencode(query)}" if query else ""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse(name)}{said}"
