"""A driver pool that nobody is in: made from stated shares, the same for the same seed, count and day."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from headhaul.config.demo.examples import assumptions

COLUMNS = (
    "driver_id", "home_zip", "home_state", "cdl_class", "endorsements", "years_experience", "equipment",
    "job_types", "available_from", "last_active_on", "status", "added_on",
)  # fmt: skip


@cache
def _zips_by_state() -> dict[str, list[str]]:
    import zipcodes

    found: dict[str, list[str]] = defaultdict(list)
    for row in zipcodes.list_all():
        if row["zip_code_type"] == "STANDARD" and row["active"] and row["lat"]:
            found[row["state"]].append(row["zip_code"])
    return {state: sorted(codes) for state, codes in found.items()}


class Pool:
    """Draws drivers one by one from the shares in examples/drivers/assumptions.json."""

    def __init__(self, *, count: int, seed: int, as_of: date) -> None:
        self.count, self.as_of = count, as_of
        self.given = assumptions()
        self.dice = random.Random(seed)  # noqa: S311 - a demo needs repeatable dice, not secret ones
        self.states = [s for s in self.given["employed_by_state"]["counts"] if s in _zips_by_state()]
        self.weights = [self.given["employed_by_state"]["counts"][state] for state in self.states]

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Exactly `count` drivers; the recruiting pushes are among them, scaled with the pool."""
        pushes = self._pushes()
        for number in range(self.count):
            yield self._driver(number + 1, next(pushes, None))

    def _pushes(self) -> Iterator[dict[str, Any]]:
        for push in self.given["recruiting_pushes"]["pushes"]:
            for _ in range(round(push["count"] * self.count / self.given["recruiting_pushes"]["of"])):
                yield push

    def _driver(self, number: int, push: dict[str, Any] | None) -> dict[str, str]:
        state = push["state"] if push else self.dice.choices(self.states, self.weights)[0]
        cdl = "A" if push else self._one_of(self.given["cdl_class"])
        letters = self._each_of(self.given["endorsements"][cdl])
        equipment = self._equipment(cdl, letters, push)
        added_on = self._added_on(push)
        idle = min(int(self.dice.expovariate(1 / self.given["active_days_ago_mean"])), (self.as_of - added_on).days)
        return {
            "driver_id": f"demo-{number:06d}",
            "home_zip": self.dice.choice(_zips_by_state()[state]),
            "home_state": state,
            "cdl_class": "" if cdl == "none" else cdl,
            "endorsements": "".join(sorted(letters)),
            "years_experience": f"{self._years():.1f}",
            "equipment": ";".join(equipment),
            "job_types": ";".join(self._each_of(self.given["job_types"]) or ["regional"]),
            "available_from": str(added_on + timedelta(days=self.dice.randrange(self.given["available_within_days"]))),
            "last_active_on": str(self.as_of - timedelta(days=idle)),
            "status": "active" if push else self._one_of(self.given["status"]),
            "added_on": str(added_on),
        }

    def _one_of(self, shares: dict[str, float]) -> str:
        return self.dice.choices(list(shares), list(shares.values()))[0]

    def _each_of(self, chances: dict[str, float]) -> list[str]:
        return [word for word, chance in chances.items() if self.dice.random() < chance]

    def _equipment(self, cdl: str, letters: list[str], push: dict[str, Any] | None) -> list[str]:
        named = self._each_of(self.given["equipment"][cdl])
        kept = [
            kind
            for kind in named
            if not (kind == "tanker" and "N" not in letters) and not (kind == "bus" and "P" not in letters)
        ]
        if push and push["equipment"] not in kept:
            kept.append(push["equipment"])
        return kept or [max(self.given["equipment"][cdl], key=self.given["equipment"][cdl].__getitem__)]

    def _years(self) -> float:
        given = self.given["years_experience"]
        years: float = min(given["most"], given["median"] * self.dice.lognormvariate(0, given["spread"]))
        return years

    def _added_on(self, push: dict[str, Any] | None) -> date:
        joined = self.given["joined"]
        if push:
            days = push["days_ago"] + self.dice.randrange(3)
        elif self.dice.random() < joined["before_last_90_days"]:
            days = self.dice.randint(91, joined["days"])
        else:
            days = self.dice.randint(0, 90)
        return self.as_of - timedelta(days=days)


def write(*, path: Path, count: int, seed: int, as_of: date) -> int:
    """Write the pool as a CSV file that the driver import reads; returns the number of drivers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(Pool(count=count, seed=seed, as_of=as_of))
    return count
