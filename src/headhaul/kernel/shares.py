"""How sure one can be of a share that was seen a few times."""

from __future__ import annotations

import math

Z = 1.959963984540054  # 95 %


def wilson(p: float, n: float) -> tuple[float, float]:
    """Wilson's score interval for a share p seen in n."""
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))
