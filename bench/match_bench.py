"""Matching and scoring alone: every carrier of the country with every driver of a pool, no database.

    python -m bench.match_bench [--carriers 2200000] [--drivers 1000000] [--threads 1] [--sample 200]

The columns are drawn with the shares of bench.marginals, each cargo box on its own: more different kinds of
carriers, and so more work, than in life. They are made by a process of their own, so that the peak is matching's.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

    from headhaul.carriers.services.matching import (
        CarrierColumns,
        DriverColumns,
        Geography,
        MatchColumns,
        MatchSettings,
    )

T = TypeVar("T")
SEED = 20261122
STEADY = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
# Assumption: job masks of carriers as carriers.services.jobtypes gives them, and licence levels asked.
JOB_MASKS = {1: 40, 2: 2, 3: 3, 4: 12, 5: 6, 6: 3, 7: 1, 8: 10, 9: 2, 10: 1, 11: 0.5, 12: 12, 13: 4, 14: 1, 15: 1.5}
LEVELS = {1: 45, 2: 53, 3: 2}
DRIVER_LEVELS = {0: 7, 1: 15, 2: 64, 3: 14}
DRIVER_EQUIPMENT = (0.52, 0.28, 0.24, 0.09, 0.10, 0.12, 0.05, 0.06, 0.02, 0.03)  # as bench.marginals.EQUIPMENT
DRIVER_JOBS = (0.35, 0.22, 0.48, 0.42)
DAYS_SINCE_ACTIVE = 60


def make(carriers: int, drivers: int, folder: Path) -> None:
    """Draw both sides and leave them in the folder."""
    import numpy as np

    from bench import marginals
    from headhaul.carriers.services.equipment import cargo_classes
    from headhaul.carriers.services.matching import CarrierColumns, DriverColumns, geography, recency_weight
    from headhaul.kernel.places import STATES

    rng, geo = np.random.default_rng(SEED), geography()

    def homes(by_state: dict[str, int], count: int) -> Any:
        weight, share = rng.pareto(1.2, geo.areas) + 0.2, np.zeros(geo.areas)
        for state, people in by_state.items():
            here = geo.state[: geo.areas] == STATES[state].number
            share[here] = weight[here] / weight[here].sum() * people
        return rng.choice(geo.areas, count, p=share / share.sum()).astype(np.int16)

    def pick(shares: dict[int, float], count: int) -> Any:
        weight = np.array(list(shares.values()), float)
        return rng.choice(np.array(list(shares), np.uint8), count, p=weight / weight.sum())

    def bits(chances: tuple[float, ...], count: int) -> Any:
        mask = np.zeros(count, np.uint16)
        for bit, chance in enumerate(chances):
            mask |= np.where(rng.random(count) < chance, np.uint16(1 << bit), np.uint16(0))
        return np.where(mask == 0, np.uint16(1), mask)

    primary, equipment = np.zeros(carriers, np.uint16), np.zeros(carriers, np.uint16)
    for cargo in cargo_classes():
        ticked = rng.random(carriers) < marginals.CARGO[cargo.column.removeprefix("crgo_").upper()][0] / 100
        for kind, weight in cargo.weights.items():
            bit = np.where(ticked, np.uint16(1 << kind), np.uint16(0))
            equipment |= bit
            if weight >= 0.4:
                primary |= bit
    fleet = CarrierColumns(
        dot=np.arange(1, carriers + 1, dtype=np.int32),
        place=homes(marginals.CARRIER_STATE, carriers),
        primary=primary,
        equipment=equipment,
        jobs=pick(JOB_MASKS, carriers),
        min_level=pick(LEVELS, carriers),
        specificity=rng.integers(5, 101, carriers).astype(np.uint8),
        freshness=rng.choice(np.array([30, 50, 80, 100], np.uint8), carriers, p=[0.08, 0.39, 0.21, 0.32]),
    )
    idle = rng.exponential(DAYS_SINCE_ACTIVE, drivers)
    pool = DriverColumns(
        place=homes(marginals.DRIVER_STATE, drivers),
        equipment=bits(DRIVER_EQUIPMENT, drivers),
        jobs=bits(DRIVER_JOBS, drivers).astype(np.uint8),
        level=pick(DRIVER_LEVELS, drivers),
        recency=recency_weight(idle, 30),
        active7=idle <= 7,
    )
    for name, columns in (("carriers", fleet), ("drivers", pool)):
        np.savez(folder / f"{name}.npz", **{field.name: getattr(columns, field.name) for field in fields(columns)})


def clocked(work: Callable[[], T]) -> tuple[T, float, float]:
    """What the work gives, its CPU and its wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def peak_mb() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def brute(
    fleet: CarrierColumns, row: int, pool: DriverColumns, geo: Geography, settings: MatchSettings
) -> dict[str, int]:
    """One carrier against every driver, each looked at."""
    import numpy as np

    from headhaul.carriers.choices import JobType
    from headhaul.carriers.services.matching.regions import region

    where, at = region(geo, settings), int(fleet.place[row])
    home = pool.place
    shared = np.zeros(len(pool), np.bool_)
    for job in JobType:
        if fleet.jobs[row] >> job & 1:
            shared |= (pool.jobs >> job & 1 == 1) & where.in_reach[job][at][home]
    reach = shared & (pool.level >= fleet.min_level[row]) & (fleet.equipment[row] != 0)
    fits = reach & (pool.equipment & fleet.equipment[row] != 0)
    full = fits & (pool.equipment & fleet.primary[row] != 0)
    return {
        "pool": int(reach.sum()),
        "n": int(fits.sum()),
        "near": int((fits & where.near[at][home]).sum()),
        "active7": int((fits & pool.active7).sum()),
        "prox": int(where.closeness[at][home[fits]].astype(np.int64).sum()),
        "rec": int(pool.recency[fits].astype(np.int64).sum()),
        "fit": 500 * int(fits.sum()) + 500 * int(full.sum()),
    }


def check(
    fleet: CarrierColumns, pool: DriverColumns, found: MatchColumns, rows: np.ndarray[Any, Any], geo: Geography
) -> float:
    """CPU seconds of brute force for these carriers; ends the program when a number differs."""
    from headhaul.carriers.services.matching import MatchSettings

    began = time.process_time()
    for row in rows:
        for name, value in brute(fleet, int(row), pool, geo, MatchSettings()).items():
            if int(getattr(found, name)[row]) != value:
                raise SystemExit(f"carrier {row}: {name} is {getattr(found, name)[row]}, pair by pair it is {value}")
    return time.process_time() - began


def measure(folder: Path, threads: int, sample: int) -> None:
    """Run everything once in this process and print the table."""
    import numpy as np

    from bench.baselines import FULL_CARRIERS, MATCH_CPU, MATCH_PEAK, Yardstick
    from bench.report import Report
    from headhaul.carriers.services.matching import (
        CarrierColumns,
        DriverColumns,
        MatchSettings,
        Profile,
        Rules,
        ScoreSettings,
        Supply,
        breakdown,
        candidate_grid,
        driver_cells,
        geography,
        match,
        prospects,
        recruit_next,
        recruits,
        score,
        simulate,
        spread,
        state_places,
    )
    from headhaul.kernel.places import STATE_CODES, STATES

    geo, geo_cpu, _ = clocked(geography)
    fleet = CarrierColumns(**np.load(folder / "carriers.npz"))
    pool = DriverColumns(**np.load(folder / "drivers.npz"))
    rules = Rules(MatchSettings(), ScoreSettings())
    before = peak_mb()
    found, match_cpu, match_wall = clocked(lambda: match(fleet, pool, geo, rules.matching))
    scored, score_cpu, score_wall = clocked(lambda: score(found, fleet, rules.scoring))
    peak = peak_mb()
    size = len(fleet)
    rows = np.random.default_rng(SEED).choice(size, min(sample, size), replace=False)
    brute_cpu = check(fleet, pool, found, rows, geo)

    report = Report(f"{size:,} carriers × {len(pool):,} drivers = {size * len(pool):.1e} pairs, {threads} thread(s)")
    share = size / FULL_CARRIERS
    everything = Yardstick("match and score every pair, CPU", "s", MATCH_CPU.goal, MATCH_CPU.others).scaled(share)
    report.measured(everything, match_cpu + score_cpu)
    report.fact("  of it matching, scoring", f"{match_cpu:.2f} s, {score_cpu:.2f} s")
    report.fact("  wall", f"{match_wall + score_wall:.2f} s", "depends on what else the machine does")
    report.measured(MATCH_PEAK, peak, note=f"{before:.0f} MB before: Python, places and both sides' columns")
    slow = brute_cpu / len(rows) * size
    report.fact(
        f"{len(rows)} carriers pair by pair: equal to the last digit",
        f"{brute_cpu:.2f} s",
        f"all of them would take {slow / 3600:,.1f} h of CPU: {slow / (match_cpu + score_cpu):,.0f}× ours",
    )
    report.fact(
        "matches", f"{float(found.n.mean()):,.0f} a carrier", f"{int(found.n.astype(np.int64).sum()):.2e} in all"
    )

    worth = np.flatnonzero(prospects(found, scored, rules.scoring))
    hits = worth[np.argsort(-scored.score[worth], kind="stable")][:500_000]
    cells, cells_cpu, _ = clocked(lambda: driver_cells(pool))
    _, parts_cpu, _ = clocked(lambda: breakdown(fleet, hits, cells, geo, rules.matching))
    report.fact(f"families, jobs, top states of {len(hits):,} hits, CPU", f"{parts_cpu:.2f} s")
    supply = Supply(cells, geo, rules.matching)
    _, one_cpu, _ = clocked(lambda: [supply.of(fleet, int(row)) for row in rows[:50]])
    report.fact("one carrier's supply, CPU", f"{1000 * one_cpu / len(rows[:50]):.1f} ms")
    homes = spread(200, state_places(geo, STATES["TX"].number), cells)
    flatbed = recruits(Profile(equipment=0b100, jobs=0b1100), homes)
    moved, then_cpu, _ = clocked(lambda: simulate(found, fleet, geo, rules, added=flatbed))
    report.fact("what-if: 200 flatbed drivers in Texas, CPU", f"{then_cpu:.2f} s", f"{len(moved.rows):,} carriers move")
    grid = candidate_grid(geo, cells, count=10, states=range(51), names=STATE_CODES)
    _, next_cpu, _ = clocked(lambda: recruit_next(found, fleet, geo, rules, grid))
    report.fact(f"whom to recruit next, of {len(grid):,} profiles, CPU", f"{next_cpu:.2f} s")
    report.fact("once per process: places and distances, driver cells, CPU", f"{geo_cpu:.2f} s, {cells_cpu:.2f} s")
    report.print()
    print(
        "The others answered a smaller question: 8 families, one job type a driver, 2 licence levels, 3 sums;\n"
        "here it is 10 families, masks of 4 job types with 4 radii, 4 levels, 7 sums."
    )


def main() -> None:
    """Make the columns in one process, measure in another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--carriers", type=int, default=2_200_000)
    parser.add_argument("--drivers", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sample", type=int, default=200, help="carriers checked pair by pair")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.make:
        make(wanted.carriers, wanted.drivers, wanted.make)
    elif wanted.measure:
        measure(wanted.measure, wanted.threads, wanted.sample)
    else:
        environment = os.environ | dict.fromkeys(STEADY, str(wanted.threads))
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--make", "--measure"):
                command = [sys.executable, "-m", "bench.match_bench", *sys.argv[1:], step, folder]
                subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
