"""Names are kept as they are compared, beside the name they are made of.

An index over the function worked it out anew whenever a row was written: three times for each account of a bulk change,
whatever was changed. A stored column is worked out when the name is written, and is there for whoever compares.
"""

from django.db import migrations

CREATE = """
drop index accounts_by_block;
drop index accounts_by_head;
drop index accounts_by_tail;
alter table accounts_account
    add column name_core text generated always as (accounts_name_core(name)) stored,
    add column name_full text generated always as (accounts_name_full(name)) stored;
create index accounts_by_block on accounts_account (replace(name_core, ' ', ''));
create index accounts_by_head on accounts_account (state, left(replace(name_core, ' ', ''), 5), lower(city));
create index accounts_by_tail on accounts_account (state, right(replace(name_core, ' ', ''), 5), lower(city));
analyze accounts_account;
"""
BEFORE = """
drop index accounts_by_block;
drop index accounts_by_head;
drop index accounts_by_tail;
alter table accounts_account drop column name_core, drop column name_full;
create index accounts_by_block on accounts_account (accounts_name_block(name));
create index accounts_by_head on accounts_account (state, left(accounts_name_block(name), 5), lower(city));
create index accounts_by_tail on accounts_account (state, right(accounts_name_block(name), 5), lower(city));
analyze accounts_account;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_contacts_by_mail_domain")]

    operations = [migrations.RunSQL(CREATE, BEFORE)]
