"""Value props: those that fit a carrier, the most particular first."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.models import ValueProp
from headhaul.pipeline.schemas.help import GetValueProps, ValuePropRow, ValueProps
from headhaul.pipeline.selectors.subjects import of_account, of_opportunity

_FITTING = """
select v.id, v.version, v.name, v.segment, v.region, v.message, v.supporting_data::text as supporting_data, v.is_active
from pipeline_valueprop v where {where}
order by (v.segment <> '')::int + (v.region <> '')::int desc, v.segment = '', lower(v.name), v.id
"""
FITS = {(True, True): "segment and region", (True, False): "segment", (False, True): "region"}


def value_props(*, asked: GetValueProps, by: Actor) -> ValueProps:
    """Those that fit what was asked, or what the account is. One for another segment or region is never among them."""
    segment, region = _of(asked, by=by)
    narrowed = Conditions()
    narrowed.add("v.removed_at is null")
    if not asked.include_inactive:
        narrowed.add("v.is_active")
    for column, word in (("v.segment", segment), ("v.region", region)):
        if word is not None:
            narrowed.add(f"{column} in ('', %s)", word)
    return ValueProps(
        items=[_row(found) for found in fetch(_FITTING.format(where=narrowed.where), narrowed.parameters)]
    )


def row(value_prop: ValueProp) -> ValuePropRow:
    """One as it is now."""
    names = ("id", "version", "name", "segment", "region", "message", "supporting_data", "is_active")
    facts = {name: getattr(value_prop, name) for name in names}
    return ValuePropRow(**facts, fits=_fits(facts))


def _of(asked: GetValueProps, *, by: Actor) -> tuple[str | None, str | None]:
    if asked.account_id is not None and asked.opportunity_id is not None:
        raise InvalidData("Name an account or an opportunity.", fields={"opportunityId": "leave it out"})
    subject: dict[str, Any] = {"segment": None, "region": None}
    if asked.opportunity_id is not None:
        subject = of_opportunity(asked.opportunity_id, by=by)
    elif asked.account_id is not None:
        subject = of_account(asked.account_id, by=by)
    segment = str(asked.segment) if asked.segment else subject["segment"]
    return segment, asked.region if asked.region is not None else subject["region"]


def _row(found: dict[str, Any]) -> ValuePropRow:
    return ValuePropRow(**(found | {"supporting_data": json.loads(found["supporting_data"])}), fits=_fits(found))


def _fits(found: dict[str, Any]) -> str:
    return FITS.get((bool(found["segment"]), bool(found["region"])), "everybody")
