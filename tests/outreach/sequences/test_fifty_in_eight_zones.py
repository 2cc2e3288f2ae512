"""Fifty people in eight zones go through a sequence of all five kinds, by a real mail server and a Twilio.

Ten days pass, with Thanksgiving among them. Every send is held against rules that this file states by itself; whoever
answers gets nothing more; and the report adds up to what the servers have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from headhaul.accounts.models import Contact
from headhaul.compliance.preferences import Caps, Channels
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import WENT_OUT, Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import CallTarget, Enrolment, EnrolmentChange, Message, Sender
from headhaul.outreach.services import senders
from headhaul.outreach.services.receiving import receive
from headhaul.preferences.services.values import save
from tests.factories import outreach
from tests.fakes.smtp_sink import Sink, smtp_sink
from tests.fakes.twilio_server import ACCOUNT, TOKEN, TwilioServer
from tests.outreach.sequences.doing import do, running
from tests.outreach.sequences.travelling import turn

START = datetime(2026, 11, 23, 6, tzinfo=UTC)  # Monday, in the night everywhere
DAYS = 10
THANKSGIVING = date(2026, 11, 26)
ANYWHERE = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
            "Pacific/Honolulu")  # fmt: skip
STEPS = [
    {"kind": "email", "key": "hello", "subject": "Drivers for {account.name|you}",
     "body": "Hi {contact.first_name|there}"},
    {"kind": "wait", "key": "pause", "delay": {"amount": 1, "unit": "business_days"}},
    {"kind": "sms", "key": "nudge", "body": "Still short of drivers? Reply STOP to opt out.",
     "weekdays": ["tue", "wed", "thu", "fri"]},
    {"kind": "condition", "key": "fits", "test": "field", "field": "account.state", "op": "is_set",
     "delay": {"amount": 1, "unit": "business_days"}, "otherwise": "last"},
    {"kind": "call", "key": "ring", "body": "Ask {contact.first_name|them} about {account.state|their} lanes.",
     "patience": {"amount": 4, "unit": "hours"}},
    {"kind": "email", "key": "last", "asReply": True, "body": "Shall I close your file?"},
]  # fmt: skip
ORDER = [step["key"] for step in STEPS]


@pytest.fixture
def servers(settings: Settings) -> Iterator[tuple[Sink, TwilioServer]]:
    """A mail server and a Twilio on this machine, with a mailbox and numbers at them."""
    with smtp_sink() as sink, TwilioServer() as twilio:
        settings.TWILIO_URL = twilio.url
        mail = {"host": "127.0.0.1", "port": sink.port, "security": "none"}
        phone = {"account_sid": ACCOUNT, "is_registered": True}
        for channel, address, gateway, options, given in (
            ("email", "rosa@headhaul.example", "smtp", mail, {}),
            ("sms", "+13165550100", "twilio", phone, {"secret": TOKEN}),
        ):
            values = {"channel": channel, "address": address, "gateway": gateway, "options": options,
                      "spacing_seconds": 0, "is_default": True}  # fmt: skip
            senders.create(values=values, given=given, at=START)
        Sender.objects.update(health={"blocking": []}, checked_at=START)
        ready = {"brandId": "B1", "campaignId": "C1", "optInUrl": "https://headhaul.example/texts"}
        save(section=Channels, values=ready, expected_version=0, by=SYSTEM, at=START)
        yield sink, twilio


def zones_of(person: Contact) -> tuple[str, ...]:
    return (person.timezone,) if person.timezone else ANYWHERE


def check_hours(sent: Message, person: Contact) -> None:
    """The rules, said once more: from nine to five on working days, for texts to people nobody can place ten to six."""
    assert sent.sent_at is not None
    for zone in zones_of(person) if person.timezone or sent.channel == "sms" else ANYWHERE[:4]:
        local = sent.sent_at.astimezone(ZoneInfo(zone))
        opens, closes = (10, 18) if sent.channel == "sms" and not person.timezone else (8.5, 17)
        assert opens <= local.hour + local.minute / 60 < closes, (sent.channel, zone, local)
        assert local.weekday() < 5, (sent.channel, zone, local)
        assert local.date() != THANKSGIVING, (sent.channel, zone, local)
        if sent.step_key == "nudge":
            assert local.weekday() >= 1


def test_fifty_people_in_eight_zones(max_: Actor, rosa: Actor, servers: tuple[Sink, TwilioServer]) -> None:
    sink, twilio = servers
    save(section=Caps, values={"userEmail": 20}, expected_version=0, by=SYSTEM, at=START)  # not all on one day
    people = {person.pk: person for person in outreach.people_in_zones(50, owner=rosa, agree_to=())}
    for person in people.values():
        outreach.says_yes(person, "email", "sms", "call", at=START - timedelta(days=2))
    made = running(max_, *STEPS, at=START, campaign="Fall")
    answer = do("enrollContacts", rosa, at=START, sequenceId=made["id"], contactIds=list(people))
    assert answer["enrolled"] == 50
    answers: dict[int, datetime] = {}

    at = START
    while at < START + timedelta(days=DAYS):
        turn(at)
        for sent in Message.objects.filter(step_key="hello", sent_at=at, contact_id__in=list(people)[::7]):
            row = receive(
                Incoming(Channel.EMAIL, "imap:1", f"1:{sent.pk}", sent.address, at + timedelta(minutes=20),
                         subject="Drivers", text="Yes, call me on Friday.", fresh="Yes, call me on Friday.",
                         references=(sent.rfc_id,)),
                at=at + timedelta(minutes=20),
            )  # fmt: skip
            assert (row.kind, row.contact_id) == ("reply", sent.contact_id)
            answers[sent.contact_id] = at
        at += timedelta(hours=1)

    messages = list(Message.objects.order_by("sent_at", "pk"))
    left = [each for each in messages if each.state in WENT_OUT]
    assert len(answers) == 8
    # every send inside every rule
    touched: dict[tuple[int, str, date], int] = Counter()
    for sent in left:
        person = people[sent.contact_id]
        check_hours(sent, person)
        assert sent.sent_at is not None
        touched[sent.contact_id, sent.channel, sent.sent_at.astimezone(ZoneInfo(zones_of(person)[0])).date()] += 1
        assert sent.sent_at <= answers.get(sent.contact_id, sent.sent_at)
        assert not re.search(r"[{}]", sent.subject + sent.text)
    assert max(touched.values()) == 1
    assert max(Counter((each.sent_at.date(), each.channel) for each in left if each.sent_at).values()) <= 20
    # in their order, each once
    of_person: dict[int, list[str]] = defaultdict(list)
    for change in EnrolmentChange.objects.filter(kind__in=["sent", "branched", "skipped"]).order_by("pk"):
        of_person[change.enrolment_id].append(change.step_key)
    for keys in of_person.values():
        assert [ORDER.index(key) for key in keys] == sorted({ORDER.index(key) for key in keys})
    assert len({(each.enrolment_id, each.step_key) for each in left}) == len(left)
    # whoever answered is out, everybody else is through
    states = dict(Enrolment.objects.values_list("contact_id", "state"))
    assert {key for key, state in states.items() if state == "replied"} == set(answers)
    assert Counter(state for key, state in states.items() if key not in answers) == {"finished": 42}
    known = [key for key, person in people.items() if person.timezone and key not in answers]
    assert set(CallTarget.objects.values_list("contact_id", flat=True)) == set(known)
    # the servers have what the outbox says, and the report says the same
    by_channel = Counter(each.channel for each in left)
    assert (len(sink.taken), len(twilio.made)) == (by_channel["email"], by_channel["sms"])
    assert {taken.message_id for taken in sink.taken} == {each.rfc_id for each in left if each.channel == "email"}
    told = do("getStepPerformance", max_, at=at, sequenceId=made["id"], **{"from": "2026-11-20", "to": "2026-12-10"})
    counts = {step["stepKey"]: step["line"]["counts"]["sent"] for step in told["steps"]}
    assert {key: count for key, count in counts.items() if count} == Counter(each.step_key for each in left)
    assert sum(step["line"]["counts"]["replied"] for step in told["steps"]) == 8
    shown = do("getSequence", max_, at=at, sequenceId=made["id"])
    assert {each["key"]: each["sent"] for each in shown["stepCounts"] if each["sent"]} == Counter(
        each.step_key for each in left
    )
