"""Under which countries' law somebody may be: by what is known of them, and by what their address says."""

from __future__ import annotations

from functools import lru_cache

from headhaul.compliance.judging.rules import Rules
from headhaul.compliance.judging.words import Facts, Proposal
from headhaul.kernel.places import is_foreign


def countries_of(proposal: Proposal, facts: Facts, rules: Rules) -> tuple[str, ...]:
    """All of them; the United States where nothing speaks of another one. Every one's rules hold."""
    mail_domain = proposal.address.rpartition("@")[2] if proposal.channel == "email" else ""
    return countries_with(facts.country, facts.states, rules, ending=mail_domain.rpartition(".")[2].lower())


@lru_cache(maxsize=16_384)
def countries_with(country: str, states: tuple[str, ...], rules: Rules, *, ending: str = "") -> tuple[str, ...]:
    """By a country's code, states or provinces, and the ending of an e-mail domain; each may be empty."""
    known = "US" if country.upper() == "USA" else country.upper()
    of_states = [_of_state(state, rules) for state in states]
    found = [known, *(code for code in of_states if code != "*")] if known else of_states
    if len(ending) == 2 and ending not in rules.places_of_nowhere:
        found.append(_of_ending(ending, rules))
    return tuple(dict.fromkeys(found)) or ("US",)


def _of_state(state: str, rules: Rules) -> str:
    if not is_foreign(state):
        return "US"
    return next((row.code for row in rules.countries.values() if state in row.states), "*")


def _of_ending(ending: str, rules: Rules) -> str:
    listed = next((row.code for row in rules.countries.values() if ending in row.tlds), "")
    return listed or ending.upper()
