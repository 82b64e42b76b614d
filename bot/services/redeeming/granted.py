"""What is had for points without the counter, like a coupon or a gift; and how its points come back."""

from __future__ import annotations

from bot.core.campaigns.catalogue import FOR_ITEM
from bot.core.campaigns.rewards import Rule
from bot.core.rewards.rules import Grant
from bot.services.notices import owe
from bot.services.redeeming.notices import RedemptionReturned
from bot.services.rewards.giving import Cause, give, take_back
from bot.services.webhooks.publishing import publish_redemption
from storage.addresses import MemberAddress
from storage.facts import EventKind, GrantId, GrantState, RedemptionRow, RedemptionState
from storage.gift import Trouble
from storage.records import PersonId, Side, Transfer
from storage.tables import events, grants, ledgers, people, redemptions
from storage.tx import Tx
from storage.webhook import HookEventKind

RETURNED = "returned"
"""Why the grant of something was taken back whose points came back."""


def grant(tx: Tx, row: RedemptionRow, rule: Rule) -> GrantId:
    """Give what was paid for, once."""
    key = f"{EventKind.HAD}:{row.id}"
    event_id = events.add_fact(tx, EventKind.HAD, row.person_id, key=key, version_id=row.campaign_version_id)
    assert event_id is not None
    cause = Cause(event_id=event_id, version_id=row.campaign_version_id)
    grant_id = give(tx, cause, Grant(rule=rule, side=Side.INVITER, person_id=row.person_id, give=rule.give))
    assert grant_id is not None
    return grant_id


def give_up_waiting(tx: Tx, row: RedemptionRow) -> None:
    """Give the points back for what has not come yet; what has come, or is on its way, stays bought."""
    if row.grant_id is not None and grants.lock(tx, row.grant_id).state is GrantState.WAITING:
        _give_back(tx, row.grant_id)


def refuse(tx: Tx, grant_id: GrantId, trouble: Trouble) -> bool:
    """It cannot be given: the points come back, and its member is told why; False where none were paid for it."""
    row = _give_back(tx, grant_id)
    if row is None:
        return False
    if people.get(tx, row.person_id).is_member:
        notice = RedemptionReturned(item=row.item, points=row.price, trouble=trouble)
        owe(tx, MemberAddress(row.person_id), notice, key=row.id)
    return True


def give_up_all(tx: Tx, person_id: PersonId) -> None:
    """Give the points back for all that somebody waits for."""
    for grant_id in redemptions.list_awaited(tx, person_id):
        give_up_waiting(tx, redemptions.get_by_grant(tx, grant_id))


def return_points(tx: Tx, row: RedemptionRow) -> int:
    """The transfer by which the points for something go back."""
    transfer = Transfer(
        debit=ledgers.HOUSE_ACCOUNT,
        credit=ledgers.open_account(tx, row.person_id),
        amount=row.price,
        key=f"redemption:{row.id}:returned",
        reason=compose_reason(row.item),
        referral_id=None,
    )
    return ledgers.post(tx, transfer)


def compose_reason(item: str) -> str:
    """Why points moved, as the ledger says it."""
    return f"{FOR_ITEM}{item}"


def _give_back(tx: Tx, grant_id: GrantId) -> RedemptionRow | None:
    """The grant goes first, whoever gives back: its row is locked before that of the redemption."""
    row = redemptions.find_by_grant(tx, grant_id)
    if row is None or row.state is not RedemptionState.GRANTED or take_back(tx, grant_id, RETURNED) is None:
        return None
    redemptions.set_returned(tx, row.id, ledger_id=return_points(tx, row))
    redemptions.put_back(tx, row)
    publish_redemption(tx, HookEventKind.RETURNED, row)
    return row
