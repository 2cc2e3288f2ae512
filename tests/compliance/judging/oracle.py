"""A second judge, slow and simple, that shares no line with the first: it tries every minute.

It reads the rules' text itself, and the zones from their files. What it decides: stops, suppressions, consent, hours,
limits. Verdicts are compared whole: what comes out, until when, and which layers spoke.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import holidays
import numpy as np

from headhaul.compliance.judging.words import Facts, Proposal, Said
from tests.compliance.judging.zone_files import EPOCH, offsets_of

HORIZON = 14 * 1440
PHONE = ("sms", "call", "ai_call")


class Oracle:
    """One rule set."""

    def __init__(self, text: str) -> None:
        self.said = tomllib.loads(text)
        self.states = {row["code"]: row for row in self.said["states"]}
        self.countries = {code: row for row in self.said["countries"] for code in row.get("members", [row["code"]])}
        self.off: dict[tuple[str, str, int], set[int]] = {}

    def decide(self, proposal: Proposal, facts: Facts, at: datetime) -> tuple[str, datetime | None, set[str]]:
        """allow, defer or deny; until when; and the layers that had something against it."""
        opens = self.next(proposal.channel, facts, at) if facts.zones or proposal.channel not in PHONE else None
        denying = {layer for layer, speaks in self.denials(proposal.channel, facts, at, opens) if speaks}
        delays = self.delays(proposal.channel, facts, at, opens)
        spoke = denying | {layer for layer, _ in delays}
        moments = [moment for _, moment in delays]
        if denying or not moments:
            return ("deny" if denying else "allow"), None, spoke
        if None in moments:
            return "defer", None, spoke
        latest = max(moment for moment in moments if moment)
        return "defer", self.next(proposal.channel, facts, latest) or latest, spoke

    def denials(self, channel: str, facts: Facts, at: datetime, opens: datetime | None) -> list[tuple[str, bool]]:
        """What says no, by layer."""
        heard = {"all", channel, "call" if channel == "ai_call" else channel}
        return [
            ("L1", any(denied.channel in heard for denied in facts.denied)),
            ("L2", not self.agreed(channel, facts, at)),
            ("L3", opens is None),
        ]

    def may_be_anothers(self, channel: str, facts: Facts, at: datetime) -> bool:
        """Whether for 60 days nothing showed that the number is still that of whoever agreed to texts."""
        if channel not in ("sms", "ai_call") or not self.agreed(channel, facts, at):
            return False
        events = [event for event in facts.said if event.channel == {"ai_call": "call"}.get(channel, channel)]
        agreed_at = max(event.at for event in events if self.holds(event, events, channel, at))
        signs = [agreed_at, facts.inbound_at, facts.still_theirs_at]
        return not any(sign and sign <= at <= sign + timedelta(days=60) for sign in signs)

    def delays(
        self, channel: str, facts: Facts, at: datetime, opens: datetime | None
    ) -> list[tuple[str, datetime | None]]:
        """What says later, by layer, and when that is."""
        found: list[tuple[str, datetime | None]] = [("L0", held.until) for held in facts.held]
        found += [("L2", None)] if self.may_be_anothers(channel, facts, at) else []
        found += [("L3", opens)] if opens not in (None, at) else []
        return found + [("L4", cap.resets_at) for cap in facts.caps if cap.used >= cap.limit]

    def agreed(self, channel: str, facts: Facts, at: datetime) -> bool:
        """Every sentence of the rule on consent, one after the other."""
        spoken = "call" if channel == "ai_call" else channel
        for over, as_channel in (("all", "all"), (spoken, channel)):
            events = [event for event in facts.said if event.channel == over]
            if any(self.stands(refusal, events, as_channel, at) for refusal in events if _refuses(refusal)):
                return False
        if channel == "ai_call" and not facts.settings.get("allow_ai_calls"):
            return False
        abroad = [self.country(code) for code in self.places(facts) if code != "US"]
        if channel == "email" and not abroad:
            return True
        events = [event for event in facts.said if event.channel == spoken]
        grants = [event for event in events if self.holds(event, events, channel, at)]
        if not grants:
            return False
        last = max(grants, key=lambda event: (event.at, self.own(event), event.id))
        for row in abroad:
            days = row.get("expires_days", {}).get(last.basis)
            ends = last.expires_at or (last.at + timedelta(days=days) if days else None)
            if last.basis not in row["bases"] or (ends and ends <= at):
                return False
        bases = self.said["consent"]["written_bases"] + self.said["consent"]["ai_bases"]
        asking = [state for state in facts.states if channel in self.states.get(state, {}).get("written_consent", [])]
        return (last.basis in bases and last.has_evidence) or len(facts.states) > 3 or not asking

    def places(self, facts: Facts) -> list[str]:
        """Countries: what is said, and what the states say (here only American ones)."""
        said = [facts.country] if facts.country else []
        return list(dict.fromkeys([*said, *(["US"] if facts.states or not said else [])]))

    def country(self, code: str) -> dict[str, Any]:
        """Its row, or that of all others."""
        return self.countries.get(code, self.countries["*"])

    def counts(self, event: Said, channel: str, at: datetime) -> bool:
        """Whether a yes is one that can be shown."""
        rules = self.said["consent"]
        if event.status != "opted_in" or event.at > at or (event.expires_at and event.expires_at <= at):
            return False
        if any(event.source.startswith(word) for word in rules["claim_sources"]) and not event.has_evidence:
            return False
        if channel == "sms":
            return event.basis in rules["written_bases"] and event.has_evidence
        return channel != "ai_call" or (event.basis in rules["ai_bases"] and event.has_evidence)

    def own(self, event: Said) -> bool:
        """Whether it is their own word."""
        return (
            event.has_evidence
            and not event.by_person
            and any(event.source.startswith(w) for w in self.said["consent"]["inbound_sources"])
        )

    def stands(self, refusal: Said, events: list[Said], channel: str, at: datetime) -> bool:
        """A refusal stands until their own later yes. Lifted: ours is over; theirs, until a later yes that is shown."""
        lifted = refusal.lifted_at is not None and refusal.lifted_at <= at
        if lifted and refusal.by_person:
            return False
        later = [event for event in events if event.at > refusal.at and self.counts(event, channel, at)]
        return not any(self.own(event) or (lifted and event.has_evidence) for event in later)

    def holds(self, grant: Said, events: list[Said], channel: str, at: datetime) -> bool:
        """A yes holds unless a refusal came with it or later, or an earlier one stood and the yes is not their own."""
        if not self.counts(grant, channel, at):
            return False
        refusals = [event for event in events if _refuses(event)]
        if any(refusal.at >= grant.at for refusal in refusals):
            return False
        before = [event for event in events if event.at < grant.at]
        return self.own(grant) or not any(self.stands(refusal, [*before, grant], channel, at) for refusal in refusals)

    def next(self, channel: str, facts: Facts, at: datetime) -> datetime | None:
        """The first minute from `at` on, of two weeks, tried one by one. The hours for e-mail give way to never."""
        minute = int(at.timestamp()) // 60
        for local in (True, False) if channel == "email" else (True,):
            for begin, end in ((0, 1), (1, 1_440), (1_440, 4_320), (4_320, HORIZON + 1)):
                found = np.flatnonzero(self.allowed(channel, facts, np.arange(minute + begin, minute + end), local))
                if len(found):
                    ahead = begin + int(found[0])
                    return at if ahead == 0 else datetime.fromtimestamp((minute + ahead) * 60, UTC)
        return None

    def allowed(self, channel: str, facts: Facts, minutes: np.ndarray, local: bool) -> np.ndarray:
        """Of these minutes of UTC since 1970, those at which it is open for every state in every zone."""
        fine = np.ones(len(minutes), dtype=bool)
        mine = facts.settings
        if mine.get("platform_quiet") == "utc":
            fine &= (minutes % 1440 >= 8 * 60) & (minutes % 1440 < 21 * 60)
        if not local:
            return fine
        shown = {zone: Shown(minutes + offsets_of(zone, minutes)) for zone in facts.zones}
        begin, end = (mine.get("end_hour", 8), mine.get("begin_hour", 21)) if channel in PHONE else (8, 18)
        if channel in PHONE or mine.get("for_email", True):
            for there in shown.values():
                fine &= (there.minute >= begin * 60) & (there.minute < end * 60)
        for row, calendar in self.rows(facts) if channel in PHONE else []:
            clocks = dict(shown)
            if row.get("clock"):
                clocks[row["clock"]] = Shown(minutes + offsets_of(row["clock"], minutes))
            own = {**row, **row.get(channel, {})}
            for there in clocks.values():
                fine &= self.row_allows(own, calendar, there)
        return fine

    def rows(self, facts: Facts) -> list[tuple[dict[str, Any], tuple[str, str]]]:
        """The rows of the law with hours for them."""
        found = [(self.country(code), (code, "")) for code in self.places(facts) if code != "US"]
        if "US" not in self.places(facts):
            return found
        found.append((self.said["federal"], ("US", "")))
        if not facts.states:
            return [*found, (self.said["unknown"], ("US", ""))]
        return found + [(self.states[state], ("US", state)) for state in facts.states if state in self.states]

    def row_allows(self, row: dict[str, Any], calendar: tuple[str, str], there: Shown) -> np.ndarray:
        """Whether a row's hours hold at these local minutes."""
        late, early = self.said["guard"]["opens_minutes"], self.said["guard"]["closes_minutes"]
        fine = np.zeros(len(there.minute), dtype=bool)
        for name, of_week in there.parts.items():
            if row[name]:
                opens, closes = (int(part[:2]) * 60 + int(part[3:]) for part in row[name].split("-"))
                fine |= of_week & (there.minute >= opens + late) & (there.minute < closes - early)
        if row["holidays"] == "closed":
            for day in self.days_off(calendar, there.day):
                fine &= there.day != day
        return fine

    def days_off(self, calendar: tuple[str, str], days: np.ndarray) -> set[int]:
        """Holidays of the years in question, in days since 1970."""
        found: set[int] = set()
        for year in {datetime.fromordinal(int(day) + EPOCH).year for day in (days[0], days[-1])}:
            key = (*calendar, year)
            if key not in self.off:
                dates = holidays.country_holidays(calendar[0], subdiv=calendar[1] or None, years=year)
                self.off[key] = {day.toordinal() - EPOCH for day in dates}
            found |= {day for day in self.off[key] if days[0] <= day <= days[-1]}
        return found


class Shown:
    """What the clocks of a zone show at some minutes: the day since 1970, its minute, and which part of the week."""

    def __init__(self, local: np.ndarray) -> None:
        self.day, self.minute = local // 1440, local % 1440
        weekday = (self.day + 3) % 7  # 1970 began on a Thursday
        parts = {"weekdays": weekday < 5, "saturday": weekday == 5, "sunday": weekday == 6}
        self.parts = {name: part for name, part in parts.items() if part.any()}


def _refuses(event: Said) -> bool:
    return event.status in ("opted_out", "revoked")
