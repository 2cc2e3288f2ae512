from django.db import migrations

CREATE = """
create function pipeline_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is not allowed', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on pipeline_opportunitychange
    for each row execute function pipeline_is_append_only();
create trigger append_only before update or delete on pipeline_opportunitysnapshot
    for each row execute function pipeline_is_append_only();
create trigger append_only before update or delete on pipeline_forecastsubmission
    for each row execute function pipeline_is_append_only();
"""
DROP = """
drop trigger append_only on pipeline_opportunitychange;
drop trigger append_only on pipeline_opportunitysnapshot;
drop trigger append_only on pipeline_forecastsubmission;
drop function pipeline_is_append_only();
"""


class Migration(migrations.Migration):
    """History, snapshots and forecast calls are written once: everything learnt later rests on them."""

    dependencies = [("pipeline", "0001_pipeline")]

    operations = [migrations.RunSQL(CREATE, DROP)]
