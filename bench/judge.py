"""`python -m bench.judge`: decisions and next moments a CPU second, on one core. Needs no database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.windows import next_allowed
from headhaul.compliance.judging.words import Content, Facts, Proposal, Said
from headhaul.kernel.places import STATE_CODES
from headhaul.kernel.zones import of_state

AT = datetime(2026, 12, 7, tzinfo=UTC)
MAINLAND = tuple(code for code in STATE_CODES if code not in ("AK", "HI", "PR", "VI", "GU", "AS", "MP"))
US48 = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles")
GOAL = 3_000


def people(count: int, dice: random.Random) -> list[tuple[tuple[str, ...], tuple[str, ...], datetime]]:
    """Zones, states and a moment of a week for so many; every fifth may be anywhere on the mainland."""
    found = []
    for _ in range(count):
        at = AT + timedelta(seconds=dice.randrange(7 * 86_400))
        states = (dice.choice(MAINLAND),)
        found.append((US48, MAINLAND, at) if dice.random() < 0.2 else (of_state(states[0]), states, at))
    return found


def judged(person: tuple[tuple[str, ...], tuple[str, ...], datetime]) -> None:
    """One decision on a text, with its consent, evidence and sentences."""
    zones, states, at = person
    said = (Said(1, "sms", "opted_in", "express_written", "web form", AT - timedelta(days=9), None, True),)
    content = Content(text="Hi, drivers near you. Reply STOP to end", body_hash="1", approved_hash="1")
    decide(Proposal("sms", "+12145550100", content=content), Facts(zones, states, "US", said), at=at)


def planned(person: tuple[tuple[str, ...], tuple[str, ...], datetime]) -> None:
    """The next moment at which a text may go, as planning asks."""
    next_allowed(person[0], person[1], "sms", at=person[2])


def rate(
    work: Callable[[tuple[tuple[str, ...], tuple[str, ...], datetime]], None],
    over: list[tuple[tuple[str, ...], tuple[str, ...], datetime]],
) -> float:
    """So many a CPU second."""
    begun = time.process_time()
    for each in over:
        work(each)
    return len(over) / (time.process_time() - begun)


def main() -> None:
    """Measure and print."""
    dice = random.Random(4)
    for name, work, count in (("decisions", judged, 30_000), ("next moments", planned, 100_000)):
        over = people(count, dice)
        first = rate(work, over[:2_000])
        then = rate(work, over)
        print(
            f"{name:14} {first:9,.0f} a CPU second cold, {then:9,.0f} warm ({then / GOAL:.1f} × the goal of {GOAL:,})"
        )


if __name__ == "__main__":
    main()
