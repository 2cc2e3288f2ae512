"""Rules are data that names its sources, and nothing else is taken."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest

from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.recording import may_record, recording_rule
from headhaul.compliance.judging.rows import InvalidRules
from headhaul.compliance.judging.rules import Rules, current, text
from headhaul.compliance.judging.telling_rules import rules_page
from headhaul.kernel.places import STATE_CODES
from tests.compliance.judging.cases import NOON, facts, judged, proposal

LOOKED_UP = date(2026, 11, 22)


def test_every_row_names_its_law_its_source_and_its_day() -> None:
    law = current()
    assert len(law.states) >= 25
    assert set(law.states) <= set(STATE_CODES)
    for name, origin in law.origins.items():
        assert origin.cite, name
        assert origin.source, name
        assert origin.verified_on >= LOOKED_UP, name


@pytest.mark.parametrize("field", ["cite", "source", "verified_on", "confidence"])
@pytest.mark.parametrize(
    "row", ['code = "FL"', "[federal]", "[guard]", "[subject]", 'code = "CA"\nname', "[recording]"]
)
def test_a_row_without_its_source_is_refused(row: str, field: str) -> None:
    head, mark, tail = text().partition(row)
    assert mark
    lines = tail.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith(f"{field} ="))
    del lines[place]
    with pytest.raises(InvalidRules, match=field):
        Rules.load(head + mark + "\n".join(lines))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('weekdays = "09:00-18:00"', 'weekdays = "09:00-18:03"', "five minutes"),
        ('weekdays = "09:00-18:00"', 'weekdays = "19:00-18:00"', "end before they begin"),
        ('weekdays = "09:00-18:00"', "weekdays = 9", "hours are written"),
        ('clock = "America/Chicago"', 'clock = "America/Chicargo"', "no time zone"),
        ('holidays = "closed"', 'holidays = "maybe"', "closed or usual"),
        ('code = "OK"', 'code = "FL"', "two rows"),
        ('code = "*"', 'code = "ZZ"', "all others"),
        ("opens_minutes = 5", "opens_minutes = 7", "five minutes"),
        ('email = "opt_out"', 'email = "whatever"', "opt_out"),
        ('confidence = "high"', 'confidence = "certain"', "one of"),
        ("[federal]", "[fed]", "cannot be read"),
        ("[federal]", "[federal", "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_by_name(old: str, new: str, said: str) -> None:
    assert old in text()
    with pytest.raises(InvalidRules, match=said):
        Rules.load(text().replace(old, new, 1))


def test_a_set_is_named_by_what_it_says() -> None:
    assert Rules.load(text() + "\n# a remark\n").hash == current().hash
    assert Rules.load(text().replace("08:00-20:00", "08:00-19:00", 1)).hash != current().hash
    assert len(current().hash) == 64


def test_a_decision_is_judged_again_under_another_set() -> None:
    head, texas, tail = text().partition('code = "TX"\nweekdays = "')
    stricter = Rules.load(f"{head}{texas}13:00-21:00{tail[11:]}")
    assert judged().is_allowed
    again = decide(proposal(), facts(), at=NOON, rules=stricter)
    assert (again.is_allowed, again.rules_hash) == (False, stricter.hash)


def test_rows_that_nobody_looked_up_for_half_a_year_are_named() -> None:
    assert current().stale(LOOKED_UP + timedelta(days=180)) == ()
    assert {"FL", "federal", "country CA", "recording"} <= set(current().stale(LOOKED_UP + timedelta(days=181)))


def test_rolling_limits_come_from_every_state_they_may_be_in() -> None:
    found = {(cap.state, cap.count, cap.hours) for cap in current().recipient_caps(("FL", "ME", "TX"), "sms")}
    assert found == {("FL", 3, 24), ("ME", 1, 8)}
    assert [cap.state for cap in current().recipient_caps(("ME", "OK"), "call")] == ["OK"]


def test_the_words_of_a_refusal_are_the_union_of_three_lists() -> None:
    stop = set(current().words["replies.stop"])
    assert {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"} <= stop  # the FCC's
    assert {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"} <= stop  # Twilio's
    assert {"arret", "remove", "td", "opt-out"} <= stop  # AWS'
    for name, words in current().words.items():
        assert list(words) == [word.lower() for word in words], name


@pytest.mark.parametrize(
    ("states", "ours", "needs", "asking"),
    [
        (("CA",), "TX", True, ("CA",)),
        (("TX",), "TX", False, ()),
        (("TX",), "WA", True, ("WA",)),
        (("FL", "GA"), "", True, ("FL",)),
        ((), "TX", True, ()),
    ],
)
def test_recording(states: tuple[str, ...], ours: str, needs: bool, asking: tuple[str, ...]) -> None:
    rule = recording_rule(states, our_state=ours)
    assert (rule.needs_consent, rule.states) == (needs, asking)
    assert not may_record(states, announced=False, agreed=True, our_state=ours)
    assert may_record(states, announced=True, agreed=True, our_state=ours)
    assert may_record(states, announced=True, agreed=False, our_state=ours) is not needs


def test_all_fourteen_states_that_some_list_names_ask_for_everybodys_consent() -> None:
    listed = {"CA", "CT", "DE", "FL", "IL", "MD", "MA", "MI", "MT", "NV", "NH", "OR", "PA", "WA"}
    assert current().recorded_by_all == listed
    assert set(tomllib.loads(text())["recording"]["all_party"]) == listed


def test_the_page_of_rules_has_a_line_for_every_row() -> None:
    page = "\n".join(rules_page())
    for code in (*current().states, "federal", "unknown"):
        assert f"| {code} | " in page
    for country in current().countries.values():
        assert f"| {country.name} | " in page
    assert "| TX | 09:00–21:00 | 09:00–21:00 | 12:00–21:00 | as usual |" in page
    assert "3 in 24 h (texts, calls, artificial voices)" in page
