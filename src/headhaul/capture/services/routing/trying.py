"""What rules would have done with past leads: the same choosing, at a desk that only remembers."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import RoutedBy
from headhaul.capture.models import OutOfOffice
from headhaul.capture.schemas.routing import DryRun, DryRunCount, DryRunRow, RoutingRule
from headhaul.capture.schemas.words import Person
from headhaul.capture.services.routing.choosing import Subject, choose
from headhaul.capture.services.routing.saving import check
from headhaul.kernel import Role
from headhaul.pipeline.working_days import Calendar, current
from headhaul.security.models import User

MOST = 20_000  # leads that one try looks at
SHOWN = 50

_LEADS = """
select l.id, l.captured_at, l.received_at, l.grade, l.owner_id, l.routed_by, s.key as source, e.kind as event_kind,
       l.event_id, coalesce(nullif(c.name, ''), a.name, l.as_given ->> 'company', '') as name,
       coalesce(a.state, '') as state, coalesce(a.region, '') as region, coalesce(a.segment, '') as segment,
       case when l.status in ('converted', 'disqualified') then l.updated_at end as settled_at
from capture_lead l join capture_leadsource s on s.id = l.source_id
left join capture_captureevent e on e.id = l.event_id
left join accounts_account a on a.id = l.account_id
left join accounts_contact c on c.id = l.contact_id
where not l.is_spam and l.merged_into_id is null and l.captured_at >= %s
order by l.captured_at desc, l.id desc limit %s
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

    def last_turn(self, rule_key: str, user_id: int) -> int:
        """Within this try."""
        return self._turns.get((rule_key, user_id), 0)

    def got_today(self, rule_key: str, user_id: int) -> int:
        """On the day of the lead."""
        return self._given[rule_key, user_id, self._calendar.today(self.at)]

    def open_leads(self, user_id: int) -> int:
        """Of those given in this try, the ones that were not settled by then."""
        held = self._open[user_id]
        return len(held) - bisect_right(held, self.at)

    def give(self, rule_key: str, turn_of: int, owner_id: int, *, settled_at: datetime | None) -> None:
        """Note that a lead went there."""
        self._turns[rule_key, turn_of] = len(self._turns) + sum(self._given.values()) + 1
        self._given[rule_key, owner_id, self._calendar.today(self.at)] += 1
        when = settled_at or datetime.max.replace(tzinfo=self.at.tzinfo)
        held = self._open[owner_id]
        held.insert(bisect_right(held, when), when)


def tried(*, rules: Sequence[RoutingRule], days: int, at: datetime) -> DryRun:
    """Let the rules decide about the leads of the last days, the oldest first. Owners of accounts keep theirs."""
    check(rules)
    since = at - timedelta(days=days)
    rows = fetch(_LEADS, [since, MOST])[::-1]
    total = int(fetch(_COUNT, [since])[0]["n"])
    desk = PastDesk(current())
    by_rule: Counter[str] = Counter()
    then: Counter[int | None] = Counter()
    now: Counter[int | None] = Counter()
    changed: list[DryRunRow] = []
    for row in rows:
        owner_id, rule, why = _decided(row, rules, desk)
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


def _decided(row: dict[str, Any], rules: Sequence[RoutingRule], desk: PastDesk) -> tuple[int | None, str, str]:
    desk.at = row["captured_at"]
    if row["routed_by"] == RoutedBy.ACCOUNT:
        return row["owner_id"], "(account)", "The account had an owner."
    subject = Subject(
        row["state"],
        row["region"],
        row["segment"],
        row["grade"],
        row["source"],
        row["event_kind"] or "",
        row["event_id"],
    )
    decision = choose(rules, subject, desk)
    if decision is None or decision.owner_id is None or decision.turn_of is None:
        why = decision.why if decision else "No rule fits."
        return row["owner_id"] if row["routed_by"] in (RoutedBy.CAPTURER, RoutedBy.EVENT) else None, "(no rule)", why
    desk.give(decision.rule_key, decision.turn_of, decision.owner_id, settled_at=row["settled_at"])
    return decision.owner_id, decision.rule_key, decision.why


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
