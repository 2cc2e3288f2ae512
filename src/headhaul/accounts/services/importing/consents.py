"""Consent columns: a file may say no for anybody, and yes only with a source and never against a later no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from headhaul.accounts.ports.imports import Problem, Rules
from headhaul.accounts.services.importing.sessions import Record, Refusal
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.services import bulk

_OF_FIELD = {
    "emailConsent": ConsentChannel.EMAIL,
    "smsConsent": ConsentChannel.SMS,
    "callConsent": ConsentChannel.CALL,
}
FIELDS = (*_OF_FIELD, "consent", "doNotContact")


class Said(NamedTuple):
    """What a row says of one address and channel."""

    address: str
    channel: ConsentChannel
    status: ConsentStatus
    field: str


@dataclass(slots=True)
class Heard:
    """What a row says that is new, and on which channels it says a no that is known of the address, with its source."""

    new: list[bulk.Statement] = field(default_factory=list)
    repeated: list[tuple[ConsentChannel, str]] = field(default_factory=list)


class Consents:
    """What the rows of an import say, against what was said before."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._standing: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._looked: set[str] = set()
        self._new: list[tuple[bulk.Statement, Record]] = []
        self._repeated: list[tuple[Record, ConsentChannel, str]] = []

    def load(self, addresses: Iterable[str]) -> None:
        """What was said before about these addresses."""
        fresh = set(addresses) - self._looked
        self._looked |= fresh
        self._standing |= bulk.standing(fresh)

    def said(self, given: Mapping[str, Any], *, emails: Sequence[str], numbers: Sequence[str], at: datetime) -> Heard:
        """What a row says. Refusal for a yes without a source, or against a no that came later."""
        source = given.get("consentSource") or self._rules.said_by
        captured = given.get("consentDate") or at
        heard = Heard()
        for said in _spoken(given, emails=emails, numbers=numbers):
            before = self._before(said)
            told = _claimed(source) if source else f"Import of {self._rules.file_name}"[:200]
            if before is not None and before[0] == said.status:
                heard.repeated += [(said.channel, told)] if said.status.denies else []
                continue
            if not said.status.denies:
                self._check_yes(said, before, source=source, captured=given.get("consentDate"))
            heard.new.append(
                bulk.Statement(
                    address=said.address, channel=said.channel, status=said.status, source=told,
                    basis=given.get("consentBasis") or "", captured_at=captured,
                )
            )  # fmt: skip
        return heard

    def keep(self, heard: Heard, record: Record) -> None:
        """Take over what a row said of this contact, who gets a number only when the batch is written."""
        for each in heard.new:
            self._standing[(each.address, each.channel.value)] = (each.status.value, each.captured_at)
            self._new.append((each, record))
        self._repeated += [(record, channel, source) for channel, source in heard.repeated]

    def finish(self, *, at: datetime) -> None:
        """Write what is new, or forget it when nothing is written. A no is one of the person, too: wherever they are
        found next, under whatever address.
        """
        if self._rules.writes:
            said = [
                replace(each, contact_ids=(record.id,)) if each.status.denies else each for each, record in self._new
            ]
            bulk.record_many(statements=said, by=self._rules.by, at=at)
            refused = ((record.id, channel, source) for record, channel, source in self._repeated)
            bulk.deny_people(refused=refused, by=self._rules.by, at=at)
        self._new, self._repeated = [], []

    def _before(self, said: Said) -> tuple[str, datetime] | None:
        return self._standing.get((said.address, said.channel.value))

    def _check_yes(
        self, said: Said, before: tuple[str, datetime] | None, *, source: str, captured: datetime | None
    ) -> None:
        if not source:
            told = "says opted in, but not where; map a column to “Where consent was given” or say it in the options"
            raise Refusal(Problem(said.field, "opted in", told))
        denials = [each for each in (before, self._standing.get((said.address, ConsentChannel.ALL.value))) if each]
        for status, when in denials:
            if ConsentStatus(status).denies and (captured is None or captured <= when):
                told = f"{said.address} opted out on {when.date()}; a file without a later date does not undo that"
                raise Refusal(Problem(said.field, "opted in", told))


def _claimed(source: str) -> str:
    """A file says so, which is less than somebody's having noted it: calls need the evidence as well."""
    return f"Import: {source.removeprefix('Import: ')}"[:200]


def _spoken(given: Mapping[str, Any], *, emails: Sequence[str], numbers: Sequence[str]) -> list[Said]:
    spoken = []
    for column, channel in _OF_FIELD.items():
        status = given.get(column)
        if status and status != "unknown":
            addresses = emails if channel is ConsentChannel.EMAIL else numbers
            spoken += [Said(each, channel, ConsentStatus(status), column) for each in addresses]
    general = given.get("consent")
    if general == "opted_out" or given.get("doNotContact"):
        column = "consent" if general == "opted_out" else "doNotContact"
        spoken += [Said(each, ConsentChannel.ALL, ConsentStatus.OPTED_OUT, column) for each in (*emails, *numbers)]
    elif general == "opted_in":
        spoken += [Said(each, ConsentChannel.EMAIL, ConsentStatus.OPTED_IN, "consent") for each in emails]
    return spoken
