"""Contacts that rows of other records name: by our id, another system's, e-mail, or name at their account."""

from __future__ import annotations

from collections.abc import Iterable

from headhaul.accounts.ports.imports import Problem, Rules
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.sessions import Record, Refusal
from headhaul.kernel.addresses import email_key

_READ = """
select c.id, c.account_id, lower(c.name) as name, c.erased_at is not null as is_erased,
       (select coalesce(array_agg(e.address), '{}') from accounts_contactemail e where e.contact_id = c.id) as emails
from accounts_contact c where c.account_id = any(%s::bigint[])
"""


class People:
    """The contacts at the accounts of a batch."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._at: dict[tuple[int, str], set[int]] = {}
        self._erased: set[int] = set()

    def load(self, accounts: Iterable[int], said: Iterable[str]) -> None:
        """Bring those at these accounts, and what the other system calls them."""
        known: dict[int, set[str]] = {}
        names = external.ids_of(source=self._rules.source, entity="contact", names=[each for each in said if each])
        for name, key in names.items():
            known.setdefault(key, set()).add(name)
        self._at, self._erased = {}, set()
        for row in fetch(_READ, [[key for key in accounts if key > 0]]):
            if row["is_erased"]:
                self._erased.add(row["id"])
            for word in {row["name"], *row["emails"], str(row["id"]), *known.get(row["id"], ())}:
                self._at.setdefault((row["account_id"], word), set()).add(row["id"])

    def find(self, said: str, *, account: Record | None, field: str) -> int:
        """The contact's id. Refusal when nobody or more than one at the account is called so."""
        key = account.id if account is not None else 0
        for word in (said, email_key(said), said.lower()):
            found = self._at.get((key, word), set())
            if len(found) == 1:
                if found <= self._erased:
                    raise Refusal(Problem(field, "", "they asked to be forgotten, and nothing of them comes in"))
                return next(iter(found))
            if found:
                raise Refusal(Problem(field, said, "several contacts of the account are called so; write the e-mail"))
        raise Refusal(Problem(field, said, "the account has no such contact"))
