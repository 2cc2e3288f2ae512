from django.db import migrations

CREATE = """
create function outreach_keeps_versions() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if exists (select 1 from outreach_enrolment e
                   where e.sequence_id = old.sequence_id and e.version_number = old.number) then
            raise exception 'version % of sequence % was promised to somebody', old.number, old.sequence_id
                using errcode = 'insufficient_privilege';
        end if;
        return old;
    end if;
    if (new.sequence_id, new.number, new.steps, new.options, new.saved_at)
       is distinct from (old.sequence_id, old.number, old.steps, old.options, old.saved_at) then
        raise exception 'a version of a sequence is never changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger keeps_versions before update or delete on outreach_sequenceversion
    for each row execute function outreach_keeps_versions();
create function outreach_keeps_changes() returns trigger language plpgsql as $$
begin
    if (new.kind, new.from_state, new.to_state, new.step_key, new.reason, new.at)
       is distinct from (old.kind, old.from_state, old.to_state, old.step_key, old.reason, old.at) then
        raise exception 'what happened with an enrolment is never changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger keeps_changes before update on outreach_enrolmentchange
    for each row execute function outreach_keeps_changes();
"""
DROP = """
drop trigger keeps_versions on outreach_sequenceversion;
drop function outreach_keeps_versions();
drop trigger keeps_changes on outreach_enrolmentchange;
drop function outreach_keeps_changes();
"""


class Migration(migrations.Migration):
    """Versions and histories are written once; a change moves with its enrolment when people become one."""

    dependencies = [("outreach", "0010_enrolments_have_batches_and_kinds_of_changes")]

    operations = [migrations.RunSQL(CREATE, DROP)]
