"""Twilio's API as it is documented: messages and calls are made, listed and told about by signed webhooks.

`python -m tests.fakes.twilio_server --callbacks http://127.0.0.1:8000` runs it as a process of its own.
"""

from __future__ import annotations

import argparse
import http.client
import json
import queue
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.fakes.http_fake import AFTER, BEFORE, Answered, Asked, Faults, HttpFake, after_acceptance, document

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "f" * 32
BAD_NUMBERS = {"+15005550001": (21211, "Invalid 'To' Phone Number"), "+15005550009": (21614, "not a mobile number")}
STOPPED = "+15005550010"  # whoever this is has replied STOP
SMS_STEPS = ("queued", "sent", "delivered")
CALL_STEPS = ("initiated", "ringing", "in-progress", "completed")


@dataclass
class Callback:
    """A webhook as Twilio sends it."""

    url: str
    form: dict[str, str]
    signature: str


@dataclass
class Made:
    """A message or call that Twilio has."""

    sid: str
    kind: str  # Messages or Calls
    form: dict[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: str = "queued"

    def as_json(self) -> dict[str, Any]:
        """The resource."""
        known = {"sid": self.sid, "account_sid": ACCOUNT, "status": self.status, "to": self.form.get("To", "")}
        known |= {"from": self.form.get("From", ""), "date_created": format_datetime(self.at)}
        return known | ({"body": self.form.get("Body", "")} if self.kind == "Messages" else {})


class TwilioServer(HttpFake):
    """Holds what was made. `deliver_to` is where webhooks go, whatever host they name; without it they are kept.

    `callbacks` has every webhook that was due and not lost, signed for the address that it was asked for.
    """

    def __init__(self, *, deliver_to: str = "", account: str = ACCOUNT, token: str = TOKEN, **rest: Any) -> None:
        super().__init__(**rest)
        self.made: list[Made] = []
        self.callbacks: list[Callback] = []
        self.account, self.token, self.deliver_to = account, token, deliver_to
        self.takes_up = True  # whether the telephone that rings first is answered, so that a call is put through
        self.outcome = ""  # instead of delivered: undelivered, failed
        self._held: list[Callback] = []
        self._posts: queue.Queue[Callback | None] = queue.Queue()
        self._poster = threading.Thread(target=self._post_all, daemon=True)

    def __enter__(self) -> Self:
        self._poster.start()
        return super().__enter__()

    def __exit__(self, *reason: object) -> None:
        self._posts.put(None)
        super().__exit__(*reason)

    def seen(self) -> Any:
        """All that was made."""
        with self.lock:
            return [made.as_json() | {"kind": made.kind, "form": made.form} for made in self.made]

    def answer(self, asked: Asked) -> Answered:
        """POST makes one, GET lists or shows."""
        prefix = f"/2010-04-01/Accounts/{self.account}/"
        if asked.basic != (self.account, self.token):
            return _error(401, 20003, "Authenticate")
        if asked.path == prefix.removesuffix("/") + ".json":
            return document({"sid": self.account, "status": "active", "friendly_name": "Test", "type": "Full"})
        if not asked.path.startswith(prefix):
            return _error(404, 20404, "The requested resource was not found")
        kind, _, sid = asked.path.removeprefix(prefix).removesuffix(".json").partition("/")
        if kind not in ("Messages", "Calls"):
            return _error(404, 20404, "The requested resource was not found")
        if asked.method == "POST":
            return self._make(kind, asked.form)
        return self._one(kind, sid) if sid else self._list(kind, asked.query)

    def _make(self, kind: str, form: dict[str, str]) -> Answered:
        match self.draw(BEFORE + AFTER):
            case "refused":
                return _error(400, 21606, "The 'From' phone number is not a valid, SMS-capable number")
            case "busy":
                return _error(429, 20429, "Too Many Requests")
            case "down":
                return Answered(b"upstream connect error", 503, {"Content-Type": "text/plain"})
            case fault:
                return self._accept(kind, form, fault)

    def _accept(self, kind: str, form: dict[str, str], fault: str) -> Answered:
        to = form.get("To", "")
        if to in BAD_NUMBERS:
            return _error(400, *BAD_NUMBERS[to])
        if to == STOPPED and kind == "Messages":
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        with self.lock:
            made = Made(f"{'SM' if kind == 'Messages' else 'CA'}{len(self.made) + 1:032x}", kind, form)
            self.made.append(made)
        answer = document(made.as_json(), 201)
        if self.chance("webhooks_first"):
            self._tell(made)
            return after_acceptance(fault, answer, silence=self.faults.silence)
        spoiled = after_acceptance(fault, answer, silence=self.faults.silence)
        self._tell(made)
        return spoiled

    def _list(self, kind: str, query: dict[str, str]) -> Answered:
        with self.lock:
            found = [made for made in self.made if made.kind == kind]
        if "ParentCallSid" in query:
            return self._legs([made for made in found if made.sid == query["ParentCallSid"] and self.takes_up])
        for name in ("To", "From"):
            found = [made for made in found if name not in query or made.form.get(name) == query[name]]
        if after := query.get("DateSent>", query.get("StartTime>", "")):
            found = [made for made in found if f"{made.at:%Y-%m-%d}" >= after[:10]]
        rows = [made.as_json() | {"date_sent": format_datetime(made.at)} for made in found]
        return document({kind.lower(): rows, "next_page_uri": None, "page": 0, "page_size": 50})

    def _legs(self, parents: list[Made]) -> Answered:
        """The calls that were put through from another one."""
        rows = [
            made.as_json() | {"sid": f"{made.sid}-{number}", "parent_call_sid": made.sid, "to": to}
            for made in parents
            for number, to in enumerate(re.findall(r">(\+\d+)</Number>", made.form.get("Twiml", "")))
        ]
        return document({"calls": rows, "next_page_uri": None, "page": 0, "page_size": 50})

    def _one(self, kind: str, sid: str) -> Answered:
        with self.lock:
            found = [made for made in self.made if made.kind == kind and made.sid == sid]
        return document(found[0].as_json()) if found else _error(404, 20404, "not found")

    # ── webhooks ──

    def _tell(self, made: Made) -> None:
        """Everything that Twilio says of it until it is done."""
        url = made.form.get("StatusCallback", "")
        steps = SMS_STEPS if made.kind == "Messages" else CALL_STEPS
        if self.outcome:
            steps = (*steps[:-1], self.outcome)
        word = "Message" if made.kind == "Messages" else "Call"
        for step in steps:
            made.status = step
            form = {f"{word}Sid": made.sid, f"{word}Status": step, "AccountSid": self.account}
            form |= {"To": made.form.get("To", ""), "From": made.form.get("From", "")}
            if made.kind == "Messages":
                form |= {"SmsSid": made.sid, "SmsStatus": step}
            if step in ("undelivered", "failed") and made.kind == "Messages":
                form["ErrorCode"] = "30003"
            if url:
                self._send(self.signed(url, form))

    def signed(self, url: str, form: dict[str, str]) -> Callback:
        """The webhook with its signature."""
        return Callback(url, form, RequestValidator(self.token).compute_signature(url, form))

    def inbound(self, url: str, *, from_number: str, to_number: str, body: str, sid: str = "") -> Callback:
        """A text that somebody sends to us."""
        sid = sid or f"SM{len(self.callbacks) + 0x1000:032x}"
        form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": self.account, "From": from_number, "To": to_number}
        callback = self.signed(url, form | {"Body": body, "NumMedia": "0", "NumSegments": "1"})
        self._keep(callback)
        return callback

    def _send(self, callback: Callback) -> None:
        if self.chance("webhooks_lost"):
            return
        for _ in range(2 if self.chance("webhooks_doubled") else 1):
            if self.chance("webhooks_shuffled"):
                with self.lock:
                    self._held.append(callback)
            else:
                self._keep(callback)

    def _keep(self, callback: Callback) -> None:
        with self.lock:
            self.callbacks.append(callback)
        if self.deliver_to:
            self._posts.put(callback)

    def release(self) -> None:
        """Send what was held back, in any order."""
        with self.lock:
            held, self._held = self._held, []
            self.dice.shuffle(held)
        for callback in held:
            self._keep(callback)

    def settle(self) -> None:
        """Wait until every webhook so far was posted."""
        self.release()
        while self._posts.unfinished_tasks and not self.closing.wait(0.01):
            pass

    def _post_all(self) -> None:
        while (callback := self._posts.get()) is not None:
            base, parts = urlsplit(self.deliver_to), urlsplit(callback.url)
            connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=10)
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": callback.signature,
                "Host": parts.netloc,
            }
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            try:
                connection.request("POST", path, urlencode(callback.form), headers)
                connection.getresponse().read()
            except OSError:  # nobody listens: Twilio gives up as well
                continue
            finally:
                connection.close()
                self._posts.task_done()


def _error(status: int, code: int, message: str) -> Answered:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return document({"code": code, "message": message, "more_info": more, "status": status}, status)


def when(made: Made) -> datetime:
    """When it was made, as the API says it."""
    return parsedate_to_datetime(made.as_json()["date_created"])


def main() -> None:
    """Serve until told to stop."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--callbacks", default="")
    words.add_argument("--faults", default="{}")
    given = words.parse_args()
    faults = Faults(**json.loads(given.faults))
    TwilioServer(port=given.port, seed=given.seed, deliver_to=given.callbacks, faults=faults).run()


if __name__ == "__main__":
    main()
