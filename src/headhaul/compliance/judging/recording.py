"""Whether a call may be recorded: everywhere only after it was announced, and in some states only when all agree."""

from __future__ import annotations

from dataclasses import dataclass

from headhaul.compliance.judging.rules import Rules, current


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """What has to happen before a call is recorded, and the states that ask for it."""

    needs_consent: bool
    states: tuple[str, ...]
    sentence: str
    cite: str


def recording_rule(states: tuple[str, ...], *, our_state: str = "", rules: Rules | None = None) -> RecordingRule:
    """The stricter state wins, ours or theirs. Where no state is known all are possible, so consent is needed."""
    law = rules or current()
    asking = tuple(sorted({state for state in (*states, our_state) if state in law.recorded_by_all}))
    cite = law.origins["recording"].cite
    if asking:
        said = f"Ask before recording: in {', '.join(asking)} everyone on the call must agree."
        return RecordingRule(True, asking, said, cite)
    if not states:
        return RecordingRule(True, (), "Ask before recording: their state is not known.", cite)
    return RecordingRule(False, (), "Say that the call is recorded before you record it.", cite)


def may_record(
    states: tuple[str, ...], *, announced: bool, agreed: bool, our_state: str = "", rules: Rules | None = None
) -> bool:
    """Whether recording may begin. It is always announced; where everyone must agree, they must have."""
    return announced and (agreed or not recording_rule(states, our_state=our_state, rules=rules).needs_consent)
