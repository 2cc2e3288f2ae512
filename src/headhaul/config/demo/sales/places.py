"""The accounts that are worked: opened in the past on the signals of that time, each with people at it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from headhaul.accounts.choices import AccountSource, BuyingRole, ContactRole
from headhaul.accounts.models import Account, Contact
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import contacts, editing, opening
from headhaul.accounts.services.opening import Opening
from headhaul.carriers.models import SignalDay
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.config.demo.sales.words import words
from headhaul.kernel import Actor

NOBODY = "Made up for the example. Nobody of this name works there."
SMALLEST_FLEET = 4

_NEXT_BEST = """
select s.dot_number from carriers_signal s
where s.day = %s and s.gate_mask = 0 and coalesce(s.units, 0) >= %s
  and not exists (select from accounts_account a where a.dot_number = s.dot_number)
order by s.name ~* 'truck|transport|logistic|freight|carrier|haul|express' desc,
    s.score_hundredths desc, s.n desc, s.dot_number limit %s
"""


@dataclass(slots=True)
class Place:
    """An account as its story goes on."""

    owner: Actor
    dice: random.Random
    since: int = 0  # days before the start that it was opened
    ready: datetime | None = None  # when its account and people are there: nothing happens at it before
    account: Account = field(default_factory=Account)
    people: list[Contact] = field(default_factory=list)

    @property
    def city(self) -> str:
        """As people write it."""
        return self.account.city.title() or "town"

    @property
    def first_name(self) -> str:
        """Of whom one speaks with most."""
        return self.people[0].first_name if self.people else "They"

    def decides(self) -> Contact | None:
        """Who signs, if that is known."""
        return next((person for person in self.people if person.is_decision_maker), None)


def next_best(*, day: date, count: int) -> list[int]:
    """The carriers after those that the night opened, by USDOT number."""
    return [row["dot_number"] for row in fetch(_NEXT_BEST, [day, SMALLEST_FLEET, count])]


def open_account(place: Place, dot_number: int, *, at: datetime) -> None:
    """Open the account on the latest signals of that time, or by hand when there were none yet."""
    known = SignalDay.objects.filter(day__lte=at.date()).order_by("-day").values_list("day", flat=True).first()
    opening.open_many(
        openings=[Opening(dot_number, place.owner.user_id)],
        source=AccountSource.SIGNAL if known else AccountSource.MANUAL,
        day=known,
        at=at,
        by=place.owner,
    )
    account = editing.lock(Account.objects.get(dot_number=dot_number).pk, by=place.owner)
    vendor = place.dice.choice(["Nobody", "Own recruiters", "A job board", "Another agency"])
    place.account = editing.apply(
        account=account, values={"custom": {"current_vendor": vendor}}, at=at, by=place.owner, source="demo"
    )


def meet(place: Place, *, count: int, at: datetime) -> None:
    """Enter the people one has found there, and what some said about being called."""
    account = editing.lock(place.account.pk, by=place.owner)
    for given in words()["people"][:count] if count > 1 else [place.dice.choice(words()["people"][:2])]:
        first, last = place.dice.choice(words()["first_names"]), place.dice.choice(words()["last_names"])
        values = {
            "name": f"{first} {last}",
            "first_name": first,
            "title": given["title"],
            "role": ContactRole(given["role"]),
            "buying_role": BuyingRole(given["buying_role"]),
            "is_decision_maker": given["decides"],
            "notes": NOBODY,
            "emails": [{"address": f"{first}.{last}@{slug(account.name)}.example".lower(), "is_primary": True}],
            "phones": [{"number": _number(account, place.dice), "label": "Mobile", "is_primary": True}],
            "custom": {"best_time": place.dice.choice(["Before seven", "Morning", "Afternoon", "After five"])},
        }
        person = contacts.create(account=account, values=values, at=at, by=place.owner, source="demo")
        place.people.append(person)
        _say(place, at=at)


def slug(name: str) -> str:
    """The name as it could stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "carrier"


def _number(account: Account, dice: random.Random) -> str:
    """In the range that is kept free for inventions: 555-0100 to 555-0199, under the account's own area code."""
    digits = re.sub(r"\D", "", account.phone)[-10:]
    area = digits[:3] if len(digits) == 10 and digits[0] not in "01" else "316"
    return f"+1{area}55501{dice.randrange(100):02d}"


def _say(place: Place, *, at: datetime) -> None:
    chance = place.dice.random()
    person = place.people[-1]
    if chance < 0.4:
        spoken = Word(
            _number_of(person), ConsentChannel.CALL, ConsentStatus.OPTED_IN, source="demo",
            evidence="“Yes, call me on this number.”", captured_at=at - timedelta(minutes=5),
        )  # fmt: skip
        consent.record(words=[spoken], at=at, by=place.owner)
    if 0.25 < chance < 0.55:
        written = Word(
            person.emails.values_list("address", flat=True)[0], ConsentChannel.EMAIL, ConsentStatus.OPTED_IN,
            source="demo", evidence="“Put it into a mail.”",
        )  # fmt: skip
        consent.record(words=[written], at=at, by=place.owner)
    if chance > 0.93:
        no_texts = Word(
            _number_of(person),
            ConsentChannel.SMS,
            ConsentStatus.OPTED_OUT,
            source="demo",
            evidence="“No texts, please.”",
        )
        consent.record(words=[no_texts], at=at, by=place.owner)


def _number_of(person: Contact) -> str:
    return str(person.phones.values_list("number", flat=True)[0])
