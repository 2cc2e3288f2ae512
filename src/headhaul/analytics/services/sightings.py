"""News of competitors: one was met in a region for the first time, or a deal was lost in which one was named.

Every sighting is noted once, by a unique key of the database, and told once: to managers who see the account, and to
whoever owns the deal. What lies too far back to be news, as in imported histories, is noted and told to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul.accounts.models import Account
from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import notifying
from headhaul.analytics.models import CompetitorSighting
from headhaul.analytics.selectors.competitors import region_label
from headhaul.kernel import Role
from headhaul.security.actors import actor_of
from headhaul.security.models import User

NEWS = timedelta(days=7)
ONE_BY_ONE = 10  # with more at once somebody is told how many, and where they are

_SEEN = """
with met as (
    select o.id, o.name, o.account_id, o.owner_id, o.kind, o.lost_reason, a.name as account, a.region,
        lower(btrim(o.competitor)) as name_key, coalesce(c.name, btrim(o.competitor)) as competitor, n.competitor_id,
        coalesce(o.closed_at, o.updated_at) as seen_at
    from pipeline_opportunity o join accounts_account a on a.id = o.account_id
    left join analytics_competitorname n on n.key = lower(btrim(o.competitor))
    left join analytics_competitor c on c.id = n.competitor_id
    where btrim(o.competitor) <> ''
), lost as (
    select 'lost' as what, m.* from met m
    where m.kind = 'lost' and not exists (
        select from analytics_competitorsighting s
        where s.kind = 'lost' and s.opportunity_id = m.id and s.name_key = m.name_key)
), regional as (
    select distinct on (coalesce(m.competitor_id::text, m.name_key), m.region) 'region' as what, m.* from met m
    where m.region <> '' and not exists (
        select from analytics_competitorsighting s left join analytics_competitorname k on k.key = s.name_key
        where s.kind = 'region' and s.region = m.region
            and (s.name_key = m.name_key or k.competitor_id = m.competitor_id))
    order by coalesce(m.competitor_id::text, m.name_key), m.region, m.seen_at, m.id
)
select * from lost union all select * from regional order by seen_at, id, what
"""
_NOTE = """
insert into analytics_competitorsighting (kind, name_key, region, opportunity_id, seen_at, noted_at, told)
values (%s, %s, %s, %s, %s, %s, 0) on conflict do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class News:
    """A sighting that was noted just now."""

    sighting_id: int
    row: dict[str, Any]

    @property
    def key(self) -> str:
        """What lets it be told once."""
        where = self.row["region"] if self.row["what"] == "region" else self.row["id"]
        return f"competitor:{self.row['what']}:{where}:{self.row['name_key']}"[:200]

    @property
    def text(self) -> str:
        """The sentence."""
        row = self.row
        if row["what"] == "lost":
            return f"Lost against {row['competitor']}: {row['name']}, {row['account']} ({row['lost_reason']})"
        region = region_label(row["region"])
        return f"{row['competitor']} met in {region} for the first time: {row['name']}, {row['account']}"


def watch(*, at: datetime) -> int:
    """Note what is new since the last time, and tell whom it concerns. Returns how many were noted."""
    noted = [news for row in fetch(_SEEN, []) if (news := _note(row, at=at)) is not None]
    fresh = [news for news in noted if at - news.row["seen_at"] <= NEWS]
    told = _tell(fresh, at=at)
    for sighting_id, count in told.items():
        CompetitorSighting.objects.filter(pk=sighting_id).update(told=count)
    return len(noted)


def _note(row: dict[str, Any], *, at: datetime) -> News | None:
    region = row["region"]
    found = fetch(_NOTE, [row["what"], row["name_key"], region, row["id"], row["seen_at"], at])
    return News(found[0]["id"], row) if found else None


def _tell(fresh: list[News], *, at: datetime) -> dict[int, int]:
    """Each person what concerns them; how many heard of each sighting."""
    by_person: dict[int, list[News]] = defaultdict(list)
    for user_id, news in _concerned(fresh):
        by_person[user_id].append(news)
    told: dict[int, int] = defaultdict(int)
    for user_id, items in by_person.items():
        heard = _tell_each(user_id, items, at=at) if len(items) <= ONE_BY_ONE else _tell_all(user_id, items, at=at)
        for news in heard:
            told[news.sighting_id] += 1
    return told


def _concerned(fresh: list[News]) -> Iterable[tuple[int, News]]:
    accounts = {news.row["account_id"] for news in fresh}
    owners = {news.row["owner_id"] for news in fresh if news.row["owner_id"] is not None}
    people = User.objects.filter(is_active=True) if fresh else []
    managers = [user for user in people if user.effective_role is Role.MANAGER]
    seen = {
        manager.pk: set(
            Account.objects.visible_to(actor_of(manager)).filter(pk__in=accounts).values_list("pk", flat=True)
        )
        for manager in managers
    }
    for news in fresh:
        concerned = {user_id for user_id, visible in seen.items() if news.row["account_id"] in visible}
        concerned |= owners & {news.row["owner_id"]}
        yield from ((user_id, news) for user_id in sorted(concerned))


def _tell_each(user_id: int, items: list[News], *, at: datetime) -> list[News]:
    return [
        news
        for news in items
        if notifying.notify(
            user_ids=[user_id],
            kind=NotificationKind.DEAL,
            text=news.text,
            at=at,
            account_id=news.row["account_id"],
            target=("opportunity", news.row["id"]),
            key=news.key,
        )
    ]


def _tell_all(user_id: int, items: list[News], *, at: datetime) -> list[News]:
    names = ", ".join(dict.fromkeys(news.row["competitor"] for news in items[:3]))
    told = notifying.notify(
        user_ids=[user_id],
        kind=NotificationKind.DEAL,
        text=f"Competitors were met in {len(items)} deals: {names} and others",
        at=at,
        target=("competitors", items[0].sighting_id),
        key=f"competitors:{items[0].sighting_id}",
    )
    return items if told else []
