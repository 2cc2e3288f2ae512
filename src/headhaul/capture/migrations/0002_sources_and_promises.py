from datetime import UTC, datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from headhaul.capture.services.defaults import insert_sources

CREATE = """
create function capture_touch_stays() returns trigger language plpgsql as $$
begin
    -- merges, removals and erasures move what a touch points at; what it says stays
    if to_jsonb(new) - '{account_id,contact_id,lead_id,event_id}'::text[]
       = to_jsonb(old) - '{account_id,contact_id,lead_id,event_id}'::text[] then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update on capture_leadtouch
    for each row execute function capture_touch_stays();

create function capture_decision_stays() returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - '{owner_id,decided_by_id,lead_id}'::text[]
       = to_jsonb(old) - '{owner_id,decided_by_id,lead_id}'::text[] then
        return new;  -- users that go, leads that become one
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update on capture_routingdecision
    for each row execute function capture_decision_stays();
alter table capture_formuse set unlogged;
"""
DROP = """
alter table capture_formuse set logged;
drop trigger append_only on capture_routingdecision;
drop function capture_decision_stays();
drop trigger append_only on capture_leadtouch;
drop function capture_touch_stays();
"""


def insert(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Start with the sources that the product is delivered with."""
    insert_sources(editor.connection, at=datetime.now(UTC))


class Migration(migrations.Migration):
    """Touches and decisions are written once; a new installation knows the usual sources."""

    dependencies = [("capture", "0001_capture")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(insert, migrations.RunPython.noop),
    ]
