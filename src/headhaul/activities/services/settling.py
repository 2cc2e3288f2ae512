"""The pulse of an account after something was taken away or moved: counted from what is there."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import pulse
from headhaul.activities import happening
from headhaul.activities.choices import TOUCHES

# Each by the index that has the newest first, so that it costs the same for an account of any length.
_LAST = """
select (select happened_at from activities_activity where account_id = %(account)s
        order by happened_at desc, id desc limit 1) as last_activity_at,
       (select happened_at from activities_activity where account_id = %(account)s and type = any(%(touches)s)
        order by happened_at desc, id desc limit 1) as last_touch_at
"""


def settle(account_id: int) -> None:
    """Set the account's pulse to its latest activity and touch, and tell whoever rests on its timeline."""
    last = fetch(_LAST, {"account": account_id, "touches": sorted(TOUCHES)})[0]
    pulse.settle(account_id=account_id, last_activity_at=last["last_activity_at"], last_touch_at=last["last_touch_at"])
    happening.tell_resettled(account_id=account_id)
