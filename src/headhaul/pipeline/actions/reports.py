"""What can be asked about how the pipeline moves, converts and forecasts."""

from __future__ import annotations

from headhaul.kernel import Call, Role, action
from headhaul.pipeline.schemas.accuracy import ForecastAccuracy, GetForecastAccuracy, GetPredictions, Predictions
from headhaul.pipeline.schemas.conversions import GetStageConversions, StageConversions
from headhaul.pipeline.schemas.movement import GetMovementDeals, GetPipelineMovement, MovementDeals, PipelineMovement
from headhaul.pipeline.selectors import accuracy, conversions, movement, predictions


@action("getPipelineMovement", reply="pipelineMovementLoaded", role=Role.VIEWER)
def get_pipeline_movement(call: Call, data: GetPipelineMovement) -> PipelineMovement:
    """How the open pipeline of a window moved between two days: new, slipped, won and so on.

    The start plus all steps is the end, to the cent.
    """
    return movement.movement(asked=data, by=call.actor, at=call.at)


@action("getMovementDeals", reply="movementDealsLoaded", role=Role.VIEWER)
def get_movement_deals(call: Call, data: GetMovementDeals) -> MovementDeals:
    """The deals behind one step of the pipeline's movement, those that moved most first."""
    return movement.deals(asked=data, by=call.actor, at=call.at)


@action("getStageConversions", reply="stageConversionsLoaded", role=Role.VIEWER)
def get_stage_conversions(call: Call, data: GetStageConversions) -> StageConversions:
    """The funnel: of the deals that entered a stage in some days, how many moved on, were lost or are still open.

    With intervals and time in stage; and the win rate, sales cycle and velocity of the deals closed in the same days.
    """
    return conversions.conversions(asked=data, by=call.actor, at=call.at)


@action("getForecastAccuracy", reply="forecastAccuracyLoaded", role=Role.VIEWER)
def get_forecast_accuracy(call: Call, data: GetForecastAccuracy) -> ForecastAccuracy:
    """What stages, AI, commits and calls said of past periods at fixed leads, against what was won in them."""
    return accuracy.accuracy(asked=data, by=call.actor, at=call.at)


@action("getPredictions", reply="predictionsLoaded", role=Role.VIEWER)
def get_predictions(call: Call, data: GetPredictions) -> Predictions:
    """Open deals with the model's and the stage's probability, those that differ most first."""
    return predictions.predictions(asked=data, by=call.actor)
