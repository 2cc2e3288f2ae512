"""A process that runs nights on demand, each in a child of its own that can be killed.

Django is loaded once; every line on stdin is a day and a now, and starts a child. What the child says goes to stdout:
its pid first, then each step, then `done`; `ended CODE` comes when it is gone, however it went.
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def night(day: str, at: str) -> None:
    from headhaul.nightly.choices import Trigger
    from headhaul.nightly.services import prospecting

    prospecting.run(
        day=date.fromisoformat(day),
        trigger=Trigger.COMMAND,
        at=datetime.fromisoformat(at),
        patience=20,
        tell=lambda said: say(f"step {said}"),
    )
    say("done")


def main() -> None:
    import django

    django.setup()

    say("ready")
    for line in sys.stdin:
        day, at = line.split()
        pid = os.fork()
        if pid == 0:
            say(f"pid {os.getpid()}")
            night(day, at)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
