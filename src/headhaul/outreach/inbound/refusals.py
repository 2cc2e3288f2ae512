"""Whether words refuse further contact. The rules are data (data/opt_outs.toml); this file only applies them.

What is likely but not sure counts as a refusal too, and says that it was a guess,
which a person looks at while nobody is written to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.innocent import pattern, rule_book, without_innocent
from headhaul.outreach.inbound.resemblance import resemblance_of, threshold
from headhaul.outreach.inbound.spelling import keyword_form, sentences

FAR_FETCHED = -1.0  # a score below which what is only likely is no refusal
LONGEST = 6_000  # characters that are judged: whoever refuses does so early
ALL = "all"
OTHERS = {"keyword": "They sent a keyword.", "resemblance": "Their words resemble refusals that are known."}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to refuse."""

    name: str
    says: str
    sure: re.Pattern[str] | None
    likely: re.Pattern[str] | None
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was found. Without reasons nothing was refused. `channels` are what is not to be used any more."""

    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # the sentences they were found in, as they were read
    channels: tuple[str, ...] = ()
    is_sure: bool = False

    @property
    def is_one(self) -> bool:
        """Whether it refuses."""
        return bool(self.reasons)


@dataclass(slots=True)
class _Found:
    reasons: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    is_sure: bool = False


def refusal_in(text: str, *, channel: Channel) -> Refusal:
    """Read what somebody wrote, without what they quoted."""
    found = _Found()
    read = sentences(text[:LONGEST])
    if channel is Channel.SMS and keyword_form(text) in keywords("stop"):
        found.reasons.append("keyword")
        found.words.append(text.strip()[:80])
        found.is_sure = True
    for sentence in read:
        _judge(sentence, channel, found)
    if not found.is_sure:
        _guess(text[:LONGEST], found)
    if not found.reasons:
        return Refusal()
    reasons, words = tuple(dict.fromkeys(found.reasons)), tuple(dict.fromkeys(found.words))
    return Refusal(reasons, words, _channels(" ".join(read), channel), found.is_sure)


def _guess(text: str, found: _Found) -> None:
    """Where no rule is sure, examples have their say: they add a guess, or take back one that they find far-fetched."""
    alike = resemblance_of(text)
    if alike.score > threshold():
        found.reasons.append("resemblance")
        found.words.append(", ".join(alike.because) or text.strip()[:80])
    elif alike.score < FAR_FETCHED:
        found.reasons, found.words = [], []


@cache
def keywords(kind: str) -> frozenset[str]:
    """The words that carriers and the FCC give a meaning: stop, help or start."""
    return frozenset(rule_book()["keywords"][kind])


def sentence_of(reason: str) -> str:
    """What a rule's name means, for people."""
    known = {rule.name: rule.says for rule in rules()}
    return known.get(reason, OTHERS.get(reason, reason))


def _judge(sentence: str, channel: Channel, found: _Found) -> None:
    bare = without_innocent(sentence)
    for rule in rules():
        if rule.channels and channel not in rule.channels:
            continue
        is_sure = bool(rule.sure and rule.sure.search(bare))
        if is_sure or (rule.likely and rule.likely.search(bare)):
            found.reasons.append(rule.name)
            found.words.append(sentence[:200])
            found.is_sure = found.is_sure or is_sure


def _channels(whole: str, channel: Channel) -> tuple[str, ...]:
    """A text ends texts and calls alike; a mail ends mail, unless the words say more."""
    if any(says_all.search(whole) for says_all in _everything()):
        return (ALL,)
    return (Channel.SMS.value, Channel.CALL.value) if channel is Channel.SMS else (channel.value,)


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, as they stand in the data."""
    return tuple(
        Rule(
            name=row["name"],
            says=row["says"],
            sure=pattern(row["sure"]) if "sure" in row else None,
            likely=pattern(row["likely"]) if "likely" in row else None,
            channels=tuple(row.get("channels", ())),
        )
        for row in rule_book()["rule"]
    )


@cache
def _everything() -> tuple[re.Pattern[str], ...]:
    return tuple(pattern(text) for text in rule_book()["all_channels"].values())
