"""Those who are to be called, in one query for all."""

from __future__ import annotations

COLUMNS = """t.id as target_id, t.campaign_id as call_campaign_id, g.name as call_campaign, t.state as target_state,
    t.due_at, t.tries, nullif(t.last_disposition, '') as last_disposition, t.taken_until, t.taken_by_id, t.say,
    coalesce(nullif(u.name, ''), u.email, '') as taken_by,
    coalesce(s.score_hundredths, t.score_hundredths) as score_hundredths,
    c.id as contact_id, c.name as contact, c.title, coalesce(nullif(c.timezone, ''), a.timezone) as timezone,
    a.id as account_id, a.name as account, a.city, a.state, a.segment"""
SOURCE = """outreach_calltarget t
    join outreach_callcampaign g on g.id = t.campaign_id
    join accounts_contact c on c.id = t.contact_id
    join accounts_account a on a.id = c.account_id
    left join accounts_accountscore s on s.account_id = a.id
    left join security_user u on u.id = t.taken_by_id and t.state = 'taken'"""
NUMBER = """left join lateral (
    select p.number from accounts_contactphone p
    where p.contact_id = c.id and p.validity not in ('invalid', 'bounced') and c.erased_at is null and not c.has_left
    order by p.is_primary desc, p.id limit 1
) n on true"""
"""The first number that is not known to fail, as whoever is called is reached."""
