"""Doing what a rule says: each action of a rule is an action of the product, by the same door as everybody's.

So it is checked, audited and can be taken back like anything else; the batch ties together what one firing did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.activities.choices import ActivityType, NotificationKind
from headhaul.activities.services import notifying
from headhaul.kernel import Actor, ActorKind, Conflict, Door, Role
from headhaul.outreach.selectors.enrolments import is_in_sequence
from headhaul.pipeline import working_days
from headhaul.pipeline.choices import RuleDeed
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.preferences import Automation
from headhaul.pipeline.selectors.rules import facts, sentences, texts
from headhaul.pipeline.selectors.rules.facts import Subject, Target
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import people
from headhaul.security.models import User

Line = Mapping[str, Any]


class RuleIsBroken(Conflict):
    """The rule names something that is there no longer; `fields` says what."""

    code = "rule_is_broken"


class NobodyEnrolled(Conflict):
    """The rule was to enrol somebody, and nobody could be; the message says why."""

    code = "nobody_enrolled"


@dataclass(slots=True)
class Doing:
    """A rule at work on a record."""

    rule: AutomationRule
    event: Event
    subject: Subject
    batch_id: str
    words: Vocabulary
    told: int = 0

    @property
    def at(self) -> datetime:
        """When."""
        return self.event.at

    @property
    def actor(self) -> Actor:
        """The rule, as the audit names it. It reaches every record, as rules are the whole firm's."""
        return Actor(kind=ActorKind.SYSTEM, name=f"Rule “{self.rule.name}”", role=Role.ADMIN)

    def act(self, name: str, data: Mapping[str, Any]) -> Any:
        """Do an action of the product."""
        return dispatch(
            name,
            data,
            actor=self.actor,
            at=self.at,
            door=Door.JOB,
            request_id=self.batch_id,
            batch_id=self.batch_id,
        ).payload

    def text(self, deed: Line, name: str) -> str:
        """A text of the action with its variables in place."""
        return texts.filled(str(deed.get(name) or ""), self.subject.names)


def do(deed: Line, doing: Doing) -> str:
    """Do one action, knowing what the ones before it changed; returns what was done, in words."""
    was = doing.subject
    subject = facts.load(Target(was.account_id, was.opportunity_id, was.activity_id, was.lent), at=doing.at)
    if subject is None:
        raise RuleIsBroken("The record was removed while the rule was at work.")
    doing.subject = subject
    _DO[RuleDeed(deed["kind"])](deed, doing)
    return sentences.of_deed(deed, doing.words, doing.subject.names)


def _create_task(deed: Line, doing: Doing) -> None:
    owner_id = people.receiver_of(deed, doing.subject)
    due = _due(int(deed["dueInDays"]), owner_id, doing) if deed.get("dueInDays") is not None else None
    given = {"subject": doing.text(deed, "title"), "body": doing.text(deed, "text"), "ownerId": owner_id, "dueAt": due}
    doing.act("logActivity", _activity(ActivityType.TASK, doing) | {k: v for k, v in given.items() if v})


def _log_note(deed: Line, doing: Doing) -> None:
    doing.act("logActivity", _activity(ActivityType.NOTE, doing) | {"body": doing.text(deed, "text")})


def _activity(kind: ActivityType, doing: Doing) -> dict[str, Any]:
    deal = doing.subject.opportunity_id
    return {"accountId": doing.subject.account_id, "type": kind.value} | ({"opportunityId": deal} if deal else {})


def _notify(deed: Line, doing: Doing) -> None:
    deal = doing.subject.opportunity_id
    doing.told += 1
    notifying.notify(
        user_ids=people.readers_of(deed, doing.subject),
        kind=NotificationKind.RULE,
        text=doing.text(deed, "text"),
        at=doing.at,
        account_id=doing.subject.account_id,
        activity_id=doing.subject.activity_id,
        target=("opportunity", deal) if deal is not None else None,
        key=f"{doing.batch_id}:{doing.told}",
    )


def _set_field(deed: Line, doing: Doing) -> None:
    of, _, name = str(deed["field"]).partition(".")
    value = deed.get("value")
    if deed.get("inDays") is not None:
        value = working_days.current().add(doing.at.date(), int(deed["inDays"])).isoformat()
    elif isinstance(value, str):
        value = texts.filled(value, doing.subject.names)
    changed = {"custom": {name.removeprefix("custom."): value}} if name.startswith("custom.") else {name: value}
    if of == "account":
        doing.act("updateAccount", _account(doing) | {"version": doing.subject.account_version} | changed)
    elif name == "category":
        doing.act("setForecastCategory", _opportunity(doing) | changed)
    else:
        doing.act("updateOpportunity", _opportunity(doing) | changed)


def _move_stage(deed: Line, doing: Doing) -> None:
    if doing.subject.facts["opportunity.stage"] != deed["stage"]:
        doing.act("moveStage", _opportunity(doing) | {"toStage": deed["stage"]})


def _assign(deed: Line, doing: Doing) -> None:
    owner_id = people.receiver_of(deed, doing.subject)
    if deed.get("what") == "account":
        doing.act("assignAccount", _account(doing) | {"ownerId": owner_id})
    else:
        doing.act("updateOpportunity", _opportunity(doing) | {"ownerId": owner_id})


def _add_tag(deed: Line, doing: Doing) -> None:
    doing.act("addTag", _account(doing) | {"tag": deed["tag"]})


def _remove_tag(deed: Line, doing: Doing) -> None:
    doing.act("removeTag", _account(doing) | {"tag": deed["tag"]})


def _create_opportunity(deed: Line, doing: Doing) -> None:
    owner = doing.subject.facts.get("account.owner")
    given = {"stage": deed.get("stage"), "amountCents": deed.get("amountCents"), "ownerId": owner}
    named = _account(doing) | {"name": doing.text(deed, "name")}
    doing.act("createOpportunity", named | {name: value for name, value in given.items() if value is not None})


def _enrol(deed: Line, doing: Doing) -> None:
    named = {"sequenceId": deed["sequenceId"], "accountIds": [doing.subject.account_id]}
    enrolled = doing.act("enrollContacts", named | {"whom": deed.get("whom") or "best"})
    if not enrolled.enrolled:
        why = " ".join(sorted({each.sentence for each in enrolled.results})) or "The account has nobody to reach."
        raise NobodyEnrolled(why, fields={"sequenceId": "nobody was enrolled"})


def _stop_sequences(deed: Line, doing: Doing) -> None:
    named = _account(doing) | {"reason": doing.actor.label}
    if deed.get("sequenceId") is not None:
        named["sequenceId"] = deed["sequenceId"]
    if is_in_sequence(doing.subject.account_id):
        doing.act("stopEnrollment", named)


def _account(doing: Doing) -> dict[str, Any]:
    return {"accountId": doing.subject.account_id}


def _opportunity(doing: Doing) -> dict[str, Any]:
    return {"opportunityId": doing.subject.opportunity_id, "version": doing.subject.opportunity_version}


def _due(days: int, owner_id: int, doing: Doing) -> str:
    """The end of that working day where the owner is; a name that is no zone counts as UTC."""
    named = User.objects.filter(pk=owner_id).values_list("timezone", flat=True).first() or "UTC"
    try:
        zone = ZoneInfo(named)
    except (ValueError, OSError):
        zone = ZoneInfo("UTC")
    day = working_days.current().add(doing.at.astimezone(zone).date(), days)
    due = datetime.combine(day, time(preferences.get(Automation).task_hour), tzinfo=zone)
    return max(due, doing.at + timedelta(minutes=1)).isoformat()


_DO: Mapping[RuleDeed, Callable[[Line, Doing], None]] = {
    RuleDeed.CREATE_TASK: _create_task,
    RuleDeed.LOG_NOTE: _log_note,
    RuleDeed.NOTIFY: _notify,
    RuleDeed.SET_FIELD: _set_field,
    RuleDeed.MOVE_STAGE: _move_stage,
    RuleDeed.ASSIGN: _assign,
    RuleDeed.ADD_TAG: _add_tag,
    RuleDeed.REMOVE_TAG: _remove_tag,
    RuleDeed.CREATE_OPPORTUNITY: _create_opportunity,
    RuleDeed.ENROL: _enrol,
    RuleDeed.STOP_SEQUENCES: _stop_sequences,
}
