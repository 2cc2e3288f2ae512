"""Postmark, Mailgun, SendGrid and Resend at one address, answering as they are documented.

`python -m tests.fakes.esp_server` runs it as a process of its own.
"""

from __future__ import annotations

import argparse
import base64
import email.parser
import email.policy
import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.http_fake import AFTER, BEFORE, Answered, Asked, Faults, HttpFake, after_acceptance, document

KEY, ATTEMPT = "key-of-the-service", "headhaul_attempt"
INVALID, INACTIVE = "nobody@invalid.example", "bounced@before.example"


@dataclass
class Mail:
    """A mail that a service has taken."""

    service: str
    id: str
    to: str
    subject: str
    text: str
    attempt: str
    message_id: str
    headers: dict[str, str] = field(default_factory=dict)


class EspServer(HttpFake):
    """Holds what the services took; Resend's keys against doubles work."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.mails: list[Mail] = []
        self.is_searchable = True
        self._by_key: dict[str, Answered] = {}

    def seen(self) -> Any:
        """All that was taken."""
        with self.lock:
            return [asdict(mail) for mail in self.mails]

    def answer(self, asked: Asked) -> Answered:
        """By the path that each service has."""
        match (asked.method, asked.path.strip("/").split("/")):
            case ("POST", ["email"]):
                return self._postmark(asked)
            case ("GET", ["messages", "outbound"]):
                return self._postmark_search(asked)
            case ("POST", ["v3", domain, "messages"]):
                return self._mailgun(asked, domain)
            case ("GET", ["v3", _, "events"]):
                return self._mailgun_search(asked)
            case ("POST", ["v3", "mail", "send"]):
                return self._sendgrid(asked)
            case ("POST", ["emails"]):
                return self._resend(asked)
        return document({"message": "not found"}, 404)

    def _take(self, mail: Mail, good: Answered, refusal: Answered) -> Answered:
        fault = self.draw(BEFORE + AFTER)
        if fault in BEFORE:
            return {"refused": refusal, "busy": document({"message": "Too many requests"}, 429)}.get(
                fault, Answered(b"upstream connect error", 503)
            )
        with self.lock:
            self.mails.append(mail)
        return after_acceptance(fault, good, silence=self.faults.silence)

    def _postmark(self, asked: Asked) -> Answered:
        if asked.headers.get("X-Postmark-Server-Token") != KEY:
            return document({"ErrorCode": 10, "Message": "Bad or missing Server API token."}, 401)
        body = asked.json
        to = body["To"]
        if to == INACTIVE:
            said = "You tried to send to a recipient that has been marked as inactive.\n"
            said += f"Found inactive addresses: {to}.\n"
            said += "Inactive recipients are ones that have generated a hard bounce or a spam complaint. "
            return document({"ErrorCode": 406, "Message": said}, 422)
        if to == INVALID:
            return document({"ErrorCode": 300, "Message": f"Error parsing 'To': Illegal email address '{to}'."}, 422)
        headers = {each["Name"]: each["Value"] for each in body.get("Headers", [])}
        key = str(uuid.uuid4())
        mail = Mail("postmark", key, to, body["Subject"], body["TextBody"], body["Metadata"][ATTEMPT], "", headers)
        mail.message_id = headers.get("Message-ID", "") if "X-PM-KeepID" in headers else f"<{key}@mtasv.net>"
        good = {"To": to, "SubmittedAt": "2026-11-26T07:25:01.4178645-05:00", "MessageID": key, "ErrorCode": 0}
        refusal = document({"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender."}, 422)
        return self._take(mail, document(good | {"Message": "OK"}), refusal)

    def _postmark_search(self, asked: Asked) -> Answered:
        found = [
            {"MessageID": mail.id, "Recipients": [mail.to], "Status": "Sent"}
            for mail in self.mails
            if self.is_searchable and mail.service == "postmark" and mail.attempt == asked.query[f"metadata_{ATTEMPT}"]
        ]
        return document({"TotalCount": len(found), "Messages": found[: int(asked.query["count"])]})

    def _mailgun(self, asked: Asked, domain: str) -> Answered:
        if asked.basic != ("api", KEY):
            return Answered(b"Forbidden", 401)
        form = _form(asked)
        message_id = form.get("h:Message-ID") or form.get("h:Message-Id") or f"<{uuid.uuid4()}@{domain}>"
        mail = Mail("mailgun", message_id, form["to"], form["subject"], form["text"], form[f"v:{ATTEMPT}"], message_id)
        mail.headers = {name.removeprefix("h:"): value for name, value in form.items() if name.startswith("h:")}
        refusal = document({"message": "'to' parameter is not a valid address. please check documentation"}, 400)
        return self._take(mail, document({"id": message_id, "message": "Queued. Thank you."}), refusal)

    def _mailgun_search(self, asked: Asked) -> Answered:
        wanted = f"<{asked.query['message-id']}>"
        found = [
            {"event": "accepted", "message": {"headers": {"message-id": wanted.strip("<>")}}}
            for mail in self.mails
            if self.is_searchable and mail.message_id == wanted
        ]
        return document({"items": found, "paging": {}})

    def _sendgrid(self, asked: Asked) -> Answered:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return document({"errors": [{"message": "The provided authorization grant is invalid"}]}, 401)
        body = asked.json
        args = body.get("custom_args", {}) | body["personalizations"][0].get("custom_args", {})
        key = args["anymail_id"]
        to = body["personalizations"][0]["to"][0]["email"]
        headers = body.get("headers") or body["personalizations"][0].get("headers") or {}
        text = body["content"][0]["value"]
        mail = Mail("sendgrid", key, to, body["subject"], text, args[ATTEMPT], headers.get("Message-ID", ""), headers)
        refusal = document({"errors": [{"message": "The from address does not match a verified Sender."}]}, 400)
        return self._take(mail, Answered(b"", 202, {"X-Message-Id": uuid.uuid4().hex}), refusal)

    def _resend(self, asked: Asked) -> Answered:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return document({"statusCode": 401, "name": "missing_api_key", "message": "Missing API key"}, 401)
        key = asked.headers.get("Idempotency-Key", "")
        with self.lock:
            if key and key in self._by_key:
                return self._by_key[key]
        body = asked.json
        made, headers = str(uuid.uuid4()), body.get("headers", {})
        attempt = json.loads(headers.get("X-Metadata", "{}")).get(ATTEMPT, "")
        mail = Mail("resend", made, body["to"][0], body["subject"], body["text"], attempt, f"<{made}@ses>", headers)
        refusal = document({"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}, 422)
        before = len(self.mails)
        answered = self._take(mail, document({"id": made}), refusal)
        with self.lock:
            if key and len(self.mails) > before:
                self._by_key[key] = document({"id": made})
        return answered


def _form(asked: Asked) -> dict[str, str]:
    """The fields of a form in either encoding."""
    kind = asked.headers.get("Content-Type", "")
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
    whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + asked.body
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole)
    found = {}
    for part in parsed.iter_parts():  # type: ignore[attr-defined]
        payload = part.get_payload(decode=True)
        found[str(part.get_param("name", header="content-disposition"))] = payload.decode()
    return found


def basic(user: str, password: str) -> str:
    """The header of a basic sign-in."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def main() -> None:
    """Serve until told to stop."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--faults", default="{}")
    given = words.parse_args()
    EspServer(port=given.port, seed=given.seed, faults=Faults(**json.loads(given.faults))).run()


if __name__ == "__main__":
    main()
