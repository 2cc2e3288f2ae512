"""Where companies stand, for the conditions of sequences."""

from __future__ import annotations

from collections.abc import Mapping

from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.selectors.rules.vocabulary import Vocabulary


class StagesOfAccounts:
    """The stages in use, and that of an account's newest open opportunity."""

    def labels(self) -> Mapping[str, str]:
        """Label by key, in order."""
        return Vocabulary().stages

    def of_account(self, account_id: int) -> str:
        """The key of the stage; "" without an open opportunity."""
        open_here = Opportunity.objects.filter(account_id=account_id, kind=StageKind.OPEN).order_by("-pk")
        return open_here.values_list("stage__key", flat=True).first() or ""
