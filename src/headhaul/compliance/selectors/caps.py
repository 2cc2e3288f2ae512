"""What is left of each limit: of the firm, the user, the mailbox or number, and the recipient."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import floor
from typing import Any

from headhaul import preferences
from headhaul.compliance import hashing
from headhaul.compliance.judging.rows import RollingCap
from headhaul.compliance.judging.words import Cap
from headhaul.compliance.ports import SenderTerms
from headhaul.compliance.preferences import Caps
from headhaul.compliance.selectors.rows import fetch
from headhaul.compliance.selectors.suppression import heard_as
from headhaul.kernel.days import end_of, start_of, today
from headhaul.kernel.zones import is_zone, zone_info


@dataclass(frozen=True, slots=True)
class Bucket:
    """One counter and its limit, None for none: it counts all the same, so that one that is set later knows the day.

    `day` is the day of UTC that it counts now.
    """

    name: str
    key: str
    limit: int | None
    day: date
    used: int

    @property
    def resets_at(self) -> datetime:
        """When it counts anew."""
        return datetime.combine(self.day + timedelta(days=1), time.min, UTC)

    @property
    def cap(self) -> Cap | None:
        """As the judge is told; None where there is no limit."""
        if self.limit is None:
            return None
        return Cap(self.name, self.key, self.limit, self.used, self.resets_at)


_USED = """
select distinct on (bucket) bucket, day, used from compliance_capuse
where bucket = any(%s) and day >= %s order by bucket, day desc
"""


def buckets(*, channel: str, user_id: int | None, sender: SenderTerms | None, at: datetime) -> list[Bucket]:
    """The counters that a message uses up, in the order in which they are locked.

    A clock that went back counts on in the day it had reached, so that going back gives nothing anew.
    """
    limits = list(_limits(channel, user_id, sender, at=at))
    day = at.astimezone(UTC).date()
    found = {row["bucket"]: row for row in fetch(_USED, [[key for _, key, _ in limits], day])}
    return [
        Bucket(name, key, limit, found[key]["day"] if key in found else day, found[key]["used"] if key in found else 0)
        for name, key, limit in limits
    ]


def _limits(
    channel: str, user_id: int | None, sender: SenderTerms | None, *, at: datetime
) -> Iterable[tuple[str, str, int | None]]:
    caps, kind = preferences.get(Caps), heard_as(channel)[0]
    yield "firm", f"firm:{kind}", getattr(caps, f"firm_{kind}")
    of_user = int(getattr(caps, f"user_{kind}"))
    if user_id is not None:
        yield "user", f"user:{user_id}:{kind}", of_user
    if sender is not None:
        own = of_user if sender.daily_cap is None else sender.daily_cap
        warm = warm_up(sender, caps=caps, at=at)
        is_warming = warm is not None and warm < own
        yield ("warm_up" if is_warming else "sender"), f"sender:{sender.sender_id}:{kind}", min(own, warm or own)


def warm_up(sender: SenderTerms, *, caps: Caps, at: datetime) -> int | None:
    """How much a new mailbox may send on this day: 20 on the first, 15 % more each day, up to 200."""
    if sender.warm_up_from is None:
        return None
    days = (at.astimezone(UTC).date() - sender.warm_up_from).days
    if days < 0:
        return 0
    grown = caps.warm_up_start * (1 + caps.warm_up_growth_percent / 100) ** min(days, 400)
    return None if grown >= caps.warm_up_end else floor(grown)


_TOUCHES = """
select at, channel from compliance_touch where address_hash = any(%s) and at >= %s order by at
"""


def of_recipient(
    *, address: str, channel: str, zones: Sequence[str], rolling: Sequence[RollingCap], at: datetime
) -> list[Cap]:
    """How often the recipient was reached: on their own day in any zone they may be in, and in the hours of a state."""
    kind = heard_as(channel)[0]
    places: list[tzinfo] = [zone_info(name) for name in zones if is_zone(name)] or [UTC]
    since = min(start_of(today(at, place), place) for place in places)
    longest = max([rule.hours for rule in rolling], default=0)
    found = fetch(_TOUCHES, [hashing.hashes_of(address), min(since, at - timedelta(hours=longest))])
    bucket = f"recipient:{kind}"
    limit = int(getattr(preferences.get(Caps), f"recipient_{kind}"))
    ends = max(end_of(today(at, place), place) for place in places)
    caps = [Cap("recipient", bucket, limit, _count(found, {kind}, since), ends)]
    return caps + [_rolled(rule, found, bucket=f"{bucket}:{rule.state}", at=at) for rule in rolling]


def _count(touches: Sequence[dict[str, Any]], kinds: Collection[str], since: datetime) -> int:
    return sum(touch["channel"] in kinds and touch["at"] >= since for touch in touches)


def _rolled(rule: RollingCap, touches: Sequence[dict[str, Any]], *, bucket: str, at: datetime) -> Cap:
    """What a state allows within some hours, of all channels that its row names together."""
    span = timedelta(hours=rule.hours)
    recent = [touch["at"] for touch in touches if touch["channel"] in rule.channels and touch["at"] > at - span]
    opens = recent[-rule.count] + span if 0 < rule.count <= len(recent) else at + span
    return Cap("recipient_state", bucket, rule.count, len(recent), opens)


_TEXTED = "select from compliance_touch where address_hash = any(%s) and channel = 'sms' and at < %s limit 1"


def was_texted(number: str, *, at: datetime) -> bool:
    """Whether they had a text from us before."""
    return bool(fetch(_TEXTED, [hashing.hashes_of(number), at]))


_PACE = "select next_at from compliance_pace where sender_id = %s"


def spacing(sender: SenderTerms, *, at: datetime) -> Cap | None:
    """The pause between two messages of a sender, as a limit of one that opens again in seconds."""
    if sender.spacing_seconds <= 0:
        return None
    found = fetch(_PACE, [sender.sender_id])
    waits = bool(found) and found[0]["next_at"] > at
    return Cap("spacing", f"pace:{sender.sender_id}", 1, int(waits), found[0]["next_at"] if waits else at)
