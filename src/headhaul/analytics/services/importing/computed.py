"""Figures and attribution as they are worked out here, for another system. Nothing of them is read back."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.attribution.touches import TOUCHES

MOST_TOUCHES = 200  # of an account's history: a cell holds no more
_SNAPSHOTS = """
select s.id, s.starts_on::text as period_start, s.ends_on::text as period_end, s.figures, s.taken_at, s.label,
       (select u.email from security_user u where u.id::text = s.filters ->> 'owner') as owner_id
from analytics_analyticssnapshot s where s.id > %s::bigint order by s.id limit %s::int
"""
_ATTRIBUTION = f"""
with page as materialized (
    select distinct a.id from accounts_account a where a.id > %s::bigint order by a.id limit %s::int
), touch as (
    select t.*, row_number() over (partition by t.account_id order by t.at, t.rank, t.key) as place,
           count(*) over (partition by t.account_id) as whole
    from ({TOUCHES}) t (account_id, contact_id, at, kind, rank, key, source, medium, campaign, channel, event_id,
                        user_id, is_automatic)
    where t.account_id in (select id from page)
)
select p.id, min(t.at) as first_touch_at, max(t.at) as last_touch_at,
       min(t.source) filter (where t.place = 1) as source, min(t.medium) filter (where t.place = 1) as medium,
       min(t.campaign) filter (where t.place = 1) as campaign,
       jsonb_agg(jsonb_build_object('at', t.at, 'kind', t.kind, 'source', t.source, 'medium', t.medium,
                                    'campaign', t.campaign, 'channel', t.channel) order by t.place)
           filter (where t.place = 1 or t.place > t.whole - {MOST_TOUCHES - 1}) as history
from page p left join touch t on t.account_id = p.id group by p.id order by p.id
"""


def snapshots(*, after: int, limit: int) -> list[Leaving]:
    """The next snapshots, as they were kept."""
    leaving = []
    for row in fetch(_SNAPSHOTS, [after, limit]):
        kept: dict[str, Any] = json.loads(row.pop("figures"))
        figures = {each["key"]: each.get("value") for each in kept.get("figures", [])}
        beside = {"label": row.pop("label"), "taken_at": row.pop("taken_at").isoformat()}
        row |= {
            "pipeline_metrics": json.dumps(figures), "stage_conversions": json.dumps(kept.get("stages", [])),
            "channel_metrics": json.dumps(_by_channel(kept)),
        }  # fmt: skip
        leaving.append(Leaving(row.pop("id"), row, beside))
    return leaving


def _by_channel(kept: dict[str, Any]) -> dict[str, int]:
    """How often people were reached in which way, by all together."""
    counts: dict[str, int] = {}
    for rep in kept.get("reps", []):
        for each in rep.get("kinds", []):
            counts[str(each["metric"])] = counts.get(str(each["metric"]), 0) + int(each["count"])
    return counts


def attribution(*, after: int, limit: int) -> list[Leaving]:
    """The next accounts that we met: by what they first came, and their touches, the first and the latest."""
    leaving = []
    for row in fetch(_ATTRIBUTION, [after, limit]):
        columns = {
            "account_id": ("account", row["id"]), "source": row["source"], "medium": row["medium"],
            "campaign": row["campaign"],
            **{name: row[name].isoformat() if row[name] else None for name in ("first_touch_at", "last_touch_at")},
            "touchpoint_history": json.dumps(json.loads(row["history"] or "[]")),
        }  # fmt: skip
        leaving.append(Leaving(row["id"], columns))
    return leaving
