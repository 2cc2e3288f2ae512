"""Calls, e-mails and texts by the plan's column names, for another system: each once, whoever made or logged it.

They are the activities of these kinds. Where a message or a call stands behind one, what it holds beside goes along;
what was noted by hand or came from another system goes as it was noted. An activity that the other system has among its
activities stays there.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import Direction
from headhaul.activities.services.importing_touches import own_text

_OWN = """not exists (
    select from accounts_externalid e where e.entity = 'activity' and e.record_id = v.id and e.source = 'airtable')"""
_CALLS = f"""
select v.id, v.account_id, v.contact_id, v.direction, v.outcome, v.body, v.duration_seconds, v.data, v.happened_at,
       c.id as call_id, c.campaign_id, c.disposition, c.recording_url, c.transcript
from activities_activity v left join outreach_call c on c.activity_id = v.id
where v.type = 'call' and v.id > %s::bigint and {_OWN} order by v.id limit %s::int
"""
_MESSAGES = f"""
select v.id, v.account_id, v.contact_id, v.direction, v.outcome, v.subject, v.body, v.data, v.happened_at,
       m.serial as message, m.sequence_id, m.state, m.text, m.sent_at, m.delivered_at, f.is_opened,
       f.click = 'human' as is_clicked, f.is_replied, answer.text as answer
from activities_activity v
left join outreach_message m on m.activity_id = v.id
left join outreach_messagefact f on f.message_id = m.id
left join lateral (
    select i.text from outreach_inboundmessage i
    where v.type = 'sms' and i.message_id = m.id and i.kind in ('reply', 'opt_out') order by i.received_at, i.id limit 1
) answer on true
where v.type = %s::text and v.id > %s::bigint and {_OWN} order by v.id limit %s::int
"""
_SENT = {"accepted": "sent", "unknown": "perhaps_sent", "unknown_final": "perhaps_sent"}


def calls(*, after: int, limit: int) -> list[Leaving]:
    """The next calls."""
    leaving = []
    for row in fetch(_CALLS, [after, limit]):
        data = json.loads(row["data"])
        columns = _whose(row) | {"direction": _direction(row), "status": row["disposition"] or row["outcome"],
                                 "duration": row["duration_seconds"]}  # fmt: skip
        if row["call_id"] is not None:
            columns |= {
                "campaign_id": ("callCampaign", row["campaign_id"]) if row["campaign_id"] else None,
                "recording_url": row["recording_url"], "transcript": row["transcript"] or row["body"],
            }  # fmt: skip
        else:
            columns |= {"transcript": own_text(row["body"], data)}
            columns |= {"recording_url": data["recording"]} if data.get("recording") else {}
        leaving.append(Leaving(row["id"], columns, {"happened_at": _moment(row["happened_at"])}))
    return leaving


def emails(*, after: int, limit: int) -> list[Leaving]:
    """The next e-mails. Of what was only noted nobody knows whether it was opened, so nothing is said of it."""
    leaving = []
    for row in fetch(_MESSAGES, ["email", after, limit]):
        columns = _whose(row) | {"subject": row["subject"]}
        if row["message"] is not None:
            columns |= {
                "sequence_id": ("sequence", row["sequence_id"]) if row["sequence_id"] else None,
                "body": row["text"], "status": _SENT.get(row["state"], row["state"]),
                **{word: bool(row[f"is_{word}"]) for word in ("opened", "clicked", "replied")},
            }  # fmt: skip
        else:
            columns |= {"body": row["body"], "status": row["outcome"]}
            columns |= {"replied": True} if row["outcome"] == "replied" else {}
        leaving.append(Leaving(row["id"], columns, _beside(row)))
    return leaving


def texts(*, after: int, limit: int) -> list[Leaving]:
    """The next texts, each with the first answer to it."""
    leaving = []
    for row in fetch(_MESSAGES, ["sms", after, limit]):
        if row["message"] is not None:
            columns = _whose(row) | {
                "body": row["text"], "status": _SENT.get(row["state"], row["state"]),
                "sent_at": _moment(row["sent_at"]), "delivered_at": _moment(row["delivered_at"]),
                "response_text": row["answer"],
            }  # fmt: skip
        else:
            data = json.loads(row["data"])
            columns = _whose(row) | {"body": own_text(row["body"], data), "status": row["outcome"]}
            columns |= {"sent_at": _moment(row["happened_at"])}
            columns |= {"response_text": data["response"]} if data.get("response") else {}
        leaving.append(Leaving(row["id"], columns, _beside(row)))
    return leaving


def _whose(row: dict[str, Any]) -> dict[str, Any]:
    person = row["contact_id"]
    return {"account_id": ("account", row["account_id"]), "contact_id": ("contact", person) if person else None}


def _direction(row: dict[str, Any]) -> str:
    return "inbound" if row["direction"] == Direction.IN else "outbound"


def _beside(row: dict[str, Any]) -> dict[str, str]:
    return {"direction": _direction(row), "happened_at": _moment(row["happened_at"])}


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
