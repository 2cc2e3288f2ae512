from django.db import migrations

CREATE = """
create function analytics_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on analytics_analyticssnapshot
    for each row execute function analytics_is_append_only();
"""
DROP = """
drop trigger append_only on analytics_analyticssnapshot;
drop function analytics_is_append_only();
"""


class Migration(migrations.Migration):
    """A snapshot is written once: what is compared with it rests on that."""

    dependencies = [("analytics", "0001_snapshots_and_mails")]

    operations = [migrations.RunSQL(CREATE, DROP)]
