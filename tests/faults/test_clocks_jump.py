"""A machine whose clock jumps sends nothing until it is right again, least of all to people for whom only the wrong
clock says that it is their hour; the limits of a day do not begin anew.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.http_fake import Faults
from tests.fakes.smtp_sink import SmtpFaults
from tests.faults.sending.doing import CLOSED_HOURS
from tests.faults.sending.scene import IS_FULL, Scene, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LIBRARY = next(
    (path for path in map(Path, ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                                 "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
                                 "/usr/local/lib/faketime/libfaketime.so.1")) if path.exists()),
    None,
)  # fmt: skip
MESSAGES = 600 if IS_FULL else 40
CLOSED = MESSAGES // 4
"""Those to people in California, whose hours ended a while ago, or begin in a while: an hour's jump leads into them."""
WATCH = 3.0 if IS_FULL else 1.5


@pytest.mark.skipif(LIBRARY is None, reason="LIBFAKETIME IS NOT INSTALLED: clocks that jump were NOT tested")
def test_a_machine_whose_clock_jumps_sends_nothing_meanwhile(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    environment = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        CLOSED_HOURS: hours_beside(datetime.now(ZoneInfo("America/Los_Angeles"))),
    }
    with scene(tmp_path, seed=1, texts=Faults(), mails=SmtpFaults(), environment=environment) as stage:
        stage.ask("plan", count=MESSAGES, channels=["email", "sms"])
        stage.ask("plan", count=CLOSED, channels=["sms"], state="CA")
        with stage.server.connect() as connection:  # they become due as the test goes on
            connection.execute("update outreach_message set due_at = due_at + (random() * 6) * interval '1 second'")
        stage.start(workers=2, kills=0.0)
        seen = {}
        for jump in ("+1h", "-1h", "+2d"):
            stage.wait_until_fewer_than(CLOSED + MESSAGES - (len(seen) + 1) * MESSAGES // 10, seconds=240)
            offset.write_text(f"{jump}\n")
            time.sleep(3.0)  # what was being handed over is
            before = _begun(stage)
            time.sleep(WATCH)
            seen[jump] = _begun(stage) - before
            offset.write_text("+0\n")
        stage.wait_until_fewer_than(CLOSED, seconds=240)
        closed = stage.ask("call_off", state="CA")
        outside = _begun(stage, "join outreach_message m on m.id = message_id where m.dedupe_key like 'faults:CA:%'")
        stage.settle(seconds=240)
        days = _days(stage)
        ended = stage.ask("close")
        found = stage.check()
    print(f"\nbegun while the clock was off: {seen}; outside of hours: {outside}, {closed}; days: {days}; {found}")
    assert set(seen.values()) == {0}
    assert outside == 0
    assert closed["waited"] == CLOSED
    assert "quiet_hours" in closed["rules"]
    assert set(closed["rules"]) <= {"quiet_hours", "clock"}
    assert len(days) <= 2  # midnight may pass, a jump may not
    assert not found.broken
    assert ended["failures"] == 0


def hours_beside(now: datetime) -> str:
    """Hours of a day that end half an hour before now; early in the day, hours that begin half an hour from now."""
    minutes = (now.hour * 60 + now.minute) // 5 * 5
    first, last = (minutes - 240, minutes - 30) if minutes >= 300 else (minutes + 35, minutes + 300)
    return f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"


def _begun(stage: Scene, of: str = "") -> int:
    with stage.server.connect() as connection:
        row = connection.execute(f"select count(*) from outreach_sendattempt {of}").fetchone()
    assert row is not None
    return int(str(row[0]))


def _days(stage: Scene) -> list[str]:
    with stage.server.connect() as connection:
        return [str(row[0]) for row in connection.execute("select distinct day from compliance_capuse").fetchall()]
