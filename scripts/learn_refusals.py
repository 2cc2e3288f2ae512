"""Learns the weights of outreach/inbound/resemblance.py from its examples; says how well it would have done.

    .venv/bin/python scripts/learn_refusals.py

A logistic regression with ridge, full batches and a fixed number of steps, so that the same examples give the same
weights. The threshold is the lowest that lets at most one in twenty answers pass for a refusal, in fivefold validation.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from headhaul.outreach.inbound.resemblance import features_of, read_for_learning  # noqa: E402

DATA = ROOT / "src/headhaul/outreach/inbound/data"
RIDGE, STEPS, RATE, LEAST, FOLDS, WRONG = 0.3, 250, 0.1, 2, 5, 1 / 20


def examples(name: str) -> list[str]:
    """The lines of a file that are no comments, each once."""
    lines = (DATA / "examples" / name).read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def learn(found: list[set[str]], labels: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Names and weights; the last weight is the bias."""
    counts = Counter(name for each in found for name in each)
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    matrix = as_matrix(found, {name: place for place, name in enumerate(names)})
    weights = np.zeros(matrix.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    ridge = np.full_like(weights, RIDGE / len(labels))
    ridge[-1] = 0.0
    balance = np.where(labels == 1, len(labels) / (2 * labels.sum()), len(labels) / (2 * (1 - labels).sum()))
    for step in range(1, STEPS + 1):
        error = (1 / (1 + np.exp(-matrix @ weights)) - labels) * balance
        slope = matrix.T @ error / len(labels) + ridge * weights
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return names, weights


def as_matrix(found: list[set[str]], places: dict[str, int]) -> np.ndarray:
    """A row for each example, scaled by how much is in it, with a one for the bias."""
    matrix = np.zeros((len(found), len(places) + 1))
    for row, each in enumerate(found):
        matrix[row, [places[name] for name in each if name in places]] = 1 / np.sqrt(len(each))
    matrix[:, -1] = 1
    return matrix


def main() -> None:
    """Validate, learn, write."""
    refusals, answers = examples("refusals.txt"), examples("answers.txt")
    found = [features_of(read_for_learning(text)) for text in [*refusals, *answers]]
    labels = np.array([1] * len(refusals) + [0] * len(answers))
    folds = np.random.default_rng(7).permutation(len(labels)) % FOLDS
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        inside = [each for each, where in zip(found, folds, strict=True) if where != fold]
        names, weights = learn(inside, labels[folds != fold])
        outside = [each for each, where in zip(found, folds, strict=True) if where == fold]
        scores[folds == fold] = as_matrix(outside, {name: place for place, name in enumerate(names)}) @ weights
    threshold = float(np.quantile(scores[labels == 0], 1 - WRONG))
    caught = float((scores[labels == 1] > threshold).mean())
    print(
        f"{len(refusals)} refusals, {len(answers)} answers;"
        f" by validation {caught:.1%} of refusals score above {threshold:.2f}"
    )
    names, weights = learn(found, labels)
    learned = {
        "threshold": round(threshold, 3),
        "bias": round(float(weights[-1]), 4),
        "weights": {
            name: round(float(weight), 3) for name, weight in zip(names, weights, strict=False) if abs(weight) > 0.05
        },
    }
    (DATA / "refusal_weights.json").write_text(
        json.dumps(learned, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    print(f"{len(learned['weights'])} weights")


if __name__ == "__main__":
    main()
