"""What a call step has asked for twice, in two campaigns, is its own once."""

from django.db import migrations

# Where a step was asked for in two campaigns, the newest entry is the step's; the others are what they were: the list's.
_NEWEST_IS_THE_STEPS = """
update outreach_calltarget t
set enrolment_id = null, step_key = '',
    state = case when t.state = 'queued' then 'skipped' else t.state end
where exists (select from outreach_calltarget n
              where n.enrolment_id = t.enrolment_id and n.step_key = t.step_key and n.id > t.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0015_facts_of_an_account"),
    ]

    operations = [
        migrations.RunSQL(_NEWEST_IS_THE_STEPS, migrations.RunSQL.noop),
    ]
