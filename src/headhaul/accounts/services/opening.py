"""Opening accounts for carriers that the signals point to: at most one for each, whoever comes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from headhaul.accounts.choices import AccountSource, AccountStatus, FleetSource
from headhaul.accounts.deriving import Keys, keys_of
from headhaul.accounts.models import Account
from headhaul.accounts.ports import happenings as ports
from headhaul.accounts.regions import region_of
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.places import STATES


@dataclass(frozen=True, slots=True)
class Opening:
    """A carrier to open an account for, and who shall own it."""

    dot_number: int
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The carrier's account, and whether this call made it."""

    account: Account
    created: bool


# One statement: the account, its score, and the first lines of its history appear together or not at all.
_OPEN = """
with pick as (
    select * from unnest(
        %(dots)s::int[], %(owners)s::bigint[], %(phone_keys)s::text[], %(domains)s::text[],
        %(zones)s::text[], %(zone_sources)s::text[], %(zone_confidences)s::text[]
    ) as p(dot_number, owner_id, phone_key, domain, zone, zone_source, zone_confidence)
), region as (
    select * from unnest(%(states)s::text[], %(regions)s::text[]) as r(state, region)
), opened as (
    insert into accounts_account (
        dot_number, name, status, segment, region, state, city, street, zip, phone, phone_key, email, website, domain,
        timezone, timezone_source, timezone_confidence,
        fleet_size, fleet_source, fleet_as_of, owner_id, team_id, source,
        opened_on, opening_score_hundredths, version, created_at, created_by_id, updated_at)
    select c.dot_number,
           coalesce(nullif(c.dba_name, ''), nullif(c.legal_name, ''), 'DOT ' || c.dot_number),
           %(status)s, c.segment, coalesce(region.region, ''), c.phy_state, c.phy_city, c.phy_street, c.phy_zip,
           c.phone, pick.phone_key, lower(trim(c.email)), '', pick.domain,
           pick.zone, pick.zone_source, pick.zone_confidence,
           c.effective_units, case when c.effective_units is null then '' else %(census)s end,
           case when c.effective_units is null then null else coalesce(c.mcs150_date, c.source_date) end,
           pick.owner_id, u.team_id, %(source)s, %(day)s::date, s.score_hundredths, 1, %(at)s, %(by)s::bigint, %(at)s
    from pick
    join carriers_carrier c on c.dot_number = pick.dot_number
    left join carriers_signal s on s.day = %(day)s::date and s.dot_number = c.dot_number
    left join region on region.state = c.phy_state
    left join security_user u on u.id = pick.owner_id
    on conflict (dot_number) do nothing
    returning id, dot_number, owner_id, status
), scored as (
    insert into accounts_accountscore (
        account_id, day, score_hundredths, driver_count, confidence, urgency, is_spike)
    select opened.id, s.day, s.score_hundredths, s.n, s.confidence, s.urgency, coalesce(s.is_spike, false)
    from opened left join carriers_signal s on s.day = %(day)s::date and s.dot_number = opened.dot_number
), living as (
    insert into accounts_accountpulse (account_id, last_activity_at) select id, %(at)s::timestamptz from opened
), noted as (
    insert into accounts_fieldchange (
        account_id, field, old, new, valid_from, recorded_at, changed_by_id)
    select id, 'status', null::jsonb, to_jsonb(status), %(at)s::timestamptz, %(at)s::timestamptz, %(by)s::bigint
    from opened
    union all
    select id, 'owner', null::jsonb, to_jsonb(owner_id), %(at)s, %(at)s, %(by)s
    from opened where owner_id is not null
)
select dot_number, id from opened
"""

_CONTACTABLE = "select dot_number, phone, email, phy_zip, phy_state from carriers_carrier where dot_number = any(%s)"


def open_many(
    *, openings: Sequence[Opening], source: AccountSource, day: date | None, at: datetime, by: Actor
) -> dict[int, int]:
    """Open accounts for carriers that have none yet, in one statement; returns the new ids by USDOT number.

    Name, segment, region and fleet are the census's; the score is that of `day`. Carriers that have
    an account, or are not in the census, are left alone.
    """
    if not openings:
        return {}
    dots = [opening.dot_number for opening in openings]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CONTACTABLE, [dots])
        known = {dot: keys_of(phone=p, website="", email=e, zip_code=z, state=s) for dot, p, e, z, s in cursor}
        keys = [known.get(dot, Keys("", "", "", "", "")) for dot in dots]
        cursor.execute(
            _OPEN,
            {
                "dots": dots,
                "owners": [opening.owner_id for opening in openings],
                "phone_keys": [key.phone_key for key in keys],
                "domains": [key.domain for key in keys],
                "zones": [key.timezone for key in keys],
                "zone_sources": [key.timezone_source for key in keys],
                "zone_confidences": [key.timezone_confidence for key in keys],
                "states": list(STATES),
                "regions": [region_of(state) for state in STATES],
                "status": AccountStatus.TARGET.value,
                "census": FleetSource.CENSUS.value,
                "source": source.value,
                "day": day,
                "at": at,
                "by": by.user_id,
            },
        )
        opened: dict[int, int] = dict(cursor.fetchall())
        ports.tell_opened(account_ids=list(opened.values()), at=at, by=by)
        return opened


def open_from_signal(
    *,
    dot_number: int,
    at: datetime,
    by: Actor,
    day: date | None = None,
    owner_id: int | None = None,
    source: AccountSource = AccountSource.SIGNAL,
) -> Opened:
    """The carrier's account, opened if there is none. Safe to call twice and from many places at once."""
    opened = open_many(openings=[Opening(dot_number, owner_id)], source=source, day=day, at=at, by=by)
    account = Account.objects.filter(dot_number=dot_number).first()
    if account is None:
        raise NotFound(f"The census has no carrier with USDOT number {dot_number}.")
    return Opened(account=account, created=dot_number in opened)
