"""Accounts like another one: of its size class, the nearer and the more alike in equipment the better."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import EQUIPMENT_TAG, AccountStatus
from headhaul.accounts.regions import NAMES
from headhaul.accounts.schemas.accounts import Owner, SimilarAccount, SimilarAccounts
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.carriers.choices import Equipment, Segment
from headhaul.kernel import Actor, NotFound

CONSIDERED = 300  # of the size class, those with the best scores: what nobody would call first need not be compared

_ONE = """
select a.id, a.segment, a.region, a.state,
       array(select t.tag from accounts_accounttag t where t.account_id = a.id and t.tag like %s) as equipment
from accounts_account a where {seen} and a.id = %s
"""
_LIKE = """
with near as (
    select a.id, a.name, a.status, a.segment, a.region, a.state, a.city, a.owner_id, x.rank, x.score_hundredths,
           array(select t.tag from accounts_accounttag t
                 where t.account_id = a.id and t.tag = any(%s) order by t.tag) as shared
    from accounts_accountscore x join accounts_account a on a.id = x.account_id
    where a.segment = %s and a.id <> %s and {seen}
    order by x.rank desc, x.account_id desc limit %s
)
select near.*, coalesce(nullif(u.name, ''), u.email) as owner_name
from near left join security_user u on u.id = near.owner_id
order by (near.state = %s and near.state <> '')::int * 2 + (near.region = %s and near.region <> '')::int * 2
         + least(cardinality(near.shared), 3) desc, near.rank desc, near.id desc
limit %s
"""


def similar(*, account_id: int, limit: int, by: Actor) -> SimilarAccounts:
    """The likest first, among those with the best scores of the same size class."""
    seen = Conditions()
    visible(seen, by=by)
    found = fetch(_ONE.format(seen=seen.where), [f"{EQUIPMENT_TAG}%", *seen.parameters, account_id])
    if not found:
        raise NotFound("There is no such account.")
    it = found[0]
    rows = fetch(
        _LIKE.format(seen=seen.where),
        [it["equipment"], it["segment"], account_id, *seen.parameters, CONSIDERED, it["state"], it["region"], limit],
    )
    return SimilarAccounts(items=[_row(row, it) for row in rows])


def _row(row: dict[str, Any], it: dict[str, Any]) -> SimilarAccount:
    owner = Owner(id=row["owner_id"], name=row["owner_name"]) if row["owner_id"] else None
    score = None if row["score_hundredths"] is None else row["score_hundredths"] / 100
    return SimilarAccount(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        segment=row["segment"],
        state=row["state"],
        city=row["city"],
        owner=owner,
        score=score,
        reasons=list(_reasons(row, it)),
    )


def _reasons(row: dict[str, Any], it: dict[str, Any]) -> list[str]:
    said = []
    if row["segment"] != Segment.UNKNOWN:
        said.append(f"{Segment(row['segment']).label}, too")
    if row["state"] and row["state"] == it["state"]:
        said.append(f"in {row['state']}")
    elif row["region"] and row["region"] == it["region"]:
        said.append(f"in the {NAMES.get(row['region'], row['region'])}")
    labels = {kind.code: kind.label for kind in Equipment}
    said += [labels.get(code, code) for code in (tag.removeprefix(EQUIPMENT_TAG) for tag in row["shared"][:3])]
    if row["status"] == AccountStatus.CLIENT:
        said.append("a client")
    return said
