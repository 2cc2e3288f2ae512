"""The touches of all rooms as one list: what a touch is, and the SQL that reads each where it is kept.

A touch is one time that somebody of an account and we met: what they did with us, or what we did that reached them.
Nothing is copied; a merge, a removal or a correction in a room changes the touches at once.

| kind | what | not counted |
|---|---|---|
| origin | the account came to us: prospected, imported, by hand | accounts of lead capture: the capture says it |
| capture | somebody was taken down as a lead, or filled in a form | spam and doubles |
| message | an e-mail or a text of ours that left | what bounced or failed: it reached nobody; tests; opens, ever |
| click | a link was clicked, as far as can be told by a person; once a message | clicks of machines and of unknown |
| reply | they wrote back | automatic replies, bounces, opt-outs |
| call | a call where nobody we wanted was spoken with | wrong numbers, calls that failed |
| conversation | a call in which we spoke | |
| meeting | a meeting | cancelled, or nobody came |

`is_automatic`: no person of ours did it at that moment: steps of sequences, and what the nightly prospecting opened.
It is said apart everywhere, and can be left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from headhaul.accounts.choices import AccountSource
from headhaul.activities.ports import SHOWN_BY
from headhaul.outreach.choices import CONVERSATIONS, Disposition


class TouchKind(StrEnum):
    """What a touch was, in the order in which touches of one instant are taken."""

    ORIGIN = "origin"
    CAPTURE = "capture"
    MESSAGE = "message"
    CLICK = "click"
    REPLY = "reply"
    CALL = "call"
    CONVERSATION = "conversation"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "origin": "Account opened", "capture": "Captured as a lead", "message": "Message sent",
            "click": "Clicked, a person", "reply": "Replied", "call": "Call, nobody reached",
            "conversation": "Call, spoken with", "meeting": "Meeting",
        }[self.value]  # fmt: skip


class Dimension(StrEnum):
    """By what shares are added up."""

    SOURCE = "source"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    CHANNEL = "channel"
    EVENT = "event"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.capitalize()


OUTREACH, SALES = "outreach", "sales"
"""Sources of our own making: what the outbox and dialer did, and what people did and logged themselves."""
SOURCE_LABELS: dict[str, str] = {
    OUTREACH: "Outreach",
    SALES: "Sales work",
    **{each.value: each.label for each in AccountSource},
}
"""What sources that are no lead source are called."""
CHANNEL_OF_ACCOUNTS: dict[AccountSource, str] = {
    AccountSource.AUTO_PROSPECTED: "prospecting",
    AccountSource.SIGNAL: "prospecting",
    AccountSource.IMPORT: "import",
    AccountSource.MANUAL: "manual",
    AccountSource.CAPTURE: "capture",
}
CHANNELS: dict[str, str] = {
    "event": "Events", "web": "Website", "referral": "Referral", "phone": "Phone, inbound", "partner": "Partner",
    "job_board": "Job board", "paid_search": "Paid search", "paid_social": "Paid social",
    "direct_mail": "Direct mail", "email": "E-mail", "sms": "Text message", "call": "Calls", "meeting": "Meetings",
    "prospecting": "Prospecting", "import": "Import", "manual": "Entered by hand", "capture": "Lead capture",
    "other": "Other",
}  # fmt: skip
"""Channels that have a name of their own; a lead source may bring another one as its medium."""


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


CHANNEL_OF_ACCOUNT_SQL = (
    "case a.source " + " ".join(f"when '{key}' then '{word}'" for key, word in CHANNEL_OF_ACCOUNTS.items()) + " end"
)
_RANKS = {kind: rank for rank, kind in enumerate(TouchKind)}


_ORIGIN = f"""
select a.id as account_id, null::bigint as contact_id, a.created_at as at, 'origin' as kind,
    {_RANKS[TouchKind.ORIGIN]} as rank,
    a.id::text as key, a.source as source, {CHANNEL_OF_ACCOUNT_SQL} as medium, '' as campaign,
    {CHANNEL_OF_ACCOUNT_SQL} as channel, null::bigint as event_id, a.created_by_id as user_id,
    a.source = '{AccountSource.AUTO_PROSPECTED}' as is_automatic
from accounts_account a where a.source <> '{AccountSource.CAPTURE}'"""

_CAPTURE = f"""
select t.account_id, t.contact_id, t.at, 'capture', {_RANKS[TouchKind.CAPTURE]}, t.id::text,
    t.source, t.medium, t.campaign,
    t.channel, t.event_id, l.captured_by_id, false
from capture_leadtouch t left join capture_lead l on l.id = t.lead_id
where l.id is null or (not l.is_spam and l.merged_into_id is null)"""

_MESSAGES = f"""
select f.account_id, f.contact_id, f.at, 'message', {_RANKS[TouchKind.MESSAGE]}, f.message_id::text,
    '{OUTREACH}', f.channel,
    f.campaign, f.channel, null, f.user_id, f.enrolment_id is not null
from outreach_messagefact f
where f.fate in ('delivered', 'unknown') and f.channel <> 'call' and f.account_id is not null"""

_CLICKS = f"""
select f.account_id, f.contact_id, e.at, 'click', {_RANKS[TouchKind.CLICK]}, f.message_id::text,
    '{OUTREACH}', f.channel,
    f.campaign, f.channel, null, f.user_id, false
from outreach_messagefact f cross join lateral (
    select min(e.at) as at from outreach_messageevent e
    where e.message_id = f.message_id and e.kind = 'clicked' and e.grade = 'human'
) e
where f.click = 'human' and f.account_id is not null"""

_REPLIES = f"""
select i.account_id, i.contact_id, i.received_at, 'reply', {_RANKS[TouchKind.REPLY]}, i.id::text,
    '{OUTREACH}', i.channel,
    coalesce(m.campaign, ''), i.channel, null, m.user_id, false
from outreach_inboundmessage i left join outreach_message m on m.id = i.message_id
where i.kind = 'reply' and i.account_id is not null"""

_UNREACHED = (Disposition.WRONG_NUMBER, Disposition.FAILED)
_CALLS = f"""
select c.account_id, c.contact_id, c.started_at,
    case when c.disposition in ({_words(CONVERSATIONS)}) then 'conversation' else 'call' end,
    case when c.disposition in ({_words(CONVERSATIONS)}) then {_RANKS[TouchKind.CONVERSATION]}
         else {_RANKS[TouchKind.CALL]} end,
    'c' || c.id::text, '{OUTREACH}', 'call', coalesce(nullif(g.campaign, ''), g.name, ''), 'call', null, c.user_id,
    false
from outreach_call c left join outreach_callcampaign g on g.id = c.campaign_id
where c.account_id is not null and c.disposition not in ({_words(_UNREACHED)})"""

_SPOKEN = ("connected", "callback", "interested", "not_interested", "do_not_contact")
_VOID = ("wrong_number", "bounced", "no_show", "cancelled")
_LOGGED_KIND = f"""case when v.type = 'meeting' then 'meeting'
        when v.type = 'call' and v.outcome in ({_words(_SPOKEN)}) then 'conversation'
        when v.type = 'call' then 'call'
        when v.direction = 'in' or v.outcome = 'replied' then 'reply' else 'message' end"""
_LOGGED_RANK = f"""case when v.type = 'meeting' then {_RANKS[TouchKind.MEETING]}
        when v.type = 'call' and v.outcome in ({_words(_SPOKEN)}) then {_RANKS[TouchKind.CONVERSATION]}
        when v.type = 'call' then {_RANKS[TouchKind.CALL]}
        when v.direction = 'in' or v.outcome = 'replied' then {_RANKS[TouchKind.REPLY]}
        else {_RANKS[TouchKind.MESSAGE]} end"""
# What the outbox and the dialer wrote onto the timeline are the messages and calls above.
_LOGGED = f"""
select v.account_id, v.contact_id, v.happened_at, {_LOGGED_KIND}, {_LOGGED_RANK}, 'a' || v.id::text, '{SALES}', v.type,
    '', v.type, null, v.owner_id, false
from activities_activity v
where v.type in ('call', 'email', 'sms', 'meeting') and v.outcome not in ({_words(_VOID)})
    and not v.data ?| array['{SHOWN_BY}', 'callId']"""

TOUCHES = "\n  union all".join((_ORIGIN, _CAPTURE, _MESSAGES, _CLICKS, _REPLIES, _CALLS, _LOGGED))
"""Every touch: account_id, contact_id, at, kind, rank, key, source, medium, campaign, channel, event_id, user_id,
is_automatic. Touches of one instant are in the order of (rank, key)."""
