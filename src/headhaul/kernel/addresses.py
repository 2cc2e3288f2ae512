"""How people and companies are reached, each in one spelling: numbers in E.164, e-mails and domains in lower case."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_PLAIN = re.compile(r"[\s().\-/]*(?:\+?1[\s().\-/]*)?([2-9]\d\d)[\s().\-/]*([2-9]\d\d)[\s.\-/]*(\d{4})\s*")
_EXTENSION = re.compile(r"[\s,;]*(?:extension|ext\.?|x|#)\s*\.?:?\s*(\d{1,8})\s*$", re.IGNORECASE)
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "net", "org"})


class Telephone(NamedTuple):
    """A number in E.164 and its extension; "" for what is none."""

    number: str
    extension: str


def telephone(text: str, region: str = "US") -> Telephone:
    """The number that people write in a hundred ways. A number without country code is of `region`."""
    found = _EXTENSION.search(text)
    bare, extension = (text[: found.start()], found[1]) if found else (text, "")
    number = phone_key(bare, region)
    return Telephone(number, extension if number else "")


def phone_key(text: str, region: str = "US") -> str:
    """The number in E.164, without its extension; "" when it cannot be one."""
    if region == "US" and (plain := _PLAIN.fullmatch(text)):
        return f"+1{plain[1]}{plain[2]}{plain[3]}"
    return _parsed(text, region) if any(char.isdigit() for char in text) else ""


def _parsed(text: str, region: str) -> str:
    import phonenumbers  # a second of loading that most processes never need

    try:
        number = phonenumbers.parse(text[:60], region)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_key(text: str) -> str:
    """The address in lower case; "" when it cannot be one.

    The part before the @ is lowered too: no mail server in use tells them apart, and an opt-out of Joe@ is one of joe@.
    """
    local, at, domain = text.strip().lower().rpartition("@")
    host = _host(domain)
    if not at or not host or len(local) + len(host) > 253 or not _LOCAL.fullmatch(local) or not _dots_fit(local):
        return ""
    return f"{local}@{host}"


def _dots_fit(local: str) -> bool:
    return not local.startswith(".") and not local.endswith(".") and ".." not in local


def _host(text: str) -> str:
    """A host name of at least two labels in ASCII, or ""."""
    name = text.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return ""
    labels = name.split(".")
    fits = len(labels) > 1 and len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return name if fits and not labels[-1].isdigit() and len(labels[-1]) > 1 else ""


def website_key(text: str) -> str:
    """The host of a web address as people write it; "" when it is none, or leads elsewhere than to the web."""
    words = text.strip()
    scheme, separator, rest = words.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        return ""
    host = re.split(r"[/?#]", rest if separator else words, maxsplit=1)[0].rpartition("@")[2]
    return _host(re.sub(r":\d{1,5}$", "", host))


def domain_of(text: str) -> str:
    """Whose domain a website or e-mail is of: without www and other sub-domains, "" for the mail providers'."""
    is_mail = "@" in text and "/" not in text
    host = email_key(text).rpartition("@")[2] if is_mail else website_key(text)
    if not host:
        return ""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    domain = ".".join(labels[-kept:])
    return "" if domain in mail_providers() else domain


@cache
def mail_providers() -> frozenset[str]:
    """Domains that say nothing about the company."""
    lines = files("headhaul.kernel").joinpath("data/mail_providers.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
