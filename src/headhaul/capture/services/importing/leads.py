"""Rows that become leads: taken down as a capture takes them, at the time when they were met, and as history.

The same record is the same lead. It is recognised, joined and scored like any other; nobody is told of it, no clock
runs, no turn is used up, no rule is set off.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from headhaul.accounts.choices import ContactRole, ImportMode, RowResult
from headhaul.accounts.ports.imports import (
    ImportField,
    ImportRow,
    Kind,
    MatchKey,
    Outcome,
    Problem,
    Rules,
    Session,
    Touched,
)
from headhaul.accounts.services.importing import dates, external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.sessions import Refusal
from headhaul.capture.choices import CaptureStatus, LeadDoor
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.schemas.leads import CaptureLead
from headhaul.capture.services import capturing, given, outcomes
from headhaul.capture.services.importing import naming
from headhaul.kernel import AppError
from headhaul.kernel.listening import quietly
from headhaul.pipeline.working_days import current

_SPACE = uuid.UUID("5f8f6a52-3c55-4d0c-9a0e-0c7a9f2b6d11")
_PLAIN = {
    "company": "company", "dotNumber": "dot_number", "city": "city", "state": "state", "zip": "zip",
    "website": "website", "fleetSize": "fleet_size", "contactName": "contact_name", "title": "title", "role": "role",
    "emails": "emails", "medium": "medium", "campaign": "campaign", "tags": "tags",
}  # fmt: skip
_CHANNELS = {"consentEmail": "email", "consentSms": "sms", "consentCall": "call"}
_NOTHING = frozenset({"true", "false", "yes", "no", "1", "0", "none", "done", "completed", "pending"})


class LeadSession:
    """One import's work on leads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity="lead", names=names)
        made: dict[str, int] = {}
        if self.rules.writes:
            capturing.lock_for(list(self._readable(rows, at=at)))
        told = [self._judged(row, known, made, at=at) for row in rows]
        external.remember(source=self.rules.source, entity="lead", ids=made, at=at)
        self._settle([outcome for outcome in told if outcome.touched], at=at)
        return told

    def _readable(self, rows: Sequence[ImportRow], *, at: datetime) -> Iterator[CaptureLead]:
        """What the locks of a batch need to know, taken at once: another batch may name the same companies."""
        for row in rows:
            try:
                yield self._asked(row, None, None, when=at, at=at)
            except ValidationError:
                continue  # said when the row is judged

    def _judged(self, row: ImportRow, known: dict[str, int], made: dict[str, int], *, at: datetime) -> Outcome:
        name = str(row.values.get("externalId") or "")
        if name in known or name in made or Lead.objects.filter(client_id=self._client_id(row)).exists():
            return Outcome(row.number, RowResult.UNCHANGED, name=name)
        if self.rules.mode is ImportMode.UPDATE:
            return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", "a lead stays as it was taken down")])
        try:
            with transaction.atomic(), quietly():
                outcome, lead = self._taken(row, at=at)
        except Refusal as refusal:
            return Outcome.failed(row.number, *refusal.problems)
        except ValidationError as fault:
            return Outcome.failed(row.number, *map(_problem_of, fault.errors()))
        except AppError as fault:
            field, right = next(iter(fault.fields.items()), ("", ""))
            told = f"{fault.message} Give {right}." if right else fault.message
            return Outcome.failed(row.number, Problem(_FIELD_OF.get(field.split(".")[0], field), "", told))
        if name and lead is not None:
            made[name] = lead.pk
        return outcome

    def _taken(self, row: ImportRow, *, at: datetime) -> tuple[Outcome, Lead | None]:
        said = row.values
        when = min(said.get("capturedAt") or said.get("recordedAt") or at, at)
        if not self.rules.writes:
            asked = self._asked(row, None, None, when=when, at=at)
            given.check_names_somebody(given.read(asked))
            return Outcome(row.number, RowResult.CREATED, name=asked.company or asked.contact_name), None
        touched: list[Touched] = []
        source = event = None
        if said.get("source"):
            source, new = naming.source_of(said["source"], medium=said.get("medium") or "", at=at)
            touched += new
        if said.get("event"):
            event, new = naming.event_of(said["event"], source=source, at=at, by=self.rules.by)
            touched += new
        asked = self._asked(row, source.key if source else None, event, when=when, at=at)
        captured = capturing.capture(asked=asked, door=LeadDoor.API, at=at, by=self.rules.by, past=self._origin)
        lead = Lead.objects.select_related("account", "contact").get(client_id=asked.client_id)
        for entity, record in (("account", lead.account), ("contact", lead.contact)):
            if record is not None and record.created_at == at and record.created_by_id == self.rules.by.user_id:
                touched.append(Touched(entity, record, True))
        touched.append(Touched("lead", lead, True))
        joined = captured.status is CaptureStatus.JOINED
        name = asked.contact_name or asked.company or str(lead)
        return Outcome(row.number, RowResult.UPDATED if joined else RowResult.CREATED, [], touched, name), lead

    @property
    def _origin(self) -> str:
        return self.rules.said_by or self.rules.file_name or self.rules.source

    def _client_id(self, row: ImportRow) -> uuid.UUID:
        """The same for the same record; without an id of its own, for the same words."""
        name = row.values.get("externalId")
        said = name or repr(sorted((key, value) for key, value in row.values.items() if value not in (None, "", [])))
        return uuid.uuid5(_SPACE, f"{self.rules.source}:{said}")

    def _asked(
        self, row: ImportRow, source: str | None, event: CaptureEvent | None, *, when: datetime, at: datetime
    ) -> CaptureLead:
        said = row.values
        values: dict[str, Any] = {
            column: said[name] for name, column in _PLAIN.items() if said.get(name) not in (None, "", [])
        }
        values |= {"phones": [_phone(each) for each in said.get("phones") or []]}
        due, remark = _follow_up(str(said.get("followUp") or ""), today=current().today(at))
        note = "\n\n".join(filter(None, [said.get("note") or "", remark, self._unproved(said, event)]))
        consent = self._consent(said, event)
        return CaptureLead.model_validate({
            "client_id": self._client_id(row), "source": source, "event_id": event.pk if event else None,
            "captured_at": when, "note": note[:10_000], "follow_up": due is not None, "follow_up_on": due,
            "consent": consent, **values,
        })  # fmt: skip

    def _wording(self, said: Mapping[str, Any], event: CaptureEvent | None) -> str:
        return str(said.get("consentWording") or (event.consent_wording if event else ""))

    def _consent(self, said: Mapping[str, Any], event: CaptureEvent | None) -> dict[str, Any] | None:
        agreed = {channel: True for name, channel in _CHANNELS.items() if said.get(name)}
        words = self._wording(said, event)
        return {**agreed, "wording": words} if agreed and words else None

    def _unproved(self, said: Mapping[str, Any], event: CaptureEvent | None) -> str:
        """A yes without its words proves nothing: it is told, and not recorded."""
        agreed = [channel for name, channel in _CHANNELS.items() if said.get(name)]
        if not agreed or self._wording(said, event):
            return ""
        return (
            f"{self._origin} says that they agreed to {', '.join(agreed)}, without the words: not recorded as consent."
        )

    def _settle(self, done: Sequence[Outcome], *, at: datetime) -> None:
        """What became of their accounts since is known at once; the leads' versions are those after it."""
        leads = [each.record for outcome in done for each in outcome.touched if each.entity == "lead"]
        if not leads:
            return
        outcomes.settle(at=at, account_ids=[lead.account_id for lead in leads])
        versions = dict(Lead.objects.filter(pk__in=[lead.pk for lead in leads]).values_list("pk", "version"))
        for lead in leads:
            lead.version = versions[lead.pk]


class Leads:
    """Leads as something to import."""

    key, label = "leads", "Leads"
    at_once = 100  # each takes its locks for the length of a batch
    match_keys: Sequence[MatchKey] = (MatchKey("recognised", "As a capture recognises them", ()),)

    def fields(self) -> list[ImportField]:
        """What can be said of a lead."""
        where, person, consent = "Where", "Person", "Consent"
        return [
            ImportField("company", "Company", synonyms=("company name", "carrier name", "carrier", "account name")),
            ImportField("dotNumber", "USDOT number", Kind.DOT_NUMBER, synonyms=("dot", "usdot", "carrier dot")),
            ImportField("city", "City"),
            ImportField("state", "State", Kind.STATE),
            ImportField("zip", "ZIP code", Kind.ZIP, synonyms=("zip", "postal code")),
            ImportField("website", "Website", synonyms=("url", "domain")),
            ImportField("fleetSize", "Trucks", Kind.WHOLE, synonyms=("fleet size", "power units")),
            ImportField("contactName", "Person", group=person, synonyms=("name", "contact", "full name")),
            ImportField("title", "Title", group=person, synonyms=("job title", "contact title", "position")),
            ImportField("role", "Role", Kind.CHOICE, person, ("contact role",), _ROLES),
            ImportField("emails", "E-mail", Kind.EMAILS, person, ("email", "contact email", "email address")),
            ImportField("phones", "Telephone", Kind.PHONES, person, ("phone", "contact phone", "mobile", "cell")),
            ImportField("event", "Event", group=where, synonyms=("event name", "trade show", "fair")),
            ImportField("source", "Source", group=where, synonyms=("capture source", "lead source")),
            ImportField("medium", "Medium", group=where, synonyms=("channel",)),
            ImportField("campaign", "Campaign", group=where),
            ImportField("capturedAt", "Taken down", Kind.MOMENT, where,
                        ("captured at", "created at", "created", "date", "timestamp", "submitted at")),
            ImportField("note", "Note", Kind.LONG_TEXT, synonyms=("notes", "comment", "comments", "message")),
            ImportField("tags", "Tags", Kind.WORDS, synonyms=("tag", "labels")),
            ImportField("followUp", "Follow-up", synonyms=("follow up date", "follow up at", "follow up on"),
                        hint="A day that is still to come becomes a task; words go into the note."),
            ImportField("consentEmail", "Agreed to e-mail", Kind.YES_NO, consent, ("email consent", "email opt in")),
            ImportField("consentSms", "Agreed to texts", Kind.YES_NO, consent, ("sms consent", "sms opt in")),
            ImportField("consentCall", "Agreed to calls", Kind.YES_NO, consent, ("call consent", "call opt in")),
            ImportField("consentWording", "What they agreed to", Kind.LONG_TEXT, consent,
                        ("consent text", "consent wording"), hint="Word for word; without it no consent is recorded."),
            ImportField("recordedAt", "Entered in the other system", Kind.MOMENT, "Record"),
            EXTERNAL,
        ]  # fmt: skip

    def missing(self, given: Iterable[str]) -> str:
        """A lead is a person or a company."""
        enough = {"company", "dotNumber", "contactName", "emails", "phones"} & set(given)
        return "" if enough else "Say which column is the company, its USDOT number, or the person."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return LeadSession(rules)


_ROLES = {role.value: role.value.replace("_", " ").capitalize() for role in ContactRole}
_FIELD_OF = {column: name for name, column in _PLAIN.items()} | {"email": "emails", "company": "company"}


def _problem_of(fault: Any) -> Problem:
    place = str(next(iter(fault["loc"]), ""))
    return Problem(_FIELD_OF.get(place, place), str(fault.get("input", ""))[:80], str(fault["msg"]))


def _phone(each: Any) -> str:
    return f"{each.number} ext. {each.extension}" if each.extension else str(each.number)


def _follow_up(said: str, *, today: date) -> tuple[date | None, str]:
    """The day when one is still to come, and what was written otherwise."""
    if not said or said.strip().lower() in _NOTHING:
        return None, ""
    try:
        day = dates.to_date(said.split("T")[0], order=dates.ISO)
    except ValueError:
        return None, f"Follow-up: {said}"
    return (day, "") if day >= today else (None, "")
