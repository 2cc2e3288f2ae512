"""What rules can be made of, here and now: the facts with their kinds, and the stages, people and fields there are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from headhaul.accounts.choices import AccountSource, AccountStatus, CustomEntity, CustomKind
from headhaul.accounts.models import CustomField
from headhaul.accounts.regions import NAMES as REGIONS
from headhaul.activities.choices import ActivityType, Direction, Outcome
from headhaul.carriers.choices import Segment
from headhaul.kernel import Role
from headhaul.kernel.places import STATES
from headhaul.outreach.choices import SequenceState
from headhaul.outreach.models import Sequence
from headhaul.pipeline import ports
from headhaul.pipeline.choices import ForecastCategory, Risk, RuleTrigger
from headhaul.pipeline.models import Stage
from headhaul.pipeline.ports import Fact
from headhaul.security.models import Team, User

KIND_OF_CUSTOM = {
    CustomKind.TEXT: "text", CustomKind.LONG_TEXT: "text", CustomKind.URL: "text", CustomKind.NUMBER: "number",
    CustomKind.MONEY: "money", CustomKind.DATE: "date", CustomKind.YES_NO: "yes_no", CustomKind.CHOICE: "choice",
    CustomKind.SEVERAL: "tags",
}  # fmt: skip
LOGGED = [t for t in ActivityType if t not in (ActivityType.TASK, ActivityType.STAGE_CHANGE)]
"""What counts as an activity that somebody logged."""


def _labels(words: Any) -> dict[str, str]:
    return {word.value: word.label for word in words}


class Vocabulary:
    """Read as far as asked for, once for each instance: a rule is checked against one state of things."""

    def __init__(self) -> None:
        self._lent: dict[str, dict[str, Fact]] = {}

    @cached_property
    def stages(self) -> dict[str, str]:
        """Labels by key of the stages in use, in order, of all pipelines."""
        found = Stage.objects.filter(is_active=True, pipeline__is_active=True)
        labels: dict[str, str] = {}
        for key, label in found.order_by("pipeline__position", "pipeline", "position").values_list("key", "label"):
            labels.setdefault(key, label)
        return labels

    @cached_property
    def kinds(self) -> dict[str, str]:
        """open, won or lost by stage key."""
        return dict(Stage.objects.filter(is_active=True).values_list("key", "kind"))

    @cached_property
    def users(self) -> dict[str, str]:
        """Names by id of the active users who work accounts."""
        people = User.objects.filter(is_active=True).order_by("name", "email")
        return {str(p.pk): p.get_full_name() for p in people if p.effective_role and p.effective_role.allows(Role.REP)}

    @cached_property
    def teams(self) -> dict[str, str]:
        """Names by id of the active teams."""
        return {
            str(k): name for k, name in Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        }

    @cached_property
    def sequences(self) -> dict[str, str]:
        """Names by id of the sequences that are not archived."""
        found = Sequence.objects.exclude(state=SequenceState.ARCHIVED).order_by("name")
        return {str(key): name for key, name in found.values_list("pk", "name")}

    @cached_property
    def custom(self) -> list[CustomField]:
        """The firm's own fields of accounts and opportunities."""
        entities = [CustomEntity.ACCOUNT, CustomEntity.OPPORTUNITY]
        return list(
            CustomField.objects.filter(entity__in=entities, is_active=True).order_by("entity", "position", "pk")
        )

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Every fact by its field name."""
        own = [_custom(each) for each in self.custom]
        from_above = [fact for each in ports.lent() for fact in self.lent(each.kind).values()]
        return self.facts_built_in | {fact.field: fact for fact in [*from_above, *own]}

    def lent(self, kind: str) -> dict[str, Fact]:
        """The facts of a kind of record that a room above lends; none for any other word."""
        records = ports.of_kind(kind)
        if records is not None and kind not in self._lent:
            self._lent[kind] = {fact.field: fact for fact in records.facts(users=self.users)}
        return self._lent.get(kind, {})

    def known(self, name: str) -> Fact | None:
        """The fact of that name. Reads no more than it needs for it."""
        if ".custom." in name:
            return next((fact for each in self.custom if (fact := _custom(each)).field == name), None)
        return self.lent(name.partition(".")[0]).get(name) or self.facts_built_in.get(name)

    @cached_property
    def facts_built_in(self) -> dict[str, Fact]:
        """The facts that every installation has."""
        return {fact.field: fact for fact in [*self._of_opportunities(), *self._of_accounts(), *_OF_EVENTS]}

    def there_with(self, trigger: RuleTrigger) -> tuple[str, ...]:
        """What has facts when this trigger sets a rule off. An account's newest open opportunity comes with it."""
        there = ["opportunity", "account"]
        if trigger.is_of_activity:
            there.append("activity")
        if trigger in EVENT_FACTS:
            there.append("event")
        records = ports.with_trigger(trigger)
        if records is not None:
            there.append(records.kind)
        return tuple(there)

    def _of_opportunities(self) -> list[Fact]:
        return [
            Fact("opportunity.stage", "Stage", "choice", self.stages),
            Fact("opportunity.amountCents", "Amount", "money", can_be_set=True),
            Fact("opportunity.category", "Forecast category", "choice", _labels(ForecastCategory), can_be_set=True),
            Fact("opportunity.owner", "Opportunity's owner", "user", self.users),
            Fact("opportunity.team", "Team of the opportunity's owner", "team", self.teams),
            Fact("opportunity.daysInStage", "Days in stage", "number"),
            Fact("opportunity.hasDecisionMaker", "Has a decision maker", "yes_no"),
            Fact("opportunity.nextStep", "Next step", "text", can_be_set=True),
            Fact("opportunity.nextStepOn", "Date of the next step", "date", can_be_set=True),
            Fact("opportunity.closeOn", "Close date", "date", can_be_set=True),
            Fact("opportunity.competitor", "Competitor", "text", can_be_set=True),
            Fact("opportunity.lostReason", "Lost reason", "text"),
            Fact("opportunity.source", "Source", "text"),
        ]

    def _of_accounts(self) -> list[Fact]:
        return [
            Fact("account.status", "Account's status", "choice", _labels(AccountStatus), can_be_set=True),
            Fact("account.segment", "Fleet class", "choice", _labels(Segment)),
            Fact("account.state", "State", "choice", {code: state.name for code, state in STATES.items()}),
            Fact("account.region", "Region", "choice", REGIONS),
            Fact("account.fleetSize", "Fleet size", "number"),
            Fact("account.score", "Score", "number"),
            Fact("account.tag", "Tags", "tags"),
            Fact("account.source", "How the account came", "choice", _labels(AccountSource)),
            Fact("account.owner", "Account's owner", "user", self.users),
            Fact("account.team", "Account's team", "team", self.teams),
        ]


_OF_EVENTS = [
    Fact("activity.type", "Kind of activity", "choice", _labels(ActivityType)),
    Fact("activity.outcome", "Outcome", "choice", _labels(Outcome)),
    Fact("activity.direction", "Direction", "choice", {d.value: d.value for d in Direction}),
    Fact("event.risk", "Risk that was found", "choice", _labels(Risk)),
    Fact("event.amountChangeCents", "Change of the amount", "money"),
    Fact("event.closeDateMovedDays", "Days the close date moved", "number"),
]


EVENT_FACTS = {
    RuleTrigger.RISK_FOUND: "event.risk",
    RuleTrigger.AMOUNT_CHANGED: "event.amountChangeCents",
    RuleTrigger.CLOSE_DATE_CHANGED: "event.closeDateMovedDays",
}
"""What only one trigger tells."""


def _custom(each: CustomField) -> Fact:
    choices = dict(_choice(choice) for choice in each.choices or [])
    kind = KIND_OF_CUSTOM[CustomKind(each.kind)]
    return Fact(f"{each.entity}.custom.{each.key}", each.label, kind, choices, can_be_set=True)


def _choice(choice: Any) -> tuple[str, str]:
    if isinstance(choice, dict):
        value = str(choice.get("value", choice.get("key", "")))
        return value, str(choice.get("label", value))
    return str(choice), str(choice)
