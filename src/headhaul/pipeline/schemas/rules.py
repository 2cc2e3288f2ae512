"""What the actions on automation rules take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic.alias_generators import to_camel

from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.pipeline.choices import Comparison, RuleDeed, RuleMatch, RuleOutcome, RuleTrigger

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Word = Annotated[str, StringConstraints(max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Value = bool | int | float | Line | list[Line | int] | None

_CONDITIONS = [[{"field": "account.segment", "op": "is", "value": "regional"}]]
_DEEDS = [[{"kind": "notify", "to": "owner", "text": "Look at {account.name|this account}."}]]


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a whole number")
    return value


Days = Annotated[int, BeforeValidator(_no_bool), Field(ge=0, le=365)]


class SimpleCondition(Payload):
    """A fact compared with a value; `getRuleWords` lists the facts and how each can be compared."""

    field: Word = Field(examples=["account.segment"])
    op: Comparison
    value: Annotated[Value, Field(description="What to compare with; a list for in and not_in.")] = None


class Condition(Payload):
    """A comparison, or in its place a group of them: `anyOf` or `allOf`. Groups hold no groups."""

    field: Word | None = Field(None, examples=["account.segment"])
    op: Comparison | None = None
    value: Value = None
    any_of: list[SimpleCondition] | None = Field(None, min_length=1, max_length=20)
    all_of: list[SimpleCondition] | None = Field(None, min_length=1, max_length=20)


class Deed(Payload):
    """One thing to do. Which of the fields belong to it depends on its kind; the others must be left out.

    create_task: title, text, dueInDays (working days), to (owner or user), userId. notify: to (owner, manager or
    user), userId, text. set_field: field, value, or inDays for a date. move_stage: stage. assign: what (opportunity or
    account), to (user or team, whose member with the fewest open opportunities gets it), userId, teamId. add_tag,
    remove_tag: tag. create_opportunity: name, stage, amountCents. log_note: text. enrol: sequenceId, whom (best: who
    decides there, or all). stop_sequences: sequenceId, or all sequences of the account without it. Texts may
    hold variables, each with what stands there when it is not known: {account.name|the account}.
    """

    kind: RuleDeed
    title: Line | None = None
    text: Text | None = None
    due_in_days: Days | None = None
    to: Literal["owner", "manager", "user", "team"] | None = None
    user_id: Id | None = None
    team_id: Id | None = None
    field: Word | None = None
    value: Value = None
    in_days: Days | None = None
    stage: Word | None = None
    what: Literal["opportunity", "account"] | None = None
    tag: Word | None = None
    name: Line | None = None
    amount_cents: Annotated[int, Field(ge=0, le=10**13)] | None = None
    sequence_id: Id | None = None
    whom: Literal["best", "all"] | None = None


class RuleDraft(Payload):
    """What a rule says: when it is asked, which conditions must hold, what it then does."""

    trigger: RuleTrigger
    from_stage: Word = Field("", description="Of stage_changed: only from this stage.")
    to_stage: Word = Field("", description="Of stage_changed: only to this stage.")
    match: RuleMatch = RuleMatch.ALL
    conditions: list[Condition] = Field(default=[], max_length=30, examples=_CONDITIONS)
    actions: list[Deed] = Field(min_length=1, max_length=20, examples=_DEEDS)


class SaveAutomationRule(Payload):
    """A new rule, or with `ruleId` and the `version` that was read, changes of one: what is left out stays."""

    rule_id: Id | None = None
    version: Version | None = None
    name: Name | None = Field(None, examples=["Big proposals"])
    trigger: RuleTrigger | None = Field(None, examples=["stage_changed"])
    from_stage: Word | None = None
    to_stage: Word | None = None
    match: RuleMatch | None = None
    conditions: list[Condition] | None = Field(None, max_length=30, examples=_CONDITIONS)
    actions: list[Deed] | None = Field(None, min_length=1, max_length=20, examples=_DEEDS)
    is_active: bool | None = None
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None


class RuleId(Payload):
    """A rule."""

    rule_id: Id


class RemoveAutomationRule(Payload):
    """The rule to remove; with a `version`, only if nobody changed it since."""

    rule_id: Id
    version: Version | None = None


class SetAutomationRuleActive(Payload):
    """Switch a rule on or off."""

    rule_id: Id
    version: Version | None = None
    is_active: bool


class RestoreAutomationRule(Payload):
    """A removed rule to bring back, and whether it is switched on again."""

    rule_id: Id
    is_active: bool = False


class GetAutomationRules(Page):
    """Rules in the order in which they are asked."""

    trigger: RuleTrigger | None = None
    is_active: bool | None = None
    rule_id: Id | None = None


class RuleView(Result):
    """A rule, what is wrong with it by now, and how often it fired (counted to 1,000)."""

    id: int
    version: int
    name: str
    trigger: RuleTrigger
    from_stage: str
    to_stage: str
    match: RuleMatch
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    does: list[str]
    is_active: bool
    active_since: datetime | None
    position: int
    problems: dict[str, str]
    fired: int
    last_fired_at: datetime | None
    last_outcome: RuleOutcome | None
    updated_at: datetime
    updated_by: str


class RulesPage(Paged[RuleView]):
    """Rules in the order in which they are asked."""


class RuleSaved(Result):
    """The rule as it is now, and what to think about before it is switched on."""

    rule: RuleView
    warnings: list[str]


class RuleRemoved(Result):
    """The rule that is gone."""

    id: int
    name: str


class GetRuleFirings(Page):
    """Firings, newest first."""

    rule_id: Id | None = None
    outcome: RuleOutcome | None = None
    opportunity_id: Id | None = None
    account_id: Id | None = None


class FiringView(Result):
    """A rule that fired: on what, what it did, or why it did not. `batchId` takes back what it did."""

    id: int
    rule_id: int
    rule_name: str
    rule_version: int
    trigger: str
    at: datetime
    outcome: RuleOutcome
    opportunity_id: int | None
    account_id: int | None
    about: str
    done: list[str]
    said: str
    depth: int
    batch_id: str
    can_undo: bool


class FiringsPage(Paged[FiringView]):
    """Firings, newest first, and how many events still wait for the rules."""

    waiting: int = 0
    put_aside: int = 0


class TestAutomationRule(Payload):
    """A saved rule or a draft, tried on what happened in the last days, or on one record. Nothing is written."""

    __test__ = False

    rule_id: Id | None = None
    rule: RuleDraft | None = None
    days: Annotated[int, Field(ge=1, le=365)] = 30
    opportunity_id: Id | None = None
    account_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class WouldFire(Result):
    """An event on which the rule would have fired, and what it would have done."""

    at: datetime
    opportunity_id: int | None
    account_id: int | None
    name: str
    does: list[str]


class ConditionAnswer(Result):
    """A condition and how it stands for the record asked about."""

    said: str
    holds: bool
    actual: str


class RuleTest(Result):
    """How often the rule would have fired. Tracked facts are those of the time, other facts today's.

    When `isComplete` is false there was more history than was looked at: the newest `examined` events.
    """

    since: datetime
    examined: int
    is_complete: bool
    matched: int
    records: int
    rows: list[WouldFire]
    conditions: list[ConditionAnswer] = []
    warnings: list[str] = []


class FactWord(Result):
    """A fact that conditions can ask for."""

    field: str
    label: str
    kind: str
    of: str = Field(description="opportunity, account, activity, event, or what some triggers bring: lead")
    ops: list[Comparison]
    choices: dict[str, str]


class TriggerWord(Result):
    """A trigger and the facts there are when it sets a rule off."""

    trigger: RuleTrigger
    label: str
    of: list[str]


class RuleWords(Result):
    """What rules can be made of, here and now."""

    triggers: list[TriggerWord]
    facts: list[FactWord]
    deeds: dict[str, str]
    settable: list[FactWord]
    stages: dict[str, str]
    users: dict[str, str]
    teams: dict[str, str]
    sequences: dict[str, str] = Field(description="Names by id of those that are not archived")
    variables: list[str]


class EventsRetried(Result):
    """How many events the rules are asked about again."""

    events: int


def written(data: SaveAutomationRule | RuleDraft) -> dict[str, Any]:
    """What was said of a rule, as its row keeps it: lines in wire names, without what they leave out."""
    given = data.model_fields_set if isinstance(data, SaveAutomationRule) else set(type(data).model_fields)
    kept: dict[str, Any] = {}
    for name in given - {"rule_id", "version"}:
        value = getattr(data, name)
        if name in ("conditions", "actions"):
            value = [line.model_dump(mode="json", by_alias=True, exclude_none=True) for line in value or []]
        if value is not None:
            kept[name] = value
    return kept


def as_sent(values: dict[str, Any]) -> dict[str, Any]:
    """A row's values under their wire names."""
    return {to_camel(name): value for name, value in values.items()}
