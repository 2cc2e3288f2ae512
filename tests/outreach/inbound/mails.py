"""Builds the labelled mails from their short form, the way real programs write them."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

DATA = Path(__file__).parent / "data"
AT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
US, TO = "Lone Star Reefer", "dana@bigrig.example"
OURS = "<11111111-2222-4333-8444-555555555555@headhaul.example>"
REPORTS = frozenset({"dsn", "prose", "exim", "arf"})
SIGNS = {
    "A": "Auto-Submitted: auto-replied",
    "X": "X-Auto-Response-Suppress: All",
    "E": "Return-Path: <>",
    "P": "Precedence: bulk",
    "R": "Precedence: auto_reply",
    "V": "X-Autoreply: yes",
    "L": "List-Unsubscribe: <mailto:out@bigrig.example>",
}
SENT = (
    "If you are short of drivers, I can help. Reply or unsubscribe here: https://go.example/u/x."
    " Stop me if you are not."
)


@dataclass(frozen=True)
class Labelled:
    """A mail, what it is, and the day of return it names."""

    number: int
    kind: str
    raw: bytes
    returns_on: date | None
    form: str
    words: str

    @property
    def is_held_out(self) -> bool:
        """Whether no rule was changed because of it."""
        return self.number % 3 == 2


def labelled() -> list[Labelled]:
    """All mails of the set."""
    lines = [line for line in (DATA / "mails.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return [_one(number, line) for number, line in enumerate(lines)]


def _one(number: int, line: str) -> Labelled:
    kind, form, signs, day, subject, words = (part.strip() for part in f"{line} ".split("¦"))
    words = words.replace("\\n", "\n").replace("{to}", TO)
    subject = subject.replace("{us}", US)
    raw = report(form, subject, words) if form in REPORTS else mail(form, signs, subject, words, number)
    return Labelled(number, kind, raw, date.fromisoformat(day) if day else None, form, words)


def mail(form: str, signs: str, subject: str, words: str, number: int = 0, *, sender: str = TO) -> bytes:
    """A mail of one form: how it quotes ours, and how it is put into bytes."""
    head = [
        f"From: Dana Ortiz <{sender}>",
        "To: Rosa <rosa@headhaul.example>",
        f"Subject: {_subject(subject)}",
        f"Message-ID: <m{number}@mail.bigrig.example>",
        "Date: Fri, 27 Nov 2026 09:00:00 -0600",
        "MIME-Version: 1.0",
        *([f"In-Reply-To: {OURS}", f"References: {OURS}"] if form != "none" else []),
        *[SIGNS[sign] for sign in signs if sign in SIGNS],
    ]
    kind, body = _body(form, words)
    return "\r\n".join([*head, kind, "", ""]).encode("utf-8", "surrogateescape") + body


def _body(form: str, words: str) -> tuple[str, bytes]:
    if form.startswith("html_"):
        return "Content-Type: text/html; charset=utf-8", _html(form, words).encode()
    text = _quoted(form, words).replace("\n", "\r\n")
    if form == "latin1":
        return "Content-Type: text/plain; charset=iso-8859-1", text.encode("latin-1", "replace")
    if form == "badcharset":
        return "Content-Type: text/plain; charset=x-made-up", text.encode("cp1252", "replace")
    if form == "b64":
        kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
        return kind, base64.encodebytes(text.encode())
    if form == "qp":
        kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
        return kind, quopri.encodestring(text.encode())
    if form in ("nested", "attached"):
        return _multipart(form, text)
    return "Content-Type: text/plain; charset=utf-8", text.encode()


def _multipart(form: str, text: str) -> tuple[str, bytes]:
    plain = f"--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    rich = f"--in\r\nContent-Type: text/html\r\n\r\n<p>{text}</p>\r\n--in--\r\n"
    inner = f"--out\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n{plain}{rich}"
    other = (
        "--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: old\r\n\r\nPlease unsubscribe me, stop\r\n"
        if form == "nested"
        else "--out\r\nContent-Type: text/plain; name=needs.txt\r\n"
        "Content-Disposition: attachment\r\n\r\nstop sending\r\n"
    )
    return "Content-Type: multipart/mixed; boundary=out", f"{inner}{other}--out--\r\n".encode()


def _quoted(form: str, words: str) -> str:
    quote = "\n".join(f"> {line}" for line in (f"Hi Dana,\n\n{SENT}\n\nRosa").split("\n"))
    on = "On Mon, Nov 23, 2026 at 9:12 AM Rosa Diaz <rosa@headhaul.example>\nwrote:"
    rosa = "Rosa Diaz <rosa@headhaul.example>"
    block = f"From: {rosa}\nSent: Monday, November 23, 2026 9:12 AM\nTo: Dana\nSubject: Drivers\n\n{SENT}"
    return {
        "gmail": f"{words}\n\n{on}\n\n{quote}\n",
        "apple": f"{words}\n\n> On Nov 23, 2026, at 9:12 AM, Rosa Diaz <rosa@headhaul.example> wrote:\n> \n{quote}\n",
        "outlook": f"{words}\n\n________________________________\n{block}\n",
        "bottom": f"{on.replace(chr(10), ' ')}\n{quote}\n\n{words}\n",
        "inline": f"{on.replace(chr(10), ' ')}\n{quote}\n\n{words}\n\n> More of what was written.\n",
        "german": f"{words}\n\nAm Mo., 23. Nov. 2026 um 09:12 Uhr schrieb {rosa}:\n\n{quote}\n",
        "spanish": f"{words}\n\nEl lun, 23 nov 2026 a las 9:12, {rosa} escribió:\n\n{quote}\n",
    }.get(form, words)


def _html(form: str, words: str) -> str:
    said = "".join(f"<div>{line}</div>" for line in words.split("\n"))
    if form == "html_gmail":
        quote = f'<blockquote class="gmail_quote">{SENT}</blockquote>'
        attributed = '<div class="gmail_attr">On Mon Rosa wrote:<br></div>'
        return f'<div dir="ltr">{said}</div><br><div class="gmail_quote">{attributed}{quote}</div>'
    old = f"<p><b>From:</b> Rosa<br><b>Sent:</b> Monday<br><b>To:</b> Dana<br><b>Subject:</b> Drivers</p><p>{SENT}</p>"
    head = "<head><style>p{margin:0}</style></head>"
    return f'<html>{head}<body>{said}<hr><div id="divRplyFwdMsg">{old}</div></body></html>'


def report(form: str, subject: str, words: str, *, original: str = OURS, address: str = TO) -> bytes:
    """A delivery report, in one of the ways that servers write them."""
    mailer = "MAILER-DAEMON@mx.bigrig.example"
    head = f"From: {mailer}\r\nTo: rosa@headhaul.example\r\nSubject: {subject}\r\nReturn-Path: <>\r\n"
    returned = (
        f"Message-ID: {original}\r\nFrom: rosa@headhaul.example\r\nTo: {address}\r\nSubject: Drivers\r\n\r\n{SENT}\r\n"
    )
    if form in ("prose", "exim"):
        extra = f"X-Failed-Recipients: {address}\r\n" if form == "exim" else ""
        text = words.replace("\n", "\r\n")
        return (
            f"{head}{extra}\r\n{text}\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n{returned}".encode()
        )
    if form == "arf":
        kind, part = "feedback-report", "message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
    else:
        status, _, text = words.partition(" ")
        action = "delayed" if status.startswith("4") else "failed"
        kind, part = (
            "delivery-status",
            (
                "message/delivery-status\r\n\r\nReporting-MTA: dns; mx.bigrig.example\r\n\r\n"
                f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
                f"Diagnostic-Code: smtp; {text}\r\n"
            ),
        )
    return (
        f"{head}MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n--b\r\nContent-Type: {part}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}--b--\r\n"
    ).encode()


def _subject(subject: str) -> str:
    if subject.isascii():
        return subject
    return f"=?utf-8?b?{base64.b64encode(subject.encode()).decode()}?="
