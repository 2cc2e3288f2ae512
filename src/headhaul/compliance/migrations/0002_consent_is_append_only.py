from django.db import migrations

CREATE = """
create function compliance_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on compliance_consentevent
    for each row execute function compliance_is_append_only();
"""
DROP = """
drop trigger append_only on compliance_consentevent;
drop function compliance_is_append_only();
"""


class Migration(migrations.Migration):
    """What somebody said stays said; a later word is a later row."""

    dependencies = [("compliance", "0001_consent")]

    operations = [migrations.RunSQL(CREATE, DROP)]
