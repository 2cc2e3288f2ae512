"""A census and a driver pool of any size, seeded: same arguments, same bytes.

    python -m bench.generate_census --carriers 2200000 --drivers 1000000 --out DIR [--gzip]

The census has all 147 columns of FMCSA's Company Census File, shares from `marginals` and real ZIP codes. One
row in 300 is dirty the way real rows are; `manifest.json` counts every kind, so an import can be checked.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from bench.columns import write_csv
from bench.made_carriers import carriers
from bench.made_drivers import drivers


def generate(
    out: Path, *, carrier_rows: int, driver_rows: int, seed: int, as_of: date, zipped: bool = False
) -> dict[str, Any]:
    """Both files and their manifest in `out`; the answer is the manifest."""
    out.mkdir(parents=True, exist_ok=True)
    census, pool = out / ("census.csv.gz" if zipped else "census.csv"), out / "drivers.csv"
    dirt = Counter[str]()
    write_csv(census, carriers(rows=carrier_rows, seed=seed, as_of=as_of, dirt=dirt))
    write_csv(pool, drivers(rows=driver_rows, seed=seed, as_of=as_of))
    manifest = {
        "carriers": carrier_rows,
        "drivers": driver_rows,
        "seed": seed,
        "as_of": as_of.isoformat(),
        "dirt": dict(dirt),
        "census": census.name,
        "census_bytes": census.stat().st_size,
        "pool": pool.name,
        "pool_bytes": pool.stat().st_size,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--carriers", type=int, default=2_200_000)
    parser.add_argument("--drivers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today())
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    began = time.perf_counter()
    sizes = {"carrier_rows": args.carriers, "driver_rows": args.drivers}
    manifest = generate(args.out, **sizes, seed=args.seed, as_of=args.as_of, zipped=args.gzip)
    print(json.dumps(manifest, indent=2))
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
