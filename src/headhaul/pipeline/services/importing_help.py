"""Rows that become playbooks and value props: few, told by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, MatchKey, Problem, Rules, Session
from headhaul.accounts.regions import NAMES
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.account_fields import EXTERNAL
from headhaul.accounts.services.importing.headings import plain as plain_heading
from headhaul.accounts.services.importing.keeping import ModelKeeper
from headhaul.accounts.services.importing.sessions import Record, RecordSession, Refusal
from headhaul.carriers.choices import Segment
from headhaul.pipeline.models import Playbook, Stage, ValueProp

_SEGMENTS = {segment.value: segment.label for segment in Segment}
_ANY = {"any": "", "all": ""}
MATCH_KEYS = (MatchKey("name", "Name", ("name",)),)


class NamedSession(RecordSession):
    """An import of rows of a small table that are told by their names."""

    model: type[Playbook] | type[ValueProp]
    columns: Mapping[str, str]
    defaults: Mapping[str, Any]

    def load(self, rows: Sequence[ImportRow]) -> None:
        """All of them; they are few."""
        for row in self.model._default_manager.select_for_update() if self.rules.writes else self.model.objects.all():
            if row.pk not in self.records:
                self.put(Record(row.pk, row.version, {name: getattr(row, name) for name in self.columns.values()}))
        names = {str(row.values["externalId"]) for row in rows if row.values.get("externalId")}
        self.know_names(external.ids_of(source=self.rules.source, entity=self.entity, names=names))

    def key_of(self, key: str, row: ImportRow) -> Any:
        """The name, whatever its capitals."""
        said = row.values.get(key)
        return said.lower() if key == "name" and said else said or None

    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under its name."""
        yield "name", record.get("name").lower()

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """A name is there once."""
        return False

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The row's values over the defaults of a new one."""
        given = {self.columns[name]: value for name, value in row.values.items() if name in self.columns}
        given = {name: value for name, value in given.items() if value is not None}
        return given if record is not None else {**self.defaults, **given}

    def check_new(self, values: Mapping[str, Any]) -> None:
        """It has a name."""
        if not values.get("name"):
            raise Refusal(Problem("name", "", f"a {self.one} needs a name"))

    def write(self) -> None:
        """One by one would do; in one go is as short."""
        made = [self.model(**record.values, updated_at=self.at) for record in self.made]
        self.model._default_manager.bulk_create(made)  # type: ignore[arg-type]
        self.take_ids([row.pk for row in made])
        for record in self.changed:
            values = {**record.values, "version": record.version, "updated_at": self.at}
            self.model._default_manager.filter(pk=record.id).update(**values)


class PlaybookSession(NamedSession):
    """Playbooks."""

    entity, one, model = "playbook", "playbook", Playbook
    columns = {
        "name": "name", "description": "description", "stage": "stage_key", "segment": "segment", "steps": "steps",
        "isActive": "is_active",
    }  # fmt: skip
    defaults = {"description": "", "stage_key": "", "segment": "", "steps": [], "is_active": True}

    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """Steps in our form, whatever form they came in."""
        values = super().values_of(row, record)
        if "steps" in values:
            values["steps"] = steps_of(values["steps"])
        return values


class ValuePropSession(NamedSession):
    """Value props."""

    entity, one, model = "valueProp", "value prop", ValueProp
    columns = {
        "name": "name", "segment": "segment", "region": "region", "message": "message",
        "supportingData": "supporting_data", "isActive": "is_active",
    }  # fmt: skip
    defaults = {"segment": "", "region": "", "supporting_data": {}, "is_active": True}

    def check_new(self, values: Mapping[str, Any]) -> None:
        """It has a name and says something."""
        super().check_new(values)
        if not values.get("message"):
            raise Refusal(Problem("message", "", "a value prop needs a message"))


def steps_of(given: Any) -> list[dict[str, str]]:
    """A list of titles, or of objects with a title, as steps with keys."""
    if not isinstance(given, list):
        raise Refusal(Problem("steps", str(given)[:80], "is no list of steps"))
    steps: list[dict[str, str]] = []
    for place, each in enumerate(given, start=1):
        said = each if isinstance(each, dict) else {"title": each}
        title = str(said.get("title") or said.get("name") or said.get("label") or said.get("step") or "").strip()
        if not title:
            raise Refusal(Problem("steps", str(each)[:80], f"step {place} has no title"))
        key = str(said.get("key") or plain_heading(title) or f"step{place}")[:60]
        help_text = str(said.get("help") or said.get("description") or "")
        steps.append({"key": key, "title": title[:200], "help": help_text[:2_000]})
    return steps


class Playbooks:
    """Playbooks as something to import."""

    key, label = "playbooks", "Playbooks"
    match_keys: Sequence[MatchKey] = MATCH_KEYS

    def fields(self) -> list[ImportField]:
        """The fields of playbooks; stages are those of all pipelines in use."""
        stages = Stage.objects.filter(pipeline__is_active=True, is_active=True)
        ordered = stages.order_by(
            "pipeline__is_default", "-pipeline__position", "position"
        )  # the default one's label stays
        labels = {stage.key: stage.label for stage in ordered}
        return [
            ImportField("name", "Name", synonyms=("playbook", "title")),
            ImportField("description", "Description", Kind.LONG_TEXT),
            ImportField("stage", "Stage", Kind.CHOICE, choices=labels, aliases=_ANY),
            ImportField("segment", "Fleet size class", Kind.CHOICE, "", ("segment",), _SEGMENTS, _ANY),
            ImportField("steps", "Steps", Kind.DOCUMENT, hint='JSON: ["Call", "Send terms"]'),
            ImportField("isActive", "In use", Kind.YES_NO, synonyms=("is active", "active", "is_active")),
            EXTERNAL,
        ]

    def missing(self, given: Iterable[str]) -> str:
        """It is told by its name."""
        return "" if {"name", "externalId"} & set(given) else "Say which column is the name."

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return PlaybookSession(rules)


class ValueProps(Playbooks):
    """Value props as something to import."""

    key, label = "valueProps", "Value props"

    def fields(self) -> list[ImportField]:
        """The fields of value props."""
        return [
            ImportField("name", "Name", synonyms=("value prop", "title")),
            ImportField("message", "Message", Kind.LONG_TEXT, synonyms=("text", "pitch")),
            ImportField("segment", "Fleet size class", Kind.CHOICE, "", ("segment",), _SEGMENTS, _ANY),
            ImportField("region", "Region", Kind.CHOICE, "", ("territory",), NAMES, _ANY),
            ImportField("supportingData", "Supporting data", Kind.DOCUMENT, synonyms=("supporting_data", "proof")),
            ImportField("isActive", "In use", Kind.YES_NO, synonyms=("is active", "active", "is_active")),
            EXTERNAL,
        ]

    def session(self, rules: Rules) -> Session:
        """Begin."""
        return ValuePropSession(rules)


class PlaybookKeeper(ModelKeeper):
    """Playbooks."""

    entity, model = "playbook", Playbook


class ValuePropKeeper(ModelKeeper):
    """Value props."""

    entity, model = "valueProp", ValueProp


def register() -> None:
    """Playbooks and value props can be imported."""
    ports.register(Playbooks(), PlaybookKeeper())
    ports.register(ValueProps(), ValuePropKeeper())
