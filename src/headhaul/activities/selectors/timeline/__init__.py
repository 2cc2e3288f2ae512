"""The timeline: one list of what many tables hold, newest first, paged by position."""

from headhaul.activities.ports import add_source
from headhaul.activities.selectors.timeline.activities import ActivitySource, DoneSource
from headhaul.activities.selectors.timeline.audit import AuditSource
from headhaul.activities.selectors.timeline.changes import RefreshSource, SaveSource
from headhaul.activities.selectors.timeline.consent import ConsentSource
from headhaul.activities.selectors.timeline.reading import timeline
from headhaul.activities.selectors.timeline.signals import AlertSource, ScoreSource

__all__ = ["timeline"]

for _source in (
    ActivitySource(),
    DoneSource(),
    AlertSource(),
    ScoreSource(),
    SaveSource(),
    RefreshSource(),
    ConsentSource(),
    AuditSource("audit", "account"),
    AuditSource("audit_contact", "contact"),
    AuditSource("audit_opportunity", "opportunity"),
):
    add_source(_source)
