from django.db import migrations

CREATE = """
create function compliance_suppression_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'UPDATE'
       and old.scope = 'address' and old.key_hash <> '' and new.key = '' and new.evidence = ''
       and to_jsonb(new) - '{key,evidence}'::text[] = to_jsonb(old) - '{key,evidence}'::text[] then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on compliance_suppression
    for each row execute function compliance_suppression_is_append_only();
create trigger never_emptied before truncate on compliance_suppression
    for each statement execute function compliance_suppression_is_append_only();

create function compliance_scrub_is_append_only() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and tg_op = 'DELETE' then
        return old;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on compliance_dncscrub
    for each row execute function compliance_scrub_is_append_only();

create function compliance_receipt_is_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.sequence is null and new.sequence is not null and new.seal <> ''
       and to_jsonb(new) - '{sequence,previous,seal,personal_digest}'::text[]
         = to_jsonb(old) - '{sequence,previous,seal,personal_digest}'::text[] then
        return new;
    end if;
    if tg_op = 'UPDATE' and current_setting('headhaul.erasing', true) = 'on' and old.personal_digest <> ''
       and new.address = '' and new.content = '{}'::jsonb and new.erased_at is not null
       and to_jsonb(new) - '{address,content,erased_at}'::text[]
         = to_jsonb(old) - '{address,content,erased_at}'::text[] then
        return new;
    end if;
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on compliance_receipt
    for each row execute function compliance_receipt_is_append_only();
create trigger never_emptied before truncate on compliance_receipt
    for each statement execute function compliance_receipt_is_append_only();
"""
DROP = """
drop trigger never_emptied on compliance_receipt;
drop trigger append_only on compliance_receipt;
drop function compliance_receipt_is_append_only();
drop trigger append_only on compliance_dncscrub;
drop function compliance_scrub_is_append_only();
drop trigger never_emptied on compliance_suppression;
drop trigger append_only on compliance_suppression;
drop function compliance_suppression_is_append_only();
"""


class Migration(migrations.Migration):
    """Denials and proofs stay. At somebody's wish their address goes, its hash keeps the denial and finds the proof."""

    dependencies = [("compliance", "0005_touches_pace_and_erasable_receipts")]

    operations = [migrations.RunSQL(CREATE, DROP)]
