"""Lists of things that a firm sets up, each with one form: what its fields are and which actions read and write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.regions import NAMES as REGIONS
from headhaul.carriers.choices import Segment
from headhaul.pipeline.choices import ForecastCategory, StageKind
from headhaul.pipeline.required import REQUIRABLE

REQUIRED = {name: said[:1].upper() + said[1:] for name, (_, said) in REQUIRABLE.items()}
Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form. `kind`: text, long, number, switch, choice, several, lines, steps, pairs."""

    name: str  # on the wire
    label: str
    kind: str = "text"
    hint: str = ""
    choices: Choices = field(default_factory=dict)
    any: str = ""  # what a choice says when nothing is chosen
    once: bool = False  # set when it is made and never changed
    is_required: bool = False
    column: bool = False  # shown in the list
    only: str = ""  # "new" or "known": the one form that has it


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A list with a form. `id_name` is how its save action names the thing."""

    key: str
    title: str
    one: str
    help: str
    icon: str
    read: str
    save: str
    id_name: str
    entries: tuple[Entry, ...]
    remove: str = ""  # the page on which one is removed
    asks: Mapping[str, Any] = field(default_factory=dict)  # with which data it is read
    rows: Callable[[Any], list[dict[str, Any]]] = lambda answer: list(answer["items"])
    name_of: Callable[[Mapping[str, Any]], str] = lambda row: str(row.get("label") or row.get("name") or "")


def _stages(answer: Any) -> list[dict[str, Any]]:
    return [
        stage | {"pipelineId": str(pipeline["id"])} for pipeline in answer["pipelines"] for stage in pipeline["stages"]
    ]


def _pipelines(answer: Any) -> list[dict[str, Any]]:
    return [pipeline | {"stages": len(pipeline["stages"])} for pipeline in answer["pipelines"]]


STAGE_KINDS = {kind.value: kind.value.capitalize() for kind in StageKind}
CATEGORIES = {category.value: category.label for category in ForecastCategory}
ENTITIES = {entity.value: entity.value.capitalize() for entity in CustomEntity}
KINDS = {kind.value: kind.label for kind in CustomKind}
SEGMENTS = {segment.value: segment.label for segment in Segment if segment is not Segment.UNKNOWN}
ALL = {"include_inactive": True}  # what is out of use can be put to use again
ACTIVE = Entry("isActive", "In use", "switch", column=True)
ACTIVE_KNOWN = replace(ACTIVE, only="known")
ORDER = Entry("position", "Order", "number", hint="Lower numbers come first.")

CATALOGUES: dict[str, Catalogue] = {
    each.key: each
    for each in (
        Catalogue(
            "stages", "Stages", "stage", "How likely it closes from here, how long it may take, what must be known.",
            "columns", "getStages", "saveStage", "stageId", remove="admin:remove_stage", rows=_stages,
            entries=(
                Entry("label", "Name", is_required=True),
                Entry("pipelineId", "Pipeline", "choice", once=True, column=True),
                Entry("key", "Key", hint="As in the API; made from the name when left out.", once=True),
                Entry("kind", "Means", "choice", choices=STAGE_KINDS, once=True, column=True),
                Entry("probability", "Closes with a probability of (%)", "number", is_required=True, column=True),
                Entry("slaDays", "Working days one may stay", "number", hint="Empty: no limit.", column=True),
                Entry("category", "Forecast category", "choice", choices=CATEGORIES, column=True),
                Entry("required", "Asked for at the move", "several", choices=REQUIRED),
                Entry("exitCriteria", "When is it done here?", "long"),
                ORDER,
            ),
        ),
        Catalogue(
            "pipelines", "Pipelines", "pipeline", "Ways to a client. The stages of each are changed under Stages.",
            "columns", "getStages", "savePipeline", "pipelineId", asks=ALL, rows=_pipelines,
            entries=(
                Entry("name", "Name", is_required=True),
                Entry("copyFrom", "Starts with the stages of", "choice", any="the default pipeline", once=True,
                      only="new"),
                Entry("stages", "Stages", "number", once=True, column=True, only="known"),
                Entry("isDefault", "The one that opportunities are opened in unless another is named", "switch",
                      only="known"),
                ACTIVE_KNOWN,
                ORDER,
            ),
        ),
        Catalogue(
            "fields", "Custom fields", "field", "Fields of your own on accounts, contacts and opportunities.",
            "columns", "getCustomFields", "saveCustomField", "fieldId", asks=ALL,
            rows=lambda answer: list(answer["fields"]),
            entries=(
                Entry("label", "Name", is_required=True),
                Entry("entity", "Of", "choice", choices=ENTITIES, once=True, column=True),
                Entry("key", "Key", hint="As in the API and in imports; fixed.", once=True, is_required=True),
                Entry("kind", "Holds", "choice", choices=KINDS, once=True, column=True),
                Entry("choices", "Choices", "lines", hint="One a line, for kinds that choose."),
                Entry("help", "Hint beside the field"),
                Entry("isRequired", "Must be filled in", "switch", column=True),
                ACTIVE,
                ORDER,
            ),
        ),
        Catalogue(
            "playbooks", "Playbooks", "playbook", "What to do in a stage, step by step.",
            "check", "getPlaybooks", "savePlaybook", "playbookId", asks=ALL,
            entries=(
                Entry("name", "Name", is_required=True),
                Entry("description", "What it is for", "long"),
                Entry("stageKey", "In stage", "choice", any="every stage", column=True),
                Entry("segment", "For", "choice", choices=SEGMENTS, any="fleets of every size", column=True),
                Entry("steps", "Steps", "steps", hint="One a line; help after a bar: Ask who signs | Name and title."),
                ACTIVE,
            ),
        ),
        Catalogue(
            "value-props", "Value props", "value prop", "What we say we are worth, by fleet size and region.",
            "flag", "getValueProps", "saveValueProp", "valuePropId", asks=ALL,
            entries=(
                Entry("name", "Name", is_required=True),
                Entry("segment", "For", "choice", choices=SEGMENTS, any="fleets of every size", column=True),
                Entry("region", "In", "choice", choices=REGIONS, any="every region", column=True),
                Entry("message", "Message", "long", is_required=True),
                Entry("supportingData", "Facts behind it", "pairs", hint="One a line: Days to first driver: 9"),
                ACTIVE,
            ),
        ),
    )
}  # fmt: skip


def typed_of_row(catalogue: Catalogue, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a thing."""
    return {entry.name: _shown(entry, row.get(entry.name)) for entry in catalogue.entries}


def typed_of_post(catalogue: Catalogue, posted: QueryDict) -> dict[str, Any]:
    """What was typed."""
    return {
        entry.name: posted.getlist(entry.name) if entry.kind == "several" else posted.get(entry.name, "")
        for entry in catalogue.entries
    }


def data_of(catalogue: Catalogue, typed: Mapping[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the save action takes. What is set once is only sent for something new."""
    entries = [entry for entry in catalogue.entries if row is None or not entry.once]
    data = {entry.name: _value(entry, typed[entry.name]) for entry in entries}
    if row is None:
        return {name: value for name, value in data.items() if value not in (None, "")}
    steps = {step["title"]: step["key"] for step in row.get("steps") or []}
    for step in data.get("steps") or []:
        if step["title"] in steps:
            step["key"] = steps[step["title"]]  # what was done of it stays done
    return data | {catalogue.id_name: row["id"], "version": row["version"]}


def _shown(entry: Entry, value: Any) -> Any:
    match entry.kind:
        case "switch":
            return "1" if value else ""
        case "several":
            return list(value or [])
        case "lines":
            return "\n".join(
                str(each) if not isinstance(each, dict) else str(each.get("label")) for each in value or []
            )
        case "steps":
            return "\n".join(" | ".join(filter(None, (s["title"], s.get("help")))) for s in value or [])
        case "pairs":
            return "\n".join(f"{name}: {fact}" for name, fact in (value or {}).items())
    return "" if value is None else str(value)


def _value(entry: Entry, typed: Any) -> Any:
    if entry.kind == "switch":
        return typed == "1"
    if entry.kind == "several":
        return list(typed)
    text = str(typed).strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match entry.kind:
        case "number":
            return None if not text else int(text) if text.lstrip("-").isdigit() else text
        case "lines":
            return lines
        case "steps":
            return [_step(line) for line in lines]
        case "pairs":
            return {name.strip(): fact.strip() for name, _, fact in (line.partition(":") for line in lines)}
    return text


def _step(line: str) -> dict[str, str]:
    title, _, rest = (part.strip() for part in line.partition("|"))
    return {"title": title, "help": rest}
