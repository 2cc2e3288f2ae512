"""The lead score: pure functions from facts to features, from features to a score with its reasons."""

from headhaul.capture.scoring.facts import Facts, Scale
from headhaul.capture.scoring.features import BESIDE, SCORED, features
from headhaul.capture.scoring.models import DOCUMENTED, Logistic, Model, Thresholds, Weights, read_off
from headhaul.capture.scoring.scored import Counterfactual, Reason, Scored, grade_of, score

__all__ = [
    "BESIDE",
    "DOCUMENTED",
    "SCORED",
    "Counterfactual",
    "Facts",
    "Logistic",
    "Model",
    "Reason",
    "Scale",
    "Scored",
    "Thresholds",
    "Weights",
    "features",
    "grade_of",
    "read_off",
    "score",
]
