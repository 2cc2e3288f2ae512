"""The judge against a second one that was written apart and tries every minute. tests/faults has ten times as many."""

from __future__ import annotations

import random

import pytest

from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.rules import Rules, text
from tests.compliance.judging.chance import case, rule_set
from tests.compliance.judging.oracle import Oracle

SETS, EACH = 20, 500


def differences(seed: int, cases: int) -> tuple[list[str], dict[str, int]]:
    """What the two judges disagree on in so many cases under one rule set, and what the cases came to."""
    dice = random.Random(seed)
    words = text() if seed % 2 == 0 else rule_set(dice)
    law, oracle = Rules.load(words), Oracle(words)
    found: list[str] = []
    tally = {"allow": 0, "defer": 0, "deny": 0}
    for _ in range(cases):
        proposal, facts, at = case(dice)
        verdict = decide(proposal, facts, at=at, rules=law)
        ours = (verdict.outcome.value, verdict.until, {reason.layer for reason in verdict.reasons})
        theirs = oracle.decide(proposal, facts, at)
        tally[ours[0]] += 1
        if ours != theirs:
            found.append(f"seed {seed}: {at} {proposal} {facts}\n  judge  {ours}\n  oracle {theirs}")
    return found, tally


@pytest.mark.parametrize("seed", range(SETS))
def test_both_judges_say_the_same(seed: int) -> None:
    found, tally = differences(seed, EACH)
    assert not found, found[0]
    assert min(tally.values()) > EACH // 50, "the cases must be of every kind"
