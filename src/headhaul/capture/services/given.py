"""What was typed, in one spelling: names without stray blanks, numbers in E.164, addresses in lower case.

What is no address is refused with its field. Where the sender cannot be asked any more, it is kept with the lead and
said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from headhaul.capture.errors import NothingToReach
from headhaul.capture.schemas.leads import PersonGiven
from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import Telephone, domain_of, email_key, telephone, website_key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """A company and a person as they are compared and stored."""

    company: str = ""
    dot_number: int | None = None
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    website: str = ""
    fleet_size: int | None = None
    equipment: tuple[str, ...] = ()
    contact_name: str = ""
    title: str = ""
    role: str = ""
    is_decision_maker: bool = False
    emails: tuple[str, ...] = ()
    phones: tuple[Telephone, ...] = ()
    unread: tuple[str, ...] = field(default=())  # sentences about what could not be understood

    @property
    def numbers(self) -> list[str]:
        """The telephone numbers without extensions."""
        return [phone.number for phone in self.phones]

    @property
    def domains(self) -> list[str]:
        """Domains that speak of the company, the website's first."""
        found = [domain_of(self.website), *(domain_of(email) for email in self.emails)]
        return list(dict.fromkeys(domain for domain in found if domain))

    @property
    def has_person(self) -> bool:
        """Whether there is somebody to reach."""
        return bool(self.contact_name or self.emails or self.phones)

    @property
    def person_name(self) -> str:
        """What they are called: without a name, by their address."""
        if self.contact_name:
            return self.contact_name
        return self.emails[0] if self.emails else self.phones[0].number if self.phones else ""


def read(asked: PersonGiven, *, is_tolerant: bool = False) -> Given:
    """The spelling of what was given. Raises NothingToReach when it names nobody and nothing."""
    unread: list[str] = []
    emails = _each("emails", asked.emails, email_key, "an e-mail address such as joe@example.com", unread, is_tolerant)
    phones = _each("phones", asked.phones, _number, "a number with area code, (214) 555-0100", unread, is_tolerant)
    website = asked.website
    if website and not website_key(website):
        _complain("website", website, "a web address such as example.com", unread, is_tolerant)
        website = ""
    return Given(
        company=" ".join(asked.company.split()),
        dot_number=asked.dot_number,
        street=asked.street,
        city=asked.city,
        state=asked.state or "",
        zip=asked.zip,
        website=website,
        fleet_size=asked.fleet_size,
        equipment=tuple(dict.fromkeys(asked.equipment)),
        contact_name=" ".join(asked.contact_name.split()),
        title=asked.title,
        role=str(asked.role or ""),
        is_decision_maker=asked.is_decision_maker,
        emails=tuple(dict.fromkeys(emails)),
        phones=tuple(dict.fromkeys(phones)),
        unread=tuple(unread),
    )


def check_names_somebody(given: Given) -> None:
    """Raise NothingToReach unless there is a company or a person."""
    if not (given.company or given.dot_number or given.has_person):
        raise NothingToReach(
            "A lead needs a company or a person.",
            fields={"company": "a name, or a USDOT number", "contactName": "or a person, an e-mail, a telephone"},
        )


def _number(text: str) -> Telephone | None:
    found = telephone(text)
    return found if found.number else None


def _each(
    field: str, texts: Sequence[str], key: Callable[[str], T | None], right: str, unread: list[str], tolerant: bool
) -> list[T]:
    found = []
    for place, text in enumerate(texts):
        value = key(text)
        if value:
            found.append(value)
        else:
            _complain(f"{field}.{place}", text, right, unread, tolerant)
    return found


def _complain(where: str, text: str, right: str, unread: list[str], tolerant: bool) -> None:
    said = f"“{text[:80]}” could not be read: {right} was expected."
    if not tolerant:
        raise InvalidData(said, fields={where: right})
    unread.append(f"{said} It is kept with the lead.")


def typed(asked: Any) -> dict[str, Any]:
    """What was typed, word for word, without what says nothing."""
    kept = asked.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"consent", "client_id"})
    return {name: value for name, value in kept.items() if value not in ("", [], None)}
