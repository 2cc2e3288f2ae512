"""The Jinja2 environment of all panels: strict about names, with the product's words, drawings and addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from headhaul.accounts.choices import AccountSource, AccountStatus
from headhaul.carriers.choices import Equipment, JobType, Segment
from headhaul.console.ui import drawing, states, words
from headhaul.console.ui.reaching import ways_of
from headhaul.console.ui.shell import Shell
from headhaul.pipeline.choices import ForecastCategory, Risk, StageKind

STYLESHEETS = (
    "tokens",
    "base",
    "shell",
    "controls",
    "marks",
    "table",
    "blocks",
    "imports",
    "panels",
    "lists",
    "pairs",
    "settings",
    "next",
    "work",
    "figures",
    "print",
)

SEGMENTS = {segment.value: segment.label for segment in Segment}
EQUIPMENT = {kind.code: kind.label for kind in Equipment}
JOBS = {kind.code: kind.label for kind in JobType}
STATUSES = {status.value: status.label for status in AccountStatus}
CATEGORIES = {category.value: category.label for category in ForecastCategory}
RISKS = {risk.value: risk.label for risk in Risk}
ANY_RISK = {"any": "Any risk"} | RISKS
KINDS = {kind.value: kind.value.capitalize() for kind in StageKind}
SOURCES = {source.value: source.label for source in AccountSource}


def address(name: str, *args: Any, query: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
    """The address of a page, with what the query string should say."""
    return _path(name, args, tuple(kwargs.items())) + question(query or {})


@lru_cache(maxsize=8_192)
def _path(name: str, args: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> str:
    """Kept, because a list asks for hundreds."""
    return reverse(name, args=args or None, kwargs=dict(named) or None)


def question(values: Mapping[str, Any]) -> str:
    """A query string of what is set, or nothing."""
    kept = {key: value for key, value in values.items() if value not in (None, "", [], ())}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def changed(request: HttpRequest, *without: str, **values: Any) -> str:
    """This page's address with some parameters changed; the cursor never survives a change."""
    now: dict[str, Any] = {key: request.GET.getlist(key) for key in request.GET if key not in {"cursor", *without}}
    now.update(values)
    return request.path + question(now)


_NO_FILTERS = frozenset({"cursor", "sort", "direction", "page", "which", "view", "edited", "group", "columns"})


def filters_set(request: HttpRequest) -> int:
    """How many filters of this page say something: what is not order, place or which list it is."""
    return sum(bool(any(values)) for name, values in request.GET.lists() if name not in _NO_FILTERS)


def kept(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """A macro that is only its arguments, drawn once for each: lists repeat the same few marks in every row."""

    @lru_cache(maxsize=4_096)
    def draw(args: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Markup:
        return macro(*args, **dict(named))

    def drawn(*args: Any, **named: Any) -> Markup:
        return draw(tuple(tuple(each) if isinstance(each, list) else each for each in args), tuple(named.items()))

    return drawn


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as one; where both know a key, the second wins."""
    return {**first, **second}


def label_of(labels: Mapping[str, str], code: str | None) -> str:
    """The label of a code, or the code as words when it is newer than this page."""
    known = labels.get(code or "")
    return words.human(code) if known is None else known


def environment(**options: Any) -> Environment:
    """Build the environment; Django calls this once with the loaders it made."""
    given = {**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    given.pop("autoescape", None)
    env = Environment(autoescape=True, **given)
    env.globals.update(
        address=address,
        changed=changed,
        filters_set=filters_set,
        icon=drawing.icon,
        shell_of=Shell,
        ways_of=ways_of,
        spark_points=drawing.spark_points,
        state_tiles=drawing.state_tiles,
        static=lru_cache(static),  # the hashed names stand when a process starts
        stylesheets=STYLESHEETS,
        SEGMENTS=SEGMENTS,
        EQUIPMENT=EQUIPMENT,
        JOBS=JOBS,
        STATUSES=STATUSES,
        SOURCES=SOURCES,
        CATEGORIES=CATEGORIES,
        RISKS=RISKS,
        ANY_RISK=ANY_RISK,
        KINDS=KINDS,
        STATES=states.STATES,
        label_of=label_of,
        kept=kept,
    )
    env.filters.update(_filters(), merged=merged)
    return env


def _filters() -> dict[str, Any]:
    names = (
        words.number, words.signed, words.plural, words.day, words.moment, words.ago, words.duration, words.human,
        words.initials, words.tint, words.telephone, words.listed, words.proper, words.place, words.calm,
        words.clock, words.city_of,
    )  # fmt: skip
    return {written.__name__: written for written in names}
