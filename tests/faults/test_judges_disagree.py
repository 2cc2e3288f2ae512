"""The judge against the oracle, ten times as often as in its own tests. Here every rule set is a random one."""

from __future__ import annotations

import os

import pytest

from tests.compliance.judging.test_against_oracle import differences

FULL = os.environ.get("HEADHAUL_FAULTS") == "full"
SETS, EACH = (100, 1_000) if FULL else (2, 250)  # the ordinary run has 10,000 in tests/compliance/judging


@pytest.mark.slow
def test_a_hundred_thousand_decisions_without_a_difference() -> None:
    tally = {"allow": 0, "defer": 0, "deny": 0}
    for number in range(SETS):
        found, came_to = differences(1_001 + 2 * number, EACH)
        assert not found, found[0]
        tally = {outcome: count + came_to[outcome] for outcome, count in tally.items()}
    print(f"{sum(tally.values()):,} decisions under {SETS} rule sets: {tally}")
    assert sum(tally.values()) == SETS * EACH
