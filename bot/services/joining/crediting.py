"""The one way in which somebody is credited for a friend: referral, rewards, score and notices, all or nothing."""

from __future__ import annotations

from bot.core.campaigns.campaign import Campaign
from bot.core.joining import RULE, Grant, compose_reward_key, compute_grants
from storage.records import NoticeKind, Person, PersonId, Referral, ReferralId, ReferralState, Side, Transfer
from storage.tables import ledgers, outbox, people, referrals, rewards, scores
from storage.tx import Tx

_GREETINGS = {
    ReferralState.WAITING: NoticeKind.WELCOME_WAITING,
    ReferralState.QUALIFIED: NoticeKind.WELCOME_INVITED,
}


def credit(
    tx: Tx,
    inviter: Person,
    invitee: Person,
    *,
    source: str,
    campaign: Campaign,
    announce: bool,
    in_community: bool = False,
    tell_invitee: bool = True,
    inviter_notice: NoticeKind | None = None,
) -> Referral | None:
    """Credit an inviter for a friend, once and for ever; None where the friend has a referral already, or is the inviter.

    The referral qualifies at once, unless the campaign asks for the community chat and the friend is not yet
    `in_community`: then `qualify` is to be called later. An invitee who has not started the bot cannot be written to;
    `greet` makes up for it.

    Args:
        tx: The transaction.
        inviter: A member.
        invitee: Anybody Telegram has shown us.
        source: By which way the friend came.
        campaign: Whose rules and points hold.
        announce: Whether there is a chat that hears of it.
        in_community: Whether the friend is in the community chat.
        tell_invitee: False where the friend is answered directly.
        inviter_notice: What tells the inviter, if not that a friend joined or came.
    """
    if inviter.id == invitee.id:
        return None
    waits = campaign.rules.join_community and not in_community
    referral = referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        campaign=campaign.slug,
        source=source,
        state=ReferralState.WAITING if waits else ReferralState.QUALIFIED,
    )
    if referral is None:
        return None
    if not waits:
        _reward_both(tx, referral, campaign)
    if tell_invitee and invitee.is_member:
        _owe(tx, referral, invitee.id, _GREETINGS[referral.state], campaign.invitee_points)
    usual = NoticeKind.FRIEND_WAITING if waits else NoticeKind.FRIEND_JOINED
    _owe(tx, referral, inviter.id, inviter_notice or usual, campaign.inviter_points)
    if announce and not waits:
        _owe(tx, referral, None, NoticeKind.JOIN_ANNOUNCED, 0)
    return referral


def qualify(tx: Tx, referral_id: ReferralId, campaign: Campaign, *, announce: bool) -> Referral | None:
    """Reward both sides of a referral that was waiting; None where it does not wait (any more)."""
    if not referrals.set_state(tx, referral_id, ReferralState.QUALIFIED, expected=ReferralState.WAITING):
        return None
    referral = referrals.get(tx, referral_id)
    _reward_both(tx, referral, campaign)
    if people.get(tx, referral.invitee_id).is_member:
        _owe(tx, referral, referral.invitee_id, NoticeKind.QUALIFIED, campaign.invitee_points)
    _owe(tx, referral, referral.inviter_id, NoticeKind.FRIEND_JOINED, campaign.inviter_points)
    if announce:
        _owe(tx, referral, None, NoticeKind.JOIN_ANNOUNCED, 0)
    return referral


def greet(tx: Tx, referral: Referral, campaign: Campaign) -> None:
    """Owe an invitee the first message, once: who invited them and what it brings, or what is missing for that.

    The referral stands: it was not revoked.
    """
    earned = [reward.points for reward in rewards.list_by_referral(tx, referral.id) if reward.side is Side.INVITEE]
    points = sum(earned) if earned else campaign.invitee_points
    _owe(tx, referral, referral.invitee_id, _GREETINGS[referral.state], points)


def _reward_both(tx: Tx, referral: Referral, campaign: Campaign) -> None:
    grants = compute_grants(
        inviter_id=referral.inviter_id,
        invitee_id=referral.invitee_id,
        inviter_points=campaign.inviter_points,
        invitee_points=campaign.invitee_points,
    )
    for grant in grants:
        _reward(tx, referral, grant)
    scores.raise_score(tx, referral.inviter_id)


def _reward(tx: Tx, referral: Referral, grant: Grant) -> None:
    ledger_id = ledgers.post(
        tx,
        Transfer(
            debit=ledgers.HOUSE_ACCOUNT,
            credit=ledgers.open_account(tx, grant.person_id),
            amount=grant.points,
            key=compose_reward_key(referral.id, grant.side),
            reason=grant.reason,
            referral_id=referral.id,
        ),
    )
    rewards.add(
        tx,
        referral_id=referral.id,
        side=grant.side,
        rule=RULE,
        person_id=grant.person_id,
        points=grant.points,
        ledger_id=ledger_id,
    )


def _owe(tx: Tx, referral: Referral, recipient_id: PersonId | None, kind: NoticeKind, points: int) -> None:
    facts = {"friend": int(referral.invitee_id), "inviter": int(referral.inviter_id), "referral": int(referral.id)}
    waits = int(referral.state is ReferralState.WAITING)
    outbox.add(
        tx,
        recipient_id=recipient_id,
        kind=kind,
        payload={**facts, "points": points, "waits": waits},
        key=f"{kind}:{referral.id}",
    )
