"""What something cost, with how sure one can be of it. Pure functions on cents and counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Spend ÷ count. `cents` is None while the count is too small to say one number, and where there is none at all;
    `high` is None where nothing came of it: then it costs at least `low`, and nobody knows what it costs at most."""

    cents: int | None
    low: int | None
    high: int | None
    n: int
    is_enough: bool


def cost_of(spend: int, n: int, *, enough: int) -> Cost:
    """What one of n cost. The range is that of a count that came about by chance (Poisson, exact, 95 %)."""
    if not spend:
        return Cost(cents=None, low=None, high=None, n=n, is_enough=False)
    least, most = counts_like(n)
    return Cost(
        cents=round(spend / n) if n >= max(enough, 1) else None,
        low=round(spend / most),
        high=round(spend / least) if n else None,
        n=n,
        is_enough=n >= max(enough, 1),
    )


def counts_like(n: int) -> tuple[float, float]:
    """Between which means a Poisson count of n is no surprise, at 95 % (Garwood)."""
    from scipy.stats import chi2  # half a second of loading that most processes never need

    low = float(chi2.ppf(0.025, 2 * n)) / 2 if n else 0.0
    return low, float(chi2.ppf(0.975, 2 * n + 2)) / 2


def payback_months(
    cost: int | None, *, won_cents: int, clients: int, contract_months: int, margin_percent: int
) -> float | None:
    """After how many months what a client brings has paid for winning them; None where either is not known."""
    if cost is None or not clients or won_cents <= 0:
        return None
    a_month = won_cents / clients / contract_months * margin_percent / 100
    return round(cost / a_month, 1)
