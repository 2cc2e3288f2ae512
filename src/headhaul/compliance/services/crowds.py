"""The pre-flight of many calls or mails at once, to say who may be reached: for lists, where asking about each takes
seconds.

It is the same judge on the same facts, gathered in a few queries. Nothing is admitted by it: whoever is reached is
judged alone once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.words import Facts, Held, Verdict
from headhaul.compliance.selectors import crowds, holds
from headhaul.compliance.services import preflight
from headhaul.kernel import Recipient

OF_EVERYBODY = frozenset({"clock", "cap_firm", "cap_user"})
"""What speaks against one call by somebody for their own or the firm's sake speaks against all of theirs."""
_OF_WHOEVER = ("recipient", "recipient_state")


def judge_calls(asked: Sequence[tuple[Recipient, int | None]], *, at: datetime, user_id: int | None) -> list[Verdict]:
    """What would be decided now about each call, of the campaign beside it. Writes nothing and uses up nothing."""
    return _judged(asked, at=at, user_id=user_id)


def judge_many(asked: Sequence[Recipient], *, at: datetime, user_id: int | None) -> list[Verdict]:
    """What would be decided now about reaching each of them, on whatever channels. Writes nothing and uses up nothing.

    How long ago somebody wrote may hold a text back, and is not known of a crowd: texts that nothing denies are asked
    about one by one.
    """
    verdicts: dict[int, Verdict] = {}
    for channel in dict.fromkeys(whom.channel for whom in asked):
        places = [place for place, whom in enumerate(asked) if whom.channel == channel]
        found = _judged([(asked[place], None) for place in places], at=at, user_id=user_id)
        verdicts |= dict(zip(places, found, strict=True))
    for place, whom in enumerate(asked):
        if whom.channel not in ("call", "email") and verdicts[place].outcome is not Outcome.DENY:
            verdicts[place] = preflight.judge(whom, at=at, user_id=user_id)
    return [verdicts[place] for place in range(len(asked))]


def _judged(asked: Sequence[tuple[Recipient, int | None]], *, at: datetime, user_id: int | None) -> list[Verdict]:
    if not asked:
        return []
    channel = asked[0][0].channel
    proposals = [preflight.proposal_of(whom, user_id=user_id, call_campaign_id=campaign) for whom, campaign in asked]
    own_facts = crowds.facts(proposals, [whom for whom, _ in asked], at=at)
    shared: dict[str, Facts] = {}  # by country: what is the firm's, the user's and the clock's
    held: dict[tuple[tuple[str, ...], int | None], tuple[Held, ...]] = {}
    verdicts = []
    for proposal, (whom, campaign), own in zip(proposals, asked, own_facts, strict=True):
        if whom.country not in shared:
            shared[whom.country] = preflight.look(proposal, recipient=whom, at=at)
        if (whom.states, campaign) not in held:
            held[whom.states, campaign] = holds.covering(
                channel=channel, states=whom.states, call_campaign_id=campaign, at=at
            )
        known = shared[whom.country]
        limits = (*(cap for cap in known.caps if cap.name not in _OF_WHOEVER), *own.pop("caps"))
        facts = replace(known, held=held[whom.states, campaign], caps=limits, **own)
        verdicts.append(decide(proposal, facts, at=at))
    return verdicts
