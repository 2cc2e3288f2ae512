"""DKIM (RFC 6376): the key by which receivers see that a mail was not changed and is the domain's."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from headhaul.outreach.services.domain_checks.finding import BLOCK, GOOD, WARN, Asks, Finding, Subject
from headhaul.outreach.services.domain_checks.providers import provider_of

SHORT, LEAST = 2048, 1024
_TITLE = "DKIM: the signature"


def look_at_dkim(subject: Subject, names: Asks) -> Finding:
    """Whether a key is there, under the selectors that were given or those that the sender usually has."""
    provider = provider_of(subject)
    selectors = subject.selectors or (provider.selectors if provider else ())
    found, bits = [], []
    for selector in selectors:
        name = f"{selector}._domainkey.{subject.domain}"
        for text in names.texts(name):
            tags = tags_of(text)
            if "p" in tags and tags.get("v", "DKIM1") == "DKIM1":
                found.append(f"{name}: {text[:60]}…" if len(text) > 60 else f"{name}: {text}")
                bits.append(key_bits(tags["p"]))
    if not bits:
        return Finding("dkim", _TITLE, BLOCK, _missing(subject, selectors, provider.title if provider else ""))
    return Finding("dkim", _TITLE, *_grade(max(bits)), tuple(found))


def tags_of(text: str) -> dict[str, str]:
    """The tag=value pairs of a record."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def key_bits(text: str) -> int:
    """How long the key is; 0 for one that was withdrawn or cannot be read. A key of Ed25519 counts as long."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return 0
    if len(raw) == 32:
        return SHORT
    try:
        key = load_der_public_key(raw)
    except ValueError:
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0


def _grade(bits: int) -> tuple[str, str]:
    if bits == 0:
        return BLOCK, "The key was withdrawn, or is damaged: no signature can be checked with it."
    if bits < LEAST:
        return BLOCK, f"The key has {bits} bits. Receivers do not believe keys under {LEAST}: make one of {SHORT}."
    if bits < SHORT:
        return WARN, f"The key has {bits} bits, which is short by now. Make one of {SHORT}."
    return GOOD, "A key is there, and long enough."


def _missing(subject: Subject, selectors: tuple[str, ...], title: str) -> str:
    where = f"Switch DKIM on at {title} and copy the record it shows" if title else "Switch DKIM on at your mail server"
    if not selectors:
        return f"Nothing says under which selector the key is. {where}, then enter the selector with the mailbox."
    tried = ", ".join(f"{each}._domainkey.{subject.domain}" for each in selectors)
    return f"No key under {tried}. {where}; if it has another selector, enter that with the mailbox."
