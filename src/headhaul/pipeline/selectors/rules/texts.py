"""Texts of rules with variables: {account.name|the account}. What follows the bar stands there when it is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from headhaul.pipeline.selectors.rules.facts import VARIABLES

_BRACES = re.compile(r"\{([^{}]*)\}")


def fault_of(text: str) -> str:
    """What is wrong with the variables of a text; "" when nothing is."""
    if _BRACES.sub("", text).count("{") or _BRACES.sub("", text).count("}"):
        return "every { needs its }"
    for inside in _BRACES.findall(text):
        name, bar, instead = inside.partition("|")
        if name not in VARIABLES:
            return f"there is no variable {name[:40]!r}; there are {', '.join(VARIABLES)}"
        if not bar or not instead.strip():
            return f"say what stands there when {name} is not known, for example {{{name}|the customer}}"
    return ""


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its variables in place. A value is never read as a variable again."""
    return _BRACES.sub(lambda found: _value(found[1], names), text)


def _value(inside: str, names: Mapping[str, str]) -> str:
    name, _, instead = inside.partition("|")
    return names.get(name) or instead
