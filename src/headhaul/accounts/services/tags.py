"""Words on accounts, each in one spelling and at most once an account."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from headhaul.accounts.models import AccountTag
from headhaul.accounts.services.editing import lock
from headhaul.kernel import Actor, InvalidData

LONGEST = 60
MOST = 50
_ALLOWED = re.compile(r"[\w &+./:#-]+")
_ADD = """
insert into accounts_accounttag (account_id, tag, created_at, created_by_id)
select new.account_id, new.tag, %s, %s from unnest(%s::bigint[], %s::text[]) as new(account_id, tag)
on conflict do nothing
"""


def normal(tag: str) -> str:
    """The one spelling of a tag: compatibility forms unified, lower case, single spaces."""
    spelled = " ".join(unicodedata.normalize("NFKC", tag).lower().split())
    if not spelled or len(spelled) > LONGEST or not _ALLOWED.fullmatch(spelled):
        raise InvalidData(
            "A tag is a short word of letters, digits and & + . / : # - _",
            fields={"tag": f"1 to {LONGEST} characters, for example hot or conference:mats"},
        )
    return spelled


def add(*, account_id: int, tag: str, at: datetime, by: Actor) -> list[str]:
    """Put a tag on an account; a tag that is there already stays as it is. Returns all its tags."""
    account, spelled = lock(account_id, by=by), normal(tag)
    present = of_account(account_id)
    if spelled not in present and len(present) >= MOST:
        raise InvalidData(f"{account.name} has {MOST} tags already. Remove one first.", fields={"tag": "too many"})
    add_many(pairs=[(account_id, spelled)], at=at, by=by)
    return of_account(account_id)


def add_many(*, pairs: Iterable[tuple[int, str]], at: datetime, by: Actor) -> None:
    """Put normally spelled tags on many accounts at once; those that are there already stay as they are."""
    many = list(pairs)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [at, by.user_id, [account for account, _ in many], [tag for _, tag in many]])


def remove(*, account_id: int, tag: str, by: Actor) -> list[str]:
    """Take a tag off; one that is not there is no error. Returns the tags that remain."""
    lock(account_id, by=by)
    AccountTag.objects.filter(account_id=account_id, tag=normal(tag)).delete()
    return of_account(account_id)


def of_account(account_id: int) -> list[str]:
    """The account's tags in alphabetical order."""
    with connection.cursor() as cursor:
        cursor.execute("select tag from accounts_accounttag where account_id = %s order by tag", [account_id])
        return [tag for (tag,) in cursor.fetchall()]
