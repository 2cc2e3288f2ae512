from django.db import migrations

PAIRS = (("state", "segment"), ("status", "state"), ("status", "segment"), ("owner_id", "status"))


class Migration(migrations.Migration):
    """A list filtered by facts that hardly meet must not be read in order in the hope of meeting them soon."""

    dependencies = [("accounts", "0002_tallies")]

    operations = [
        migrations.RunSQL(
            f"create statistics accounts_{first}_and_{second} (mcv) on {first}, {second} from accounts_account;"
            f"alter statistics accounts_{first}_and_{second} set statistics 400",
            f"drop statistics accounts_{first}_and_{second}",
        )
        for first, second in PAIRS
    ]
