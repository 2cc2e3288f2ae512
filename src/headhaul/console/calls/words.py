"""How this panel says how a call ended."""

from __future__ import annotations

OUTCOMES = {
    "connected": "Spoke with them", "voicemail": "Voicemail", "no_answer": "No answer", "busy": "Busy",
    "gatekeeper": "Gatekeeper", "callback": "Call back", "meeting_set": "Meeting set",
    "not_interested": "Not interested", "wrong_number": "Wrong number", "dnc": "Do not call again",
}  # fmt: skip
