from django.db import migrations

CREATE = """
create function outreach_attempt_needs_a_receipt() returns trigger language plpgsql as $$
begin
    if not exists (
        select from compliance_receipt r
        where r.id = new.receipt_id and r.attempt_id = new.id and r.message_id = new.message_id and r.outcome = 'allow'
    ) then
        raise exception 'attempt % of message % has no receipt that allows it', new.id, new.message_id
            using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and (new.message_id, new.started_at) is distinct from (old.message_id, old.started_at) then
        raise exception 'attempt % stays what it was', new.id using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger needs_a_receipt before insert or update of receipt_id, message_id, started_at on outreach_sendattempt
    for each row execute function outreach_attempt_needs_a_receipt();

create function outreach_message_moves() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state not in ('draft', 'queued') then
            raise exception 'a message begins as draft or queued, not as %', new.state
                using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if not (old.state || ' ' || new.state) = any(array[
        'draft cancelled', 'draft queued',
        'queued accepted', 'queued bounced', 'queued cancelled', 'queued claimed', 'queued delivered', 'queued expired',
        'claimed accepted', 'claimed bounced', 'claimed cancelled', 'claimed delivered', 'claimed dispatching',
        'claimed expired', 'claimed failed', 'claimed queued',
        'dispatching accepted', 'dispatching bounced', 'dispatching delivered', 'dispatching failed',
        'dispatching queued', 'dispatching unknown',
        'unknown accepted', 'unknown bounced', 'unknown delivered', 'unknown failed', 'unknown queued',
        'unknown unknown_final',
        'unknown_final accepted', 'unknown_final bounced', 'unknown_final delivered', 'unknown_final failed',
        'unknown_final queued',
        'accepted bounced', 'accepted delivered', 'accepted failed',
        'delivered bounced',
        'failed bounced', 'failed delivered', 'failed queued'
    ]) then
        raise exception 'a message does not move from % to %', old.state, new.state
            using errcode = 'insufficient_privilege';
    end if;
    if new.state in ('dispatching', 'unknown', 'accepted', 'delivered', 'bounced', 'unknown_final') and not exists (
        select from outreach_sendattempt a
        where a.message_id = new.id and a.outcome in ('started', 'unknown', 'accepted')
    ) then
        raise exception 'message % has no live attempt, so it cannot be %', new.id, new.state
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger begins before insert on outreach_message
    for each row execute function outreach_message_moves();
create trigger moves before update of state on outreach_message
    for each row when (old.state is distinct from new.state) execute function outreach_message_moves();
"""
DROP = """
drop trigger moves on outreach_message;
drop trigger begins on outreach_message;
drop function outreach_message_moves();
drop trigger needs_a_receipt on outreach_sendattempt;
drop function outreach_attempt_needs_a_receipt();
"""


class Migration(migrations.Migration):
    """Nothing leaves without a stored verdict, whatever the code does; and states move only as the table of moves says.

    Attempts themselves need a receipt, so a live attempt is proof of one.
    """

    dependencies = [
        ("outreach", "0003_overruled_attempts_and_parking"),
        ("compliance", "0004_suppression_caps_holds_receipts"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
