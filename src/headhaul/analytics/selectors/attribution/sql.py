"""The one query of attribution, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from headhaul import preferences
from headhaul.accounts.selectors.pages import Conditions
from headhaul.analytics.attribution import sharing
from headhaul.analytics.attribution.touches import TOUCHES, Dimension
from headhaul.analytics.attribution.weights import ONE, Model
from headhaul.analytics.preferences import Crediting
from headhaul.analytics.selectors.money import DEALS

KEYS: dict[Dimension, str] = {
    Dimension.SOURCE: "t.source",
    Dimension.MEDIUM: "t.medium",
    Dimension.CAMPAIGN: "t.campaign",
    Dimension.CHANNEL: "t.channel",
    Dimension.EVENT: "coalesce(t.event_id::text, '')",
}
WON = f"""
won as materialized (
    select o.id, o.account_id, o.closed_at as until, coalesce(o.amount_cents, 0) as cents,
        o.amount_cents is not null as has_amount
    from {DEALS} where {{where}}
)"""
ORDER = 't.at, t.rank, t.key collate "C"'
_WHOLES = {"deals": f"{ONE}::bigint", "cents": "cents"}
_EXACT = [
    f"{sharing.share(model, whole)} as {name}_{model}"
    for name, whole in _WHOLES.items()
    for model in Model
    if model is not Model.DECAY
]
_DECAY = [
    f"f_{name} + (row_number() over (partition by id order by r_{name} desc, n)"
    f" <= {whole} - (sum(f_{name}) over (partition by id))::bigint)::int as {name}_{Model.DECAY}"
    for name, whole in _WHOLES.items()
]
SUMS = ", ".join(f"sum({name}_{model})::bigint as {name}_{model}" for name in _WHOLES for model in Model)
# `offset 0` makes each deal look up its own touches by their indexes: joined, all touches there are would be read.
SHARED = f"""
touched as (
    select d.id, d.cents, {{key}} as key, t.at, t.is_automatic, row_number() over (partition by d.id order by {ORDER}) as n,
        count(*) over (partition by d.id) as many, max(t.at) over (partition by d.id) as last_at
    from won d cross join lateral (
        select * from ({TOUCHES}) t
        where t.account_id = d.account_id and t.at <= d.until and t.at > d.until - %s and {{which}}
        offset 0
    ) t
), measured as (
    select *, {sharing.units("last_at", "at", "%s")} as u from touched
), totalled as (
    select *, (sum(u) over (partition by id))::bigint as total from measured
), floored as (
    select *, {", ".join(f"{sharing.decay_floor(whole)} as f_{name}, {sharing.decay_left(whole)} as r_{name}" for name, whole in _WHOLES.items())}
    from totalled
), shared as (
    select id, key, is_automatic, {", ".join([*_EXACT, *_DECAY])} from floored
)"""  # noqa: E501 - generated parts


@dataclass(frozen=True, slots=True)
class Terms:
    """Which touches count, and how fast they are forgotten."""

    look_back: timedelta
    half_life: timedelta
    leave_out: tuple[str, ...]

    @classmethod
    def of(cls, asked: Any) -> Terms:
        """As asked, or else as the settings say."""
        chosen = preferences.get(Crediting)
        return cls(
            look_back=timedelta(days=asked.look_back_days or chosen.look_back_days),
            half_life=timedelta(days=asked.half_life_days or chosen.half_life_days),
            leave_out=tuple(dict.fromkeys(str(each) for each in asked.leave_out)),
        )

    def conditions(self) -> Conditions:
        """Conditions on touches `t`."""
        narrowed = Conditions()
        kinds = [each for each in self.leave_out if each != "automatic"]
        if kinds:
            narrowed.add("not t.kind = any(%s)", kinds)
        if "automatic" in self.leave_out:
            narrowed.add("not t.is_automatic")
        return narrowed


def shared(deals: Conditions, *, by: Dimension, terms: Terms) -> tuple[str, list[Any]]:
    """A query's beginning that gives `won`, and `shared`: each touch of each deal with what every model gives it."""
    which = terms.conditions()
    sql = f"with {WON}, {SHARED}".replace("{where}", deals.where).replace("{key}", KEYS[by])
    return sql.replace("{which}", which.where), [
        *deals.parameters,
        terms.look_back,
        *which.parameters,
        terms.half_life.total_seconds(),
    ]
