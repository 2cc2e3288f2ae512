"""An opportunity, as far as the activities know one."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.models import Account
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from tests.cast import NOON


def deal(account: Account, **fields: Any) -> Opportunity:
    """An open opportunity in the first stage."""
    pipeline = Pipeline.objects.get(is_default=True)
    stage = Stage.objects.filter(pipeline=pipeline).order_by("position").first()
    assert stage is not None
    return Opportunity.objects.create(
        account=account,
        pipeline=pipeline,
        stage=stage,
        name="Reefer drivers",
        stage_entered_at=NOON,
        opened_at=NOON,
        created_at=NOON,
        updated_at=NOON,
        **fields,
    )
