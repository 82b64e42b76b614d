"""A friend who was looked at goes on: counts, or counts again, or waits for what is missing."""

from __future__ import annotations

from dataclasses import replace

from bot.services.campaigns import Terms, get_terms, read_terms
from bot.services.honours.honours import review
from bot.services.joining.joining import (
    Counted,
    compose_news,
    find_community,
    keep_chat,
    owe_greeting,
    qualify,
    tell_both,
)
from bot.services.notices import owe
from bot.services.rewards.awaiting import expect
from bot.services.rewards.giving import tell
from bot.services.rewards.granting import note_restored, note_score, promise_points, recount_friend
from bot.services.waiting.waiting import advance
from bot.services.webhooks.publishing import publish_referral
from storage.addresses import MemberAddress
from storage.records import Referral, ReferralId, ReferralState
from storage.tables import events, people, referrals, shops
from storage.tx import Tx
from storage.webhook import HookEventKind


def settle(tx: Tx, referral_id: ReferralId) -> None:
    """Go on with a friend who was looked at and is to count: at once, or as soon as the terms are fulfilled."""
    referral = referrals.get(tx, referral_id)
    referrals.set_state(tx, referral_id, ReferralState.WAITING, expected=ReferralState.REVOKED)
    terms, shop = get_terms(tx, referral.campaign_version_id), shops.get(tx)
    if events.find_qualified(tx, referral_id):
        restore(tx, referral, terms)
        return
    if terms.campaign.rules.join_community:
        invitee = people.get(tx, referral.invitee_id)
        chat_id = find_community(tx, shop, invitee)
        if chat_id is None:
            points = promise_points(tx, referral, terms)
            waiting = replace(referral, state=ReferralState.WAITING)
            owe_greeting(tx, waiting, points[1])
            owe(tx, MemberAddress(referral.inviter_id), compose_news(waiting, points[0], None), key=referral.id)
            return
        keep_chat(tx, chat_id, invitee.profile.telegram_id, referral)
    qualify(tx, referral_id)


def restore(tx: Tx, referral: Referral, terms: Terms) -> None:
    """Have a friend count again who had counted and was taken back: what came of it comes once more, both are told."""
    if not referrals.set_state(tx, referral.id, ReferralState.QUALIFIED, expected=ReferralState.WAITING):
        return
    referral = replace(referral, state=ReferralState.QUALIFIED)
    publish_referral(tx, HookEventKind.QUALIFIED, referral)
    key, given = note_restored(tx, referral, terms)
    score = recount_friend(tx, referral)
    if terms.campaign.rewards:
        expect(tx, referral, terms)
        given += note_score(tx, referral, terms, score, restored=key)
    place = advance(tx, referral, terms)
    tell_both(tx, referral, terms, key=key, counted=Counted(score, given, place))
    if given:
        tell(tx, given)
    if tiers := read_terms(tx, shops.get(tx)).campaign.tiers:
        review(tx, referral.inviter_id, score, tiers)
