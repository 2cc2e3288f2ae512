"""Addresses of the pages about money."""

from __future__ import annotations

from django.urls import path

from headhaul.console.money.views import attribution, competitors, sources, spend

app_name = "money"
urlpatterns = [
    path("analytics/money/", sources.performance, name="sources"),
    path("analytics/money/costs/", sources.costs, name="costs"),
    path("analytics/money/rows", sources.rows, name="rows"),
    path("analytics/money/<str:report>.csv", sources.export, name="export"),
    path("analytics/money/spend/", spend.index, name="spend"),
    path("analytics/money/spend/<int:spend_id>/", spend.row, name="spend_row"),
    path("analytics/money/spend/<int:spend_id>/remove", spend.remove, name="remove_spend"),
    path("analytics/attribution/", attribution.table, name="attribution"),
    path("analytics/attribution/deals", attribution.deals, name="deals"),
    path("analytics/attribution/deals/<int:opportunity_id>/", attribution.touches, name="touches"),
    path("analytics/attribution/attribution.csv", attribution.export, name="attribution_file"),
    path("analytics/competitors/", competitors.index, name="competitors"),
    path("analytics/competitors/new", competitors.new, name="new_intel"),
    path("analytics/competitors/competitors.csv", competitors.export, name="competitors_file"),
    path("analytics/competitors/of", competitors.competitor, name="competitor"),
    path("analytics/competitors/notes/<int:intel_id>/", competitors.edit, name="intel"),
    path("analytics/competitors/notes/<int:intel_id>/remove", competitors.remove, name="remove_intel"),
    path("analytics/competitors/news/<int:sighting_id>/", competitors.news, name="news"),
]
