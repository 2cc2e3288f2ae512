"""Whose account a lead is: by USDOT number, then telephone, e-mail, domain, and last by name.

All accounts are looked through, whoever owns them: what a rep may not see is still there, and would be doubled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from headhaul import preferences
from headhaul.accounts.likeness import Firm
from headhaul.accounts.selectors import likeness
from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import MatchedBy
from headhaul.capture.models import CaptureEvent
from headhaul.capture.preferences import LeadJoining
from headhaul.capture.services.given import Given
from headhaul.kernel import SYSTEM
from headhaul.kernel.addresses import domain_of, email_key, telephone

SURE_OF_A_PERSON = 75  # of 100: one e-mail address of their own, or one number and a like name


@dataclass(frozen=True, slots=True)
class Match:
    """The account that was found, by what, and how people say it."""

    account_id: int | None = None
    by: MatchedBy = MatchedBy.NOTHING
    words: str = ""


_CARRIER = """
select coalesce(nullif(dba_name, ''), legal_name) as name, phy_city, phy_state, phone, email
from carriers_carrier where dot_number = %s
"""
_BY_DOT = "select id, name from accounts_account where dot_number = %s"
# An account with another USDOT number is another carrier, whoever answers its telephone.
_NOT_ANOTHER = "(%(dot)s::int is null or a.dot_number is null or a.dot_number = %(dot)s)"
_BY_PHONE = f"""
select a.id, a.name, accounts_alike(a.name_core, accounts_name_core(%(name)s)) as alike from (
    (select id from accounts_account where phone_key = any(%(keys)s) and phone_key <> '' limit 20)
    union (select c.account_id from accounts_contactphone p join accounts_contact c on c.id = p.contact_id
           where p.number = any(%(keys)s) limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER} order by alike desc, a.id limit 1
"""
_BY_EMAIL = f"""
select a.id, a.name, accounts_alike(a.name_core, accounts_name_core(%(name)s)) as alike from (
    (select c.account_id as id from accounts_contactemail e join accounts_contact c on c.id = e.contact_id
     where e.address = any(%(keys)s) limit 20)
    union (select id from accounts_account where lower(email) = any(%(keys)s) and email <> '' limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER} order by alike desc, a.id limit 1
"""
_HOST = """reverse(split_part(e.address, '@', 2)) collate "C\""""
# The company's own domain, or that of its people's e-mail: read backwards, a sub-domain begins with its domain.
_BY_DOMAIN = f"""
select a.id, a.name, accounts_alike(a.name_core, accounts_name_core(%(name)s)) as alike,
       bool_or(hit.is_own) as is_own
from (
    (select id, true as is_own from accounts_account where domain = any(%(keys)s) and domain <> '' limit 20)
    union all (select distinct mail.account_id, false from (
        select c.account_id from unnest(%(keys)s::text[]) as k(domain)
        join accounts_contactemail e on {_HOST} >= reverse(k.domain) and {_HOST} < reverse(k.domain) || '/'
            and left({_HOST}, length(k.domain) + 1) in (reverse(k.domain), reverse(k.domain) || '.')
        join accounts_contact c on c.id = e.contact_id limit 500) mail limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER}
group by a.id order by alike desc, is_own desc, a.id limit 20
"""
LITTLE_ALIKE = 0.3  # of several companies whose people share a domain, the named one is at least so much alike
# Of the same name but for the words of the trade, and not known to be elsewhere.
_BY_CORE = f"""
select a.id, a.name, a.state, a.domain,
       array(select e.address from accounts_contact c join accounts_contactemail e on e.contact_id = c.id
             where c.account_id = a.id limit 100) as mails,
       exists (select from capture_lead l where l.account_id = a.id and l.event_id = %(event)s) as is_of_event
from accounts_account a
where replace(a.name_core, ' ', '') = accounts_name_block(%(name)s) and length(accounts_name_block(%(name)s)) >= 3
  and {_NOT_ANOTHER}
order by accounts_alike(a.name_full, accounts_name_full(%(name)s)) desc, a.id limit 20
"""


def account_of(given: Given, *, event: CaptureEvent | None = None) -> Match:
    """The account these facts speak of, or none. At an event little is typed: what was taken down there counts."""
    if given.dot_number is not None:
        found = fetch(_BY_DOT, [given.dot_number])
        if found:
            return _match(found[0], MatchedBy.DOT_NUMBER, str(given.dot_number))
        given = _as_the_census_has_it(given, given.dot_number)
    for by, sql, keys in (
        (MatchedBy.PHONE, _BY_PHONE, given.numbers),
        (MatchedBy.EMAIL, _BY_EMAIL, list(given.emails)),
    ):
        if keys and (found := fetch(sql, {"keys": keys, "dot": given.dot_number, "name": given.company})):
            return _match(found[0], by, keys[0])
    return _of_domain(given) or _alike(given, event) or _of_the_same_name(given, event) or Match()


def _of_domain(given: Given) -> Match | None:
    """By the company's domain, or by that of its people where it is one company's."""
    keys = given.domains
    found = fetch(_BY_DOMAIN, {"keys": keys, "dot": given.dot_number, "name": given.company}) if keys else []
    if not found or (len(found) > 1 and not found[0]["is_own"] and found[0]["alike"] < LITTLE_ALIKE):
        return None
    return _match(found[0], MatchedBy.DOMAIN, keys[0])


def _as_the_census_has_it(given: Given, dot_number: int) -> Given:
    """With the carrier's own telephone, e-mail, name and place: an account without a number may be known by these."""
    found = fetch(_CARRIER, [dot_number])
    if not found:
        return given
    row, number = found[0], telephone(found[0]["phone"])
    email = email_key(row["email"])
    return replace(
        given,
        company=given.company or row["name"],
        city=given.city or row["phy_city"],
        state=given.state or row["phy_state"],
        phones=(*given.phones, *([number] if number.number else [])),
        emails=(*given.emails, *([email] if email else [])),
    )


def _match(row: dict[str, Any], by: MatchedBy, key: str) -> Match:
    return Match(row["id"], by, f"{row['name']} is known by this {by.label} ({key}).")


def _alike(given: Given, event: CaptureEvent | None) -> Match | None:
    """The likest account of the same state, if it is alike enough to be the same. Nobody said which: the event's."""
    state = given.state or (event.state if event else "")
    if not given.company or not state:
        return None
    firm = Firm(dot_number=given.dot_number, city=given.city, state=state)
    least = preferences.get(LeadJoining).name_likeness
    for one in likeness.of_account(name=given.company, firm=firm, by=SYSTEM):
        is_another = given.dot_number is not None and one.dot_number is not None
        if one.score >= least and not is_another and one.place.rpartition(" ")[2] == state:
            words = f"{one.name} in {one.place} is alike: {', '.join(one.reasons)}."
            return Match(one.account_id, MatchedBy.NAME, words)
    return None


def _of_the_same_name(given: Given, event: CaptureEvent | None) -> Match | None:
    """Of the same name where a state is missing: one that was taken down at this event, or the only one there is."""
    if not given.company:
        return None
    asked = {"name": given.company, "dot": given.dot_number, "event": event.pk if event else None}
    named = fetch(_BY_CORE, asked)
    fitting = [row for row in named if _may_be(row, given)]
    for row in fitting:
        if row["is_of_event"]:
            words = f"{row['name']} was taken down at {event.name if event else ''} before, by the same name."
            return Match(row["id"], MatchedBy.NAME, words)
    if len(named) == 1 and fitting and not fitting[0]["state"]:
        words = f"{fitting[0]['name']} is the only one of this name, and nobody knows where it is."
        return Match(fitting[0]["id"], MatchedBy.NAME, words)
    return None


def _may_be(row: dict[str, Any], given: Given) -> bool:
    """Neither another state nor other domains speak against it."""
    if given.state and row["state"] and row["state"] != given.state:
        return False
    known = {row["domain"], *(domain_of(mail) for mail in row["mails"])} - {""}
    return not known or not given.domains or not known.isdisjoint(given.domains)


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """The contact that was found, if one was."""

    contact_id: int | None = None
    words: str = ""
    elsewhere: Sequence[str] = field(default=())  # sentences about likely the same person at another account


def contact_of(given: Given, *, account_id: int) -> PersonMatch:
    """The contact of this account that these facts speak of."""
    found = likeness.of_contact(
        account_id=account_id,
        name=given.person_name,
        emails=list(given.emails),
        phones=given.numbers,
        by=SYSTEM,
    )
    sure = [one for one in found if one.score >= SURE_OF_A_PERSON]
    here = next((one for one in sure if one.account_id == account_id), None)
    if here is not None:
        return PersonMatch(here.id, f"{here.name} is known: {', '.join(here.reasons)}.")
    return PersonMatch(elsewhere=[f"{one.name} of {one.place} may be the same person." for one in sure])
