"""Ask 24: background runs that never hang unseen. What waits for the rules is counted, retried, put aside and told."""

from __future__ import annotations

import pytest

from headhaul.activities.models import Notification
from headhaul.kernel import Actor
from headhaul.nightly.schedule import named
from headhaul.pipeline.choices import RuleTrigger
from headhaul.pipeline.models import WaitingEvent
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import firing, interest, waiting, working
from tests.cast import NOON
from tests.pipeline.rules.doing import account, do, opportunity, outcomes, rule

pytestmark = pytest.mark.django_db


def test_every_minute_the_clock_asks_the_rules() -> None:
    schedule = named("ask_rules")
    assert schedule is not None
    assert schedule.cron == "* * * * *"


def test_what_waits_is_shown_and_what_cannot_be_done_is_put_aside_and_told(
    max_: Actor, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    interest.forget()
    deal = opportunity(account("Blue Mesa", rosa), rosa)
    rule(max_)
    change = {"stage": ("prospecting", "discovery")}
    waiting.put([Event(RuleTrigger.STAGE_CHANGED, NOON, "k", deal.account_id, deal.pk, changes=change)])
    assert do("getRuleFirings", max_).waiting == 1

    def breaking(events: object) -> bool:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(firing, "fire_now", breaking)
        assert working.work_off(at=NOON) == {"events": 0, "put_aside": working.MOST_ATTEMPTS}
    page = do("getRuleFirings", max_)
    assert (page.waiting, page.put_aside) == (0, 1)
    assert Notification.objects.get().user_id == max_.user_id
    do("retryRuleEvents", max_)
    working.work_off(at=NOON)
    assert outcomes() == [("The rule", "done")]
    assert not WaitingEvent.objects.exists()
