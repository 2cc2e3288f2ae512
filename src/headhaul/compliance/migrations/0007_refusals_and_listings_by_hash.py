from django.db import migrations

BY_HASH = """
create or replace function compliance_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on'
       and (tg_op = 'DELETE' and old.status not in ('opted_out', 'revoked')
            or tg_op = 'UPDATE' and new.evidence = ''
            and (new.address = old.address or old.address !~ '^[0-9a-f]{64}$' and new.address ~ '^[0-9a-f]{64}$')
            and to_jsonb(new) - '{evidence,address}'::text[] = to_jsonb(old) - '{evidence,address}'::text[]) then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create or replace function compliance_suppression_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'UPDATE'
       and old.scope = 'address' and old.key_hash <> '' and new.key = '' and new.evidence = ''
       and to_jsonb(new) - '{key,evidence}'::text[] = to_jsonb(old) - '{key,evidence}'::text[] then
        return new;
    end if;
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'UPDATE' and old.scope = 'contact'
       and new.evidence = '' and to_jsonb(new) - 'evidence' = to_jsonb(old) - 'evidence' then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create or replace function compliance_scrub_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'DELETE' and not old.is_listed then
        return old;
    end if;
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'UPDATE' and old.is_listed
       and old.number !~ '^[0-9a-f]{64}$' and new.number ~ '^[0-9a-f]{64}$'
       and to_jsonb(new) - 'number' = to_jsonb(old) - 'number' then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
"""
BEFORE = """
create or replace function compliance_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on'
       and (tg_op = 'DELETE' and old.status not in ('opted_out', 'revoked')
            or tg_op = 'UPDATE' and new.evidence = '' and to_jsonb(new) - 'evidence' = to_jsonb(old) - 'evidence') then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create or replace function compliance_suppression_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'UPDATE'
       and old.scope = 'address' and old.key_hash <> '' and new.key = '' and new.evidence = ''
       and to_jsonb(new) - '{key,evidence}'::text[] = to_jsonb(old) - '{key,evidence}'::text[] then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create or replace function compliance_scrub_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'DELETE' then
        return old;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
"""


class Migration(migrations.Migration):
    """At somebody's wish a refusal and a listing lose the address, and keep its hash. A listing never goes."""

    dependencies = [("compliance", "0006_denials_and_receipts_are_append_only")]

    operations = [migrations.RunSQL(BY_HASH, BEFORE)]
