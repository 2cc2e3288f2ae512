"""Real ZIP codes to put made-up carriers and drivers at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import zipcodes


@dataclass(frozen=True, slots=True)
class Places:
    """ZIP codes with their cities and states, and how often each is drawn."""

    zip_code: pa.StringArray
    city: pa.StringArray
    state: pa.StringArray
    share: npt.NDArray[np.float64]

    def draw(self, rng: np.random.Generator, count: int) -> pa.Int32Array:
        """Row numbers of `count` places, the likelier ones more often."""
        return pa.array(rng.choice(len(self.share), count, p=self.share).astype(np.int32))


def places(by_state: dict[str, int], *, seed: int) -> Places:
    """Every ordinary ZIP of the named states; in each, a few ZIPs hold most of the people, as in life."""
    rows = sorted(
        (z["zip_code"], z["city"].upper(), z["state"])
        for z in zipcodes.list_all()
        if z["zip_code_type"] == "STANDARD" and z["active"] and z["lat"] and z["state"] in by_state
    )
    states = np.array([state for _, _, state in rows])
    weight = np.random.default_rng(seed).pareto(1.3, len(rows)) + 0.1
    share = np.zeros(len(rows))
    total = sum(by_state.values())
    for state, people in by_state.items():
        here = states == state
        share[here] = weight[here] / weight[here].sum() * people / total
    return Places(
        zip_code=pa.array([row[0] for row in rows]),
        city=pa.array([row[1] for row in rows]),
        state=pa.array([row[2] for row in rows]),
        share=share / share.sum(),
    )
