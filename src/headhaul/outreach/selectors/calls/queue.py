"""The order in which to call: due call-backs, then by score whom one may call now, then the others by when one may.

Who cannot be called as things stand is left out before anybody is looked at, and counted with the reason. Of the
others as many are looked at as it takes, so that nobody who may be called is hidden by those who may not. Hours are
told by the zones people may be in; whose hours are open, and who is shown, is judged by the whole pre-flight.

The queue moves while it is read: people are taken, hours open. A cursor therefore names those who were shown last, and
goes on behind the hindmost of them who still waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from headhaul.compliance.selectors import crowds, holds
from headhaul.compliance.services import preflight
from headhaul.compliance.services.crowds import OF_EVERYBODY, judge_calls
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.kernel.days import zone_named
from headhaul.kernel.keyset import decode_cursor, encode_cursor
from headhaul.outreach.choices import Channel, Disposition
from headhaul.outreach.schemas.calls import CallQueue, GetCallQueue, QueueRow, Why
from headhaul.outreach.selectors.calls import waiting
from headhaul.outreach.selectors.calls.leases import Lease, Leases
from headhaul.outreach.selectors.calls.people import COLUMNS, SOURCE

HOLD = "hold"
COUNTED = 100  # who may be called now; of more it says "at least"
LOOKED_AT = 2_000  # at most, to say how many may be
TOGETHER = (60, 1_000)  # looked at in one go: at first, and at most
LATER = 1_000  # of those who are due later, brought into the order in which they may be called
MOST_BEFORE, KEPT = 1_000_000, 12  # what a cursor may say: how many came before, and the ids of the last of them
_CURSOR = "queue of calls"
IS_OPEN = (
    "(t.state in ('queued', 'callback') or (t.state = 'taken' and (t.taken_until is null or t.taken_until <= %s)))"
)
_MINE = f"""
select {COLUMNS} from {SOURCE} where t.state = 'taken' and t.taken_by_id = %s and t.taken_until > %s order by t.id
"""
_ONE = f"select {COLUMNS} from {SOURCE} where {{where}}"
_SOME = f"select {COLUMNS} from {SOURCE} where t.id = any(%s) order by array_position(%s::bigint[], t.id)"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the queue; `opens_at` is when hours allow it, never before the target is due.

    `lease` is by what other entry they are being called at this moment.
    """

    row: dict[str, Any]
    recipient: Recipient
    opens_at: datetime | None
    verdict: Verdict | None = None
    lease: Lease | None = None

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


@dataclass(slots=True)
class Found:
    """Who was found by looking, and how far that went."""

    callable_now: list[Candidate] = field(default_factory=list)
    later: list[Candidate] = field(default_factory=list)
    refused: list[Candidate] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=lambda: dict(crowds.BARRED))
    is_all: bool = True
    looked_at: int = 0

    def add(self, one: Candidate, *, at: datetime) -> None:
        """One more."""
        if one.opens_at is not None:
            (self.later if one.opens_at > at else self.callable_now).append(one)
            return
        self.refused.append(one)
        for reason in _reasons(one)[:1]:
            self.reasons[reason.rule] += 1
            self.sentences.setdefault(reason.rule, reason.sentence)

    def end(self, everybody: waiting.Waiting) -> None:
        """Looking has ended by itself: where a stop of all calls ended it, that holds for whoever was not looked at."""
        rest = len(everybody.due) - len(self.callable_now) - len(self.later) - len(self.refused)
        if rest and any(reason.rule == HOLD for one in self.refused for reason in _reasons(one)):
            self.reasons[HOLD] += rest


def queue(*, asked: GetCallQueue, by: Actor, at: datetime) -> CallQueue:
    """The next ones, judged; how many may be called now and how many cannot be; and those whom the reader has taken."""
    everybody = waiting.load(open_to(by=by, call_campaign_id=asked.call_campaign_id, at=at), at=at)
    before, shown_last = _cursor(asked.cursor)
    most = before + asked.limit + 1
    found = Found(reasons=Counter(everybody.reasons))
    for number, candidate in enumerate(walked(everybody, by=by, call_campaign_id=asked.call_campaign_id, at=at), 1):
        found.add(candidate, at=at)
        found.looked_at = number
        if len(found.callable_now) >= max(COUNTED, most) or number >= LOOKED_AT:
            found.is_all = number == len(everybody.due)
            break
    else:
        found.end(everybody)
    ordered = _ordered(found, everybody, most=most, at=at)
    places = [place for place, one in enumerate(ordered) if one.row["target_id"] in shown_last]
    start = places[-1] + 1 if places else before
    page = ordered[start : start + asked.limit]
    items = _judged_page(page, by=by, at=at)
    later = [one.opens_at for one in items if one.opens_at is not None and one.opens_at > at]
    mine = _candidates(fetch(_MINE, [by.user_id, at]), at=at)
    return CallQueue(
        items=[shown(one, at=at) for one in items],
        next_cursor=_cursor_after(page, start) if page and everybody.total > start + len(page) else None,
        total=everybody.total,
        callable_now=len(found.callable_now),
        callable_is_exact=found.is_all,
        barred=waiting.told(found.reasons, found.sentences),
        next_allowed_at=min(later, default=None),
        mine=[shown(judge(one, by=by, at=at), at=at) for one in mine],
    )


def walked(everybody: waiting.Waiting, *, by: Actor, call_campaign_id: int | None, at: datetime) -> Iterator[Candidate]:
    """All who are due, in the order of the queue, those whose hours are open judged as a crowd.

    It ends before the list does when what speaks against a call speaks against all: a stop, a limit of the user's.
    """
    is_held = bool(holds.covering(channel=Channel.CALL.value, call_campaign_id=call_campaign_id, at=at))
    start, size = 0, TOGETHER[0]
    while start < len(everybody.due):
        some = judged(some_of(everybody.due[start : start + size], at=at), by=by, at=at)
        yield from some
        if is_held or any(reason.rule in OF_EVERYBODY for one in some for reason in _reasons(one)):
            return
        start, size = start + size, min(size * 2, TOGETHER[1])


def some_of(keys: Sequence[int], *, at: datetime) -> list[Candidate]:
    """These targets in this order, by hours alone."""
    return _candidates(fetch(_SOME, [list(keys), list(keys)]), at=at)


def judged(candidates: Sequence[Candidate], *, by: Actor, at: datetime, asleep_too: bool = False) -> list[Candidate]:
    """The same after the whole pre-flight; those whose hours are closed only if they are asked for."""
    asked = [one for one in candidates if one.recipient.address and (asleep_too or _is_open(one, at=at))]
    verdicts = judge_calls([(one.recipient, one.row["call_campaign_id"]) for one in asked], at=at, user_id=by.user_id)
    known = {one.row["target_id"]: verdict for one, verdict in zip(asked, verdicts, strict=True)}
    return [
        _without_number(one, at=at)
        if not one.recipient.address
        else _weighed(one, known[one.row["target_id"]], at=at)
        if one.row["target_id"] in known
        else one
        for one in candidates
    ]


def judge(one: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """What all rules say to a call by this user now."""
    if not one.recipient.address:
        return _without_number(one, at=at)
    verdict = preflight.judge(one.recipient, at=at, user_id=by.user_id, call_campaign_id=one.row["call_campaign_id"])
    return _weighed(one, verdict, at=at)


def _without_number(one: Candidate, *, at: datetime) -> Candidate:
    said = Reason("no_number", "L0", Outcome.DENY, crowds.BARRED["no_number"])
    return replace(one, opens_at=None, verdict=Verdict(Outcome.DENY, at, reasons=(said,)))


def _weighed(one: Candidate, verdict: Verdict, *, at: datetime) -> Candidate:
    if verdict.outcome is Outcome.DENY or (verdict.outcome is Outcome.DEFER and verdict.until is None):
        return replace(one, opens_at=None, verdict=verdict)
    moments = [at, one.row["due_at"], verdict.until if verdict.outcome is Outcome.DEFER else None]
    moments.append(one.lease.taken_until if one.lease else None)
    return replace(one, opens_at=max(moment for moment in moments if moment is not None), verdict=verdict)


def _is_open(one: Candidate, *, at: datetime) -> bool:
    return one.opens_at is not None and one.opens_at <= at


def _ordered(found: Found, everybody: waiting.Waiting, *, most: int, at: datetime) -> list[Candidate]:
    """The first of those who may be called, then of the others by when, then of those who cannot be.

    Last come those whom nobody looked at, since enough others stood before them or a stop of all calls ended it.
    """
    page = _first(found.callable_now, most, at=at)
    if left := most - len(page):
        # Hours may open in another order than the entries are due: of so many the order is the true one.
        page += _first([*found.later, *some_of(everybody.later[:LATER], at=at)], left, at=at)
    if left := most - len(page):
        page += some_of(everybody.later[LATER : LATER + left], at=at)
    if left := most - len(page):
        refused = [*found.refused, *some_of(everybody.barred[:left], at=at)]
        page += sorted(refused, key=lambda one: (-one.score, one.row["target_id"]))[:left]
    if left := most - len(page):
        page += some_of(everybody.due[found.looked_at : found.looked_at + left], at=at)
    return page


def _judged_page(page: Sequence[Candidate], *, by: Actor, at: datetime) -> list[Candidate]:
    """What all rules say to each of them, in the order that follows from it."""
    known = [one for one in page if one.verdict is not None]
    unknown = judged([one for one in page if one.verdict is None], by=by, at=at, asleep_too=True)
    return sorted([*known, *unknown], key=lambda one: one.order(at))


def _cursor(cursor: str | None) -> tuple[int, frozenset[int]]:
    """How many came before, and the ids of those who were shown last."""
    if not cursor:
        return 0, frozenset()
    before, ids = decode_cursor(cursor, sort=_CURSOR, types=[int, str])
    try:
        keys = frozenset(int(key) for key in str(ids).split(","))
    except ValueError:
        keys = frozenset()
    if not isinstance(before, int) or not 0 <= before <= MOST_BEFORE or not keys or len(keys) > KEPT:
        raise InvalidData("This cursor does not belong to this list; start again from the first page.",
                          fields={"cursor": "leave it out, or send nextCursor of the answer before"})  # fmt: skip
    return before, keys


def _cursor_after(page: Sequence[Candidate], start: int) -> str:
    ids = ",".join(str(one.row["target_id"]) for one in page[-KEPT:])
    return encode_cursor(_CURSOR, [start + len(page), ids])


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
    if one.lease is not None:
        said = f"They are being called at this moment, in {one.lease.campaign}."
        reasons.insert(0, Why(rule="taken", sentence=said, until=one.lease.taken_until))
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


def _first(candidates: Sequence[Candidate], most: int, *, at: datetime) -> list[Candidate]:
    return sorted(candidates, key=lambda one: one.order(at))[:most]


def open_to(*, by: Actor, call_campaign_id: int | None, at: datetime) -> Conditions:
    """What is in the queue that this actor sees: of active campaigns, and taken by nobody."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("g.state = 'active'")
    narrowed.add(IS_OPEN, at)
    if call_campaign_id is not None:
        narrowed.add("g.id = %s", call_campaign_id)
    return narrowed


def _candidates(rows: Sequence[dict[str, Any]], *, at: datetime) -> list[Candidate]:
    known, hours = recipients_of([row["contact_id"] for row in rows], Reach.CALL), Hours(at)
    leases, nobody = Leases.at(at), Recipient(channel=Channel.CALL.value, address="")
    return [_candidate(row, known.get(row["contact_id"], nobody), hours, leases) for row in rows]


def _candidate(row: dict[str, Any], whom: Recipient, hours: Hours, leases: Leases) -> Candidate:
    if not whom.address:
        return Candidate(row, whom, None)
    opens_at = hours.opens_at(whom, due_at=row["due_at"])
    lease = leases.elsewhere(target_id=row["target_id"], contact_id=row["contact_id"], number=whom.address)
    if lease is not None and opens_at is not None:
        opens_at = max(opens_at, lease.taken_until)
    return Candidate(row, whom, opens_at, lease=lease)
