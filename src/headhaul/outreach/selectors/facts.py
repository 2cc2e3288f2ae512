"""What is known of a contact, as the variables of texts and the conditions of sequences ask for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headhaul.accounts.choices import AccountStatus, BuyingRole, ContactRole, CustomEntity
from headhaul.accounts.models import CustomField
from headhaul.accounts.selectors.pages import fetch
from headhaul.carriers.choices import Equipment, Segment
from headhaul.carriers.selectors import signals
from headhaul.kernel.places import STATES
from headhaul.outreach.selectors.casing import first_name, proper

VARIABLES: Mapping[str, tuple[str, str]] = {
    "contact.name": ("The contact's name", "Dana Diaz"),
    "contact.first_name": ("What the contact is called", "Dana"),
    "contact.title": ("The contact's title", "Fleet manager"),
    "account.name": ("The company", "Lone Star Reefer LLC"),
    "account.city": ("The company's city", "Dallas"),
    "account.state": ("The company's state", "Texas"),
    "account.fleet_size": ("Trucks", "42"),
    "sender.name": ("Who writes", "Rosa Reyes"),
    "sender.first_name": ("What the one who writes is called", "Rosa"),
    "sender.email": ("The address of the one who writes", "rosa@example.com"),
    "supply.drivers": ("Drivers of ours who fit them", "38"),
    "supply.near": ("Of these, within reach of their base", "12"),
    "supply.active": ("Of these, active in the last week", "9"),
    "supply.states": ("Where most of them live", "Texas and Oklahoma"),
    "supply.equipment": ("What most of them drive", "reefer"),
}
"""What a text may name, with what it is and how it looks. Each needs what stands there when it is not known."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a condition can ask for. Money is compared in whole cents, as a custom field keeps it."""

    label: str
    kind: str
    choices: Mapping[str, str]


_OPS = {
    "choice": ("is", "is_not", "in", "not_in", "is_set", "is_empty"),
    "text": ("is", "is_not", "is_set", "is_empty"),
    "number": ("is", "is_not", "at_least", "at_most", "is_set", "is_empty"),
    "money": ("is", "is_not", "at_least", "at_most", "is_set", "is_empty"),
    "yes_no": ("is",),
    "tags": ("has", "has_not", "is_set", "is_empty"),
}
_KIND_OF_CUSTOM = {"number": "number", "money": "money", "yes_no": "yes_no", "several": "tags"}


def facts() -> dict[str, Fact]:
    """Every fact by name: those of every firm, and its own fields of accounts and contacts."""
    known = {
        "account.status": Fact("Account's status", "choice", _labels(AccountStatus)),
        "account.segment": Fact("Fleet class", "choice", _labels(Segment)),
        "account.state": Fact("State", "choice", {code: state.name for code, state in STATES.items()}),
        "account.fleetSize": Fact("Fleet size", "number", {}),
        "account.score": Fact("Score", "number", {}),
        "account.tag": Fact("Tags", "tags", {}),
        "contact.role": Fact("Contact's role", "choice", _labels(ContactRole)),
        "contact.buyingRole": Fact("Part in the decision", "choice", _labels(BuyingRole)),
        "contact.isDecisionMaker": Fact("Decides", "yes_no", {}),
        "contact.title": Fact("Contact's title", "text", {}),
        "supply.drivers": Fact("Drivers of ours who fit", "number", {}),
    }
    own = CustomField.objects.filter(entity__in=[CustomEntity.ACCOUNT, CustomEntity.CONTACT], is_active=True)
    for each in own.order_by("entity", "position", "pk"):
        kind = _KIND_OF_CUSTOM.get(str(each.kind), "text")
        known[f"{each.entity}.custom.{each.key}"] = Fact(each.label, kind, {})
    return known


def ops_of(kind: str) -> tuple[str, ...]:
    """How a fact of this kind can be compared."""
    return _OPS[kind]


_KNOWN = """
select c.name, c.first_name, c.title, c.role, c.buying_role, c.is_decision_maker, c.custom::text as contact_custom,
       a.id as account_id, a.dot_number, a.name as account_name, a.city, a.state, a.fleet_size, a.status, a.segment,
       a.custom::text as account_custom, x.score_hundredths,
       array(select t.tag from accounts_accounttag t where t.account_id = a.id order by 1) as tags,
       u.name as sender_name, u.email as sender_email
from accounts_contact c join accounts_account a on a.id = c.account_id
left join accounts_accountscore x on x.account_id = a.id
left join security_user u on u.id = %s
where c.id = %s
"""


def row_of(contact_id: int, user_id: int | None) -> dict[str, Any]:
    """One contact with its account and the one who writes; empty when it is gone."""
    found = fetch(_KNOWN, [user_id, contact_id])
    return found[0] if found else {}


def names_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What the variables become; what is not known is left out."""
    state = STATES.get(row["state"])
    name = proper(row["name"])
    known = {
        "contact.name": name,
        "contact.first_name": proper(row["first_name"]) or first_name(name),
        "contact.title": row["title"],
        "account.name": proper(row["account_name"]),
        "account.city": proper(row["city"]),
        "account.state": state.name if state else row["state"],
        "account.fleet_size": f"{row['fleet_size']:,}" if row["fleet_size"] else "",
        "sender.name": row["sender_name"] or "",
        "sender.first_name": first_name(row["sender_name"] or ""),
        "sender.email": row["sender_email"] or "",
    } | _supply(row["dot_number"])
    return {key: value for key, value in known.items() if value}


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the conditions know."""
    score = row["score_hundredths"]
    supply = _supply(row["dot_number"]).get("supply.drivers", "").replace(",", "")
    return {
        "account.status": row["status"],
        "account.segment": row["segment"],
        "account.state": row["state"] or None,
        "account.fleetSize": row["fleet_size"],
        "account.score": None if score is None else score / 100,
        "account.tag": list(row["tags"]),
        "contact.role": row["role"],
        "contact.buyingRole": row["buying_role"],
        "contact.isDecisionMaker": row["is_decision_maker"],
        "contact.title": row["title"] or None,
        "supply.drivers": int(supply) if supply else None,
        **{f"account.custom.{key}": value for key, value in json.loads(row["account_custom"] or "{}").items()},
        **{f"contact.custom.{key}": value for key, value in json.loads(row["contact_custom"] or "{}").items()},
    }


def _supply(dot_number: int | None) -> dict[str, str]:
    signal = signals.one(dot_number=dot_number) if dot_number is not None else None
    if signal is None or not signal.n:
        return {}
    most = max(range(len(signal.by_equipment)), key=lambda bit: signal.by_equipment[bit], default=-1)
    has_equipment = most >= 0 and signal.by_equipment[most] > 0
    return {
        "supply.drivers": f"{signal.n:,}",
        "supply.near": f"{signal.near:,}" if signal.near else "",
        "supply.active": f"{signal.active7:,}" if signal.active7 else "",
        "supply.states": _listed([STATES[code].name for code in signal.top_states[:3] if code in STATES]),
        "supply.equipment": Equipment(most).label.lower() if has_equipment else "",
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _labels(words: Any) -> dict[str, str]:
    return {word.value: word.label for word in words}
