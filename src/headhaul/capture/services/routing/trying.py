"""What rules would have done with past leads: the same deciding, at a desk that only remembers."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import RoutedBy
from headhaul.capture.models import OutOfOffice
from headhaul.capture.preferences import LeadOwners
from headhaul.capture.schemas.routing import DryRun, DryRunCount, DryRunRow, RoutingRule
from headhaul.capture.schemas.words import Person
from headhaul.capture.services.routing.choosing import Circumstances, Decision, Otherwise, Subject, decide
from headhaul.capture.services.routing.saving import check
from headhaul.kernel import Role
from headhaul.pipeline.working_days import Calendar, current
from headhaul.security.models import User

MOST = 20_000  # leads that one try looks at
SHOWN = 50

_LEADS = """
select l.id, l.captured_at, l.received_at, l.grade, l.owner_id, l.routed_by, s.key as source, e.kind as event_kind,
       l.event_id, e.owner_id as event_owner_id, coalesce(e.name, '') as event, l.captured_by_id,
       coalesce(a.name, '') as account, coalesce(nullif(c.name, ''), a.name, l.as_given ->> 'company', '') as name,
       coalesce(a.state, '') as state, coalesce(a.region, '') as region, coalesce(a.segment, '') as segment,
       case when l.status in ('converted', 'disqualified') then l.updated_at end as settled_at, d.case
from capture_lead l
left join lateral (
    select r.case from capture_routingdecision r where r.lead_id = l.id and r.case is not null order by r.id limit 1
) d on true join capture_leadsource s on s.id = l.source_id
left join capture_captureevent e on e.id = l.event_id
left join accounts_account a on a.id = l.account_id
left join accounts_contact c on c.id = l.contact_id
where not l.is_spam and l.merged_into_id is null and l.captured_at >= %s
order by l.received_at desc, l.id desc limit %s
"""
_OPEN_BEFORE = """
select owner_id, case when status in ('converted', 'disqualified') then updated_at end as settled_at
from capture_lead
where not is_spam and merged_into_id is null and owner_id is not null and captured_at < %(since)s
  and (status not in ('converted', 'disqualified') or updated_at >= %(since)s)
"""
_COUNT = """
select count(*) as n from capture_lead
where not is_spam and merged_into_id is null and captured_at >= %s
"""


class PastDesk:
    """Counts what it gave. Absences are those that are noted; whoever works accounts today did so then."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.at = datetime(1970, 1, 1, tzinfo=UTC)
        self._users = {user.pk: user for user in User.objects.all()}
        self._away: dict[int, list[OutOfOffice]] = defaultdict(list)
        for row in OutOfOffice.objects.all():
            self._away[row.user_id].append(row)
        self._turns: dict[tuple[str, int], int] = {}
        self._serial = count(1)
        self._given: Counter[tuple[str, int, date]] = Counter()
        self._open: dict[int, list[datetime]] = defaultdict(list)  # when each lead given was settled, in order

    def name(self, user_id: int) -> str:
        """What they are called."""
        user = self._users.get(user_id)
        return user.get_full_name() if user else f"user {user_id}"

    def works(self, user_id: int) -> bool:
        """Whether they work accounts."""
        user = self._users.get(user_id)
        role = user.effective_role if user and user.is_active else None
        return role is not None and role.allows(Role.REP)

    def away(self, user_id: int) -> tuple[date, int | None] | None:
        """Of the day of the lead."""
        day = self._calendar.today(self.at)
        rows = [row for row in self._away[user_id] if row.starts_on <= day <= row.ends_on]
        longest = max(rows, key=lambda row: row.ends_on, default=None)
        return None if longest is None else (longest.ends_on, longest.stand_in_id)

    def ready(self) -> None:
        """Nobody else chooses here."""

    def last_turn(self, rule_key: str, user_id: int) -> int:
        """Within this try."""
        return self._turns.get((rule_key, user_id), 0)

    def got_today(self, rule_key: str, user_id: int) -> int:
        """On the day of the lead."""
        return self._given[rule_key, user_id, self._calendar.today(self.at)]

    def open_leads(self, user_id: int) -> int:
        """Of those held before and given in this try, the ones that were not settled by then."""
        held = self._open[user_id]
        return len(held) - bisect_right(held, self.at)

    def give(self, decision: Decision, *, settled_at: datetime | None) -> None:
        """Note that a lead went there."""
        if decision.owner_id is None:
            return
        if decision.turn_of is not None:
            self._turns[decision.rule_key, decision.turn_of] = next(self._serial)
            self._given[decision.rule_key, decision.owner_id, self._calendar.today(self.at)] += 1
        self.hold(decision.owner_id, settled_at=settled_at)

    def hold(self, owner_id: int, *, settled_at: datetime | None) -> None:
        """Note that somebody has one, until it was settled."""
        when = settled_at or datetime.max.replace(tzinfo=self.at.tzinfo)
        held = self._open[owner_id]
        held.insert(bisect_right(held, when), when)


def tried(*, rules: Sequence[RoutingRule], days: int, at: datetime) -> DryRun:
    """Decide anew about the leads of the last days, the oldest first, by these rules and on what was known then."""
    check(rules)
    since = at - timedelta(days=days)
    rows = fetch(_LEADS, [since, MOST])[::-1]
    total = int(fetch(_COUNT, [since])[0]["n"])
    desk, otherwise = PastDesk(current()), preferences.get(LeadOwners).otherwise
    for held in fetch(_OPEN_BEFORE, {"since": since}):
        desk.hold(held["owner_id"], settled_at=held["settled_at"])
    by_rule: Counter[str] = Counter()
    then: Counter[int | None] = Counter()
    now: Counter[int | None] = Counter()
    changed: list[DryRunRow] = []
    for row in rows:
        owner_id, rule, why = _decided(row, rules, desk, otherwise=otherwise)
        by_rule[rule] += 1
        then[owner_id] += 1
        now[row["owner_id"]] += 1
        if owner_id != row["owner_id"]:
            changed.append(_row(row, owner_id, rule, why, desk))
    return DryRun(
        days=days,
        leads=len(rows),
        changed=len(changed),
        by_rule=dict(by_rule),
        by_owner=[
            DryRunCount(user=_person(key, desk), leads=then[key], now=now[key])
            for key in sorted(then.keys() | now.keys(), key=lambda key: (-then[key], key or 0))
        ],
        items=changed[::-1][:SHOWN],
        left_out=total - len(rows),
    )


def _decided(
    row: dict[str, Any], rules: Sequence[RoutingRule], desk: PastDesk, *, otherwise: Otherwise
) -> tuple[int | None, str, str]:
    desk.at = row["received_at"]
    decision = decide(rules, _case(row), desk, otherwise=otherwise)
    desk.give(decision, settled_at=row["settled_at"])
    rule = "(account)" if decision.by is RoutedBy.ACCOUNT else decision.rule_key or "(no rule)"
    return decision.owner_id, rule, decision.why


def _case(row: dict[str, Any]) -> Circumstances:
    """What its own decision rested on; of a lead from before that was kept, what is known of it today."""
    if row["case"] is not None:
        return Circumstances.of_json(json.loads(row["case"]))
    names = ("state", "region", "segment", "grade", "source")
    known = {name: row[name] for name in names}
    subject = Subject(**known, event_kind=row["event_kind"] or "", event_id=row["event_id"])
    of_account = row["owner_id"] if row["routed_by"] == RoutedBy.ACCOUNT else None
    return Circumstances(
        subject, of_account, row["account"], row["event_owner_id"], row["event"], row["captured_by_id"],
        is_present=row["captured_by_id"] is not None,
    )  # fmt: skip


def _row(row: dict[str, Any], owner_id: int | None, rule: str, why: str, desk: PastDesk) -> DryRunRow:
    return DryRunRow(
        lead_id=row["id"],
        name=row["name"],
        captured_at=row["captured_at"],
        now=_person(row["owner_id"], desk),
        then=_person(owner_id, desk),
        rule=rule,
        why=why,
    )


def _person(key: int | None, desk: PastDesk) -> Person | None:
    return None if key is None else Person(id=key, name=desk.name(key))
