"""The time zones of an account's contacts, when what they are derived from has changed."""

from __future__ import annotations

from django.db import connection

from headhaul.accounts.choices import GIVEN_ZONES
from headhaul.accounts.deriving import Zone, contact_zone
from headhaul.accounts.models import Account
from headhaul.accounts.selectors.pages import fetch

_READ = """
select c.id, array(select p.number from accounts_contactphone p where p.contact_id = c.id
                   order by p.is_primary desc, p.id) as phones
from accounts_contact c where c.account_id = %s and c.timezone_source <> all(%s) and c.erased_at is null
"""
_WRITE = """
update accounts_contact c
set timezone = z.name, timezone_source = z.source, timezone_confidence = z.confidence
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) as z(id, name, source, confidence)
where c.id = z.id and (c.timezone, c.timezone_source, c.timezone_confidence)
      is distinct from (z.name, z.source, z.confidence)
"""


def refresh(account: Account) -> None:
    """Derive anew what nobody said. It is no change anybody made, so versions stay."""
    rows = fetch(_READ, [account.pk, [source.value for source in GIVEN_ZONES]])
    if not rows:
        return
    of_account = Zone(account.timezone, account.timezone_source, account.timezone_confidence)
    found = [contact_zone(phones=row["phones"], account=of_account) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[row["id"] for row in rows], *map(list, zip(*found, strict=True))])
