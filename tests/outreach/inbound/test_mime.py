"""Mail is read however broken it is, and quickly however large."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.classifying import judge
from headhaul.outreach.inbound.fresh import fresh_of
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.inbound.markup import text_of
from headhaul.outreach.inbound.mime import read_mail
from headhaul.outreach.inbound.refusals import refusal_in
from tests.outreach.inbound.mails import AT, OURS, TO, mail, report


def read(raw: bytes) -> Incoming:
    """A mail from a mailbox."""
    return read_mail(raw, source="imap:1", key="7:1", received_at=AT)


def test_a_plain_answer_is_read() -> None:
    got = read(mail("gmail", "", "Re: Drivers", "Yes, call me."))
    assert (got.from_address, got.fresh, got.references) == (TO, "Yes, call me.", (OURS,))


@pytest.mark.parametrize(
    "form", ["html_gmail", "html_outlook", "latin1", "b64", "qp", "badcharset", "nested", "attached"]
)
def test_every_form_gives_the_words(form: str) -> None:
    assert read(mail(form, "", "Re: Drivers", "Yes, call me.")).fresh == "Yes, call me."


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_no_bytes_are_too_strange(raw: bytes) -> None:
    judge(read(raw))
    judge(read(b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"From: =?utf-8?b?!!!?= <joe@x.example>\r\nSubject: =?nope?q?=ff?=\r\n\r\nhi",
        b'From: joe@x.example\r\nContent-Type: text/plain; charset="\xff"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
        b"From: joe@x.example\r\nContent-Type: multipart/alternative\r\n\r\nno boundary",
        b"From: \x00\x00\r\nTo: ,,,;<>\r\nSubject: \xed\xa0\x80\r\n\r\n\x00\x00",
    ],
)
def test_broken_headers_and_bodies_are_survived(raw: bytes) -> None:
    got = read(raw)
    assert "\x00" not in got.text + got.subject + got.from_address


def test_a_thousand_levels_of_nesting_are_survived() -> None:
    raw = b"From: joe@x.example\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(1_000)
    )
    assert read(raw).from_address == "joe@x.example"


def test_ten_megabytes_are_read_within_seconds() -> None:
    big = EmailMessage()
    big["From"], big["Subject"] = TO, "Re: Drivers"
    big.set_content("Yes, call me.\n\n> old\n" + "> more of it\n" * 1_000)
    big.add_attachment(b"\x00" * 10_000_000, maintype="application", subtype="octet-stream", filename="scan.bin")
    raw, began = big.as_bytes(), time.process_time()
    got = read(raw)
    assert got.fresh == "Yes, call me."
    assert got.attachments == ("scan.bin",)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "hostile",
    [
        "On " + "a" * 50_000,
        "> " * 25_000,
        "From: " * 8_000,
        "\n" * 50_000,
        "do not " * 7_000,
        "no more " * 6_000,
        "stop " * 10_000,
        "-" * 50_000,
        "s.t." * 12_000,
        "<div>" * 10_000,
        "<" * 50_000,
        "on wrote: " * 5_000,
    ],
)
def test_hostile_texts_take_no_time(hostile: str) -> None:
    began = time.process_time()
    fresh_of(hostile)
    text_of(hostile)
    refusal_in(hostile, channel=Channel.EMAIL)
    assert time.process_time() - began < 5  # far above what it takes, far below what a runaway expression would


def test_a_report_names_its_address_and_what_it_returns() -> None:
    got = read(report("dsn", "Undelivered", "5.1.1 550 User unknown"))
    assert got.is_report
    assert got.returned_id == OURS
    assert [(each.address, each.is_permanent, each.is_final) for each in got.failures] == [(TO, True, True)]


@pytest.mark.parametrize(
    ("words", "is_permanent", "is_final"),
    [
        ("5.1.1 550 User unknown", True, True),
        ("5.1.10 550 RecipientNotFound", True, True),
        ("5.0.0 550 Invalid recipient", True, True),
        ("5.2.2 552 mailbox full", False, True),
        ("5.7.1 554 blocked using zen.spamhaus.org", False, True),
        ("4.4.1 Connection timed out", False, False),
    ],
)
def test_only_a_dead_address_is_permanent(words: str, is_permanent: bool, is_final: bool) -> None:
    failure = read(report("dsn", "Undelivered", words)).failures[0]
    assert (failure.is_permanent, failure.is_final) == (is_permanent, is_final)


def test_older_servers_write_prose() -> None:
    words = (
        f"I'm afraid I wasn't able to deliver your message.\n\n<{TO}>:\nSorry, no mailbox here by that name. (#5.1.1)"
    )
    prose = "Hi. This is the qmail-send program at mx.bigrig.example.\n" + words
    assert [each.address for each in read(report("prose", "failure notice", prose)).failures] == [TO]
    assert [each.address for each in read(report("exim", "Mail delivery failed", words)).failures] == [TO]


def test_a_complaint_is_told_from_a_bounce() -> None:
    got = read(report("arf", "Abuse report", "This is an abuse report."))
    assert got.headers["feedback-type"] == "abuse"
    assert got.returned_id == OURS


def test_the_same_mail_has_the_same_fingerprint_wherever_it_is_found() -> None:
    raw = mail("gmail", "", "Re: Drivers", "Yes.")
    other = read_mail(raw, source="webhook:mailgun", key="x", received_at=AT)
    assert read(raw).fingerprint == other.fingerprint != ""
