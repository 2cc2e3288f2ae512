"""Whose account a lead is: by USDOT number, then telephone, e-mail, domain, and last by a name that is alike.

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
from headhaul.capture.preferences import LeadJoining
from headhaul.capture.services.given import Given
from headhaul.kernel import SYSTEM
from headhaul.kernel.addresses import email_key, telephone

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
select a.id, a.name, accounts_alike(accounts_name_core(a.name), accounts_name_core(%(name)s)) as alike from (
    (select id from accounts_account where phone_key = any(%(keys)s) and phone_key <> '' limit 20)
    union (select c.account_id from accounts_contactphone p join accounts_contact c on c.id = p.contact_id
           where p.number = any(%(keys)s) limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER} order by alike desc, a.id limit 1
"""
_BY_EMAIL = f"""
select a.id, a.name, accounts_alike(accounts_name_core(a.name), accounts_name_core(%(name)s)) as alike from (
    (select c.account_id as id from accounts_contactemail e join accounts_contact c on c.id = e.contact_id
     where e.address = any(%(keys)s) limit 20)
    union (select id from accounts_account where lower(email) = any(%(keys)s) and email <> '' limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER} order by alike desc, a.id limit 1
"""
_BY_DOMAIN = f"""
select a.id, a.name, accounts_alike(accounts_name_core(a.name), accounts_name_core(%(name)s)) as alike from (
    (select id from accounts_account where domain = any(%(keys)s) and domain <> '' limit 20)
) hit join accounts_account a on a.id = hit.id where {_NOT_ANOTHER} order by alike desc, a.id limit 1
"""


def account_of(given: Given) -> Match:
    """The account these facts speak of, or none."""
    if given.dot_number is not None:
        found = fetch(_BY_DOT, [given.dot_number])
        if found:
            return _match(found[0], MatchedBy.DOT_NUMBER, str(given.dot_number))
        given = _as_the_census_has_it(given, given.dot_number)
    for by, sql, keys in (
        (MatchedBy.PHONE, _BY_PHONE, given.numbers),
        (MatchedBy.EMAIL, _BY_EMAIL, list(given.emails)),
        (MatchedBy.DOMAIN, _BY_DOMAIN, given.domains),
    ):
        if keys and (found := fetch(sql, {"keys": keys, "dot": given.dot_number, "name": given.company})):
            return _match(found[0], by, keys[0])
    return _alike(given)


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


def _alike(given: Given) -> Match:
    """The likest account of the same state, if it is alike enough to be the same."""
    if not given.company or not given.state:
        return Match()
    firm = Firm(dot_number=given.dot_number, city=given.city, state=given.state)
    least = preferences.get(LeadJoining).name_likeness
    for one in likeness.of_account(name=given.company, firm=firm, by=SYSTEM):
        is_another = given.dot_number is not None and one.dot_number is not None
        if one.score >= least and not is_another and one.place.rpartition(" ")[2] == given.state:
            words = f"{one.name} in {one.place} is alike: {', '.join(one.reasons)}."
            return Match(one.account_id, MatchedBy.NAME, words)
    return Match()


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
