"""Addresses of the pipeline."""

from __future__ import annotations

from django.urls import path

from headhaul.console.pipeline.views import (
    board,
    forecast,
    help,  # noqa: A004 - it is what it is called
    lists,
    moves,
    opportunity,
    reports,
)

app_name = "pipeline"
_STEP = "pipeline/opportunities/<int:opportunity_id>/playbooks/<int:playbook_id>/<slug:step_key>"
urlpatterns = [
    path("pipeline/", board.show, name="board"),
    path("pipeline/list", lists.index, name="list"),
    path("pipeline/export.<str:file_format>", lists.export, name="export"),
    path("pipeline/risks", lists.risks, name="risks"),
    path("pipeline/new", opportunity.create, name="create"),
    path("pipeline/of-account/<int:account_id>", lists.of_account, name="of_account"),
    path("pipeline/opportunities/<int:opportunity_id>/", opportunity.show, name="opportunity"),
    path("pipeline/opportunities/<int:opportunity_id>/card", board.card, name="card"),
    path("pipeline/opportunities/<int:opportunity_id>/facts", opportunity.update, name="update"),
    path("pipeline/opportunities/<int:opportunity_id>/category", opportunity.set_category, name="category"),
    path("pipeline/opportunities/<int:opportunity_id>/stage", moves.move, name="move"),
    path("pipeline/opportunities/<int:opportunity_id>/reopening", moves.reopen, name="reopen"),
    path("pipeline/opportunities/<int:opportunity_id>/removal", moves.remove, name="remove"),
    path("pipeline/forecast/", forecast.forecast, name="forecast"),
    path("pipeline/forecast/calls", forecast.call, name="call"),
    path("pipeline/forecast/deals", forecast.deals, name="forecast_deals"),
    path("pipeline/movement/", reports.movement, name="movement"),
    path("pipeline/movement/deals", reports.movement_deals, name="movement_deals"),
    path("pipeline/accuracy/", reports.accuracy, name="accuracy"),
    path("pipeline/opportunities/<int:opportunity_id>/closing", moves.close, name="close"),
    path("pipeline/conversions/", reports.conversions, name="conversions"),
    path("pipeline/opportunities/<int:opportunity_id>/help", help.show, name="help"),
    path(f"{_STEP}/completion", help.complete, name="complete_step"),
    path(f"{_STEP}/reopening", help.reopen, name="reopen_step"),
]
