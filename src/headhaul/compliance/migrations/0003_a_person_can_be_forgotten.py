from django.db import migrations

EXCEPTION = """
create or replace function compliance_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on'
       and (tg_op = 'DELETE' and old.status not in ('opted_out', 'revoked')
            or tg_op = 'UPDATE' and new.evidence = '' and to_jsonb(new) - 'evidence' = to_jsonb(old) - 'evidence') then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
"""
BEFORE = """
create or replace function compliance_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
"""


class Migration(migrations.Migration):
    """At somebody's wish their permissions and the evidence can go. A refusal cannot, nor can anything be reworded."""

    dependencies = [("compliance", "0002_consent_is_append_only")]

    operations = [migrations.RunSQL(EXCEPTION, BEFORE)]
