"""The pages of the automation rules: written, tried, switched, read and taken back, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import CustomField
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Comparison, RuleDeed
from headhaul.pipeline.models import AutomationRule, Opportunity, RuleFiring, Stage
from headhaul.pipeline.selectors.rules.vocabulary import EVENT_FACTS
from headhaul.pipeline.services.rules import interest
from headhaul.security.models import Team
from tests.administration.test_pages import browser
from tests.cast import NOON
from tests.factories import outreach
from tests.pipeline.rules.doing import account, do, opportunity, rule

pytestmark = pytest.mark.django_db

HERE = "/admin/settings/rules/"
HTMX = {"HX-Request": "true"}
FORM = {
    "name": "Big ones", "trigger": "stage_changed", "to_stage": "discovery", "match": "all", "is_active": "1",
    "c0_field": "opportunity.amountCents", "c0_op": "gte", "c0_value": "1,500.50",
    "c1_field": "account.state", "c1_op": "in", "c1_value": ["OK", "TX"],
    "c2_field": "account.tag", "c2_op": "has", "c2_value": "hot", "c2_join": "on",
    "a0_kind": "create_task", "a0_title": "Call {account.name|them}", "a0_to": "owner", "a0_due_in_days": "2",
    "a1_kind": "set_field", "a1_field": "opportunity.amountCents", "a1_value": "99",
    "a2_kind": "notify", "a2_to": "manager", "a2_text": "Look",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    interest.forget()
    yield
    interest.forget()


@pytest.fixture
def manager() -> Client:
    return browser("max")


def text(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()
    return answer.content.decode()


def test_the_pages_are_for_managers_and_administrators(manager: Client) -> None:
    for path in ("/admin/settings/", HERE, HERE + "new", HERE + "firings/"):
        assert browser("rosa").get(path).status_code == 403
        text(manager, path)
        text(browser("ada"), path)


def test_a_form_becomes_a_rule_and_the_rule_the_same_form(manager: Client) -> None:
    assert manager.post(HERE + "new", FORM).status_code == 302
    made = AutomationRule.objects.get()
    assert (made.name, made.is_active, made.to_stage) == ("Big ones", True, "discovery")
    assert made.conditions == [
        {"field": "opportunity.amountCents", "op": "gte", "value": 150_050},
        {"anyOf": [
            {"field": "account.state", "op": "in", "value": ["OK", "TX"]},
            {"field": "account.tag", "op": "has", "value": "hot"},
        ]},
    ]  # fmt: skip
    assert made.actions == [
        {"kind": "create_task", "title": "Call {account.name|them}", "to": "owner", "dueInDays": 2},
        {"kind": "set_field", "field": "opportunity.amountCents", "value": 9_900},
        {"kind": "notify", "to": "manager", "text": "Look"},
    ]
    page = text(manager, f"{HERE}{made.pk}/")
    assert manager.post(f"{HERE}{made.pk}/", as_shown(page)).status_code == 302
    again = AutomationRule.objects.get()
    assert (again.conditions, again.actions, again.is_active) == (made.conditions, made.actions, True)
    assert again.version == made.version + 1


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.inside, self.select, self.first = False, "", False
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == "rule-form"
        if not self.inside:
            return
        name = given.get("name") or ""
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self.area = name
            self.sent[name] = [""]
        elif tag == "select":
            self.select, self.first = name, "multiple" not in given
        elif tag == "option" and "selected" in given:
            self.sent[self.select] = [*([] if self.first else self.sent.get(self.select, [])), given["value"] or ""]
        elif tag == "option" and self.first and self.select not in self.sent:
            self.sent[self.select] = [given.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] = [self.sent[self.area][0] + data.replace("\n", "\r\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def as_shown(page: str) -> dict[str, Any]:
    """The rule form's fields as a browser would send them."""
    reader = Reader()
    reader.feed(page)
    return {name: value for name, value in reader.sent.items() if name != "csrfmiddlewaretoken"}


DEEDS: dict[str, list[dict[str, Any]]] = {
    "create_task": [{"title": "Call", "text": "One line\nand another", "dueInDays": 0, "to": "owner"},
                    {"title": "Call", "dueInDays": 3, "to": "user", "userId": "rosa"}],
    "notify": [{"to": "manager", "text": "Look\nhere"}, {"to": "user", "userId": "rosa", "text": "Look"}],
    "set_field": [{"field": "opportunity.amountCents", "value": 123_456_789},
                  {"field": "opportunity.nextStep", "value": "Visit"},
                  {"field": "opportunity.closeOn", "inDays": 14},
                  {"field": "opportunity.closeOn", "value": "2026-12-31"},
                  {"field": "opportunity.category", "value": "commit"},
                  {"field": "opportunity.custom.size"},
                  {"field": "opportunity.custom.size", "value": "big"},
                  {"field": "opportunity.custom.signed"},
                  {"field": "opportunity.custom.signed", "value": False},
                  {"field": "opportunity.custom.ways", "value": ["i10", "i80"]},
                  {"field": "opportunity.custom.ways"}],
    "move_stage": [{"stage": "negotiation"}],
    "assign": [{"what": "account", "to": "user", "userId": "rosa"},
               {"what": "opportunity", "to": "team", "teamId": "team"}],
    "add_tag": [{"tag": "hot"}],
    "remove_tag": [{"tag": "cold"}],
    "create_opportunity": [{"name": "Next", "stage": "discovery", "amountCents": 99_99}, {"name": "Plain"}],
    "log_note": [{"text": "Noted\n\ntwice"}],
    "enrol": [{"sequenceId": "sequence", "whom": "all"}, {"sequenceId": "sequence", "whom": "best"}],
    "stop_sequences": [{"sequenceId": "sequence"}, {}],
}  # fmt: skip


@pytest.fixture
def there(rosa: Actor) -> dict[str, int]:
    """What deeds name: a person, a team, a sequence, and fields of the firm's own."""
    for key, kind, choices in (("size", "choice", ["small", "big"]), ("ways", "several", ["i10", "i20", "i80"]),
                               ("signed", "yes_no", [])):  # fmt: skip
        CustomField.objects.create(
            entity="opportunity", key=key, label=key, kind=kind, choices=choices, created_at=NOON
        )
    team = Team.objects.create(name="South", created_at=NOON)
    return {"rosa": rosa.user_id or 0, "team": team.pk, "sequence": outreach.sequence().pk}


def sent_as_shown(manager: Client, saved: Any) -> AutomationRule:
    page = text(manager, f"{HERE}{saved.id}/")
    answer = manager.post(f"{HERE}{saved.id}/", as_shown(page))
    assert answer.status_code == 302, re.findall(r"field-error.*?</span>", answer.content.decode())
    return AutomationRule.objects.get(pk=saved.id)


@pytest.mark.parametrize("kind", RuleDeed)
def test_every_deed_is_added_shown_and_sent_again_without_losing_anything(
    manager: Client, max_: Actor, there: dict[str, int], kind: RuleDeed
) -> None:
    page = manager.post(HERE + "new", FORM | {"do": "add_deed", "new_deed": kind.value}, headers=HTMX).content.decode()
    assert f'name="a3_kind" value="{kind.value}"' in page
    named = [{name: there[value] if name.endswith("Id") else value for name, value in each.items()}
             for each in DEEDS[kind]]  # fmt: skip
    deeds = [{"kind": kind.value} | each for each in named]
    trigger = {"trigger": "opportunity_won"} if kind is RuleDeed.MOVE_STAGE else {}
    saved = rule(max_, actions=deeds, isActive=False, **trigger)
    assert sent_as_shown(manager, saved).actions == deeds


def condition(fact: Any, op: Comparison) -> dict[str, Any]:
    """A condition that fits: a value of the fact's kind, the last choice when there are some."""
    said: dict[str, Any] = {"field": fact.field, "op": op.value}
    if op in (Comparison.IS_SET, Comparison.IS_EMPTY):
        return said
    one: Any = {"number": 2.5, "money": 123_456_789, "date": "2026-12-31", "yes_no": False}.get(fact.kind, "word")
    if fact.choices:
        one = list(fact.choices)[-1]
        one = int(one) if fact.kind in ("user", "team") else one
    if op is Comparison.WITHIN_DAYS:
        one = 7
    return said | {"value": [one] if op in (Comparison.IN, Comparison.NOT_IN) else one}


@pytest.mark.parametrize("of", ["opportunity", "account", "activity", "event", "lead"])
def test_every_condition_is_offered_shown_and_sent_again_without_losing_anything(
    manager: Client, max_: Actor, there: dict[str, int], of: str
) -> None:
    words = do("getRuleWords", max_)
    assert {fact.of for fact in words.facts} == {"opportunity", "account", "activity", "event", "lead"}
    for trigger in (each for each in words.triggers if of in each.of):
        if of in ("opportunity", "account") and trigger.trigger != "stage_changed":
            continue
        asked = {"trigger": trigger.trigger.value, "do": "refresh"}
        page = manager.post(HERE + "new", FORM | asked, headers=HTMX).content.decode()
        told = EVENT_FACTS.get(trigger.trigger)
        facts = [fact for fact in words.facts if fact.of == of and (of != "event" or fact.field == told)]
        assert facts
        for fact in facts:
            assert f'<option value="{fact.field}">' in page
            asked = {"trigger": trigger.trigger.value, "do": "add_condition", "new_condition": fact.field}
            added = manager.post(HERE + "new", FORM | asked, headers=HTMX)
            assert f'name="c3_field" value="{fact.field}"' in added.content.decode()
        lines = [condition(fact, op) for fact in facts for op in fact.ops]
        for start in range(0, len(lines), 30):
            part = lines[start : start + 30]
            saved = rule(max_, f"{of} {trigger.trigger} {start}", trigger=trigger.trigger.value, conditions=part,
                         isActive=False)  # fmt: skip
            assert sent_as_shown(manager, saved).conditions == part


def test_groups_of_many_conditions_stay_whole(manager: Client, max_: Actor) -> None:
    states = [{"field": "account.state", "op": "is", "value": code} for code in ("TX", "OK", "NM", "AZ")]
    for match, word in (("all", "anyOf"), ("any", "allOf")):
        groups = [{word: states}] * 9
        saved = rule(max_, match, match=match, conditions=groups, isActive=False)
        assert sent_as_shown(manager, saved).conditions == groups


def test_what_is_gone_stays_chosen_and_is_refused_instead_of_becoming_something_else(
    manager: Client, max_: Actor
) -> None:
    saved = rule(max_, toStage="proposal", isActive=False, actions=[{"kind": "move_stage", "stage": "negotiation"}],
                 conditions=[{"field": "opportunity.stage", "op": "is_not", "value": "discovery"}])  # fmt: skip
    Stage.objects.filter(key__in=["proposal", "negotiation", "discovery"]).update(is_active=False)
    page = text(manager, f"{HERE}{saved.id}/")
    assert page.count("(gone)") == 3
    answer = manager.post(f"{HERE}{saved.id}/", as_shown(page))
    assert answer.status_code == 422
    kept = AutomationRule.objects.get(pk=saved.id)
    assert (kept.to_stage, kept.actions) == ("proposal", [{"kind": "move_stage", "stage": "negotiation"}])


def test_small_buttons_add_and_drop_lines_and_keep_what_was_typed(manager: Client) -> None:
    for headers in ({}, HTMX):
        page = manager.post(
            HERE + "new", FORM | {"do": "add_condition", "new_condition": "account.fleetSize"}, headers=headers
        ).content.decode()
        assert 'name="c3_field" value="account.fleetSize"' in page
        assert "Call {account.name|them}" in page
    page = manager.post(HERE + "new", FORM | {"do": "drop_condition:1"}, headers=HTMX).content.decode()
    assert "c2_field" not in page
    page = manager.post(
        HERE + "new", FORM | {"do": "add_deed", "new_deed": "move_stage"}, headers=HTMX
    ).content.decode()
    assert 'name="a3_stage"' in page
    page = manager.post(HERE + "new", FORM | {"do": "drop_deed:0"}, headers=HTMX).content.decode()
    assert "a2_kind" not in page
    assert not AutomationRule.objects.exists()


def test_what_does_not_fit_is_said_beside_its_line(manager: Client) -> None:
    answer = manager.post(HERE + "new", FORM | {"c0_value": "much", "a0_title": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="conditions-0-error"' in page
    assert 'id="actions-0-error"' in page
    assert 'value="Big ones"' in page
    assert manager.post(HERE + "new", FORM | {"name": ""}).status_code == 422


def test_a_loop_is_said_with_its_way(manager: Client, max_: Actor) -> None:
    rule(max_, "There", toStage="prospecting", actions=[{"kind": "move_stage", "stage": "discovery"}])
    back = {"name": "Back", "trigger": "stage_changed", "to_stage": "discovery", "a0_kind": "move_stage",
            "a0_stage": "prospecting"}  # fmt: skip
    assert "“There” moves to discovery" in manager.post(HERE + "new", back).content.decode()


def test_trying_shows_what_it_would_have_done_and_writes_nothing(manager: Client, max_: Actor, rosa: Actor) -> None:
    deal = opportunity(account("Blue Mesa", rosa), rosa)
    do("moveStage", rosa, at=timezone.now(), opportunityId=deal.pk, version=1, toStage="discovery")
    plain = {name: value for name, value in FORM.items() if not name.startswith("c")}
    page = manager.post(HERE + "new", plain | {"do": "try", "days": "30"}, headers=HTMX).content.decode()
    assert "It would have fired 1 time on 1 record." in page
    assert "Task “Call Blue Mesa” for its owner, due in 2 working days" in page
    one = FORM | {"do": "try", "on": "opportunity", "record_id": str(deal.pk)}
    page = manager.post(HERE + "new", one, headers=HTMX).content.decode()
    assert "does not hold; it is nothing" in page
    assert not AutomationRule.objects.exists()
    assert not RuleFiring.objects.exists()
    nobodys = FORM | {"do": "try", "on": "account", "record_id": "999999"}
    assert "There is no such record." in manager.post(HERE + "new", nobodys, headers=HTMX).content.decode()


def test_the_list_switches_marks_what_is_broken_and_removes(manager: Client, max_: Actor) -> None:
    made = rule(max_, "Onward", toStage="discovery", actions=[{"kind": "move_stage", "stage": "proposal"}])
    manager.post(f"{HERE}{made.id}/state", {"is_active": "0"})
    assert not AutomationRule.objects.get().is_active
    Stage.objects.filter(key="proposal").update(is_active=False)
    assert "Broken: there is no stage" in text(manager, HERE).replace("&#39;", "'")
    assert "there is no stage" in text(manager, f"{HERE}{made.id}/")
    answer = manager.post(f"{HERE}{made.id}/removal")
    assert "undo" in answer.cookies["toast"].value
    assert "Onward" not in text(manager, HERE)
    assert manager.get(f"{HERE}{made.id}/").status_code == 404


def test_firings_are_read_filtered_and_taken_back(manager: Client, max_: Actor, rosa: Actor) -> None:
    deal = opportunity(account("Blue Mesa", rosa), rosa)
    made = rule(max_, "Onward", actions=[{"kind": "set_field", "field": "opportunity.nextStep", "value": "Visit"}])
    do("moveStage", rosa, at=timezone.now(), opportunityId=deal.pk, version=1, toStage="discovery")
    page = text(manager, f"{HERE}firings/?rule_id={made.id}")
    assert "24 reefer drivers" in page
    path = re.search(r'formaction="([^"]+/undo)"', page)
    assert path is not None
    assert "Nothing fired" in text(manager, f"{HERE}firings/?outcome=failed")
    assert manager.post(path[1]).status_code == 302
    assert Opportunity.objects.get().next_step == ""
    assert 'formaction="/admin/settings/rules/firings/' not in text(manager, f"{HERE}firings/")


def test_long_lists_of_firings_go_on_where_they_stopped(manager: Client, max_: Actor) -> None:
    made = rule(max_)
    RuleFiring.objects.bulk_create(
        RuleFiring(rule_id=made.id, rule_version=1, event_key=str(n), at=timezone.now(), outcome="done")
        for n in range(60)
    )
    page = text(manager, HERE + "firings/")
    following = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page)
    assert following is not None
    rest = text(manager, following[1].replace("&amp;", "&"), headers=HTMX)
    assert page.count("<tr data-row>") + rest.count("<tr data-row>") == 60


def test_managers_see_the_settings_they_reach_and_no_sections(manager: Client) -> None:
    page = text(manager, "/admin/settings/")
    assert HERE in page
    assert "/admin/settings/limits/" not in page
    assert "/admin/settings/limits/" in text(browser("ada"), "/admin/settings/")


def test_lists_of_words_are_typed_one_a_line() -> None:
    admin = browser("ada")
    typed = {"version": "0", "lostReasons": "Price\r\n\r\n Timing ", "competitors": "", "statusFollows": "yes"}
    assert admin.post("/admin/settings/closing/", typed).status_code == 302
    assert "Price\nTiming" in text(admin, "/admin/settings/closing/")
