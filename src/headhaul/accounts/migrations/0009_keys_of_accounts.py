from django.db import connection, migrations

from headhaul.accounts.deriving import keys_of

SIZE = 5_000
TAKE_OVER = """
update accounts_account a set street = c.phy_street, zip = c.phy_zip, email = lower(trim(c.email))
from carriers_carrier c
where c.dot_number = a.dot_number and a.zip = '' and a.street = '' and a.email = '' and a.state = c.phy_state
"""
READ = """
select id, phone, website, email, zip, state from accounts_account where id > %s order by id limit %s
"""
WRITE = """
update accounts_account a
set phone_key = k.phone_key, domain = k.domain, timezone = k.timezone, timezone_source = k.source,
    timezone_confidence = k.confidence
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    as k(id, phone_key, domain, timezone, source, confidence)
where a.id = k.id and (a.phone_key, a.domain, a.timezone) is distinct from (k.phone_key, k.domain, k.timezone)
"""


def fill(apps: object, schema_editor: object) -> None:
    """In pieces, so that a million rows need no memory."""
    after = 0
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OVER)
        while True:
            cursor.execute(READ, [after, SIZE])
            rows = cursor.fetchall()
            if not rows:
                return
            keys = [keys_of(phone=p, website=w, email=e, zip_code=z, state=s) for _, p, w, e, z, s in rows]
            cursor.execute(WRITE, [[row[0] for row in rows], *map(list, zip(*keys, strict=True))])
            after = rows[-1][0]


class Migration(migrations.Migration):
    """Accounts from before are found by number and domain too, and have a time zone."""

    dependencies = [("accounts", "0008_tallies_by_owner"), ("carriers", "0003_names_are_searchable")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
