"""The lead score learns: a challenger from what became of leads, kept with its measures, in force only if better."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from headhaul import preferences
from headhaul.advisor.leads import bands, gate, measures
from headhaul.advisor.leads.bands import Bands, ScoreMap
from headhaul.advisor.leads.documented import DocumentedWeights, Meaning
from headhaul.advisor.leads.gate import NAMES, Trial, Verdict
from headhaul.advisor.leads.ladder import Rung
from headhaul.advisor.leads.tables import Table
from headhaul.advisor.leads.weights import PlainWeights, documented_as_plain, plain
from headhaul.advisor.preferences import LeadLearning
from headhaul.advisor.selectors import lead_outcomes
from headhaul.advisor.selectors.lead_outcomes import Matured
from headhaul.advisor.selectors.lead_served import Served, prior_of
from headhaul.capture.models import LeadModel
from headhaul.capture.services import models
from headhaul.capture.services.scores import documented
from headhaul.kernel import Conflict, InvalidData, NotFound

CEILING = Rung.WEIGHTS
"""A lead's score is explained by one weight a fact, and says what would raise it: curves are not for it."""

ROLLED_BACK = "Gone back to by a person."
TO_DOCUMENTED = "Taken out of force: back to the documented weights."


class AnotherIsInForce(Conflict):
    """Somebody put another model into force in the meantime."""

    code = "another_model_in_force"


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """What came of it, and what was in force before."""

    verdict: Verdict
    model: LeadModel | None
    before_id: int | None


def recalibrate(*, at: datetime) -> Recalibrated:
    """Learn from every mature lead, as the settings say, and adopt what is better on the newest of them."""
    models.one_at_a_time()
    learning, now = preferences.get(LeadLearning), models.in_force()
    prior = prior_of(learning)
    found = lead_outcomes.matured(at=at, learning=learning, neutral=documented().scale.neutral)
    served = Served(now.weights, now.intercept, now.map) if now else prior
    verdict = gate.judge(
        table=found.table,
        prior=prior,
        served=served,
        seen_until=_seen_until(now),
        ceiling=CEILING,
    )
    before_id = now.pk if now else None
    if verdict.challenger is None:
        return Recalibrated(verdict, None, before_id)
    weights = plain(verdict.challenger, prior)
    score_map = map_of(weights, verdict=verdict, table=found.table, prior=prior, learning=learning)
    why = " ".join(verdict.why)
    row = models.record(
        weights=weights.weights,
        intercept=weights.intercept,
        map={"p": list(score_map.p), "score": list(score_map.score)},
        measures=_kept(verdict, found, prior=prior, before_id=before_id, learning=learning),
        at=at,
        why=why,
    )
    if verdict.is_adopted:
        row = models.adopt(model_id=row.pk, why=why, at=at)
    return Recalibrated(verdict, row, before_id)


def roll_back(
    *, model_id: int | None, in_force_id: int | None, at: datetime
) -> tuple[LeadModel | None, LeadModel | None]:
    """Put a former model, or the documented weights, into force; what is in force now, and what was before."""
    models.one_at_a_time()
    before = models.in_force()
    before_id = before.pk if before else None
    if in_force_id is not None and in_force_id != (before_id or 0):
        stands = f"model {before_id}" if before_id else "the documented weights"
        raise AnotherIsInForce(
            f"By now {stands} are in force. Look again before going back.", fields={"inForceId": str(before_id or 0)}
        )
    if model_id == before_id:
        stands = f"Model {model_id} is" if model_id else "The documented weights are"
        raise InvalidData(f"{stands} in force already.", fields={"modelId": "another one"})
    if model_id is None:
        models.retire(why=TO_DOCUMENTED, at=at)
        return None, before
    wanted = LeadModel.objects.filter(pk=model_id).first()
    if wanted is None:
        raise NotFound(f"There is no lead model {model_id}.", fields={"modelId": "unknown"})
    if wanted.adopted_at is None:
        said = f"Model {model_id} was never in force: it was not better on the newest leads."
        raise InvalidData(said, fields={"modelId": "a model that was in force before"})
    return models.adopt(model_id=model_id, why=ROLLED_BACK, at=at), before


def map_of(
    weights: PlainWeights, *, verdict: Verdict, table: Table, prior: DocumentedWeights, learning: LeadLearning
) -> ScoreMap:
    """The documented score itself while the weights keep their proportions; else through shares or cut-offs."""
    if verdict.rung is Rung.LEVEL:
        believed = documented_as_plain(prior)
        name = max(believed.weights, key=lambda each: believed.weights[each])
        scale = weights.weights[name] / believed.weights[name]
        level = weights.intercept - scale * believed.intercept
        return bands.as_documented(level + scale * prior.meaning.logits(np.arange(101.0)))
    return bands.through_shares(
        chances=weights.chances(table), documented=prior.scores(table), bands=_bands(learning, prior.meaning)
    )


def _bands(learning: LeadLearning, meaning: Meaning) -> Bands:
    return Bands(
        warm=meaning.warm,
        hot=meaning.hot,
        least_hot=learning.least_hot_percent / 100,
        most_hot=learning.most_hot_percent / 100,
        least_warm=learning.least_warm_percent / 100,
        most_warm=learning.most_warm_percent / 100,
        hot_from=learning.hot_from_percent / 100 or None,
        warm_from=learning.warm_from_percent / 100 or None,
    )


def _seen_until(now: LeadModel | None) -> float | None:
    until = now.measures.get("until") if now else None
    return datetime.fromisoformat(until).timestamp() if until else None


def _kept(
    verdict: Verdict, found: Matured, *, prior: DocumentedWeights, before_id: int | None, learning: LeadLearning
) -> dict[str, Any]:
    """Everything a later reader needs to see why: measures before and after, trials, what it was learnt from."""
    return {
        "rung": verdict.rung.value,
        "name": NAMES[verdict.rung],
        "is_adopted": verdict.is_adopted,
        "reasons": verdict.why,
        "n": verdict.n,
        "won": verdict.won,
        "held": verdict.held,
        "left_out": found.left_out,
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat() if found.until else None,
        "horizon_days": learning.horizon_days,
        "replaced_id": before_id,
        "before": asdict(verdict.before),
        "after": asdict(verdict.after or measures.of(outcome=np.empty(0), chance=np.empty(0))),
        "trials": [_trial(trial) for trial in verdict.trials],
        "documented": dict(documented_as_plain(prior).weights),
        "features": [column.name for column in found.table.columns],
        "libraries": {name: version(name) for name in ("numpy", "scikit-learn")},
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "name": NAMES[trial.rung],
        "log_loss": trial.measures.log_loss,
        "gain": trial.against_served.gain,
        "error": trial.against_served.demanded * trial.against_served.error if trial.measures.n else 0.0,
        "stopped": trial.stopped,
    }
