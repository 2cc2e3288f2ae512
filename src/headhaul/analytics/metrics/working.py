"""What people did, and whom it brought."""

from __future__ import annotations

from headhaul.analytics.metrics.definitions import Better, Metric, Unit, define

_KINDS = (
    ("calls", "Calls", "call", "Calls that were made or taken."),
    ("emails", "E-mails", "email", "E-mails in either direction; those of sequences that were logged among them."),
    ("texts", "Text messages", "sms", "Texts in either direction."),
    ("meetings", "Meetings", "meeting", "Meetings, whether or not they were held."),
)

define(
    Metric(
        key="touches",
        name="Touches",
        formula="Calls, e-mails, texts and meetings that happened in the period",
        unit=Unit.COUNT,
        better=Better.MORE,
        tables=("activities_activity",),
        action="getAnalytics",
        owner="activities",
        help="How often anybody was in touch with an account, in either direction. Notes, tasks and changes of stage"
        " are none.",
        group="Activity",
    ),
    *(
        Metric(
            key=key,
            name=name,
            formula=f"Activities of the kind `{kind}` that happened in the period",
            unit=Unit.COUNT,
            better=Better.MORE,
            tables=("activities_activity",),
            action="getAnalytics",
            owner="activities",
            help=words,
            group="Activity",
        )
        for key, name, kind, words in _KINDS
    ),
    Metric(
        key="newAccounts",
        name="New accounts",
        formula="Accounts that were created in the period",
        unit=Unit.COUNT,
        better=Better.MORE,
        tables=("accounts_account",),
        action="getAnalytics",
        owner="accounts",
        help="Accounts by the day they came to Headhaul, by hand, by import or by the night.",
        group="Accounts",
    ),
)
