from django.db import migrations

FILL = """
insert into accounts_accountpulse (account_id, last_activity_at) select id, created_at from accounts_account
on conflict do nothing
"""


class Migration(migrations.Migration):
    """Accounts from before have a pulse too: until something happens, their creation is the last that happened."""

    dependencies = [("accounts", "0005_contacts_fields_views")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
