"""How much two records look like one: a score of 0 to 100 and the reasons in words. Plain arithmetic, no database.

Each piece of evidence is a chance that they are one; together they leave what none of them explains away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

STRONG = 80  # refused on entry unless somebody says that they are two
POSSIBLE = 50  # below, nobody is bothered

_OF_MANY = frozenset(
    {
        "accounting", "admin", "billing", "careers", "contact", "dispatch", "dispatcher", "drivers", "fleet", "hello",
        "help", "hr", "info", "jobs", "mail", "main", "office", "operations", "ops", "orders", "payroll", "recruiter",
        "recruiting", "recruitment", "safety", "sales", "service", "support", "team",
    }
)  # fmt: skip


class Evidence(NamedTuple):
    """How likely it makes them one, and how people say it."""

    chance: float
    words: str


class Verdict(NamedTuple):
    """How alike they are, and why."""

    score: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Firm:
    """What is compared of an account."""

    dot_number: int | None = None
    phone: str = ""
    domain: str = ""
    email: str = ""
    city: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared of a contact, beside what two of them share."""

    name: str
    account_id: int
    company: str = ""  # the account's name as it is compared


def verdict(evidence: Iterable[Evidence], *, at_most: int = 100) -> Verdict:
    """All the evidence together, the strongest first."""
    ordered = sorted(evidence, key=lambda one: -one.chance)
    doubt = 1.0
    for one in ordered:
        doubt *= 1 - one.chance
    return Verdict(min(round((1 - doubt) * 100), at_most), [one.words for one in ordered])


def firms(a: Firm, b: Firm, *, core: float, full: float) -> Verdict:
    """Two accounts. `core` and `full` say how alike their names are (0 to 1), without and with the trade's words."""
    evidence = [*_same_addresses(a, b), *_same_name(a, b, likeness=0.8 * _dice(core) + 0.2 * _dice(full))]
    two_numbers = a.dot_number is not None and b.dot_number is not None and a.dot_number != b.dot_number
    if two_numbers and evidence:
        evidence.append(Evidence(0.0, "but two USDOT numbers"))
    return verdict(evidence, at_most=60 if two_numbers else 100)


def _same_addresses(a: Firm, b: Firm) -> list[Evidence]:
    found = []
    if a.phone and a.phone == b.phone:
        found.append(Evidence(0.65, "same telephone number"))
    if a.email and a.email == b.email:
        found.append(Evidence(0.65, f"same e-mail address {a.email}"))
    elif a.domain and a.domain == b.domain:
        found.append(Evidence(0.55, f"same domain {a.domain}"))
    return found


def _same_name(a: Firm, b: Firm, *, likeness: float) -> list[Evidence]:
    percent = round(likeness * 100)
    said = "same name" if percent == 100 else f"names {percent} % alike"
    if a.state and b.state and a.state != b.state:
        return [Evidence(0.3, f"{said}, in {a.state} and {b.state}")] if percent >= 90 else []
    if a.city and b.city and a.city.lower() != b.city.lower():
        return [Evidence(0.45, f"{said}, both in {a.state or b.state}")] if percent >= 90 and a.state else []
    if likeness < 0.6:
        return []
    chance = likeness - 0.15
    if a.city and b.city:
        return [Evidence(chance, f"{said}, both in {a.city.title()}, {a.state or b.state}".removesuffix(", "))]
    return [Evidence(chance * 0.75, f"{said}, both in {a.state}" if a.state and b.state else said)]


def people(
    a: Person, b: Person, *, emails: Sequence[str], phones: Sequence[str], likeness: float, same_name: bool
) -> Verdict:
    """Two contacts who share these addresses; `likeness` says how alike their names are (0 to 1)."""
    alike = 1.0 if same_name else _dice(likeness)
    return verdict([*_shared(emails, phones, alike=alike), *_same_person(a, b, alike=alike)])


def _shared(emails: Sequence[str], phones: Sequence[str], *, alike: float) -> list[Evidence]:
    found = []
    for address in emails:
        of_many = address.partition("@")[0] in _OF_MANY
        chance = 0.85 if alike >= 0.6 else 0.3 if of_many else 0.75
        found.append(Evidence(chance, f"same e-mail address {address}"))
    if phones:  # a switchboard serves everybody
        found.append(Evidence(0.8 if alike >= 0.6 else 0.3, f"same telephone number {phones[0]}"))
    return found


def _same_person(a: Person, b: Person, *, alike: float) -> list[Evidence]:
    percent = round(alike * 100)
    said = "same name" if percent == 100 else f"names {percent} % alike"
    if a.account_id == b.account_id:
        chance = 0.8 if percent == 100 else alike - 0.25
        return [Evidence(chance, f"{said} at the same account")] if alike >= 0.65 else []
    if a.company and a.company == b.company and percent == 100:
        return [Evidence(0.6, f"{said}, at accounts of the same name")]
    return [Evidence(0.2, said)] if percent == 100 else []


def _dice(similarity: float) -> float:
    """What people call alike: the trigrams of both that are shared, out of all of both."""
    bounded = min(max(similarity, 0.0), 1.0)
    return 2 * bounded / (1 + bounded)
