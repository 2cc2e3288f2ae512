"""The order in which to call: due call-backs, then by score whom one may call now, then the others by when one may.

Hours are told by the zones people may be in. So that whole coasts of sleepers do not hide the ones that are awake, the
best of each zone and state are looked at. What is shown is judged by the whole pre-flight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import visible
from headhaul.accounts.services.reaching import recipients_of
from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.windows import next_allowed
from headhaul.compliance.judging.words import Reason, Verdict
from headhaul.compliance.preferences import firm_rules
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, Recipient
from headhaul.kernel.days import zone_named
from headhaul.outreach.choices import Channel, Disposition
from headhaul.outreach.schemas.calls import CallQueue, GetCallQueue, QueueRow, Why
from headhaul.outreach.selectors.calls.people import COLUMNS, SOURCE

OF_EACH = 30  # looked at of each zone and state
IS_OPEN = (
    "(t.state in ('queued', 'callback') or (t.state = 'taken' and (t.taken_until is null or t.taken_until <= %s)))"
)
_CANDIDATES = f"""
select * from (
    select {COLUMNS}, row_number() over (
        partition by c.timezone, a.state
        order by t.due_at <= %s desc, t.last_disposition = 'callback' and t.due_at <= %s desc,
            coalesce(s.score_hundredths, t.score_hundredths) desc, t.due_at, t.id
    ) as place
    from {SOURCE} where {{where}}
) best where place <= {OF_EACH}
"""
_COUNT = f"select count(*) as n from {SOURCE} where {{where}}"
_MINE = f"""
select {COLUMNS} from {SOURCE} where t.state = 'taken' and t.taken_by_id = %s and t.taken_until > %s order by t.id
"""
_ONE = f"select {COLUMNS} from {SOURCE} where {{where}}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the queue; `opens_at` is when hours allow it, never before the target is due."""

    row: dict[str, Any]
    recipient: Recipient
    opens_at: datetime | None
    verdict: Verdict | None = None

    @property
    def is_callback(self) -> bool:
        """Whether they asked to be called at that time."""
        return bool(self.row["last_disposition"] == Disposition.CALLBACK)

    @property
    def score(self) -> int:
        """Of their account."""
        return int(self.row["score_hundredths"] or 0)

    def order(self, at: datetime) -> tuple[Any, ...]:
        """Where they stand in the queue."""
        due, key = self.row["due_at"], self.row["target_id"]
        if self.opens_at is None:
            return (3, -self.score, key)
        if self.opens_at > at:
            return (2, self.opens_at, -self.score, key)
        return (0, due, -self.score, key) if self.is_callback and due <= at else (1, -self.score, due, key)


def queue(*, asked: GetCallQueue, by: Actor, at: datetime) -> CallQueue:
    """The next ones, judged; and those that the reader has taken."""
    best = judged(ordered(call_campaign_id=asked.call_campaign_id, by=by, at=at)[: asked.limit], by=by, at=at)
    later = [one.opens_at for one in best if one.opens_at is not None and one.opens_at > at]
    mine = _candidates(fetch(_MINE, [by.user_id, at]), at=at)
    return CallQueue(
        items=[shown(one, at=at) for one in best],
        total=_total(asked.call_campaign_id, by=by, at=at),
        callable_now=sum(one.opens_at is not None and one.opens_at <= at for one in best),
        next_allowed_at=min(later, default=None),
        mine=[shown(one, at=at) for one in judged(mine, by=by, at=at)],
    )


def ordered(*, call_campaign_id: int | None, by: Actor, at: datetime) -> list[Candidate]:
    """The best of every zone in the order of the queue, by hours alone."""
    narrowed = _open(call_campaign_id, by=by, at=at)
    rows = fetch(_CANDIDATES.format(where=narrowed.where), [at, at, *narrowed.parameters])
    return sorted(_candidates(rows, at=at), key=lambda one: one.order(at))


def judged(candidates: Iterable[Candidate], *, by: Actor, at: datetime) -> list[Candidate]:
    """The same after the whole pre-flight, in their new order."""
    return sorted((judge(one, by=by, at=at) for one in candidates), key=lambda one: one.order(at))


def judge(one: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """What all rules say to a call by this user now."""
    if not one.recipient.address:
        said = Reason("no_number", "L0", Outcome.DENY, "No usable telephone number is known.")
        return replace(one, opens_at=None, verdict=Verdict(Outcome.DENY, at, reasons=(said,)))
    verdict = preflight.judge(one.recipient, at=at, user_id=by.user_id, call_campaign_id=one.row["call_campaign_id"])
    opens_at = one.row["due_at"] if one.row["due_at"] > at else at
    if verdict.outcome is Outcome.DENY or (verdict.outcome is Outcome.DEFER and verdict.until is None):
        return replace(one, opens_at=None, verdict=verdict)
    if verdict.outcome is Outcome.DEFER and verdict.until is not None:
        opens_at = max(opens_at, verdict.until)
    return replace(one, opens_at=opens_at, verdict=verdict)


def one(target_id: int, *, by: Actor, at: datetime) -> Candidate | None:
    """A target that this actor sees, judged."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("t.id = %s", target_id)
    rows = fetch(_ONE.format(where=narrowed.where), narrowed.parameters)
    return judge(_candidates(rows, at=at)[0], by=by, at=at) if rows else None


def shown(one: Candidate, *, at: datetime) -> QueueRow:
    """As the answer carries it."""
    row, zone = one.row, zone_named(one.row["timezone"])
    names = ("target_id", "call_campaign_id", "call_campaign", "contact_id", "contact", "title", "account_id",
             "account", "city", "state", "segment", "target_state", "due_at", "tries", "last_disposition",
             "taken_by")  # fmt: skip
    is_callable = one.opens_at is not None and one.opens_at <= at
    reasons = [Why(rule=each.rule, sentence=each.sentence, until=each.until) for each in _reasons(one)]
    if row["due_at"] > at:
        said = "Asked to be called back then." if one.is_callback else "The next try is later."
        reasons.insert(0, Why(rule="not_due", sentence=said, until=row["due_at"]))
    return QueueRow(
        **{name: row[name] for name in names},
        number=one.recipient.address,
        score=None if row["score_hundredths"] is None else row["score_hundredths"] / 100,
        timezone=zone.key if zone else "",
        local_time=at.astimezone(zone) if zone else None,
        is_callback=one.is_callback,
        is_callable=is_callable,
        next_allowed_at=None if is_callable else one.opens_at,
        why=reasons,
        taken_by_id=row["taken_by_id"] if row["target_state"] == "taken" else None,
    )


def _reasons(one: Candidate) -> Sequence[Reason]:
    return one.verdict.reasons if one.verdict else ()


class Hours:
    """When calls may be made to zones and states, worked out once for each."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[Any, ...], datetime | None] = {}

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return firm_rules()

    def opens_at(self, recipient: Recipient, *, due_at: datetime) -> datetime | None:
        """The first moment that suits, not before it is due."""
        start = max(due_at, self.at)
        key = (recipient.zones, recipient.states, start)
        if key not in self._known:
            self._known[key] = next_allowed(
                recipient.zones, recipient.states, Channel.CALL.value, at=start, settings=self._settings
            )
        return self._known[key]


def _candidates(rows: Sequence[dict[str, Any]], *, at: datetime) -> list[Candidate]:
    known, hours = recipients_of([row["contact_id"] for row in rows], Reach.CALL), Hours(at)
    nobody = Recipient(channel=Channel.CALL.value, address="")
    reached = [known.get(row["contact_id"], nobody) for row in rows]
    return [
        Candidate(row, whom, hours.opens_at(whom, due_at=row["due_at"]) if whom.address else None)
        for row, whom in zip(rows, reached, strict=True)
    ]


def _open(call_campaign_id: int | None, *, by: Actor, at: datetime) -> Conditions:
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("g.state = 'active'")
    narrowed.add(IS_OPEN, at)
    if call_campaign_id is not None:
        narrowed.add("g.id = %s", call_campaign_id)
    return narrowed


def _total(call_campaign_id: int | None, *, by: Actor, at: datetime) -> int:
    narrowed = _open(call_campaign_id, by=by, at=at)
    return int(fetch(_COUNT.format(where=narrowed.where), narrowed.parameters)[0]["n"])
