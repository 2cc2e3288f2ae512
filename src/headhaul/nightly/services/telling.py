"""Telling people what the night found: alerts for rises and for new accounts, and news to open pages."""

from __future__ import annotations

from headhaul import preferences
from headhaul.accounts.models import AccountScore
from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import AlertKind, Severity
from headhaul.activities.services import alerts, live, moves
from headhaul.activities.services.alerts import News
from headhaul.carriers.selectors.bar import REACHES, Bar
from headhaul.carriers.services.worthiness import worthiness
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services.openings import gate_closed_for, opened_for
from headhaul.nightly.services.runs import Night, Outcome

_SPIKES = f"""
select s.dot_number, s.name, s.score_hundredths, s.previous_score_hundredths, s.n, s.previous_n,
       a.id as account_id, a.owner_id, count(*) over () as found
from carriers_signal s
left join accounts_account a on a.dot_number = s.dot_number
where s.day = %(day)s and s.is_spike and s.gate_mask = 0
  and (a.status not in ('client', 'not_a_fit') or a.id is null and {REACHES})
order by a.id is null, s.score_hundredths desc, s.dot_number
limit %(limit)s
"""


def alert_spikes(night: Night) -> Outcome:
    """A high alert for each strong rise of an account, or of a carrier above the bar, to its owner."""
    limit = preferences.get(Prospecting).spike_alerts
    rows = fetch(_SPIKES, Bar.current().parameters | {"day": night.day, "limit": max(limit, 1)})
    found = rows[0]["found"] if rows else 0
    rows = rows[:limit]
    news = [
        News(
            kind=AlertKind.SIGNAL_SPIKE,
            severity=Severity.HIGH,
            dot_number=row["dot_number"],
            text=spike_words(row),
            account_id=row["account_id"],
            owner_id=row["owner_id"],
        )
        for row in rows
    ]
    new = alerts.raise_many(news=news, day=night.day, at=night.at)
    left = {"over_the_limit": found - len(rows)} if found > len(rows) else {}
    return Outcome(counts={"spikes": found, "alerts": new}, left_out=left)


def spike_words(row: dict[str, object]) -> str:
    """One sentence: who rose from what to what, with how many drivers."""
    now, before = (f"{int(str(row[name])) / 100:.0f}" for name in ("score_hundredths", "previous_score_hundredths"))
    return f"{row['name']}: score {before} → {now} in a week, drivers {row['previous_n']} → {row['n']}"


def alert_openings(night: Night) -> Outcome:
    """Tell owners about the accounts the night opened for them, and which of these turned out to be no prospects."""
    closed = gate_closed_for(night.day)
    everything = opened_for(night.day)
    opened = [account for account in everything if account.dot_number not in closed]
    risks = [
        News(
            kind=AlertKind.CARRIER_RISK,
            severity=Severity.HIGH,
            dot_number=account.dot_number,
            text=f"{account.name} is no prospect at present. "
            + " ".join(worthiness(dot_number=account.dot_number, at=night.at).reasons),
            account_id=account.pk,
            owner_id=account.owner_id,
        )
        for account in everything
        if account.dot_number is not None and account.dot_number in closed
    ]
    drivers = dict(
        AccountScore.objects.filter(account__in=[account.pk for account in opened]).values_list("pk", "driver_count")
    )
    news = [
        News(
            kind=AlertKind.ACCOUNT_OPENED,
            severity=Severity.MEDIUM,
            dot_number=account.dot_number or 0,
            text=f"New account {account.name}: score {(account.opening_score_hundredths or 0) / 100:.0f},"
            f" {drivers.get(account.pk) or 0} drivers fit",
            account_id=account.pk,
            owner_id=account.owner_id,
        )
        for account in opened
    ]
    told = alerts.raise_many(news=news, day=night.day, at=night.at)
    return Outcome(counts={"alerts": told, "risks": alerts.raise_many(news=risks, day=night.day, at=night.at)})


def note_score_moves(night: Night) -> Outcome:
    """A line on the timeline of each account whose score has gone far since the last one."""
    return Outcome(counts={"moves": moves.note(day=night.day, at=night.at)})


def tell_pages(night: Night) -> Outcome:
    """Let open pages know that there is something new to read."""
    live.publish("signals", {"day": night.day.isoformat(), "run": night.run_id})
    return Outcome()
