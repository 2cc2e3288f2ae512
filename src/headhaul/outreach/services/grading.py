"""Who clicked: a person, a machine, or nobody can tell. Opens prove nothing and are never a person's.

Security gateways fetch every link of a mail as it arrives; so whatever comes too early, too many at once, without a
browser, or for a link that nobody sees is a machine's. Both counts are kept, and a grade changes when more is known.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from headhaul.outreach.choices import Grade

AT_ONCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Hit:
    """One fetch of a link."""

    id: int
    link_id: int
    at: datetime
    method: str
    agent: str
    network: str
    is_trap: bool = False
    is_prefetch: bool = False


def grade(
    hit: Hit, *, others: Sequence[Hit], delivered_at: datetime | None, too_early: timedelta
) -> tuple[Grade, list[str]]:
    """What it is, and why. `others` are all fetches of links of the same message, itself among them."""
    reasons = [*_by_itself(hit), *_beside(hit, others)]
    if delivered_at is not None and hit.at < delivered_at + too_early:
        reasons.append(f"within {int(too_early.total_seconds())} seconds of delivery")
    if reasons:
        return Grade.MACHINE, reasons
    if delivered_at is None:
        return Grade.UNKNOWN, ["it is not known when the mail arrived"]
    if not hit.agent.startswith("Mozilla/"):
        return Grade.UNKNOWN, ["no browser that is known"]
    return Grade.HUMAN, []


def shortened(address: str) -> str:
    """The network of an address: enough to know a scanner by, too little to know a person by."""
    try:
        number = ipaddress.ip_address(address.strip().split("%")[0])
    except ValueError:
        return ""
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    return str(ipaddress.ip_network(f"{number}/{24 if number.version == 4 else 48}", strict=False))


def _by_itself(hit: Hit) -> list[str]:
    reasons = []
    if hit.is_trap:
        reasons.append("a link that nobody sees")
    if hit.method != "GET":
        reasons.append(f"asked by {hit.method}")
    if hit.is_prefetch:
        reasons.append("fetched ahead by a program")
    if name := next((name for name, is_one in _agents() if is_one.search(hit.agent)), ""):
        reasons.append(f"program: {name}")
    if name := next((name for name, network in _networks() if _is_inside(hit.network, network)), ""):
        reasons.append(f"network of {name}")
    return reasons


def _beside(hit: Hit, others: Sequence[Hit]) -> list[str]:
    near = {other.link_id for other in others if abs(other.at - hit.at) <= AT_ONCE}
    reasons = ["several links within five seconds"] if len(near) > 1 else []
    if any(other.is_trap and other.network == hit.network and other.agent == hit.agent for other in others):
        reasons.append("whoever opened the hidden link")
    return reasons


def _is_inside(text: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    if not text:
        return False
    given = ipaddress.ip_network(text)
    return given.version == network.version and given.subnet_of(network)  # type: ignore[arg-type]


@cache
def _agents() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(text, re.IGNORECASE)) for name, text in _data()["agents"].items()]


@cache
def _networks() -> list[tuple[str, Any]]:
    return [(name, ipaddress.ip_network(each)) for name, several in _data()["networks"].items() for each in several]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("headhaul.outreach").joinpath("data/scanners.toml").read_text(encoding="utf-8"))
