"""Rows that become opportunities, with their history from the first day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Outcome, Problem, Rules, Session
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.importing import account_fields, external, links
from headhaul.accounts.services.importing.headings import plain as plain_heading
from headhaul.accounts.services.importing.people import People
from headhaul.accounts.services.importing.sessions import CUSTOM, EMPTY_VALUES, Record, Refusal, flat
from headhaul.accounts.services.importing.writing import plain
from headhaul.pipeline.choices import ForecastCategory, StageKind
from headhaul.pipeline.models import Pipeline, Stage
from headhaul.pipeline.required import REQUIRABLE, missing_fields
from headhaul.pipeline.services.importing_store import COLUMNS, OpportunityKeeper, insert_many, update_many

GROUP = "Opportunity"
_WORDS = {
    "name": "name", "amount": "amount_cents", "closeOn": "close_on", "nextStep": "next_step",
    "nextStepOn": "next_step_on", "owner": "owner_id", "source": "source", "competitor": "competitor",
    "lostReason": "lost_reason", "closeNote": "close_note",
}  # fmt: skip
_TEXTS = ("next_step", "source", "competitor", "lost_reason", "close_note")
_FIELD_OF = {"amountCents": "amount", "decisionMakerId": "decisionMaker", "ownerId": "owner"}  # where names differ
_READ = """
select {columns}, o.custom, o.id, o.version from pipeline_opportunity o
where o.id = any(%s::bigint[]) or (o.account_id = any(%s::bigint[]) and lower(o.name) = any(%s::text[]))
order by o.id {lock}
"""


def stage_field(stages: Sequence[Stage]) -> ImportField:
    """The stages of all pipelines, by key. A label that stages of several keys have stands for itself: which of them
    is meant says the pipeline.
    """
    labels: dict[str, str] = {}
    for stage in stages:
        labels.setdefault(stage.key, stage.label)
    taken = {plain_heading(key) for key in labels}
    shared = {
        each.label: each.label
        for each in stages
        if plain_heading(each.label) not in taken and len({s.key for s in stages if _is_called(s, each.label)}) > 1
    }
    own = {stage.label: stage.key for stage in stages if stage.label not in shared}
    words = {"won": "closed_won", "lost": "closed_lost", "closed": "closed_won"}
    known = {label: key for label, key in own.items() if plain_heading(label) not in taken}
    known |= {said: key for said, key in words.items() if key in labels}
    return ImportField("stage", "Stage", Kind.CHOICE, GROUP, ("deal stage", "pipeline stage"), labels | shared, known)


def pipeline_field() -> ImportField:
    """The pipelines in use, by name."""
    names = {pipeline.name: pipeline.name for pipeline in _pipelines()}
    return ImportField("pipeline", "Pipeline", Kind.CHOICE, GROUP, ("pipeline name", "sales pipeline"), names,
                       hint="Needed where stages of several pipelines have the same name.")  # fmt: skip


FIELDS = (
    ImportField("name", "Name", group=GROUP, synonyms=("opportunity", "opportunity name", "deal", "deal name")),
    ImportField("amount", "Amount", Kind.MONEY, GROUP, ("value", "deal value", "value estimate", "value_estimate",
                                                       "estimated value", "revenue")),
    ImportField("closeOn", "Close date", Kind.DATE, GROUP, ("close", "expected close", "close on", "closing date")),
    ImportField("nextStep", "Next step", group=GROUP, synonyms=("next action", "next_step")),
    ImportField("nextStepOn", "Next step on", Kind.DATE, GROUP, ("next step date", "next_step_at", "next step at")),
    ImportField("decisionMaker", "Decision maker", group=GROUP, synonyms=("decision maker email", "buyer"),
                hint="E-mail, or name at the account."),
    ImportField("owner", "Owner", Kind.USER, GROUP, ("deal owner", "owner_id", "rep", "owner email")),
    ImportField("category", "Forecast category", Kind.CHOICE, GROUP, ("forecast category", "forecast"),
                {each.value: each.label for each in ForecastCategory}),
    ImportField("source", "Source", group=GROUP, synonyms=("deal source", "lead source")),
    ImportField("competitor", "Competitor", group=GROUP),
    ImportField("lostReason", "Lost reason", group=GROUP, synonyms=("close reason", "close_reason", "reason")),
    ImportField("closeNote", "Closing note", Kind.LONG_TEXT, GROUP, ("closing note", "close note", "notes")),
    ImportField("openedAt", "Opened", Kind.MOMENT, GROUP, ("created", "created at", "opened at", "open date")),
    ImportField("closedAt", "Closed", Kind.MOMENT, GROUP, ("closed at", "closed on", "won date")),
    ImportField("id", "Headhaul opportunity ID", Kind.WHOLE, "Record", ("opportunity id",)),
    account_fields.EXTERNAL,
)  # fmt: skip


class OpportunitySession(links.LinkedSession):
    """One import's work on opportunities."""

    entity, one = "opportunity", "opportunity"

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self._people = People(rules)
        self.pipelines = _pipelines()
        self.stages = _stages()
        self.by_id = {stage.pk: stage for stage in Stage.objects.all()}
        self._required = account_fields.required_custom(CustomEntity.OPPORTUNITY)

    def load(self, rows: Sequence[ImportRow]) -> None:
        """Opportunities that the rows may mean, and the people at their accounts."""
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        known = external.ids_of(source=self.rules.source, entity=self.entity, names=names)
        ids = sorted({*known.values(), *(row.values["id"] for row in rows if row.values.get("id"))})
        accounts = [key for key in self.accounts.records if key > 0]
        called = [row.values["name"].lower() for row in rows if row.values.get("name")]
        lock = "for update" if self.rules.writes else ""
        sql = _READ.format(columns=", ".join(f"o.{name}" for name in COLUMNS), lock=lock)
        for found in fetch(sql, [ids, accounts, called]):
            if found["id"] not in self.records and self._is_visible(found["account_id"]):
                own, key, version = flat(found.pop("custom")), found.pop("id"), found.pop("version")
                self.put(Record(key, version, found | own))
        self.know_names(known)
        self._people.load(accounts, [row.values.get("decisionMaker") or "" for row in rows])

    def _is_visible(self, account_id: int) -> bool:
        if account_id not in self.accounts.records:
            self.accounts.load([ImportRow(0, {"id": account_id})])
        return account_id in self.accounts.records

    def key_of(self, key: str, row: ImportRow) -> Any:
        """An id, or the name at the account."""
        if key != "name":
            return row.values.get(key) or None
        name = row.values.get("name") or (self.account.get("name") if self.account is not None else "")
        if row.values.get("externalId") and not row.values.get("name"):
            return None
        return (self.account.id, name.lower()) if self.account is not None and name else None

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under what an opportunity is found."""
        yield "id", record.id
        yield "name", (links.account_id_of(record), record.get("name").lower())

    def one_row(self, row: ImportRow) -> Outcome:
        """The account is found first, and for a new opportunity made where that is wanted."""
        self.account = self.account_named(row)
        record = self.find(row)
        if record is None and self.account is None and self.rules.mode != "update":
            values = self.values_of(row, None)  # so that no account is made for a row that is wrong
            self.check_new({name: value for name, value in values.items() if value is not None} | {"name": "-"})
            _, made = self.account_for(row)
            return links.joined(super().one_row(row), made)
        return super().one_row(row)

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values, and what follows from a stage."""
        values: dict[str, Any] = {}
        for name, column in _WORDS.items():
            if name in row.values and not (row.values[name] is None and column == "name"):
                values[column] = "" if row.values[name] is None and column in _TEXTS else row.values[name]
        values |= {name: plain(value) for name, value in row.values.items() if name.startswith(CUSTOM)}
        if row.values.get("decisionMaker"):
            said = row.values["decisionMaker"]
            values["decision_maker_id"] = self._people.find(said, account=self.account, field="decisionMaker")
        if record is None:
            values = self._completed(values)
        self._enter(row, values, record)
        if row.values.get("category"):
            values |= {"category": row.values["category"], "category_is_set": True}
        self._check(values, record)
        return values

    def _completed(self, values: dict[str, Any]) -> dict[str, Any]:
        owner = self.account.get("owner_id") if self.account is not None else None
        full: dict[str, Any] = dict.fromkeys(_TEXTS, "") | {
            "name": self.account.get("name") if self.account is not None else "", "pushes": 0, "account": self.account,
            "owner_id": owner or self.rules.by.user_id, "category_is_set": False,
        }  # fmt: skip
        return full | {name: value for name, value in values.items() if value not in ("", None)}

    def _enter(self, row: ImportRow, values: dict[str, Any], record: Record | None) -> None:
        """The stage, and what a stage says of an opportunity in it."""
        stage = self._stage_of(row, record)
        if record is not None and stage.pk == record.get("stage_id"):
            return
        since = row.values.get("openedAt") or self.at
        ends = row.values.get("closedAt") or self.at
        values |= {
            "stage_id": stage.pk, "pipeline_id": stage.pipeline_id, "kind": stage.kind, "category": stage.category,
            "stage_entered_at": since if stage.kind == StageKind.OPEN and record is None else ends,
            "closed_at": None if stage.kind == StageKind.OPEN else ends,
        }  # fmt: skip
        if record is None:
            values["opened_at"] = min(since, ends) if stage.kind != StageKind.OPEN else since
        if stage.kind != StageKind.LOST:
            values["lost_reason"] = ""

    def _stage_of(self, row: ImportRow, record: Record | None) -> Stage:
        """The stage that the row means: of its pipeline, else of the record's, else the only one that is called so."""
        said, named = row.values.get("stage"), row.values.get("pipeline")
        now = None if record is None else self.by_id[record.get("stage_id")]
        pipeline_id = next(
            (each.pk for each in self.pipelines if each.name == named), None if now is None else now.pipeline_id
        )
        if now is not None and now.pipeline_id == pipeline_id and (not said or now.key == said):
            return now
        if not said:
            if now is not None:
                raise Refusal(Problem("stage", "", f"say in which stage of {named} it goes on"))
            first = pipeline_id or next(each.pk for each in self.pipelines if each.is_default)
            return next(s for s in self.stages if s.pipeline_id == first and s.kind == StageKind.OPEN)
        within = [each for each in self.pipelines if pipeline_id in (None, each.pk)]
        found = [stage for each in within if (stage := self._called(said, each.pk)) is not None]
        if len(found) == 1:
            return found[0]
        word = next((stage.label for stage in self.stages if stage.key == said), said)
        if found:
            where = ", ".join(each.name for each in self.pipelines if each.pk in {s.pipeline_id for s in found})
            raise Refusal(Problem("stage", word, f"is a stage of several pipelines ({where}); name the pipeline"))
        name = next((each.name for each in within), "its pipeline")
        raise Refusal(Problem("stage", word, f"is no stage of the pipeline {name}"))

    def _called(self, said: str, pipeline_id: int) -> Stage | None:
        """The stage of a pipeline by its key, or else by its label."""
        there = [stage for stage in self.stages if stage.pipeline_id == pipeline_id]
        keyed = (stage for stage in there if stage.key == said)
        return next(keyed, None) or next((stage for stage in there if _is_called(stage, said)), None)

    def _check(self, values: Mapping[str, Any], record: Record | None) -> None:
        """A stage is entered with what it asks for, and what it asks for is not taken away in it."""
        before = {} if record is None else record.values
        kept = {name for name, held in before.items() if self.rules.fills_only and held not in EMPTY_VALUES}
        after = {**before, **{name: value for name, value in values.items() if name not in kept}}
        stage = self.by_id[after["stage_id"]]
        missing = missing_fields(stage, _facts(after))
        if before.get("stage_id") == stage.pk:
            there_before = missing_fields(stage, _facts(before))
            missing = [name for name in missing if name not in there_before]
        for wire in missing:
            raise Refusal(Problem(_FIELD_OF.get(wire, wire), "", f"the stage {stage.label} requires it"))

    def check_new(self, values: Mapping[str, Any]) -> None:
        """An opportunity has a name, and the firm's own required fields."""
        if not values.get("name"):
            raise Refusal(Problem("name", "", "an opportunity needs a name"))
        self.check_required(self._required, values)

    def write(self) -> None:
        """The batch, in a few statements, with the history of every tracked fact."""
        self.take_ids(insert_many(self.made, rules=self.rules, at=self.at))
        update_many(self.changed, rules=self.rules, at=self.at)


class Opportunities:
    """Opportunities as something to import; each row names its account."""

    key, label = "opportunities", "Opportunities"
    match_keys: Sequence[MatchKey] = (
        MatchKey("id", "Headhaul opportunity ID", ("id",)),
        MatchKey("name", "Name at the account", ("name",)),
    )

    def fields(self) -> list[ImportField]:
        """The fields of opportunities, the firm's own, and how the account is named."""
        own = account_fields.custom_fields(CustomEntity.OPPORTUNITY)
        return [stage_field(_stages()), pipeline_field(), *FIELDS, *own, *links.naming_fields()]

    def missing(self, given: Iterable[str]) -> str:
        """An opportunity is with an account."""
        named = set(given)
        if {"id", "externalId"} & named or any(name.startswith(links.PREFIX) for name in named):
            return ""
        return "Say which column names the account."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return OpportunitySession(rules)


def register() -> None:
    """Opportunities can be imported."""
    ports.register(Opportunities(), OpportunityKeeper())


def _facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as what a stage asks for is looked up in: by column, with the firm's own beside them."""
    own = {name.removeprefix(CUSTOM): value for name, value in values.items() if name.startswith(CUSTOM)}
    return {column: values.get(column) for column, _ in REQUIRABLE.values()} | {"custom": own}


def _is_called(stage: Stage, label: str) -> bool:
    return plain_heading(stage.label) == plain_heading(label)


def _pipelines() -> list[Pipeline]:
    return list(Pipeline.objects.filter(is_active=True).order_by("-is_default", "position", "pk"))


def _stages() -> list[Stage]:
    """The stages in use of the pipelines in use, those of the default one first."""
    there = Stage.objects.filter(pipeline__is_active=True, is_active=True)
    return list(there.order_by("-pipeline__is_default", "pipeline__position", "pipeline", "position"))
