"""Numbers, e-mails and domains in the one spelling by which they are found and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.kernel.addresses import domain_of, email_key, phone_key, telephone, website_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("(214) 555-0100", "+12145550100"),
        ("214.555.0100", "+12145550100"),
        ("1-214-555-0100", "+12145550100"),
        ("+1 214 555 0100", "+12145550100"),
        ("2145550100", "+12145550100"),
        ("+44 7911 123456", "+447911123456"),
        ("+52 55 1234 5678", "+525512345678"),
        ("214-555-0100 ext. 12", "+12145550100"),
        ("1-800-TRUCKER", "+18008782537"),
        ("555-0100", ""),
        ("call the office", ""),
        ("", ""),
        ("123", ""),
        ("9" * 400, ""),
    ],
)
def test_a_telephone_number_has_one_key(written: str, key: str) -> None:
    assert phone_key(written) == key


def test_an_extension_is_kept_apart() -> None:
    assert telephone("214-555-0100 x 412") == ("+12145550100", "412")
    assert telephone("nonsense x 412") == ("", "")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (" Joe.Miller@Example.COM ", "joe.miller@example.com"),
        ("o'neil+fleet@sub.example.co.uk", "o'neil+fleet@sub.example.co.uk"),
        ("jörg@exämple.de", "jörg@xn--exmple-cua.de"),
        ("joe@example", ""),
        ("joe example.com", ""),
        ("joe@@example.com", ""),
        ("<joe@example.com>", ""),
        ("joe@example.com, ann@example.com", ""),
        (".joe@example.com", ""),
        ("joe@-example.com", ""),
        ("joe@10.0.0.1", ""),
        ("=cmd()@example.com", ""),
        ("x" * 65 + "@example.com", ""),
    ],
)
def test_an_email_has_one_key_or_none(written: str, key: str) -> None:
    assert email_key(written) == key


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://www.Lone-Star.com/about?x=1", "lone-star.com"),
        ("lone-star.com", "lone-star.com"),
        ("http://fleet.lone-star.com:8080", "lone-star.com"),
        ("dispatch@mail.lone-star.com", "lone-star.com"),
        ("www.transportes.com.mx", "transportes.com.mx"),
        ("joe@gmail.com", ""),
        ("https://gmail.com", ""),
        ("javascript://lone-star.com/%0aalert(1)", ""),
        ("javascript:alert(1)", ""),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_a_company_is_known_by_its_domain_and_no_mail_provider_is_one(written: str, domain: str) -> None:
    assert domain_of(written) == domain


@given(st.text(max_size=300))
def test_no_text_breaks_them_and_a_key_is_its_own_key(text: str) -> None:
    for key in (phone_key, email_key, domain_of, website_key):
        once = key(text)
        assert key(once) == once
