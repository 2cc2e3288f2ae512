"""Random rule sets, people and moments, always the same ones from a seed."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.words import Cap, Denied, Facts, Held, Proposal, Said
from headhaul.kernel.places import STATE_CODES

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
         "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
         "America/Vancouver", "America/Edmonton", "America/Boise", "America/Detroit", "America/St_Johns")  # fmt: skip
MAINLAND = tuple(code for code in STATE_CODES if code not in ("AK", "HI", "PR", "VI", "GU", "AS", "MP"))
_HOURS = re.compile(r'"(\d\d:\d\d-\d\d:\d\d)?"')


def rule_set(dice: random.Random) -> str:
    """The shipped rules with other hours and margins: some days shut, some opening at odd times."""

    def other(found: re.Match[str]) -> str:
        if dice.random() < 0.5:
            return found[0]
        if dice.random() < 0.1:
            return '""'
        begin, end = (
            dice.randrange(5, 12) * 60 + dice.randrange(12) * 5,
            dice.randrange(16, 24) * 60 + dice.randrange(12) * 5,
        )
        return f'"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"'

    lines = [
        _HOURS.sub(other, line) if line.startswith(("weekdays", "saturday", "sunday")) else line
        for line in rules.text().splitlines()
    ]
    text = "\n".join(lines)
    text = text.replace("opens_minutes = 5", f"opens_minutes = {dice.choice((0, 5, 10))}")
    return text.replace("closes_minutes = 15", f"closes_minutes = {dice.choice((0, 15, 30))}")


def moment(dice: random.Random) -> datetime:
    """Any second of five years; every fifth within a day of a change of clocks."""
    if dice.random() < 0.2:
        edge = dice.choice(EDGES) + timedelta(hours=dice.uniform(-24, 24))
        return edge.replace(microsecond=0)
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(5 * 365 * 86_400))


def _sunday(year: int, month: int, number: int) -> datetime:
    first = datetime(year, month, 1, 7, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


EDGES = [each for year in range(2026, 2031) for each in (_sunday(year, 3, 2), _sunday(year, 11, 1))]
"""The nights on which American clocks change."""


def case(dice: random.Random) -> tuple[Proposal, Facts, datetime]:
    """Somebody to be reached, mostly by somebody who may."""
    at = moment(dice)
    channel = dice.choice(("sms", "sms", "call", "ai_call", "email"))
    country = dice.choice(("US",) * 12 + ("", "CA", "DE", "MX"))
    states = MAINLAND if dice.random() < 0.1 else tuple(dice.sample(STATE_CODES, dice.choice((0, 1, 1, 1, 2, 3, 5))))
    known = Facts(
        zones=tuple(dice.sample(ZONES, dice.choice((0, 1, 1, 1, 1, 2, 2, 3, 5, 10)))),
        states=states,
        country=country,
        said=tuple(_said(dice, number, channel, at) for number in range(dice.choice((1, 1, 1, 1, 2, 4)))),
        denied=tuple(_denied(dice, at) for _ in range(dice.random() < 0.1)),
        held=tuple(_held(dice, at) for _ in range(dice.random() < 0.1)),
        caps=tuple(_cap(dice, at) for _ in range(2)),
        inbound_at=_sign(dice, at),
        still_theirs_at=_sign(dice, at),
        settings=_settings(dice),
    )
    return (
        Proposal(channel, "joe@carrier.example" if channel == "email" else "+12145550100", Purpose.OUTREACH),
        known,
        at,
    )


def _sign(dice: random.Random, at: datetime) -> datetime | None:
    """Of life from a number, if there was one; now and then on the very edge of 60 days, or from a clock ahead."""
    days = dice.choice((None, None, None, -1, 1, 59, 60, 61, 300))
    return at - timedelta(days=days, seconds=dice.choice((0, 0, 1))) if days is not None else None


def _said(dice: random.Random, number: int, channel: str, at: datetime) -> Said:
    others = ("all", "call", "sms", "email")
    basis = dice.choice(("express_written_ai",) * 3 + ("express_written",) if channel == "ai_call" else
                        ("express_written",) * 5 + ("express", "existing_business", "inquiry", ""))  # fmt: skip
    return Said(
        id=number,
        channel=("call" if channel == "ai_call" else channel) if dice.random() < 0.9 else dice.choice(others),
        status=dice.choice(("opted_in",) * 12 + ("opted_out", "revoked", "unknown")),
        basis=basis,
        source=dice.choice(("form", "form", "inbound text", "web form", "phone call", "import")),
        at=at
        - timedelta(days=dice.choice((-1, 1, 1, 30, 90, 200, 200, 200, 800, 800)), minutes=dice.choice((0, 0, 5))),
        expires_at=at + timedelta(days=dice.choice((-1, 90))) if dice.random() < 0.2 else None,
        has_evidence=dice.random() < 0.9,
        by_person=dice.random() < 0.4,
        lifted_at=at + timedelta(days=dice.choice((-20, -2, 1))) if dice.random() < 0.3 else None,
    )


def _denied(dice: random.Random, at: datetime) -> Denied:
    channel = dice.choice(("all", "sms", "call", "email"))
    return Denied(1, "address", "joe", channel, dice.choice(("opt_out", "manual")), at - timedelta(days=9))


def _held(dice: random.Random, at: datetime) -> Held:
    until = at + timedelta(hours=dice.uniform(1, 90)) if dice.random() < 0.7 else None
    return Held(
        "all",
        "",
        "A test of the alarm",
        at - timedelta(days=1),
        until.replace(second=0, microsecond=0) if until else None,
    )


def _cap(dice: random.Random, at: datetime) -> Cap:
    resets_at = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1, minutes=dice.choice((0, 0, 95)))
    return Cap("firm", f"firm:{dice.random()}", 100, dice.choice((0, 99, 99, 99, 100)), resets_at)


def _settings(dice: random.Random) -> dict[str, object]:
    return {
        "begin_hour": dice.choice((21, 21, 19)),
        "end_hour": dice.choice((8, 8, 9)),
        "for_email": dice.random() < 0.8,
        "platform_quiet": dice.choice(("off", "off", "utc")),
        "allow_ai_calls": dice.random() < 0.9,
    }
