"""What was said: refusals always count, a yes counts when it can be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging.words import Denied, Facts, Said
from tests.compliance.judging.cases import LONG_AGO, NOON, facts, judged, rules_of, said

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("channel", "event", "allowed"),
    [
        ("sms", said(), True),
        ("sms", said(basis="express"), False),
        ("sms", said(has_evidence=False), False),
        ("sms", said(at=NOON + DAY), False),
        ("sms", said(expires_at=NOON), False),
        ("sms", said(expires_at=NOON + DAY), True),
        ("sms", said(channel="call"), False),
        ("sms", said(channel="email"), False),
        ("sms", said(source="import of leads.csv", has_evidence=False), False),
        ("call", said(channel="call", basis="", source="phone call", has_evidence=False), True),
        ("call", said(channel="call", basis="", source="Import of leads.csv", has_evidence=False), False),
        ("call", said(), False),
        ("ai_call", said(channel="call", basis="express_written_ai"), True),
        ("ai_call", said(channel="call", basis="express_written_ai", has_evidence=False), False),
        ("ai_call", said(channel="call"), False),
        ("email", said("unknown", "email"), True),
        ("email", said("opted_out", "email"), False),
        ("email", said("opted_out", "sms"), True),
        ("email", said("revoked", "all"), False),
    ],
)
def test_one_event(channel: str, event: Said, allowed: bool) -> None:
    verdict = judged(channel, said=(event,))
    assert verdict.is_allowed is allowed
    assert set(rules_of(verdict)) <= {"consent", "do_not_contact"}


STOP = said("revoked", source="inbound text", at=NOON - 10 * DAY, id=2)
NOTED = said("opted_out", source="phone call", at=NOON - 10 * DAY, id=2)
LIFTED = replace(STOP, id=4, lifted_at=NOON - DAY)
AGAIN = {"at": NOON - 5 * DAY, "id": 3}


@pytest.mark.parametrize(
    ("events", "allowed"),
    [
        ([said(), STOP], False),
        ([said(), STOP, said(source="phone call", **AGAIN)], False),
        ([said(), STOP, said(source="inbound START", has_evidence=False, **AGAIN)], False),
        ([said(), STOP, said(source="inbound START", **AGAIN)], True),
        ([said(), STOP, said(source="web form", **AGAIN)], True),
        ([said(), STOP, said(source="web form", by_person=True, **AGAIN)], False),
        ([said(by_person=True)], True),
        ([said(), replace(STOP, by_person=True), said(source="retraction", **AGAIN)], True),
        ([said(), NOTED, said(source="phone call", **AGAIN)], False),
        ([said(), STOP, said(source="retraction", **AGAIN)], False),
        ([said(), NOTED, said(source="retraction", **AGAIN)], True),
        ([NOTED, said(source="retraction", **AGAIN)], False),
        ([said(has_evidence=False), NOTED, said(source="retraction", **AGAIN)], False),
        ([said(), said("unknown", source="retraction", **AGAIN)], False),
        ([said(), LIFTED, said(source="letter", **AGAIN)], True),
        ([said(), LIFTED], False),
        ([said(), LIFTED, said(source="letter", has_evidence=False, **AGAIN)], False),
        ([said(), replace(LIFTED, lifted_at=NOON + DAY), said(source="letter", **AGAIN)], False),
        ([said(), NOTED, LIFTED, said(source="letter", **AGAIN)], False),
        ([said(), replace(LIFTED, by_person=True)], False),
        ([said(), replace(LIFTED, by_person=True), said(source="letter", **AGAIN)], True),
        ([said(), said("opted_out", at=LONG_AGO, id=9)], False),
        ([said(id=9), said("opted_out", at=LONG_AGO, id=1)], False),
    ],
)
def test_what_several_events_come_to(events: list[Said], allowed: bool) -> None:
    for order in (events, events[::-1]):
        assert judged(said=tuple(order)).is_allowed is allowed


def test_it_says_why_a_yes_does_not_count() -> None:
    expired = judged(said=(said(expires_at=NOON - DAY),)).reasons[0]
    assert expired.sentence.startswith("Their consent has expired. Texts need express written consent")
    claimed = judged("call", said=(said(channel="call", source="import", has_evidence=False),)).reasons[0]
    assert "a file claims it, and no evidence is attached" in claimed.sentence
    assert judged(said=(said("revoked", "all"),)).reasons[0].sentence == (
        "They asked not to be contacted at all, on 3 Nov 2025."
    )


@pytest.mark.parametrize(
    ("known", "is_allowed"),
    [
        ({"said": (said(at=NOON - 60 * DAY),)}, True),
        ({"said": (said(at=NOON - 60 * DAY - timedelta(seconds=1)),)}, False),
        ({"inbound_at": NOON - 60 * DAY}, True),
        ({"inbound_at": NOON - 61 * DAY}, False),
        ({"still_theirs_at": NOON - 60 * DAY}, True),
        ({"still_theirs_at": NOON - 61 * DAY, "inbound_at": NOON + DAY}, False),
    ],
)
def test_a_number_of_which_nothing_was_heard_for_long_may_be_somebody_elses(
    known: dict[str, Any], is_allowed: bool
) -> None:
    verdict = judged(**{"still_theirs_at": None, **known})
    assert verdict.is_allowed is is_allowed
    if not is_allowed:
        assert rules_of(verdict) == ["reassigned_unchecked"]
        assert verdict.until is None, "a person has to ask first"
        assert "(m)" in verdict.reasons[0].cite
    told = {"said": (said(channel="call"),), "still_theirs_at": None}
    assert judged("call", **told).is_allowed, "whoever calls hears who answers"


@pytest.mark.parametrize("name", ["abuse", "noreply", "no-reply", "Postmaster", "abuse+x"])
def test_addresses_of_machines_and_complaints_are_never_written_to(name: str) -> None:
    assert rules_of(judged("email", address=f"{name}@carrier.example")) == ["role_address"]
    assert judged("email", address="dispatch@carrier.example").is_allowed


def written(basis: str, days: int = 30, **more: Any) -> Said:
    return said(channel="email", basis=basis, at=NOON - days * DAY, **more)


@pytest.mark.parametrize(
    ("country", "event", "allowed"),
    [
        ("CA", None, False),
        ("CA", written("express"), True),
        ("CA", written("inquiry", 181), True),
        ("CA", written("inquiry", 182), False),
        ("CA", written("existing_business", 729), True),
        ("CA", written("existing_business", 730), False),
        ("CA", written("existing_business", 900, expires_at=NOON + DAY), True),
        ("CA", written("a friend said so"), False),
        ("DE", None, False),
        ("DE", written("inquiry"), False),
        ("DE", written("express"), True),
        ("GB", written("corporate_subscriber"), True),
        ("IE", written("corporate_subscriber"), False),
        ("MX", None, False),
        ("MX", written("express"), True),
        ("MX", written("express", expires_at=NOON), False),
        ("US", None, True),
        ("", None, True),
    ],
)
def test_mail_abroad_needs_a_ground_that_is_alive(country: str, event: Said | None, allowed: bool) -> None:
    verdict = judged("email", country=country, states=(), said=(event,) if event else ())
    assert verdict.is_allowed is allowed
    assert set(rules_of(verdict)) <= {"country"}


@pytest.mark.parametrize(
    ("address", "states", "allowed"),
    [
        ("joe@fracht.de", ("TX",), False),
        ("joe@trucks.ca", (), False),
        ("joe@trucks.nz", (), False),
        ("joe@trucks.io", (), True),
        ("joe@trucks.us", (), True),
        ("joe@trucks.com", ("ON",), False),
        ("joe@trucks.com", ("PR",), True),
    ],
)
def test_an_address_or_a_province_that_speaks_of_abroad_counts(
    address: str, states: tuple[str, ...], allowed: bool
) -> None:
    assert judged("email", country="", states=states, address=address).is_allowed is allowed


def test_a_consent_for_texts_counts_abroad_with_a_ground_of_that_country_and_its_hours() -> None:
    toronto = {"country": "CA", "states": ("ON",), "zones": ("America/Toronto",)}
    here = judged(**toronto)
    assert here.is_allowed
    assert here.evidence["windows"] == {"2026-12-08": {"country CA": "09:05-21:15", "firm": "08:00-21:00"}}
    late = NOON.replace(hour=2)  # nine in the evening: Canada closes at 21:30, less our margin
    assert (
        judged(at=late, **toronto).reasons[0].sentence.startswith("It is 21:00 in Toronto. The hours of the settings")
    )
    sunday = NOON.replace(day=6, hour=14, minute=30)
    assert "Where they are (CA), text messages are allowed only 10:05 to 17:45" in (
        judged(at=sunday, **toronto).reasons[0].sentence
    )
    assert rules_of(judged("call", said=(said(channel="call", basis=""),), **toronto)) == ["country"]


def test_connecticut_asks_for_writing_before_a_call() -> None:
    spoken = (said(channel="call", basis="", has_evidence=False),)
    assert rules_of(judged("call", said=spoken, states=("CT", "NY"))) == ["written_consent"]
    assert judged("call", said=spoken, states=("NY",)).is_allowed
    assert judged("call", said=(said(channel="call"),), states=("CT",)).is_allowed


def test_calls_by_a_machine_need_the_switch_too() -> None:
    assert rules_of(judged("ai_call", settings={**facts().settings, "allow_ai_calls": False})) == ["ai_calls_off"]
    assert rules_of(judged("ai_call", said=(*facts().said, said("opted_out", "call", id=7)))) == ["consent"]
    later = said(channel="call", basis="", source="phone call", at=NOON - DAY, id=8)
    assert judged("ai_call", said=(*facts().said, later)).is_allowed


def test_a_test_goes_to_whoever_asks_for_it_and_nobody_else() -> None:
    assert judged("email", Purpose.TEST, said=(), own_address="joe@carrier.example").is_allowed
    for own in ("", "rosa@firm.example"):
        assert rules_of(judged("email", Purpose.TEST, own_address=own)) == ["test_elsewhere"]


def test_a_machine_does_not_answer_without_its_own_consent() -> None:
    verdict = judged("ai_call", Purpose.REPLY, said=(), inbound_at=NOON - DAY)
    assert rules_of(verdict) == ["consent"]


@pytest.mark.parametrize(
    ("channel", "denied_on", "hits"),
    [
        ("sms", "sms", True),
        ("sms", "all", True),
        ("sms", "call", False),
        ("ai_call", "call", True),
        ("call", "ai_call", False),
        ("email", "sms", False),
        ("email", "all", True),
    ],
)
def test_a_suppression_hits_its_channel(channel: str, denied_on: str, hits: bool) -> None:
    denied = Denied(4, "account", "12", denied_on, "dnc_request", LONG_AGO)
    verdict = judged(channel, denied=(denied,))
    assert (verdict.outcome is Outcome.DENY) is hits
    if hits:
        assert verdict.reasons[0].sentence == "This company asked not to be contacted (12, since 3 Nov 2025)."
        assert verdict.evidence["suppressions"] == [4]


def test_an_address_that_cannot_be_one_is_refused() -> None:
    assert rules_of(judged("email", invalid_address=True)) == ["invalid_address"]


def test_the_registry_stops_calls_that_are_not_agreed_to_in_writing() -> None:
    spoken = (said(channel="call", basis="", has_evidence=False),)
    assert rules_of(judged("call", said=spoken, is_listed=True)) == ["national_dnc"]
    assert judged("call", is_listed=True).is_allowed
    assert rules_of(judged(is_listed=True, states=("AZ",), zones=("America/Phoenix",))) == ["national_dnc"]
    asks = {**facts().settings, "require_scrub": True}
    assert rules_of(judged("call", said=spoken, settings=asks)) == ["dnc_scrub"]
    assert rules_of(judged("call", said=spoken, settings=asks, scrubbed_at=NOON - 32 * DAY)) == ["dnc_scrub"]
    assert judged("call", said=spoken, settings=asks, scrubbed_at=NOON - 31 * DAY).is_allowed


SOURCES = ("web form", "phone call", "inbound text", "retraction", "import")
EVENTS = st.lists(
    st.builds(
        Said,
        id=st.integers(1, 99),
        channel=st.sampled_from(("sms", "call", "email", "all")),
        status=st.sampled_from(("opted_in", "opted_in", "opted_out", "revoked", "unknown")),
        basis=st.sampled_from(("express_written", "express_written_ai", "express", "inquiry", "")),
        source=st.sampled_from(SOURCES),
        at=st.integers(-1, 9).map(lambda days: NOON - days * DAY),
        expires_at=st.sampled_from((None, None, NOON - DAY, NOON + DAY)),
        has_evidence=st.booleans(),
        by_person=st.booleans(),
        lifted_at=st.sampled_from((None, None, NOON - DAY, NOON + DAY)),
    ),
    max_size=6,
    unique_by=lambda event: event.id,
)
REFUSAL = st.builds(
    Said,
    id=st.integers(100, 199),
    channel=st.sampled_from(("sms", "call", "email", "all")),
    status=st.sampled_from(("opted_out", "revoked")),
    basis=st.just(""),
    source=st.sampled_from(SOURCES),
    at=st.integers(-1, 9).map(lambda days: NOON - days * DAY),
    expires_at=st.none(),
    has_evidence=st.booleans(),
    by_person=st.booleans(),
    lifted_at=st.sampled_from((None, None, NOON - DAY, NOON + DAY)),
)
STRICTER = {Outcome.ALLOW: 0, Outcome.DEFER: 1, Outcome.DENY: 2}


@given(
    events=EVENTS,
    refusal=REFUSAL,
    channel=st.sampled_from(("sms", "call", "email", "ai_call")),
    purpose=st.sampled_from((Purpose.OUTREACH, Purpose.REPLY, Purpose.TEST)),
    country=st.sampled_from(("US", "CA", "DE")),
    hour=st.integers(0, 23),
)
@settings(max_examples=400)
def test_one_more_refusal_never_allows_more(
    events: list[Said], refusal: Said, channel: str, purpose: Purpose, country: str, hour: int
) -> None:
    at = NOON.replace(hour=hour)
    known: dict[str, Any] = {"country": country, "inbound_at": NOON - DAY, "own_address": "joe@carrier.example"}
    before = judged(channel, purpose, at=at, said=tuple(events), **known)
    after = judged(channel, purpose, at=at, said=(*events, refusal), **known)
    assert STRICTER[after.outcome] >= STRICTER[before.outcome]
    suppressed = Denied(5, "address", "x", refusal.channel, "manual", refusal.at)
    third = judged(channel, purpose, at=at, said=tuple(events), denied=(suppressed,), **known)
    assert STRICTER[third.outcome] >= STRICTER[before.outcome]


def test_facts_without_anything_allow_mail_at_home_and_nothing_else() -> None:
    nothing = {name: getattr(Facts(), name) for name in ("zones", "states", "country", "said")}
    assert judged("email", **nothing).is_allowed
    for channel in ("sms", "call", "ai_call"):
        assert judged(channel, **nothing).outcome is Outcome.DENY
