"""The page of the reference that lists every metric."""

from __future__ import annotations

from collections.abc import Iterator

from headhaul.analytics.metrics.definitions import Metric, catalogue, version_of


def metrics_page() -> Iterator[str]:
    """Its lines, by group."""
    known = list(catalogue().values())
    yield "Every number of the analytics, defined once: pages take their help from here, and a snapshot names the"
    yield f"version of this catalogue, now `{version_of(known)}`. A metric whose formula changes gets a new version."
    for group in dict.fromkeys(each.group for each in known):
        yield from ("", f"## {group}")
        for each in known:
            if each.group == group:
                yield from _metric(each)


def _metric(metric: Metric) -> Iterator[str]:
    yield from ("", f"### {metric.name}", "", metric.help, "", "| | |", "|---|---|")
    yield f"| key | `{metric.key}`, version {metric.version} |"
    yield f"| formula | {_cell(metric.formula)} |"
    yield f"| unit | {metric.unit.label} |"
    yield f"| better is | {metric.better.label} |"
    yield f"| source | {', '.join(f'`{table}`' for table in metric.tables)}; by `{metric.action}` |"
    yield f"| owner | {metric.owner} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
