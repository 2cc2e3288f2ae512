"""The order of the layers, and what comes out when several speak."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging import clocks, rules
from headhaul.compliance.judging.words import Cap, Denied, Held
from tests.compliance.judging.cases import LONG_AGO, NOON, judged, rules_of, said, text

NIGHT = datetime(2026, 12, 8, 4, 0, tzinfo=UTC)  # ten in the evening in Dallas
MIDNIGHT = datetime(2026, 12, 9, tzinfo=UTC)
FULL = Cap("firm", "firm:sms", 100, 100, MIDNIGHT)
STOPPED = Held("all", "", "We moved to a new machine", LONG_AGO)
SUPPRESSED = Denied(7, "address", "+12145550100", "sms", "opt_out", LONG_AGO)


@pytest.mark.parametrize("channel", ["email", "sms", "call", "ai_call"])
def test_what_nothing_speaks_against_is_allowed(channel: str) -> None:
    verdict = judged(channel)
    assert (verdict.outcome, verdict.reasons) == (Outcome.ALLOW, ())


def test_a_verdict_names_its_rules_and_its_time_zones() -> None:
    verdict = judged()
    assert (verdict.rules_hash, verdict.tzdata) == (rules.current().hash, clocks.VERSION)
    assert verdict.evidence["local"] == {"America/Chicago": "2026-12-08T12:00-06:00"}
    assert verdict.evidence["windows"]["2026-12-08"]["TX"] == "09:05-20:45"
    assert verdict.evidence["consent"]["grant"] == 1


def test_all_reasons_are_told_and_the_first_denial_leads() -> None:
    long = text("x" * 161)
    verdict = judged(at=NIGHT, held=(STOPPED,), denied=(SUPPRESSED,), said=(), caps=(FULL,), content=long)
    assert rules_of(verdict) == [
        "suppressed", "consent", "sms_length", "sms_opt_out",
        "hold", "quiet_hours", "quiet_hours", "quiet_hours", "cap_firm",
    ]  # fmt: skip
    assert (verdict.outcome, verdict.until) == (Outcome.DENY, None)


def test_a_delay_lasts_until_all_have_passed_and_it_is_day_again() -> None:
    verdict = judged(caps=(FULL,))
    assert verdict.reasons[0].until == MIDNIGHT  # six in the evening in Dallas: still open
    assert (verdict.outcome, verdict.until) == (Outcome.DEFER, MIDNIGHT)
    late = Cap("spacing", "sender:1", 1, 1, datetime(2026, 12, 9, 3, 0, tzinfo=UTC))  # nine in the evening
    assert judged(caps=(FULL, late)).until == datetime(2026, 12, 9, 15, 5, tzinfo=UTC)


def test_a_delay_that_only_a_person_ends_has_no_moment() -> None:
    verdict = judged(at=NIGHT, held=(STOPPED,))
    assert (verdict.outcome, verdict.until) == (Outcome.DEFER, None)
    assert verdict.reasons[0].sentence == (
        "All sending is stopped until an administrator lifts the stop: We moved to a new machine"
    )
    ban = Held("channel", "sms", "Hurricane", LONG_AGO, until=NOON + timedelta(days=1))
    assert judged(held=(ban,)).until == NOON + timedelta(days=1)


@pytest.mark.parametrize("skew", [2.1, -3.0, float("nan")])
def test_clocks_that_disagree_stop_everything(skew: float) -> None:
    assert rules_of(judged(clock_skew_seconds=skew)) == ["clock"]
    assert judged(clock_skew_seconds=2.0).is_allowed


def test_a_moment_without_its_zone_and_an_unknown_channel_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        judged(at=datetime(2026, 12, 8, 18))
    assert rules_of(judged("pigeon")) == ["channel"]


def test_an_answer_needs_no_opt_in_and_keeps_the_hours() -> None:
    heard = NOON - timedelta(days=3)
    assert judged(purpose=Purpose.REPLY, said=(), inbound_at=heard).is_allowed
    assert rules_of(judged(purpose=Purpose.REPLY, said=(), inbound_at=heard, at=NIGHT))[0] == "quiet_hours"
    assert judged("email", Purpose.REPLY, inbound_at=heard, at=NIGHT).is_allowed
    assert rules_of(judged(purpose=Purpose.REPLY, said=(), inbound_at=NOON - timedelta(days=31))) == ["consent"]
    assert rules_of(judged(purpose=Purpose.REPLY, inbound_at=heard, denied=(SUPPRESSED,))) == ["suppressed"]
    assert rules_of(judged(purpose=Purpose.REPLY, inbound_at=heard, said=(said("opted_out"),))) == ["consent"]


def test_an_opt_out_is_confirmed_at_once_or_never() -> None:
    stopped = Denied(7, "address", "+12145550100", "sms", "opt_out", NIGHT)
    known = {"purpose": Purpose.NOTICE, "at": NIGHT + timedelta(minutes=1), "denied": (stopped,), "said": ()}
    assert judged(opted_out_at=NIGHT, **known).is_allowed
    assert rules_of(judged(opted_out_at=NIGHT - timedelta(minutes=5), **known)) == ["notice_late"]
    assert rules_of(judged(**known)) == ["suppressed", "notice_late"]
    known["denied"] = (stopped, Denied(8, "address", "+12145550100", "all", "litigator", LONG_AGO))
    assert rules_of(judged(opted_out_at=NIGHT, **known)) == ["suppressed"]


def test_a_test_to_oneself_keeps_no_hours_and_every_suppression() -> None:
    mine = {"purpose": Purpose.TEST, "own_address": "+12145550100"}
    assert judged(at=NIGHT, said=(), zones=(), caps=(FULL,), **mine).is_allowed
    assert rules_of(judged(denied=(SUPPRESSED,), **mine)) == ["suppressed"]
