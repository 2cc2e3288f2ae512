"""The mail server by one address."""

from __future__ import annotations

import pytest

from headhaul.config.env import SettingError
from headhaul.config.mail import mail_server


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "user", "password"),
    [
        ("smtp://rosa:p%40ss@mail.example.com:2525?tls=none", "mail.example.com", 2525, "none", "rosa", "p@ss"),
        ("smtp://mail.example.com", "mail.example.com", 587, "starttls", "", ""),
        ("smtps://mail.example.com", "mail.example.com", 465, "ssl", "", ""),
        ("smtp://localhost?tls=none", "localhost", 25, "none", "", ""),
    ],
)
def test_an_address_says_all_there_is_to_know(
    url: str, host: str, port: int, tls: str, user: str, password: str
) -> None:
    found = mail_server(url)
    assert (found.host, found.port, found.tls, found.user, found.password) == (host, port, tls, user, password)
    assert found.backend.endswith("smtp.EmailBackend")


def test_no_address_is_no_mail() -> None:
    assert mail_server("").backend.endswith("dummy.EmailBackend")


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://x:port", "smtp://h?tls=maybe"])
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(SettingError, match="HEADHAUL_SMTP_URL"):
        mail_server(url)
