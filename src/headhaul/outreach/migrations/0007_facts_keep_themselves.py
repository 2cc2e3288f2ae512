from django.db import migrations

# A message's row is locked before its fact is, whoever writes: an event and a result of the same message never wait
# for each other in a circle, and the later one reads what the earlier one wrote.
CREATE = """
create function outreach_fate(state text, sent_at timestamptz) returns text language sql immutable as $$
    select case
        when state in ('queued', 'claimed', 'dispatching') then 'waiting'
        when state in ('accepted', 'delivered') then 'delivered'
        when state = 'bounced' then 'bounced'
        when state in ('unknown', 'unknown_final') then 'unknown'
        when state = 'failed' and sent_at is not null then 'failed'
        else 'not_sent'
    end
$$;

create function outreach_note_facts(ids uuid[]) returns void language plpgsql as $$
begin
    delete from outreach_messagefact f using outreach_message m
    where m.id = any(ids) and f.message_id = m.id and (m.purpose <> 'outreach' or m.state = 'draft');
    insert into outreach_messagefact as f (
        message_id, at, fate, is_confirmed, channel, user_id, account_id, contact_id, sequence_id, version_number,
        step_key, campaign, enrolment_id, enrolled_at, click, is_opened, is_replied, is_auto_replied, is_complained,
        is_unsubscribed, replied_at)
    select m.id, coalesce(m.sent_at, m.due_at),
           case when (e.is_replied or e.click = 'human' or e.is_unsubscribed or e.is_complained)
                     and outreach_fate(m.state, m.sent_at) in ('bounced', 'failed', 'unknown')
                then 'delivered' else outreach_fate(m.state, m.sent_at) end,
           m.state = 'delivered', m.channel, m.user_id, m.account_id, m.contact_id, m.sequence_id, m.version_number,
           m.step_key, m.campaign, m.enrolment_id, n.enrolled_at, e.click, e.is_opened, e.is_replied,
           e.is_auto_replied, e.is_complained, e.is_unsubscribed, e.replied_at
    from outreach_message m
    left join outreach_enrolment n on n.id = m.enrolment_id
    cross join lateral (
        select coalesce(bool_or(v.kind = 'opened'), false) as is_opened,
               coalesce(bool_or(v.kind = 'replied'), false) as is_replied,
               coalesce(bool_or(v.kind = 'auto_replied'), false) as is_auto_replied,
               coalesce(bool_or(v.kind = 'complaint'), false) as is_complained,
               coalesce(bool_or(v.kind = 'unsubscribed'), false) as is_unsubscribed,
               min(v.at) filter (where v.kind = 'replied') as replied_at,
               case max(case v.grade when 'human' then 3 when 'machine' then 1 else 2 end)
                        filter (where v.kind = 'clicked')
                    when 3 then 'human' when 2 then 'unknown' when 1 then 'machine' else '' end as click
        from outreach_messageevent v where v.message_id = m.id
    ) e
    where m.id = any(ids) and m.purpose = 'outreach' and m.state <> 'draft'
    on conflict (message_id) do update set (
        at, fate, is_confirmed, channel, user_id, account_id, contact_id, sequence_id, version_number, step_key,
        campaign, enrolment_id, enrolled_at, click, is_opened, is_replied, is_auto_replied, is_complained,
        is_unsubscribed, replied_at
    ) = (
        excluded.at, excluded.fate, excluded.is_confirmed, excluded.channel, excluded.user_id, excluded.account_id,
        excluded.contact_id, excluded.sequence_id, excluded.version_number, excluded.step_key, excluded.campaign,
        excluded.enrolment_id, excluded.enrolled_at, excluded.click, excluded.is_opened, excluded.is_replied,
        excluded.is_auto_replied, excluded.is_complained, excluded.is_unsubscribed, excluded.replied_at
    )
    where f is distinct from excluded;
end $$;

create function outreach_message_was_planned() returns trigger language plpgsql as $$
begin
    perform outreach_note_facts(array(select id from new_rows));
    return null;
end $$;
create function outreach_message_has_changed() returns trigger language plpgsql as $$
begin
    perform outreach_note_facts(array[new.id]);
    return null;
end $$;
create function outreach_message_is_gone() returns trigger language plpgsql as $$
begin
    delete from outreach_messagefact where message_id in (select id from old_rows);
    return null;
end $$;
create function outreach_message_was_heard_of() returns trigger language plpgsql as $$
declare
    ids uuid[];
begin
    if tg_op = 'DELETE' then
        ids := array(select distinct message_id from old_rows);
    else
        ids := array(select distinct message_id from new_rows);
    end if;
    perform from outreach_message where id = any(ids) order by id for no key update;
    perform outreach_note_facts(ids);
    return null;
end $$;

create trigger message_facts_inserted after insert on outreach_message
    referencing new table as new_rows for each statement execute function outreach_message_was_planned();
create trigger message_facts_updated after update of
    state, purpose, sent_at, due_at, channel, user_id, account_id, contact_id, sequence_id, version_number, step_key,
    campaign, enrolment_id on outreach_message for each row
    when ((outreach_fate(old.state, old.sent_at), old.state = 'delivered', old.state = 'draft', old.purpose,
           coalesce(old.sent_at, old.due_at), old.channel, old.user_id, old.account_id, old.contact_id,
           old.sequence_id, old.version_number, old.step_key, old.campaign, old.enrolment_id)
          is distinct from
          (outreach_fate(new.state, new.sent_at), new.state = 'delivered', new.state = 'draft', new.purpose,
           coalesce(new.sent_at, new.due_at), new.channel, new.user_id, new.account_id, new.contact_id,
           new.sequence_id, new.version_number, new.step_key, new.campaign, new.enrolment_id))
    execute function outreach_message_has_changed();
create trigger message_facts_deleted after delete on outreach_message
    referencing old table as old_rows for each statement execute function outreach_message_is_gone();
create trigger message_facts_event_inserted after insert on outreach_messageevent
    referencing new table as new_rows for each statement execute function outreach_message_was_heard_of();
create trigger message_facts_event_updated after update on outreach_messageevent
    referencing new table as new_rows for each statement execute function outreach_message_was_heard_of();
create trigger message_facts_event_deleted after delete on outreach_messageevent
    referencing old table as old_rows for each statement execute function outreach_message_was_heard_of();

select outreach_note_facts(array(select id from outreach_message));
"""
DROP = """
drop trigger message_facts_inserted on outreach_message;
drop trigger message_facts_updated on outreach_message;
drop trigger message_facts_deleted on outreach_message;
drop trigger message_facts_event_inserted on outreach_messageevent;
drop trigger message_facts_event_updated on outreach_messageevent;
drop trigger message_facts_event_deleted on outreach_messageevent;
drop function outreach_message_was_planned();
drop function outreach_message_has_changed();
drop function outreach_message_is_gone();
drop function outreach_message_was_heard_of();
drop function outreach_note_facts(uuid[]);
drop function outreach_fate(text, timestamptz);
"""


class Migration(migrations.Migration):
    """The database writes what reports read, so that no writer of messages can forget to."""

    dependencies = [("outreach", "0006_facts_of_messages")]

    operations = [migrations.RunSQL(CREATE, DROP)]
