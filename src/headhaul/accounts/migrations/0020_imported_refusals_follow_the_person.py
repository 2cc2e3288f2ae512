from django.db import migrations

# An imported no was denied of its address alone. It is the person's, as any other: whoever has the address is denied by
# the same note, which still takes both away. What was lifted stays lifted; who is denied already stays as they are.
FOLLOW = """
insert into compliance_suppression
    (scope, key, key_hash, channel, is_lift, reason, source, evidence, effective_at, recorded_at, recorded_by_id)
select distinct 'contact', h.contact_id::text, '', d.channel, false, 'opt_out', d.source, '', now(), now(),
       d.recorded_by_id
from compliance_suppression d
join compliance_consentevent e on d.source = 'consent:' || e.id::text and e.source like 'Import%'
join (select address, contact_id from accounts_contactemail
      union select number, contact_id from accounts_contactphone) h on h.address = d.key
where d.scope = 'address' and d.reason = 'opt_out' and not d.is_lift and d.effective_at <= now()
  and not exists (select from compliance_suppression l
                  where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash
                    and l.channel = d.channel and l.reason = d.reason and l.id > d.id and l.effective_at <= now())
  and not exists (select from compliance_suppression c
                  where c.scope = 'contact' and c.key = h.contact_id::text and c.channel = d.channel
                    and c.reason = 'opt_out')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_custom_field_retired"),
        ("compliance", "0007_refusals_and_listings_by_hash"),
    ]

    operations = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
