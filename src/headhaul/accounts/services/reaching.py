"""Whom a message would reach: the address, and every place and time zone it may be in, for compliance to judge.

Never the sender's. A number may be where its area code says, where the account is, and where somebody or an imported
file says; an owner-operator is on the road, so anywhere in the 48 states; of whom nothing is known but what somebody
entered, anywhere in the fifty. What is entered takes none of these away: it is one slip from a text in the night.
E-mail has no hours by law, so that a zone which a person set stands alone there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headhaul.accounts.choices import Channel
from headhaul.accounts.deriving import UNKNOWN, Zone, plausible, without_clock, zones_of_account
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import contacts
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor, InvalidData, Recipient
from headhaul.kernel.addresses import email_key, telephone
from headhaul.kernel.places import STATES
from headhaul.kernel.zones import CONTIGUOUS, FIFTY, country_of_phone, states_of_phone

_PLACES = """
select a.id as account_id, c.id as contact_id, a.dot_number, a.segment, a.state, a.zip, a.phone_key, a.timezone,
       a.timezone_source, a.timezone_confidence, coalesce(c.timezone, '') as own_zone,
       coalesce(c.timezone_source, '') as own_source, coalesce(c.timezone_confidence, '') as own_confidence,
       array(select p.number from accounts_contactphone p where p.contact_id = c.id
             order by p.is_primary desc, p.id) as numbers, {address} as address, {lines}
from accounts_account a {join} where {where}
"""
_OF_CONTACT = "join accounts_contact c on c.account_id = a.id"
_OF_ACCOUNT = "left join accounts_contact c on c.account_id = a.id and c.id = %s"
# What bounced or was called in vain is passed over; the first is the one marked as such.
_FIRST = {
    True: "select m.address from accounts_contactemail m where m.contact_id = c.id",
    False: "select m.number from accounts_contactphone m where m.contact_id = c.id",
}
_USABLE = "and m.validity not in ('invalid', 'bounced') order by m.is_primary desc, m.id limit 1"
_EACH = """
array(select m.{0} from {1} m where m.contact_id = c.id order by m.is_primary desc, m.id) as known,
array(select m.{0} from {1} m where m.contact_id = c.id and m.validity not in ('invalid', 'bounced')) as works
"""
_LINES = {
    True: _EACH.format("address", "accounts_contactemail"),
    False: _EACH.format("number", "accounts_contactphone"),
}
_NO_LINES = "null as known, null as works"
BATCH = 5_000


def recipient_of(*, contact_id: int, channel: Channel, by: Actor, address: str = "") -> Recipient:
    """The recipient at the first address that is not known to fail, or at the one named. InvalidData without any."""
    contact = contacts.lock(contact_id, by=by)
    is_mail = channel is Channel.EMAIL
    sql = _PLACES.format(join=_OF_CONTACT, address="''", lines=_LINES[is_mail], where="c.id = %s")
    found = fetch(sql, [contact_id])[0]
    known: list[str] = found["known"]
    first = next((each for each in known if each in found["works"]), "")
    wanted = (email_key(address) if is_mail else telephone(address).number) if address else first
    if wanted not in known or not wanted:
        what = "e-mail address" if is_mail else "telephone number"
        raise InvalidData(f"{contact.name} has no such {what}.", fields={"contactId": f"no {what}"})
    return _recipient(found, channel.value, wanted)


def recipient_at(*, account_id: int, contact_id: int | None, channel: str, address: str) -> Recipient:
    """The recipient at an address that is known to be the account's or this contact's. The caller sees the account."""
    sql = _PLACES.format(join=_OF_ACCOUNT, address="''", lines=_NO_LINES, where="a.id = %s")
    return _recipient(fetch(sql, [contact_id, account_id])[0], channel, address)


def recipients_of(contact_ids: Iterable[int], channel: Channel) -> dict[int, Recipient]:
    """Those of many contacts at once, each at the first usable address; who has none, or has left, is not in it."""
    wanted = list(dict.fromkeys(contact_ids))
    first = f"coalesce(({_FIRST[channel is Channel.EMAIL]} {_USABLE}), '')"
    sql = _PLACES.format(
        join=_OF_CONTACT,
        address=first,
        lines=_NO_LINES,
        where="c.id = any(%s) and c.erased_at is null and not c.has_left",
    )
    found: dict[int, Recipient] = {}
    for start in range(0, len(wanted), BATCH):
        for row in fetch(sql, [wanted[start : start + BATCH]]):
            if row["address"]:
                found[row["contact_id"]] = _recipient(row, channel.value, row["address"])
    return found


def _recipient(row: Mapping[str, Any], channel: str, address: str) -> Recipient:
    is_mail = channel == "email"
    numbers = row["numbers"] if is_mail else [address]
    states = _states(row["state"], () if is_mail else states_of_phone(address))
    return Recipient(
        channel=channel,
        address=address,
        contact_id=row["contact_id"],
        account_id=row["account_id"],
        zones=_zones(row, numbers, states, is_mail=is_mail),
        states=states,
        country=_country(row["state"], "" if is_mail else country_of_phone(address)),
        dot_number=str(row["dot_number"] or ""),
        segment=row["segment"],
    )


def _zones(row: Mapping[str, Any], numbers: Sequence[str], states: Sequence[str], *, is_mail: bool) -> tuple[str, ...]:
    own = Zone(row["own_zone"], row["own_source"], row["own_confidence"])
    account = Zone(row["timezone"], row["timezone_source"], row["timezone_confidence"])
    found = _plausible(row, numbers, own, account, trusts_people=is_mail)
    if is_mail:
        return found  # no law asks for hours of e-mail: where nothing is known, none are kept
    anywhere: tuple[str, ...] = ()
    if row["segment"] == Segment.OWNER_OPERATOR:
        anywhere = CONTIGUOUS
    elif not _plausible(row, numbers, UNKNOWN, UNKNOWN):
        anywhere = FIFTY  # what was entered alone is no knowledge
    known = [*found, *anywhere]
    return tuple(dict.fromkeys([*known, *without_clock(states, known)]))  # a state's hours are read on its own clocks


def _plausible(
    row: Mapping[str, Any], numbers: Sequence[str], own: Zone, account: Zone, *, trusts_people: bool = False
) -> tuple[str, ...]:
    of_account = zones_of_account(
        zone=account, zip_code=row["zip"], state=row["state"], phone=row["phone_key"], trusts_people=trusts_people
    )
    return plausible(zone=own, phones=numbers, account_zones=of_account, trusts_people=trusts_people)


def _states(of_account: str, of_number: Sequence[str]) -> tuple[str, ...]:
    """A number's and the account's: the rules of each of them hold."""
    return tuple(dict.fromkeys(state for state in (*of_number, of_account.strip().upper()) if state))


def _country(state: str, of_number: str) -> str:
    """The country that nothing contradicts; "" where account and number differ, or neither says: states tell then."""
    code = state.strip().upper()
    if of_number not in ("", "US", "CA"):
        return of_number
    if not code:
        return of_number
    return "US" if code in STATES and of_number != "CA" else ""
