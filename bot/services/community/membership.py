"""Somebody comes into the community chat, or leaves it again."""

from __future__ import annotations

from bot.core.campaigns.campaign import Campaign
from bot.core.community import SOURCE, Coming, decide_credited, decide_held
from bot.services.joining.crediting import credit, qualify
from bot.services.joining.revoking import RevokeReason, revoke
from bot.services.members import draw_code
from storage.records import NoticeKind, Person, Profile, Referral
from storage.tables import chat_joins, chat_links, people, referrals
from storage.tx import Tx


def come(tx: Tx, *, chat_id: int, newcomer: Profile, link: str, campaign: Campaign, announce: bool) -> Referral | None:
    """Note that somebody is in the chat now; returns the referral that counts by it.

    A friend who waited for it qualifies, by whatever way they came. Somebody new counts for the member whose personal
    `link` they came by (empty: by another way). People who came by another way are remembered by their number only.
    """
    first = chat_joins.note_join(tx, chat_id, newcomer.telegram_id)
    person = people.find_by_telegram_id(tx, newcomer.telegram_id)
    known = referrals.find_by_invitee(tx, person.id) if person else None
    if known is not None:
        counted = qualify(tx, known.id, campaign, announce=announce)
    else:
        inviter = _find_inviter(tx, link, person, campaign, first=first)
        counted = _credit(tx, inviter, person or newcomer, campaign, announce=announce) if inviter else None
    if counted is not None:
        _keep(tx, chat_id, newcomer.telegram_id, counted)
    return counted


def leave(tx: Tx, *, chat_id: int, telegram_id: int, campaign: Campaign) -> Referral | None:
    """Note that somebody is no longer in the chat; returns the referral that was taken back for it.

    What counts because somebody came is taken back while the campaign's hold lasts; afterwards it stays.
    """
    seen = chat_joins.find(tx, chat_id, telegram_id)
    chat_joins.note_left(tx, chat_id, telegram_id)
    if seen is None or seen.left_at is not None or seen.referral_id is None:
        return None
    since = max(seen.joined_at or 0, referrals.get(tx, seen.referral_id).joined_at)
    if not decide_held(now=tx.now, since=since, hold_days=campaign.rules.hold_days):
        return None
    return revoke(tx, seen.referral_id, reason=RevokeReason.LEFT)


def credit_newcomer(
    tx: Tx,
    inviter: Person,
    invitee: Person,
    *,
    source: str,
    campaign: Campaign,
    announce: bool,
    community: int | None,
    tell_invitee: bool = True,
    inviter_notice: NoticeKind | None = None,
) -> Referral | None:
    """`credit`, knowing by itself whether the friend is in the community chat (None: there is none)."""
    telegram_id = invitee.profile.telegram_id
    asked = campaign.rules.join_community and community is not None
    inside = asked and is_inside(tx, community, telegram_id)
    referral = credit(
        tx,
        inviter,
        invitee,
        source=source,
        campaign=campaign,
        announce=announce,
        in_community=inside,
        tell_invitee=tell_invitee,
        inviter_notice=inviter_notice,
    )
    if referral is not None and inside and community is not None:
        _keep(tx, community, telegram_id, referral)
    return referral


def is_inside(tx: Tx, community: int | None, telegram_id: int) -> bool:
    """Whether somebody is in the community chat, as far as the bot has seen."""
    seen = chat_joins.find(tx, community, telegram_id) if community is not None else None
    return seen is not None and seen.left_at is None


def move(tx: Tx, *, old_id: int, new_id: int) -> None:
    """The group became a supergroup: who was seen there is known under its new number."""
    chat_joins.move(tx, old_id, new_id)


def _find_inviter(tx: Tx, link: str, newcomer: Person | None, campaign: Campaign, *, first: bool) -> Person | None:
    """The member whose link it is, if the newcomer counts."""
    owner_id = chat_links.find_owner(tx, link) if link else None
    if owner_id is None:
        return None
    brought = referrals.find_by_invitee(tx, owner_id)
    coming = Coming(
        first=first,
        newcomer_id=newcomer.id if newcomer else None,
        started_at=newcomer.started_at if newcomer else None,
        inviter_id=owner_id,
        inviters_inviter_id=brought.inviter_id if brought else None,
    )
    counts = decide_credited(coming, now=tx.now, claim_days=campaign.rules.claim_days)
    return people.get(tx, owner_id) if counts else None


def _credit(
    tx: Tx, inviter: Person, newcomer: Person | Profile, campaign: Campaign, *, announce: bool
) -> Referral | None:
    if isinstance(newcomer, Profile):
        newcomer = people.add(tx, newcomer, draw_code(tx))
    return credit(tx, inviter, newcomer, source=SOURCE, campaign=campaign, announce=announce, in_community=True)


def _keep(tx: Tx, chat_id: int, telegram_id: int, referral: Referral) -> None:
    """Remember what counts by being in the chat, so that leaving can take it back."""
    chat_joins.set_referral(tx, chat_id, telegram_id, person_id=referral.invitee_id, referral_id=referral.id)
