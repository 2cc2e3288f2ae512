"""Entries and seals can be added, never changed or removed; each new entry queues for its seal."""

from __future__ import annotations

from django.db import migrations

REFUSE = """
CREATE FUNCTION actions_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only: % on % is not allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON actions_auditentry
    FOR EACH ROW EXECUTE FUNCTION actions_audit_is_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON actions_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION actions_audit_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON actions_auditseal
    FOR EACH ROW EXECUTE FUNCTION actions_audit_is_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON actions_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION actions_audit_is_append_only();
"""

QUEUE = """
CREATE FUNCTION actions_audit_queue_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO actions_auditpending (entry_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER queue_for_seal AFTER INSERT ON actions_auditentry
    FOR EACH ROW EXECUTE FUNCTION actions_audit_queue_for_seal();
"""

UNDO = """
DROP TRIGGER queue_for_seal ON actions_auditentry;
DROP TRIGGER never_emptied ON actions_auditseal;
DROP TRIGGER append_only ON actions_auditseal;
DROP TRIGGER never_emptied ON actions_auditentry;
DROP TRIGGER append_only ON actions_auditentry;
DROP FUNCTION actions_audit_queue_for_seal();
DROP FUNCTION actions_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE + QUEUE, UNDO)]
