"""Texts with variables: {contact.first_name|there}. What follows the bar stands there when it is not known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from headhaul.outreach.selectors.facts import VARIABLES

_BRACES = re.compile(r"\{([^{}]*)\}")


def faults(text: str) -> list[str]:
    """What is wrong with the variables of a text, in sentences."""
    found = []
    if re.search(r"[{}]", _BRACES.sub("", text)):
        found.append("Every { needs its }, and there are no others.")
    for inside in _BRACES.findall(text):
        name, bar, instead = (part.strip() for part in inside.partition("|"))
        if name not in VARIABLES:
            found.append(f"There is no variable {{{name[:40]}}}. {_near(name)}")
        elif not bar or not instead:
            found.append(f"Say what stands there when it is not known: {{{name}|…}}.")
    return found


def variables(text: str) -> list[str]:
    """The variables of a text, each once, in order."""
    return list(dict.fromkeys(inside.partition("|")[0].strip() for inside in _BRACES.findall(text)))


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its variables in place. What a variable becomes has no braces, so that none is ever sent."""
    return _BRACES.sub(lambda found: _value(found[1], names), text)


def _value(inside: str, names: Mapping[str, str]) -> str:
    name, _, instead = (part.strip() for part in inside.partition("|"))
    said = names.get(name) or instead
    return said.replace("{", "(").replace("}", ")")


def _near(name: str) -> str:
    close = difflib.get_close_matches(name, VARIABLES, n=3, cutoff=0.5)
    close = close or [known for known in VARIABLES if known.rpartition(".")[2] == name.rpartition(".")[2]]
    shown = ", ".join(f"{{{each}|…}}" for each in close[:3] or list(VARIABLES))
    return f"Did you mean {shown}?" if close else f"There are {shown}."
