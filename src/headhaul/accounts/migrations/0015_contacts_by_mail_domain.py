"""Contacts are found by the domain of their e-mail, its sub-domains with it: read backwards, they begin alike."""

from django.db import migrations

CREATE = """
create index contacts_by_mail_domain on accounts_contactemail (reverse(split_part(address, '@', 2)) collate "C")
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_zones_of_files")]

    operations = [migrations.RunSQL(CREATE, "drop index contacts_by_mail_domain")]
