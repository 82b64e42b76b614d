"""Somebody comes into the community chat, or leaves it again."""

from __future__ import annotations

from bot.core.community import SOURCE, Coming, decide_credited, decide_held
from bot.services.campaigns import get_terms
from bot.services.community.warning import find_moved
from bot.services.joining.joining import credit, keep_chat, qualify
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import meet
from storage.records import Person, Profile, Referral
from storage.review import MarkKind
from storage.tables import awaited, chat_joins, chat_links, honours, marks, people, referrals, shops
from storage.tx import Tx


def come(tx: Tx, *, chat_id: int, newcomer: Profile, link: str) -> Referral | None:
    """Note that somebody is in the chat now; returns the referral that counts by it.

    A friend who waited for it qualifies, by whatever way they came. Somebody new counts for the member whose personal
    `link` they came by (empty: by another way). People who came by another way are remembered by their number only.
    """
    note_number(tx, chat_id)
    first = chat_joins.note_join(tx, chat_id, newcomer.telegram_id)
    person = people.find_by_telegram_id(tx, newcomer.telegram_id)
    known = referrals.find_by_invitee(tx, person.id) if person else None
    if person is not None:
        honours.owe_tag(tx, person.id)
    if known is not None:
        counted = qualify(tx, known.id)
        awaited.begin_stay(tx, known.id)
    else:
        inviter = _find_inviter(tx, link, person, first=first)
        counted = _credit(tx, inviter, person or newcomer) if inviter else None
    if counted is not None:
        keep_chat(tx, chat_id, newcomer.telegram_id, counted)
    return counted


def leave(tx: Tx, *, chat_id: int, telegram_id: int) -> Referral | None:
    """Note that somebody is no longer in the chat; returns the referral that was taken back for it.

    What counts because somebody came is taken back while the hold lasts under which it was credited; afterwards it stays.
    """
    seen = chat_joins.find(tx, chat_id, telegram_id)
    chat_joins.note_left(tx, chat_id, telegram_id)
    awaited.stop_stay(tx, telegram_id)
    if seen is None or seen.left_at is not None or seen.referral_id is None:
        return None
    if seen.person_id is not None:
        marks.note(tx, [seen.person_id], MarkKind.LEFT)
    referral = referrals.get(tx, seen.referral_id)
    rules, since = (
        get_terms(tx, referral.campaign_version_id).campaign.rules,
        max(seen.joined_at or 0, referral.joined_at),
    )
    if not decide_held(now=tx.now, since=since, hold_days=rules.hold_days):
        return None
    return revoke(tx, seen.referral_id, reason=RevokeReason.LEFT)


def find_number(tx: Tx, *, chat: int | str) -> int | None:
    """The number of the chat that the shop names so: since it became a supergroup, or since the name was first looked up.

    A name that somebody else has taken over since leads to their chat, and the number still to ours.
    """
    shop = shops.find(tx)
    known = shop.community_id if shop is not None and shop.community_chat == str(chat) else None
    return find_moved(tx, chat=chat) or known or (chat if isinstance(chat, int) else None)


def note_number(tx: Tx, chat_id: int) -> None:
    """The community chat is known to have this number."""
    if shops.get(tx).community_id != chat_id:
        shops.set_community(tx, chat_id)


def move(tx: Tx, *, old_id: int, new_id: int) -> None:
    """The group became a supergroup: who was seen there is known under its new number."""
    chat_joins.move(tx, old_id, new_id)
    note_number(tx, new_id)


def _find_inviter(tx: Tx, link: str, newcomer: Person | None, *, first: bool) -> Person | None:
    """The member whose link it is, if the newcomer counts."""
    owner_id = chat_links.find_owner(tx, link) if link else None
    if owner_id is None:
        return None
    coming = Coming(
        first=first,
        newcomer_id=newcomer.id if newcomer else None,
        started_at=newcomer.started_at if newcomer else None,
        inviter_id=owner_id,
    )
    counts = decide_credited(coming, now=tx.now, claim_days=get_terms(tx).campaign.rules.claim_days)
    return people.get(tx, owner_id) if counts else None


def _credit(tx: Tx, inviter: Person, newcomer: Person | Profile) -> Referral | None:
    if isinstance(newcomer, Profile):
        newcomer = meet(tx, newcomer)
    return credit(tx, inviter, newcomer, source=SOURCE)
