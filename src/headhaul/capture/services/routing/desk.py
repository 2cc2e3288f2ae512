"""The desk as it is: users, absences, turns and leads of the database."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import OPEN_STATUSES
from headhaul.capture.models import OutOfOffice, RoutingTurn
from headhaul.kernel import Role
from headhaul.pipeline.working_days import current, start_of
from headhaul.security.models import User

_TODAY = """
select count(*) as n from capture_routingdecision
where owner_id = %s and decided_at >= %s and rule_key = %s
"""
_OPEN = """
select count(*) as n from capture_lead
where owner_id = %s and status = any(%s) and not is_spam and merged_into_id is null
"""


_SPACE = "capture_routing"


def hold() -> None:
    """Nobody else chooses until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), 0)", [_SPACE])


class LiveDesk:
    """Reads each fact when it is first asked for: turns and limits after `ready`."""

    def __init__(self, *, at: datetime) -> None:
        self._calendar = current()
        self._today = self._calendar.today(at)
        self._since = start_of(self._today, self._calendar.zone)
        self._users: dict[int, User | None] = {}
        self._away: dict[int, tuple[date, int | None] | None] = {}
        self._turns: dict[tuple[str, int], int] | None = None

    def name(self, user_id: int) -> str:
        """What they are called."""
        user = self._user(user_id)
        return user.get_full_name() if user else f"user {user_id}"

    def works(self, user_id: int) -> bool:
        """Whether they can sign in and work accounts."""
        user = self._user(user_id)
        role = user.effective_role if user and user.is_active else None
        return role is not None and role.allows(Role.REP)

    def away(self, user_id: int) -> tuple[date, int | None] | None:
        """Until when they are away today, and who stands in."""
        if user_id not in self._away:
            self._away[user_id] = away_on(user_id, day=self._today)
        return self._away[user_id]

    def ready(self) -> None:
        """Hold the routing lock."""
        hold()

    def last_turn(self, rule_key: str, user_id: int) -> int:
        """From the table of turns."""
        if self._turns is None:
            rows = RoutingTurn.objects.values_list("rule_key", "user_id", "serial")
            self._turns = {(key, user): serial for key, user, serial in rows}
        return self._turns.get((rule_key, user_id), 0)

    def got_today(self, rule_key: str, user_id: int) -> int:
        """From the decisions."""
        return int(fetch(_TODAY, [user_id, self._since, rule_key])[0]["n"])

    def open_leads(self, user_id: int) -> int:
        """From the leads."""
        return int(fetch(_OPEN, [user_id, sorted(OPEN_STATUSES)])[0]["n"])

    def _user(self, user_id: int) -> User | None:
        if user_id not in self._users:
            self._users[user_id] = User.objects.filter(pk=user_id).first()
        return self._users[user_id]


def away_on(user_id: int, *, day: date) -> tuple[date, int | None] | None:
    """Until when somebody is away on this day, and who stands in; with several absences the longest."""
    found = (
        OutOfOffice.objects.filter(user_id=user_id, starts_on__lte=day, ends_on__gte=day).order_by("-ends_on").first()
    )
    return None if found is None else (found.ends_on, found.stand_in_id)
