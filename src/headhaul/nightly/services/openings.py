"""From the day's signals to accounts: which carriers are opened, how many, whose they are, and why others are not."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import date
from typing import Any

from headhaul import preferences
from headhaul.accounts.choices import AUTO_TAG, EQUIPMENT_TAG, JOBS_TAG, AccountSource, AccountStatus
from headhaul.accounts.models import Account
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import opening, ownership, scores, tags
from headhaul.accounts.services.opening import Opening
from headhaul.carriers.choices import Equipment, Gate, JobType
from headhaul.carriers.models import Signal
from headhaul.carriers.selectors.bar import REACHES, Bar
from headhaul.kernel import SYSTEM
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services.runs import Night, Outcome

_CANDIDATES = f"""
select s.dot_number
from carriers_signal s
where s.day = %(day)s and {REACHES}
  and not exists (select 1 from accounts_account a where a.dot_number = s.dot_number)
order by s.score_hundredths desc, s.n desc, s.dot_number
limit %(room)s
"""
_SCORED_SO = f"""
select count(*) as reached,
       count(*) filter (where s.n < %(drivers)s) as too_few_drivers,
       count(*) filter (where s.n >= %(drivers)s and s.gate_mask <> 0) as not_worthy,
       count(*) filter (where s.n >= %(drivers)s and s.gate_mask = 0
                          and coalesce(s.units, 0) < %(fleet)s) as fleet_too_small,
       count(*) filter (where {REACHES} and a.status = 'client') as clients,
       count(*) filter (where {REACHES} and a.status = 'not_a_fit') as not_a_fit,
       count(*) filter (where {REACHES} and a.status not in ('client', 'not_a_fit')) as accounts_already,
       count(*) filter (where {REACHES} and a.id is null) as over_the_limit
from carriers_signal s
left join accounts_account a on a.dot_number = s.dot_number
where s.day = %(day)s and s.score_hundredths >= %(score)s
"""
_GATES = """
select bit, count(*) as n
from carriers_signal s, unnest(%(bits)s::int[]) as bit
where s.day = %(day)s and s.score_hundredths >= %(score)s and s.n >= %(drivers)s
  and s.gate_mask & (1 << bit) <> 0
group by bit order by bit
"""


def refresh_scores(night: Night) -> Outcome:
    """Carry the day's signals to the accounts that exist."""
    return Outcome(counts={"accounts_updated": scores.refresh(day=night.day)})


def open_accounts(night: Night) -> Outcome:
    """Open the best carriers that reach the bar and have no account, up to the night's limit, and hand them out.

    Accounts that were opened for the day before count towards the limit, so that a repeated run opens no more.
    """
    settings = preferences.get(Prospecting)
    reps = ownership.reps_by_load()
    limit = settings.accounts_per_rep * max(1, len(reps))
    done = Account.objects.filter(opened_on=night.day, source=AccountSource.AUTO_PROSPECTED).count()
    given = Bar.current().parameters | {"day": night.day, "room": max(0, limit - done)}
    left = fetch(_SCORED_SO, given)[0]
    found = [row["dot_number"] for row in fetch(_CANDIDATES, given)]
    owners = dealt(len(found), reps) if settings.assignment == "balanced" else [None] * len(found)
    openings = [Opening(dot, owner) for dot, owner in zip(found, owners, strict=True)]
    made = opening.open_many(
        openings=openings, source=AccountSource.AUTO_PROSPECTED, day=night.day, at=night.at, by=SYSTEM
    )
    left["over_the_limit"] -= len(made)
    return Outcome(
        counts={"reached_the_score": left.pop("reached"), "opened": len(made), "limit": limit, "reps": len(reps)},
        left_out={reason: count for reason, count in left.items() if count},
        notes=_gate_notes(given),
    )


def _gate_notes(given: dict[str, Any]) -> list[str]:
    """How many were kept out by which rule of the worthiness gate; a carrier can fail several."""
    rows = fetch(_GATES, given | {"bits": [gate.value for gate in Gate]})
    return [f"{Gate(row['bit']).name.lower().replace('_', ' ')}: {row['n']:,}" for row in rows]


def dealt(count: int, reps: Sequence[tuple[int, int]]) -> list[int | None]:
    """Owners for `count` accounts, best first: each goes to whoever has the fewest by then."""
    if not reps:
        return [None] * count
    loads = [(load, user_id) for user_id, load in reps]
    heapq.heapify(loads)
    owners: list[int | None] = []
    for _ in range(count):
        load, user_id = loads[0]
        owners.append(user_id)
        heapq.heapreplace(loads, (load + 1, user_id))
    return owners


def tag_accounts(night: Night) -> Outcome:
    """Say on each account opened for the day how it came, and which equipment and jobs its matched drivers have."""
    rows = fetch(
        "select a.id, s.by_equipment, s.by_job from accounts_account a"
        " join carriers_signal s on s.day = a.opened_on and s.dot_number = a.dot_number"
        " where a.opened_on = %s and a.source = %s",
        [night.day, AccountSource.AUTO_PROSPECTED.value],
    )
    pairs = [(row["id"], tag) for row in rows for tag in words(row["by_equipment"], row["by_job"])]
    tags.add_many(pairs=pairs, at=night.at, by=SYSTEM)
    return Outcome(counts={"accounts": len(rows), "tags": len(pairs)})


def words(by_equipment: Sequence[int], by_job: Sequence[int]) -> list[str]:
    """The tags of an account that the night opened."""
    equipment = [EQUIPMENT_TAG + kind.code for kind in Equipment if by_equipment[kind]]
    jobs = [JOBS_TAG + kind.code for kind in JobType if by_job[kind]]
    return [AUTO_TAG, *equipment, *jobs]


def opened_for(day: date) -> list[Account]:
    """The accounts the night opened for a day, best first."""
    opened = Account.objects.filter(opened_on=day, source=AccountSource.AUTO_PROSPECTED)
    return list(opened.exclude(status=AccountStatus.NOT_A_FIT).order_by("-opening_score_hundredths", "dot_number"))


def gate_closed_for(day: date) -> dict[int, int]:
    """The gate mask by DOT number of those accounts of the day whose carrier is no prospect after all."""
    dots = [account.dot_number or 0 for account in opened_for(day)]
    closed = Signal.objects.filter(day=day, dot_number__in=dots).exclude(gate_mask=0)
    return dict(closed.values_list("dot_number", "gate_mask"))
