"""Channels and reps."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor
from headhaul.outreach.choices import Channel
from headhaul.outreach.schemas.reports import (
    ChannelLine,
    ChannelPerformance,
    GetChannelPerformance,
    GetRepPerformance,
    RepLine,
    RepPerformance,
)
from headhaul.outreach.selectors.reports import calls
from headhaul.outreach.selectors.reports.counting import count, empty_line
from headhaul.outreach.selectors.reports.scope import period_of

NOBODY = "Nobody's"


def channels(*, asked: GetChannelPerformance, by: Actor, at: datetime) -> ChannelPerformance:
    """E-mails and texts by what became of them, calls by how they ended."""
    counted = count(asked, key="f.channel", by=by, at=at)
    called, _ = calls.count(asked, key="f.user_id", by=by, at=at)
    lines = [
        ChannelLine(
            channel=channel,
            label=channel.label,
            line=counted.groups.get(channel.value, empty_line(key=channel.value, label=channel.label)).model_copy(
                update={"label": channel.label}
            ),
        )
        for channel in (Channel.EMAIL, Channel.SMS)
    ]
    return ChannelPerformance(
        period=period_of(asked, at=at),
        channels=[*lines, ChannelLine(channel=Channel.CALL, label=Channel.CALL.label, calls=called)],
    )


def reps(*, asked: GetRepPerformance, by: Actor, at: datetime) -> RepPerformance:
    """Everybody in whose name something was sent or who called."""
    counted = count(asked, key="f.user_id", by=by, at=at)
    _, called = calls.count(asked, key="f.user_id", by=by, at=at)
    keys = [*counted.groups, *sorted(called.keys() - counted.groups.keys(), key=lambda key: key or 0)]
    names = _names([key for key in keys if key is not None])
    return RepPerformance(
        period=period_of(asked, at=at),
        reps=[
            RepLine(
                user_id=key,
                name=names.get(key, NOBODY),
                line=counted.groups.get(key, empty_line(key=str(key or ""), label="")).model_copy(
                    update={"label": names.get(key, NOBODY)}
                ),
                calls=called.get(key) or calls.none(),
            )
            for key in keys
        ],
    )


def _names(user_ids: list[int]) -> dict[int | None, str]:
    sql = "select id, coalesce(nullif(name, ''), email) as name from security_user where id = any(%s)"
    return {row["id"]: row["name"] for row in fetch(sql, [user_ids])}
