"""What may be said, and how long it is."""

from __future__ import annotations

import pytest

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging import gsm
from headhaul.compliance.judging.content import check_content
from headhaul.compliance.judging.gsm import GSM7, UCS2, measure
from headhaul.compliance.judging.words import Cap, Content
from tests.compliance.judging.cases import ADDRESS, NOON, facts, judged, mail, proposal, rules_of, text


@pytest.mark.parametrize(
    ("written", "encoding", "units", "segments"),
    [
        ("", GSM7, 0, 0),
        ("x" * 160, GSM7, 160, 1),
        ("x" * 161, GSM7, 161, 2),
        ("x" * 306, GSM7, 306, 2),
        ("x" * 307, GSM7, 307, 3),
        ("€" * 80, GSM7, 160, 1),
        ("x" * 159 + "€", GSM7, 161, 2),
        ("x" * 152 + "€" + "x" * 152, GSM7, 306, 3),  # the euro is not cut in two
        ("[]{}~^|\\", GSM7, 16, 1),
        ("ä" * 160, GSM7, 160, 1),
        ("ç", UCS2, 1, 1),  # only the capital is in the table
        ("“", UCS2, 1, 1),
        ("я" * 70, UCS2, 70, 1),
        ("я" * 71, UCS2, 71, 2),
        ("🚚" * 35, UCS2, 70, 1),
        ("🚚" * 36, UCS2, 72, 2),
        ("🚚" * 67, UCS2, 134, 3),  # 33 in each: a pair is not cut
        ("`", UCS2, 1, 1),
    ],
)
def test_a_text_is_measured_as_carriers_do(written: str, encoding: str, units: int, segments: int) -> None:
    assert measure(written) == gsm.Segments(encoding, units, segments)


def test_the_table_of_gsm_has_its_128_places() -> None:
    assert len(gsm._BASIC) == 127  # and the escape
    assert len(gsm._EXTENDED) == 10
    assert not gsm._BASIC & gsm._EXTENDED


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("Hi Joe. Reply STOP to end", []),
        ("Hi Joe", ["sms_opt_out"]),
        ("Please stop by our office", ["sms_opt_out"]),
        ("x" * 140 + " reply stop to end it all", ["sms_length"]),
        ("Hi “Joe”. Reply STOP to end", ["sms_characters"]),
        (" ", ["sms_empty", "sms_opt_out"]),
        ("See bit.ly/x. Reply STOP to end", ["short_link"]),
        ("See orbit.ly/x or t.company.com. Reply STOP to end", []),
        ("FMCSA notice: your authority will be revoked. Reply STOP", ["impersonation"]),
    ],
)
def test_texts(words: str, rules: list[str]) -> None:
    assert rules_of(judged(content=text(words))) == rules


def test_only_the_first_text_must_say_how_to_end_it() -> None:
    assert judged(content=text("Hi Joe"), texted_before=True).is_allowed


def test_an_answer_may_be_long_and_needs_no_footer() -> None:
    long = text("я" * 500)
    assert judged(purpose=Purpose.REPLY, content=long).is_allowed
    assert rules_of(judged(purpose=Purpose.REPLY, content=text("x" * 1_601))) == ["sms_length"]
    bare = Content("Re: your question", "Yes, Monday works.", body_hash="1")
    assert judged("email", Purpose.REPLY, content=bare).is_allowed


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"subject": ""}, ["subject"]),
        ({"subject": "Re: your trucks"}, ["subject"]),
        ({"subject": "FWD: your trucks"}, ["subject"]),
        ({"subject": "Regarding your trucks"}, []),
        ({"subject": "Last chance for drivers"}, ["subject"]),
        ({"subject": "URGENT"}, ["subject"]),
        ({"subject": "Insurgently good"}, []),
        ({"subject": "Drivers\r\nBcc: all@x.example"}, ["subject"]),
        ({"subject": "DOT Compliance  Required"}, ["impersonation"]),
        ({"subject": "Joe’s trucks"}, []),
        ({"html": f"<p>Your authority <b>will be revoked</b></p>{ADDRESS}"}, ["impersonation"]),  # tags hide nothing
        ({"html": f"<p>Your authority will be revoked</p>{ADDRESS}"}, ["impersonation"]),
        ({"html": "<p>Hi</p>"}, ["postal_address"]),
        ({"html": "<p>Freight Firm,<br>1 Dock Street,<br>Dallas, TX&nbsp;75201</p>"}, []),
        ({"text": "Hi"}, ["postal_address"]),
        ({"has_unsubscribe": False}, ["unsubscribe"]),
        ({"body_hash": "2"}, ["not_approved"]),
        ({"approved_hash": ""}, []),
        ({"text": f"tinyurl.com/x {ADDRESS}"}, ["short_link"]),
    ],
)
def test_mails(changes: dict[str, object], rules: list[str]) -> None:
    assert rules_of(judged("email", content=mail(**changes))) == rules


def test_without_a_postal_address_no_offer_leaves() -> None:
    verdict = judged("email", settings={})
    assert rules_of(verdict) == ["postal_address"]
    assert "Set it in the settings" in verdict.reasons[0].sentence


def test_an_editor_hears_the_same_before_anybody_sends() -> None:
    told = check_content(proposal(content=text("Hi")), settings=facts().settings)
    assert [reason.rule for reason in told] == ["sms_opt_out"]
    assert check_content(proposal(content=text("Hi")), is_first_text=False) == ()
    assert check_content(proposal("call")) == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("firm", "The firm's limit of 5 text messages a day is used up. It opens again Tue 8 Dec 14:00 CST."),
        ("warm_up", "The sender is being warmed up, and its 5 of today are used up."),
        ("recipient_state", "The law where they are allows 5, and they are used up."),
    ],
)
def test_a_limit_says_which_and_when_it_opens(name: str, sentence: str) -> None:
    cap = Cap(name, f"{name}:sms", 5, 5, NOON.replace(hour=20))
    verdict = judged(caps=(cap,))
    assert (verdict.outcome, rules_of(verdict), verdict.until) == (Outcome.DEFER, [f"cap_{name}"], cap.resets_at)
    assert verdict.reasons[0].sentence.startswith(sentence)
    assert verdict.evidence["caps"] == {f"{name}:sms": "5/5"}
    assert judged(caps=(Cap(name, f"{name}:sms", 5, 4, cap.resets_at),)).is_allowed


def test_an_answer_is_no_further_touch_and_uses_the_firms_limit() -> None:
    touched = Cap("recipient", "recipient:sms", 1, 1, NOON.replace(hour=20))
    assert judged(purpose=Purpose.REPLY, caps=(touched,)).is_allowed
    assert rules_of(judged(caps=(touched,))) == ["cap_recipient"]


def test_what_is_not_set_up_waits_for_a_person() -> None:
    verdict = judged(readiness=("The number has no 10DLC campaign.",))
    assert (verdict.outcome, verdict.until) == (Outcome.DEFER, None)
    assert verdict.reasons[0].sentence == "The number has no 10DLC campaign."
