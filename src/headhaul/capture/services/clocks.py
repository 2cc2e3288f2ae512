"""When something happened, from a device whose clock may be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

TRUSTED = timedelta(seconds=90)  # so much a clock may differ and a message may take
SURE = timedelta(days=1)  # a clock that is more wrong tells no order of what was agreed and what was refused
OLDEST = timedelta(days=60)  # what waited longer on a device is not believed


def happened(*, said: datetime | None, device_now: datetime | None, at: datetime) -> tuple[datetime, str]:
    """When it was, by our clock, and a sentence about what was put right; "" when nothing was.

    `said` is what the device's clock showed then, `device_now` what it shows while sending.
    """
    if said is None:
        return at, ""
    offset = _offset(device_now, at)
    notes = []
    when = said
    if abs(offset) > TRUSTED:
        when = said + offset
        notes.append(f"The device's clock was {_long(offset)} {'slow' if offset > timedelta(0) else 'fast'}")
    if when > at:
        if when - at > TRUSTED:
            notes.append("it would have been in the future, so it counts from when we were told")
        when = at
    elif at - when > OLDEST:
        notes.append(f"{when:%Y-%m-%d} is too long ago to be believed, so it counts from when we were told")
        when = at
    return when, _sentence(notes)


def agreed(*, said: datetime | None, device_now: datetime | None, at: datetime) -> tuple[datetime, str]:
    """From when a yes of then counts at most, and why its time is not believed; "" when it is.

    A lead whose time nobody knows may count from now, but no yes becomes younger by that: it would outrank a no that
    was said since. A clock that is a day wrong was reset, and nobody knows whether before or after.
    """
    if said is None:
        return at, ""
    offset = _offset(device_now, at)
    when = said + offset if abs(offset) > TRUSTED else said
    if abs(offset) > SURE:
        doubt = f"the device’s clock was {_long(offset)} wrong while sending"
    elif when - at > TRUSTED:
        doubt = "it lies in the future"
    elif at - when > OLDEST:
        doubt = "it is too long ago"
    else:
        return min(when, at), ""
    return min(said, when, at), doubt


def _offset(device_now: datetime | None, at: datetime) -> timedelta:
    return timedelta(0) if device_now is None else at - device_now


def _sentence(notes: list[str]) -> str:
    if not notes:
        return ""
    said = "; ".join(notes)
    return f"{said[0].upper()}{said[1:]}."


def _long(offset: timedelta) -> str:
    seconds = abs(int(offset.total_seconds()))
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
