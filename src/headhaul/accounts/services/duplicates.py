"""Duplicates on entry, and what people say about the pairs of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.errors import PossibleDuplicate
from headhaul.accounts.likeness import STRONG, Firm
from headhaul.accounts.models import Account, Contact, DuplicatePair
from headhaul.accounts.selectors import likeness, merged
from headhaul.accounts.selectors.duplicates import check_pair_is_seen
from headhaul.accounts.selectors.likeness import Candidate
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.addresses import domain_of, phone_key

NAMED = 5  # candidates that a refusal names


def like_account(account: Account, *, by: Actor) -> list[Candidate]:
    """Accounts that may be this one."""
    firm = Firm(
        dot_number=account.dot_number,
        phone=account.phone_key or phone_key(account.phone),
        domain=account.domain or domain_of(account.website or account.email),
        email=account.email.lower(),
        city=account.city,
        state=account.state,
    )
    return likeness.of_account(name=account.name, firm=firm, by=by, own_id=account.pk or 0)


def like_contact(contact: Contact, *, by: Actor) -> list[Candidate]:
    """Contacts that may be this one."""
    return likeness.of_contact(
        account_id=contact.account_id,
        name=contact.name,
        emails=list(contact.emails.values_list("address", flat=True)),
        phones=list(contact.phones.values_list("number", flat=True)),
        by=by,
        own_id=contact.pk,
    )


def like_account_of(account_id: int, *, by: Actor) -> list[Candidate]:
    """Accounts that may be the one with this id."""
    account = Account.objects.visible_to(by).filter(pk=account_id).first()
    if account is None:
        raise merged.missing(entity=MergeEntity.ACCOUNT, record_id=account_id, by=by)
    return like_account(account, by=by)


def like_contact_of(contact_id: int, *, by: Actor) -> list[Candidate]:
    """Contacts that may be the one with this id."""
    seen = Account.objects.visible_to(by).filter(contacts=contact_id)
    contact = Contact.objects.filter(pk=contact_id, account__in=seen).first()
    if contact is None:
        raise merged.missing(entity=MergeEntity.CONTACT, record_id=contact_id, by=by)
    return like_contact(contact, by=by)


def check_entered(found: Sequence[Candidate], *, allowed: bool) -> list[Candidate]:
    """The candidates for what was just entered. PossibleDuplicate when one is strong and nobody said it is another.

    Called after the row was written, inside its transaction: a refusal takes the row back, and what the census or a
    normalisation filled in was compared too.
    """
    strong = [one for one in found if one.score >= STRONG]
    if strong and not allowed:
        first = strong[0]
        raise PossibleDuplicate(
            f"This looks like {first.name}{f' ({first.place})' if first.place else ''}: {', '.join(first.reasons)}."
            " Open that one, or enter it all the same.",
            candidates=strong[:NAMED],
        )
    return list(found)


def decide(*, pair_id: int, dismissed: bool, at: datetime, by: Actor) -> DuplicatePair:
    """Say that a pair is two, or put it back on the queue. One that was merged stays so."""
    check_pair_is_seen(pair_id, by=by)
    pair = DuplicatePair.objects.select_for_update().filter(pk=pair_id).exclude(state=PairState.MERGED).first()
    if pair is None:
        raise NotFound("This pair was merged. Undo the merge to separate it again.")
    pair.state = PairState.DISMISSED if dismissed else PairState.OPEN
    pair.decided_at, pair.decided_by_id = (at, by.user_id) if dismissed else (None, None)
    pair.save(update_fields=["state", "decided_at", "decided_by"])
    return pair
