"""Whom an enrolling means: contacts or accounts by id, those of a saved view, or of a list's filters."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.ports.lists import kind_of
from headhaul.accounts.schemas.lists import AccountFilters, ContactFilters
from headhaul.accounts.selectors import views
from headhaul.accounts.selectors.lists import accounts, contacts, kinds, stored
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import visible
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, Payload
from headhaul.outreach.schemas.enrolments import EnrollContacts

MOST = 250_000
_WAYS = ("contact_ids", "account_ids", "view_id", "contact_filters", "account_filters")
_PEOPLE = """
select c.id from accounts_contact c
where c.account_id = any(%s) and not c.has_left and c.erased_at is null order by c.id
"""
_BEST = """
select distinct on (c.account_id) c.id from accounts_contact c
where c.account_id = any(%s) and not c.has_left and c.erased_at is null
order by c.account_id, c.is_decision_maker desc,
         exists (select 1 from accounts_contactemail e where e.contact_id = c.id and e.validity <> 'invalid') desc,
         exists (select 1 from accounts_contactphone p where p.contact_id = c.id and p.validity <> 'invalid') desc, c.id
"""


class CountChanged(Conflict):
    """Another number matches than whoever asked had seen."""

    code = "count_changed"


class Chosen:
    """The contacts that are meant, from where, and how many accounts have nobody."""

    def __init__(self, contact_ids: list[int], source: str, without_anybody: int = 0) -> None:
        self.contact_ids = contact_ids
        self.source = source
        self.without_anybody = without_anybody


def chosen(asked: EnrollContacts, *, at: datetime, by: Actor) -> Chosen:
    """Resolve one of the five ways to name people."""
    given = [name for name in _WAYS if getattr(asked, name) is not None]
    if len(given) != 1:
        ways = "contactIds, accountIds, viewId, contactFilters or accountFilters"
        raise InvalidData(f"Say who, in exactly one way: {ways}.", fields={"contactIds": "or one of the others"})
    if asked.contact_ids is not None:
        return Chosen(list(dict.fromkeys(asked.contact_ids)), "person")
    if asked.account_ids is not None:
        return _of_accounts(_seen(asked.account_ids, by=by), "person", whom=asked.whom)
    filters, source = _filters(asked, by=by)
    found = _matching(filters, at=at, by=by)
    if asked.expected_count is not None and len(found) != asked.expected_count:
        raise CountChanged(
            f"{len(found):,} match now, not {asked.expected_count:,}. Look at the list again, then repeat this.",
            fields={"expectedCount": f"{len(found)} match now"},
        )
    if isinstance(filters, AccountFilters):
        return _of_accounts(found, source, whom=asked.whom)
    return Chosen(found, source)


def _filters(asked: EnrollContacts, *, by: Actor) -> tuple[Payload, str]:
    if asked.view_id is not None:
        view = views.one(view_id=asked.view_id, by=by)
        if view.entity not in (kinds.ACCOUNTS.entity, kinds.CONTACTS.entity):
            raise InvalidData("This view lists neither contacts nor accounts.", fields={"viewId": "another view"})
        if view.ignored:
            said = "; ".join(view.ignored)
            raise InvalidData(f"{view.name} names what is gone: {said}. Mend it first.", fields={"viewId": said})
        return stored.strict(kind_of(view.entity), view.filters), f"view:{view.id}"
    kind = kinds.CONTACTS if asked.contact_filters is not None else kinds.ACCOUNTS
    return stored.strict(kind, asked.contact_filters or asked.account_filters or {}), "filter"


def _matching(filters: Payload, *, at: datetime, by: Actor) -> list[int]:
    if isinstance(filters, ContactFilters):
        narrowed: Conditions = contacts.narrow(filters, by=by, at=at)
        query = f"select c.id from {contacts.FROM} where {narrowed.where} order by c.id limit {MOST + 1}"
    else:
        assert isinstance(filters, AccountFilters)
        of_accounts = accounts.narrow(filters, by=by, at=at)
        narrowed = of_accounts
        query = f"select a.id from {of_accounts.counted_in} where {narrowed.where} order by a.id limit {MOST + 1}"
    found = [row["id"] for row in fetch(query, narrowed.parameters)]
    if len(found) > MOST:
        raise InvalidData(f"More than {MOST:,} match. Narrow it and enrol in parts.", fields={"viewId": "too many"})
    if not found:
        raise NotFound("Nobody matches.", fields={"viewId": "nothing matches"})
    return found


def _seen(account_ids: list[int], *, by: Actor) -> list[int]:
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("a.id = any(%s)", account_ids)
    found = fetch(f"select a.id from accounts_account a where {narrowed.where} order by 1", narrowed.parameters)
    if not found:
        raise NotFound("None of these accounts is there.", fields={"accountIds": "unknown"})
    return [row["id"] for row in found]


def _of_accounts(account_ids: list[int], source: str, *, whom: str) -> Chosen:
    people = [row["id"] for row in fetch(_PEOPLE if whom == "all" else _BEST, [account_ids])]
    with_somebody = fetch("select count(distinct account_id) as n from accounts_contact where id = any(%s)", [people])[
        0
    ]["n"]
    return Chosen(people, source, len(account_ids) - with_somebody)
