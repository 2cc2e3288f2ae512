"""The editor gives back what it was given: a sequence that is opened and saved as it is stays the version it was.

What a browser would send is read from the page itself, so that a field without an input is found.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.actions import dispatch
from headhaul.kernel import Actor
from headhaul.outreach.models import SequenceVersion
from headhaul.outreach.services import checking_steps
from headhaul.security.actors import actor_of
from tests.cast import user_named
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db
Sent = list[tuple[str, str]]
NARROW = {"window": {"opens": "09:30", "closes": "16:00"}, "weekdays": ["mon", "wed"]}
LATER = {"delay": {"amount": 3, "unit": "hours"}}


class Browser(HTMLParser):
    """What a browser sends of the form as it stands, with the line ends that it sends."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.sent: Sent = []
        self._form_id, self._is_inside = form_id, False
        self._select: dict[str, Any] | None = None
        self._text: list[str] | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_inside = given.get("id") == self._form_id
        if not self._is_inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and "disabled" not in given:
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.sent.append((name, given.get("value") or ("on" if is_box else "")))
        elif tag == "select" and name:
            self._select = {"name": name, "several": "multiple" in given, "all": [], "chosen": []}
        elif tag == "option" and self._select is not None:
            self._select["all"].append(given.get("value") or "")
            if "selected" in given:
                self._select["chosen"].append(given.get("value") or "")
        elif tag == "textarea" and name:
            self._name, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select" and self._select is not None:
            chosen = self._select["chosen"]
            if not self._select["several"]:
                chosen = chosen[-1:] or self._select["all"][:1]
            self.sent += [(self._select["name"], each) for each in chosen]
            self._select = None
        elif tag == "textarea" and self._text is not None:
            self.sent.append((self._name, "".join(self._text).removeprefix("\n").replace("\n", "\r\n")))
            self._text = None


def sent_by(client: Client, path: str) -> dict[str, list[str]]:
    """The form of the page as a browser sends it when Save is pressed."""
    page = Browser("sequence-form")
    page.feed(client.get(path).content.decode())
    form: dict[str, list[str]] = {"do": ["save"]}
    for name, value in page.sent:
        form.setdefault(name, []).append(value)
    return form


def do(name: str, by: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=by, at=timezone.now(), door="http").payload


def every_field(by: Actor) -> list[dict[str, Any]]:
    """A sequence in which each field of each kind of step says something."""
    template = do("saveTemplate", by, name="Hello", channel="email", subject="Drivers", body="Hi")
    text = do("saveTemplate", by, name="Nudge", channel="sms", body="Hi")
    script = do("saveTemplate", by, name="Script", channel="call", body="Hi")
    queue = do("saveCallCampaign", by, name="Reefer fleets", script="Hello.")
    fields: dict[str, tuple[str, Any]] = {
        "account.custom.budget": ("at_least", 1_250_050),
        "contact.custom.budget": ("is", 500_000),
        "account.custom.lanes": ("has", "I-35"),
        "account.custom.union": ("is", False),
        "account.custom.yards": ("at_most", 12),
        "account.segment": ("not_in", ["owner_operator", "regional"]),
        "account.state": ("is_not", "TX"),
        "account.tag": ("has_not", "Cold call"),
        "contact.title": ("is_set", None),
    }
    for entity, key, kind in (("account", "budget", "money"), ("contact", "budget", "money"),
                              ("account", "lanes", "several"), ("account", "union", "yes_no"),
                              ("account", "yards", "number")):  # fmt: skip
        choices = {"choices": ["I-35", "I-10"]} if kind == "several" else {}
        do("saveCustomField", by, entity=entity, key=key, label=key.title(), kind=kind, **choices)
    asked = [
        {"kind": "condition", "key": f"fact_{number}", "test": "field", "field": field, "op": op, "otherwise": "ring"}
        | ({} if value is None else {"value": value})
        for number, (field, (op, value)) in enumerate(fields.items())
    ]
    asked += [
        {"kind": "condition", "key": f"stage_{op}", "test": "stage", "op": op, "then": "end"} | value
        for op, value in (("in", {"value": ["prospecting", "proposal"]}), ("not_in", {"value": ["proposal"]}),
                          ("is", {"value": "proposal"}), ("is_empty", {}))
    ]  # fmt: skip
    return [
        {"kind": "email", "key": "hello", "title": "First touch", "subject": "Drivers", "templateId": template.id,
         "body": "Hi {contact.first_name|there}\n\nShort of “drivers” & <trucks>?", **NARROW, **LATER},
        {"kind": "email", "key": "again", "title": "Bump", "asReply": True, "body": "Still?"},
        {"kind": "sms", "key": "nudge", "title": "A nudge", "body": "Hi", "templateId": text.id, **NARROW},
        {"kind": "wait", "key": "rest", "title": "Let it rest", "delay": {"amount": 2, "unit": "days"}},
        {"kind": "condition", "key": "answered", "title": "Anyone?", "test": "replied", "ofAccount": True,
         "then": "end", "otherwise": "ring", **LATER},
        {"kind": "condition", "key": "looked", "test": "opened", "stepKey": "hello", "evenIfUnreliable": True,
         "then": "ring"},
        {"kind": "condition", "key": "clicked", "test": "clicked", "stepKey": "again", "otherwise": "end"},
        *asked,
        {"kind": "call", "key": "ring", "title": "Ring them", "body": "Ask.", "templateId": script.id,
         "callCampaignId": queue.id, "patience": {"amount": 4, "unit": "days"}, **NARROW},
    ]  # fmt: skip


def test_the_sequence_of_this_test_says_something_in_every_field(db: None) -> None:
    steps = every_field(actor_of(user_named("ada")))
    for kind, own in checking_steps._OWN.items():
        said = {name for step in steps if step["kind"] == kind for name in step}
        wanted = {checking_steps._wire(name) for name in own | {"key", "title"}}
        assert wanted <= said, f"{kind}: {wanted - said}"


def test_a_sequence_opened_and_saved_as_it_is_stays_the_version_it_was(signed_in: SignedIn) -> None:
    ada = actor_of(user_named("ada"))
    options = {"window": {"opens": "08:00", "closes": "17:00"}, "weekdays": ["mon", "tue"], "skipHolidays": False,
               "stopWhenColleagueReplies": True, "stopWhenStageChanges": False, "whenRefused": "stop"}  # fmt: skip
    made = do("saveSequence", ada, name="Everything", campaign="Fall", steps=every_field(ada), options=options)
    key, client = made.sequence.id, signed_in("ada")
    answer = client.post(f"/outreach/sequences/{key}/edit", sent_by(client, f"/outreach/sequences/{key}/edit"))
    assert answer.status_code == 302, answer.content.decode()
    before = made.sequence.model_dump(mode="json", by_alias=True)
    after = do("getSequence", ada, sequenceId=key).model_dump(mode="json", by_alias=True)
    assert after["steps"] == before["steps"]
    assert after["ownOptions"] == before["ownOptions"]
    assert SequenceVersion.objects.count() == 1


def test_what_lies_behind_a_step_but_is_not_on_offer_any_more_stays(signed_in: SignedIn) -> None:
    ada = actor_of(user_named("ada"))
    template = do("saveTemplate", ada, name="Old", channel="sms", body="Hi from the template")
    steps = [{"kind": "sms", "key": "hi", "templateId": template.id}]
    key = do("saveSequence", ada, name="With a template", steps=steps).sequence.id
    do("saveTemplate", ada, templateId=template.id, isArchived=True)
    client = signed_in("ada")
    sent = sent_by(client, f"/outreach/sequences/{key}/edit")
    assert client.post(f"/outreach/sequences/{key}/edit", sent).status_code == 302
    assert [row.number for row in SequenceVersion.objects.all()] == [1]


def test_money_is_typed_and_read_in_dollars_and_kept_in_cents(signed_in: SignedIn) -> None:
    ada = actor_of(user_named("ada"))
    do("saveCustomField", ada, entity="account", key="budget", label="Budget", kind="money")
    form = {
        "name": "By budget", "order": ["0", "1"], "s0_kind": "condition", "s0_key": "rich", "s0_test": "field",
        "s0_field": "account.custom.budget", "s0_op": "at_least", "s0_value": "$12,500.50", "s0_then": "end",
        "s1_kind": "sms", "s1_key": "hi", "s1_body": "Hi", "do": "save",
    }  # fmt: skip
    client = signed_in("ada")
    assert client.post("/outreach/sequences/new", form).status_code == 302
    version = SequenceVersion.objects.get()
    assert version.steps[0]["value"] == 1_250_050
    assert "Budget is at least $12,500.50" in client.get(f"/outreach/sequences/{version.sequence_id}/").content.decode()
    wrong = client.post("/outreach/sequences/new", form | {"name": "Wrong", "s0_value": "12.345"})
    assert wrong.status_code == 422
    assert "an amount such as 12,500" in wrong.content.decode()
