"""Times that are agreed on the telephone, on the clock of whoever is called."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from headhaul.compliance.judging.windows import next_allowed
from headhaul.compliance.preferences import firm_rules
from headhaul.kernel import InvalidData
from headhaul.kernel.days import zone_named
from headhaul.outreach.choices import Channel, Disposition
from headhaul.outreach.models import Call
from headhaul.outreach.schemas.calls import LogCallOutcome
from headhaul.outreach.selectors.calls import calls

FURTHEST = timedelta(days=366)


def callback(call: Call, asked: LogCallOutcome, *, at: datetime) -> datetime | None:
    """When to call back; it has to be a moment at which one may call them."""
    moment = _moment(call, asked.callback_at, asked.callback_local, wire="callbackAt", at=at)
    if asked.disposition is not Disposition.CALLBACK:
        if moment is not None:
            raise InvalidData("Only a call-back has a time.", fields={"callbackAt": "leave it out"})
        return None
    if moment is None:
        raise InvalidData("When shall they be called back?", fields={"callbackAt": "a time to come"})
    reached = calls.reached(call)
    opens = next_allowed(reached.zones, reached.states, Channel.CALL.value, at=moment, settings=firm_rules())
    if opens is None:
        said = "Nobody knows in which zone they are. Set the contact's time zone first."
        raise InvalidData(said, fields={"callbackAt": "needs a time zone"})
    if opens > moment:
        raise InvalidData(
            f"One may not call them then. The next time after it is {in_words(call, opens)}.",
            fields={"callbackAt": opens.isoformat()},
        )
    return moment


def meeting(call: Call, asked: LogCallOutcome, *, at: datetime) -> datetime | None:
    """When the meeting is, where that was agreed."""
    moment = _moment(call, asked.meeting_at, asked.meeting_local, wire="meetingAt", at=at)
    if moment is not None and asked.disposition is not Disposition.MEETING_SET:
        raise InvalidData("Only a meeting has a time.", fields={"meetingAt": "leave it out"})
    return moment


def in_words(call: Call, moment: datetime) -> str:
    """A moment on their clock, in words."""
    zone = zone_of(call)
    local = moment.astimezone(zone) if zone else moment
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M %Z}"


def zone_of(call: Call) -> tzinfo | None:
    """The likeliest zone of whoever is called."""
    contact = call.contact
    name = (contact.timezone or contact.account.timezone) if contact else ""
    return zone_named(name or "")


def _moment(call: Call, instant: datetime | None, local: str | None, *, wire: str, at: datetime) -> datetime | None:
    if instant is not None and local is not None:
        raise InvalidData("Say the time once.", fields={wire: "an instant, or a local time"})
    moment = instant
    if local is not None:
        zone = zone_of(call)
        if zone is None:
            said = "Their time zone is not known, so a local time says nothing."
            raise InvalidData(said, fields={wire: "an instant with its offset; or set their time zone"})
        moment = _in_zone(datetime.fromisoformat(local), zone, wire=wire)
    if moment is not None and not at < moment <= at + FURTHEST:
        raise InvalidData("This has to lie ahead, within a year.", fields={wire: "later than now"})
    return moment


def _in_zone(naive: datetime, zone: tzinfo, *, wire: str) -> datetime:
    """The instant of a wall-clock time; one that the spring change skips does not exist."""
    moment = naive.replace(tzinfo=zone)
    back = datetime.fromtimestamp(moment.timestamp(), tz=zone).replace(tzinfo=None)
    if back != naive:
        said = "Clocks are put forward there that night: this time does not exist."
        raise InvalidData(said, fields={wire: "an hour later"})
    return moment
