"""A customer database of any size, written by set-based SQL, the same every time.

SIZE accounts and contacts, a fifth as many opportunities with their history, three times as many activities. Names are
made of the trade's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from headhaul.activities.services import tallying as touch_tally

REPS = 40

_WORDS = """
create temporary table adjective as select row_number() over () - 1 as i, w from unnest(string_to_array(
 'Lone,Iron,Silver,Golden,Blue,Red,Great,Prairie,Desert,Coastal,Summit,Rapid,True,Noble,Liberty,Pioneer,Eagle,Falcon,'
 'Mustang,Bison,Cedar,Maple,Granite,Copper,Titan,Atlas,Apex,Delta,Sierra,Dakota,Ozark,Cascade,Keystone,Heartland,'
 'Gateway,Crossroads,Northern,Southern,Eastern,Western,Central,Pacific,Atlantic,Lakeside,Riverside,Highland,Midland,'
 'Frontier,Patriot,Champion,Express,Premier,Allied,United,National,Global,Metro,Rocky,Stone,Steel', ',')) w;
create temporary table noun as select row_number() over () - 1 as i, w from unnest(string_to_array(
 'Star,Horse,River,Valley,Ridge,Canyon,Mesa,Bluff,Harbor,Bridge,Trail,Road,Highway,Route,Wheel,Axle,Diesel,Anchor,'
 'Arrow,Hawk,Wolf,Bear,Lion,Tiger,Panther,Stallion,Ranger,Scout,Captain,Duke,Crown,Shield,Sword,Hammer,Anvil,Forge,'
 'Timber,Oak,Pine,Birch,Creek,Lake,Bay,Island,Point,Peak,Plains,Meadow,Field,Farm,Ranch,Dairy,Grain,Cattle,Tank,'
 'Flatbed,Reefer,Vanline,Haul,Cargo', ',')) w;
create temporary table suffix as select row_number() over () - 1 as i, w from unnest(string_to_array(
 'Trucking LLC,Transport Inc,Logistics LLC,Freight Lines,Carriers Inc,Hauling Co,Express LLC,Transportation,'
 'Motor Lines,Freightways,Enterprises,Brothers Trucking', ',')) w
"""

_USERS = """
insert into security_user (password, email, name, role, site_role, timezone, is_active, joined_at)
select '!', 'rep' || g || '@bench.example', 'Rep ' || g, 'rep', '', 'America/Chicago', true, now()
from generate_series(1, %(reps)s) g on conflict do nothing
"""

_ACCOUNTS = """
insert into accounts_account (dot_number, name, status, segment, region, state, city, street, zip, phone, phone_key,
    email, website, domain, fleet_size, fleet_source, fleet_as_of, owner_id, source, version, created_at, updated_at)
select 4000000 + g, a.w || ' ' || n.w || ' ' || s.w || ' ' || g,
    (array['target', 'target', 'target', 'prospecting', 'client', 'former_client', 'not_a_fit'])[1 + h %% 7],
    (array['owner_operator', 'small_fleet', 'regional', 'mid_market', 'enterprise', 'unknown'])[1 + (h / 7) %% 6],
    (array['south_central', 'southwest', 'southeast', 'great_lakes', 'northeast'])[1 + h %% 5],
    (array['TX', 'CA', 'FL', 'IL', 'GA', 'OH', 'PA', 'NC', 'IN', 'NJ', 'MI', 'TN'])[1 + h %% 12],
    n.w || 'ville', '', lpad((h %% 99999)::text, 5, '0'),
    '(' || 200 + h %% 700 || ') 555-' || lpad((h %% 10000)::text, 4, '0'),
    '+1' || lpad((2000000000 + g)::text, 10, '0'), 'office@c' || g || '.example',
    'https://c' || g || '.example', 'c' || g || '.example',
    1 + (1000 / (1 + h %% 997))::int, 'person', date '2026-11-01', u.ids[1 + h %% array_length(u.ids, 1)], 'import', 1,
    timestamptz '2026-11-01' - (h %% 700) * interval '1 day',
    timestamptz '2026-11-20' - (h %% 8640000) * interval '1 second'
from generate_series(%(first)s, %(last)s) g
cross join lateral (select abs(hashint8(g)::bigint) as h) x
cross join (select array_agg(id order by id) as ids from security_user where role = 'rep') u
join adjective a on a.i = h %% 60 join noun n on n.i = (h / 60) %% 60 join suffix s on s.i = (h / 3600) %% 12
"""
_SCORES = """
insert into accounts_accountscore (account_id, score_hundredths, is_spike)
select id, case when id %% 3 = 0 then (abs(hashint8(id)::bigint) %% 10000)::int end, false from accounts_account
on conflict do nothing
"""
_PULSE = """
insert into accounts_accountpulse (account_id, last_activity_at, last_touch_at)
select id, updated_at, updated_at from accounts_account on conflict do nothing
"""
_CONTACTS = """
insert into accounts_contact (account_id, name, first_name, title, role, buying_role, is_decision_maker,
    preferred_channel, timezone, timezone_source, timezone_confidence, linkedin, notes, has_left, custom, source,
    version,
    created_at, updated_at)
select o.low + abs(hashint8(g + 7)::bigint) %% %(size)s, 'First' || g %% 977 || ' Last' || g %% 7919,
    'First' || g %% 977,
    '', (array['owner', 'safety', 'recruiting', 'dispatch', 'operations'])[1 + g %% 5], 'unknown', g %% 4 = 0,
    '', 'America/Chicago', 'state', 'low', '', '', false, '{}', 'import', 1,
    timestamptz '2026-10-01' - (g %% 500) * interval '1 day', now()
from generate_series(1, %(size)s) g cross join (select min(id) as low from accounts_account) o
"""
_EMAILS = """
insert into accounts_contactemail (contact_id, address, label, is_primary, validity)
select id, 'p' || id || '@c' || id || '.example', '', true, 'unknown' from accounts_contact
"""
_PHONES = """
insert into accounts_contactphone (contact_id, number, extension, label, is_primary, validity)
select id, '+1' || lpad((3000000000 + id)::text, 10, '0'), '', '', true,
    'unknown' from accounts_contact where id %% 2 = 0
"""
_OPPORTUNITIES = """
insert into pipeline_opportunity (account_id, pipeline_id, stage_id, kind, name, amount_cents, close_on, next_step,
    next_step_on, owner_id, category, category_is_set, source, competitor, lost_reason, close_note, pushes, custom,
    stage_entered_at, opened_at, closed_at, version, created_at, updated_at)
select a.id, st.pipeline_id, st.id, st.kind, 'Deal ' || g, (1000 + h %% 90000) * 100,
    date '2026-10-01' + (h %% 150)::int, 'Call back ' || g %% 90, date '2026-11-10' + (h %% 40)::int, a.owner_id,
    st.category, false, '', '', case when st.kind = 'lost' then 'price' else '' end, '', 0, '{}',
    timestamptz '2026-11-20' - (h %% 90) * interval '1 day', timestamptz '2026-08-01' - (h %% 90) * interval '1 day',
    case when st.kind <> 'open' then timestamptz '2026-11-20' - (h %% 90) * interval '1 day' end,
    case when st.kind = 'open' then st.position + 1 else 2 + h %% 4 end,
    timestamptz '2026-08-01' - (h %% 90) * interval '1 day', timestamptz '2026-11-20' - (h %% 90) * interval '1 day'
from generate_series(1, %(deals)s) g
cross join lateral (select abs(hashint8(g + 11)::bigint) as h) x
cross join (select min(id) as low from accounts_account) o
join accounts_account a on a.id = o.low + h %% %(size)s
join pipeline_stage st on st.position = g %% 6
"""
_HISTORY = """
insert into pipeline_opportunitychange
    (opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
select o.id, 1, f.field, null::jsonb, f.value, o.opened_at, o.opened_at, o.owner_id, ''
from pipeline_opportunity o cross join lateral (values
    ('amount', to_jsonb(o.amount_cents)), ('close_on', to_jsonb(o.close_on)), ('owner', to_jsonb(o.owner_id)),
    ('category', to_jsonb(o.category))) f(field, value)
union all  -- its way through the stages, evenly from its first day to when it entered the present one
select o.id, t.n, 'stage', null::jsonb, to_jsonb(st.id), t.at, t.at, o.owner_id, ''
from pipeline_opportunity o join pipeline_stage present on present.id = o.stage_id
cross join lateral (
    select n, o.opened_at + (n - 1) * (o.stage_entered_at - o.opened_at) / greatest(o.version - 1, 1) as at
    from generate_series(1, o.version) n) t
join pipeline_stage st on st.pipeline_id = o.pipeline_id
    and st.position = case when t.n < o.version then t.n - 1 else present.position end
"""
_ACTIVITIES = """
insert into activities_activity (account_id, type, direction, outcome, subject, body, data, happened_at, owner_id,
    priority, source, version, created_at, created_by_id)
select a.id, (array['call', 'email', 'note', 'meeting', 'sms'])[1 + g %% 5],
    case when g %% 5 = 2 then '' else 'out' end,
    (array['connected', 'sent', '', 'held', 'sent'])[1 + g %% 5], 'Activity ' || g,
    'Spoke about lanes, drivers and pay; follow up with recruiting. Note ' || g, '{}',
    timestamptz '2026-11-20' - (h %% 20000000) * interval '1 second', a.owner_id, 'normal', 'import', 1,
    now(), a.owner_id
from generate_series(%(first)s, %(last)s) g
cross join lateral (select abs(hashint8(g + 13)::bigint) as h) x
cross join (select min(id) as low from accounts_account) o
join accounts_account a on a.id = o.low + h %% %(size)s
"""
_PLAIN_INDEXES = """
select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid where t.relname = any(%(tables)s) and not i.indisunique
"""
LARGE = ["accounts_account", "accounts_contact", "activities_activity"]
STEP = 250_000


def fill(connection: psycopg.Connection[Any], *, size: int) -> None:
    """Fill an empty, migrated database; one that holds as many accounts already is left alone."""
    row = connection.execute("select count(*) from (select from accounts_account limit %s) a", [size]).fetchone()
    if row and row[0] >= size:
        return
    connection.execute("set synchronous_commit = off")
    with _indexed_afterwards(connection):
        _write(connection, size=size)
    connection.execute("vacuum analyze")


def _write(connection: psycopg.Connection[Any], *, size: int) -> None:
    for statement in _WORDS.split(";"):
        connection.execute(statement.encode())
    connection.execute(_USERS, {"reps": REPS})
    for first in range(1, size + 1, STEP):
        print(f"· accounts from {first:,}")
        connection.execute(_ACCOUNTS, {"first": first, "last": min(first + STEP - 1, size)})
    scale = {"size": size, "deals": size // 5}
    for what, statement in (("opportunities", _OPPORTUNITIES), ("their history", _HISTORY)):  # triggers keep their sums
        print(f"· {what}")
        connection.execute(statement, scale)
    connection.execute("set session_replication_role = replica")  # keys are right as they are made: nothing to check
    for what, statement in (
        ("scores", _SCORES), ("pulse", _PULSE), ("contacts", _CONTACTS), ("e-mails", _EMAILS), ("telephones", _PHONES),
    ):  # fmt: skip
        print(f"· {what}")
        connection.execute(statement, scale)
    for first in range(1, 3 * size + 1, STEP):
        print(f"· activities from {first:,}")
        connection.execute(_ACTIVITIES, {"first": first, "last": min(first + STEP - 1, 3 * size), **scale})
    connection.execute("set session_replication_role = origin")
    print("· tallies")  # the triggers that keep them were off
    connection.execute(touch_tally.MEND)


@contextmanager
def _indexed_afterwards(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Indexes of the large tables that guard nothing are built once all rows are there: a third of the time."""
    found = connection.execute(_PLAIN_INDEXES, {"tables": LARGE}).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    yield
    connection.execute("set maintenance_work_mem = '1GB'")
    for name, definition in found:
        print(f"· index {name}")
        connection.execute(definition.encode())
