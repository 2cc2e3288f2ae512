from django.db import migrations

EXCEPTION = """
create or replace function outreach_keeps_changes() returns trigger language plpgsql as $$
begin
    if current_setting('headhaul.erasing', true) = 'on' and new.reason = ''
       and to_jsonb(new) - 'reason' = to_jsonb(old) - 'reason' then
        return new;
    end if;
    if (new.kind, new.from_state, new.to_state, new.step_key, new.reason, new.at)
       is distinct from (old.kind, old.from_state, old.to_state, old.step_key, old.reason, old.at) then
        raise exception 'what happened with an enrolment is never changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
"""
BEFORE = """
create or replace function outreach_keeps_changes() returns trigger language plpgsql as $$
begin
    if (new.kind, new.from_state, new.to_state, new.step_key, new.reason, new.at)
       is distinct from (old.kind, old.from_state, old.to_state, old.step_key, old.reason, old.at) then
        raise exception 'what happened with an enrolment is never changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """At somebody's wish the words beside a move of theirs go, as they may name them; the move itself stays."""

    dependencies = [("outreach", "0011_what_was_promised_is_kept")]

    operations = [migrations.RunSQL(EXCEPTION, BEFORE)]
