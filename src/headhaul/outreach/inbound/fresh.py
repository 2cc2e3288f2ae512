"""What somebody wrote now, without the mail they answered, their signature and the lawyer's footer."""

from __future__ import annotations

import re

from mailparser_reply import EmailReplyParser

LANGUAGES = ["en", "es", "fr", "de", "it", "pt", "pl", "nl"]
LONGEST, LONGEST_LINE = 3_000, 500  # characters that the library reads: its expressions are not made for more
_HEADER = re.compile(
    r"^[> \t]*(?:"
    r"(?:on|el|le|am|op|il|em|w dniu|dnia)\b.{4,240}(?:wrote|escribi[oó]|a [eé]crit|schrieb|schreef|"
    r"ha scritto|escreveu|napisa[lł]\S*)[^\n]{0,80}:?\s*$"
    r"|-{2,}\s*(?:original message|mensaje original|message d'origine|urspr[uü]ngliche nachricht|"
    r"forwarded message|reply message|original appointment)\s*-{2,}"
    r"|_{10,}\s*$"
    r"|(?:from|de|von|van|da)\s*:\s.{1,200}$(?=\n[> \t]*(?:sent|date|enviado|fecha|envoy[eé]|gesendet|"
    r"datum|to|para|inviato|verzonden|cc|subject)\s*:)"
    r"|begin forwarded message:"
    r"|>?[ \t]*reply above this line"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED = re.compile(r"^(On\b[^\n]{5,200})\n([^\n]{0,200}\bwrote:)[ \t]*$", re.MULTILINE)
_SIGNED = re.compile(
    r"^(?:-- ?|—|sent from my .{1,40}|get outlook for .{1,20}|enviado desde mi .{1,40}|envoy[eé] de mon .{1,40}|"
    r"sent from (?:yahoo|mail|outlook|samsung).{0,60})$",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTER = re.compile(
    r"^(?:confidentiality(?: notice)?\b|disclaimer\b|this (?:e-?mail|message|"
    r"communication)[^\n]{0,80}(?:confidential|intended|privileged)|"
    r"the information (?:contained )?in this (?:e-?mail|message)|notice:|caution: this email|"
    r"please consider the environment)",
    re.IGNORECASE | re.MULTILINE,
)


def fresh_of(text: str) -> str:
    """The new words. Where everything was quoted but something stands below or between, that; else nothing."""
    whole = _WRAPPED.sub(r"\1 \2", re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n")))
    above = _above(whole)
    if above:
        return above
    return _ended("\n".join(_unquoted(whole)))


def _above(whole: str) -> str:
    found = _HEADER.search(whole)
    head = whole[: found.start()] if found else whole
    lines = head.split("\n")
    first_quote = next((number for number, line in enumerate(lines) if line.lstrip().startswith(">")), len(lines))
    if any(line.strip() for line in lines[:first_quote]) and _answers_between(lines[first_quote:]):
        return _ended("\n".join(line for line in lines if not line.lstrip().startswith(">")))
    return _ended(_by_library("\n".join(lines[:first_quote])))


def _by_library(head: str) -> str:
    """Other ways to begin a quotation, in other languages, are the library's to know."""
    if not head.strip():
        return ""
    if len(head) > LONGEST or any(len(line) > LONGEST_LINE for line in head.split("\n")):
        return head
    reply = EmailReplyParser(languages=LANGUAGES).parse_reply(head)
    return reply if reply and reply.strip() else head


def _answers_between(lines: list[str]) -> bool:
    own = [line for line in lines if line.strip() and not line.lstrip().startswith(">")]
    return bool(own) and any(line.lstrip().startswith(">") for line in lines)


def _unquoted(whole: str) -> list[str]:
    return [line for line in whole.split("\n") if not line.lstrip().startswith(">") and not _HEADER.match(line)]


def _ended(text: str) -> str:
    for pattern in (_SIGNED, _FOOTER):
        found = pattern.search(text)
        if found and (pattern is _SIGNED or text[: found.start()].strip()):
            text = text[: found.start()]
    return text.strip()
