from django.db import migrations

CREATE = """
alter table outreach_message add column serial bigint generated always as identity;
create index outbox_on_timeline on outreach_message (account_id, sent_at desc, serial desc) where sent_at is not null;
create index outbox_on_contacts_timeline on outreach_message (contact_id, sent_at desc, serial desc)
    where sent_at is not null;
create index outbox_by_serial on outreach_message (serial);
"""
DROP = """
drop index outbox_by_serial;
drop index outbox_on_contacts_timeline;
drop index outbox_on_timeline;
alter table outreach_message drop column serial;
"""


class Migration(migrations.Migration):
    """The timeline pages by time and number; ids of messages are random."""

    dependencies = [("outreach", "0004_no_path_without_a_receipt")]

    operations = [migrations.RunSQL(CREATE, DROP)]
