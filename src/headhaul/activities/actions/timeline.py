"""Reading what happened."""

from __future__ import annotations

from headhaul.activities.schemas.activities import ActivityRow, GetActivity, GetLoggingChoices, LoggingChoices
from headhaul.activities.schemas.timeline import GetTimeline, TimelinePage
from headhaul.activities.schemas.velocity import ActivityVelocity, GetActivityVelocity
from headhaul.activities.selectors.seen import choices, seen_row
from headhaul.activities.selectors.timeline import timeline
from headhaul.activities.selectors.velocity import velocity
from headhaul.kernel import Call, Role, action


@action("getTimeline", reply="timelineLoaded", role=Role.VIEWER)
def get_timeline(call: Call, data: GetTimeline) -> TimelinePage:
    """All that happened with an account, a contact or an opportunity, newest first; the audit too for managers."""
    return timeline(asked=data, by=call.actor)


@action("getActivity", reply="activityLoaded", role=Role.VIEWER)
def get_activity(call: Call, data: GetActivity) -> ActivityRow:
    """One activity or task as it is stored."""
    return seen_row(data.activity_id, by=call.actor)


@action("getLoggingChoices", reply="loggingChoicesLoaded", role=Role.VIEWER)
def get_logging_choices(call: Call, data: GetLoggingChoices) -> LoggingChoices:
    """What can be chosen when something is logged at an account: its contacts, and the outcomes of each type."""
    return choices(asked=data, by=call.actor)


@action("getActivityVelocity", reply="activityVelocityLoaded", role=Role.VIEWER)
def get_activity_velocity(call: Call, data: GetActivityVelocity) -> ActivityVelocity:
    """Touches a week of an account, a colleague or a team, and where they are heading."""
    return velocity(asked=data, by=call.actor, at=call.at)
