"""Words of names go into their search indexes a few hundred rows at a time: a bulk change spent half its time there.

What waits is at most 256 kB, which a search reads through in a fraction of a millisecond.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.models import F

INDEXES = {"accounts_names": "account", "contacts_names": "contact"}
ON = "; ".join(f"alter index {name} set (fastupdate = on, gin_pending_list_limit = 256)" for name in INDEXES)
# What waits has to be in the index before it is switched off, or it would wait there for good.
OFF = "; ".join(
    f"select gin_clean_pending_list('{name}'); alter index {name} reset (gin_pending_list_limit);"
    f" alter index {name} set (fastupdate = off)"
    for name in INDEXES
)


def _state() -> list[Operation]:
    return [
        step
        for name, model in INDEXES.items()
        for step in (
            migrations.RemoveIndex(model, name),
            migrations.AddIndex(
                model,
                GinIndex(
                    OpClass(F("name"), name="gin_trgm_ops"), name=name, fastupdate=True, gin_pending_list_limit=256
                ),
            ),
        )
    ]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_names_kept_as_they_compare")]

    operations = [migrations.RunSQL(ON, OFF, state_operations=_state())]
