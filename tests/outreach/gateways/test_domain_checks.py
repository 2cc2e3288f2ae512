"""What a name server says about a domain, and what we make of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from headhaul.outreach.gateways.resolver import Names, NoNameServer
from headhaul.outreach.services.domain_checks import BLOCK, GOOD, NOTE, WARN, Finding, look_at
from headhaul.outreach.services.domain_checks.finding import Subject
from tests.fakes.dns_server import Zone, dns_server

ACME = Subject("acme.example", host="smtp.gmail.com")


def key_of(bits: int) -> str:
    key = generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


LONG, SHORT = key_of(2048), key_of(1024)


@pytest.fixture
def zone() -> Iterator[Zone]:
    """A domain that Google sends for, and that is as it should be."""
    with dns_server() as running:
        running.put("acme.example", "TXT", "v=spf1 include:_spf.google.com ~all", "google-site-verification=1")
        running.put("_spf.google.com", "TXT", "v=spf1 include:_netblocks.google.com ~all")
        running.put("_netblocks.google.com", "TXT", "v=spf1 ip4:35.190.247.0/24 ~all")
        running.put("google._domainkey.acme.example", "TXT", *[f"v=DKIM1; k=rsa; p={SHORT}"])
        running.put("_dmarc.acme.example", "TXT", "v=DMARC1; p=quarantine; rua=mailto:dmarc@acme.example")
        running.put("acme.example", "MX", "10 aspmx.l.google.com.", "20 alt1.l.google.com.")
        running.put("aspmx.l.google.com", "A", "142.250.1.27")
        yield running


def found(zone: Zone, subject: Subject = ACME) -> dict[str, Finding]:
    return {each.key: each for each in look_at(subject, Names([zone.address]))}


def test_a_domain_in_order(zone: Zone) -> None:
    grades = {key: each.grade for key, each in found(zone).items()}
    assert grades == {"spf": GOOD, "dkim": WARN, "dmarc": GOOD, "mx": GOOD, "ptr": GOOD, "bimi": NOTE}
    assert "3" not in found(zone)["spf"].sentence
    assert "2 of 10" in found(zone)["spf"].sentence


def test_a_key_in_pieces_is_put_together(zone: Zone) -> None:
    half = len(LONG) // 2
    zone.records["google._domainkey.acme.example", "TXT"] = [f'"v=DKIM1; p={LONG[:half]}" "{LONG[half:]}"']
    assert found(zone)["dkim"].grade == GOOD


@pytest.mark.parametrize(
    ("records", "grade", "says"),
    [
        ([], BLOCK, "who may send"),
        (["v=spf1 mx ~all", "v=spf1 a -all"], BLOCK, "two SPF"),
        (["v=spf1 include:_spf.google.com +all"], BLOCK, "everybody"),
        (["v=spf1 include:_spf.google.com all"], BLOCK, "everybody"),
        (["v=spf1 mx ~all"], WARN, "does not name Google"),
        (["v=spf1 include:_spf.google.com"], WARN, "no end"),
        (["v=spf1 " + " ".join(f"include:s{n}.example" for n in range(11)) + " ~all"], BLOCK, "11 look-ups"),
        (["v=spf10 something else"], BLOCK, "who may send"),
    ],
)
def test_spf(zone: Zone, records: list[str], grade: str, says: str) -> None:
    zone.put("acme.example", "TXT", *records)
    spf = found(zone)["spf"]
    assert (spf.grade, says in spf.sentence) == (grade, True), spf.sentence


def test_the_record_to_put_keeps_what_is_there(zone: Zone) -> None:
    zone.put("acme.example", "TXT", "v=spf1 ip4:203.0.113.9 -all")
    put = found(zone)["spf"].put
    assert put is not None
    assert put.value == "v=spf1 ip4:203.0.113.9 include:_spf.google.com -all"


def test_an_spf_record_that_includes_itself_ends(zone: Zone) -> None:
    zone.put("acme.example", "TXT", "v=spf1 include:loop.example ~all")
    zone.put("loop.example", "TXT", "v=spf1 include:acme.example include:loop.example ~all")
    assert found(zone)["spf"].grade == WARN


@pytest.mark.parametrize(
    ("record", "grade"),
    [("v=DKIM1; p=", WARN), (f"v=DKIM1; p={key_of(1024)[:40]}", WARN), ("v=DKIM2; p=abc", WARN)],
)
def test_a_key_that_is_none_is_softened_by_spf_and_blocks_without(zone: Zone, record: str, grade: str) -> None:
    zone.put("google._domainkey.acme.example", "TXT", record)
    assert found(zone)["dkim"].grade == grade
    zone.put("acme.example", "TXT", "nothing")
    assert found(zone)["dkim"].grade == BLOCK


@pytest.mark.parametrize(
    ("records", "grade", "says"),
    [
        ([], BLOCK, "no DMARC"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], BLOCK, "two DMARC"),
        (["v=DMARC1; sp=none"], BLOCK, "no policy"),
        (["v=DMARC1; p=reject"], WARN, "reports"),
        (["v=DMARC1; p=none; rua=mailto:a@acme.example"], GOOD, "watches"),
    ],
)
def test_dmarc(zone: Zone, records: list[str], grade: str, says: str) -> None:
    zone.records.pop(("_dmarc.acme.example", "TXT"))
    if records:
        zone.put("_dmarc.acme.example", "TXT", *records)
    dmarc = found(zone)["dmarc"]
    assert (dmarc.grade, says in dmarc.sentence) == (grade, True), dmarc.sentence


def test_a_sub_domain_falls_under_the_policy_of_its_domain(zone: Zone) -> None:
    assert found(zone, Subject("mail.acme.example"))["dmarc"].grade == GOOD


def test_bounces_elsewhere_leave_dmarc_to_dkim(zone: Zone) -> None:
    dmarc = found(zone, Subject("acme.example", bounce_domain="bounces.other.example"))["dmarc"]
    assert (dmarc.grade, "another domain" in dmarc.sentence) == (WARN, True)
    assert found(zone, Subject("acme.example", bounce_domain="in.acme.example"))["dmarc"].grade == GOOD
    zone.put("_dmarc.acme.example", "TXT", "v=DMARC1; p=reject; aspf=s; rua=mailto:a@acme.example")
    assert "strict" in found(zone, Subject("acme.example", bounce_domain="in.acme.example"))["dmarc"].sentence


def test_a_domain_that_takes_no_mail_blocks(zone: Zone) -> None:
    zone.put("acme.example", "MX", "0 .")
    assert (found(zone)["mx"].grade, "takes no mail" in found(zone)["mx"].sentence) == (BLOCK, True)
    zone.records.pop(("acme.example", "MX"))
    assert "no mail server" in found(zone)["mx"].sentence
    zone.put("acme.example", "MX", "10 gone.example.")
    assert "no address" in found(zone)["mx"].sentence


def test_a_server_of_ones_own_says_who_it_is(zone: Zone) -> None:
    own = Subject("acme.example", host="mail.acme.example")
    zone.put("mail.acme.example", "A", "203.0.113.9")
    assert found(zone, own)["ptr"].grade == WARN
    zone.put("9.113.0.203.in-addr.arpa", "PTR", "elsewhere.example.")
    assert found(zone, own)["ptr"].grade == WARN
    zone.put("9.113.0.203.in-addr.arpa", "PTR", "mail.acme.example.")
    assert found(zone, own)["ptr"].grade == GOOD


def test_a_silent_name_server_says_nothing_about_the_domain(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headhaul.outreach.gateways.resolver.LOOK_UP_SECONDS", 0.3)
    zone.is_silent = True
    with pytest.raises(NoNameServer):
        found(zone)
