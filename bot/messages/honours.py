"""Tiers: what somebody is, what the next step takes, and the word of it when it comes or goes."""

from __future__ import annotations

from bot.core.campaigns.tiers import Tier
from bot.messages.buttons import INVITES, TOP
from bot.messages.keyboards import send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.honours.honours import HonourView
from bot.services.honours.notices import TierLost, TierReached


def say_honour(texts: Texts, shop: Shop, view: HonourView) -> list[Html]:
    """What a member is and what is next, a line each; nothing where the campaign names no tiers."""
    own, following = shop.campaign.find_tier(view.tier), shop.campaign.find_tier(view.next)
    lines = [_say_own(texts, shop, own, view.until_at)] if own else []
    if following is not None:
        lines.append(texts.say("honours.next", count=view.missing, tier=say_tier(texts, following)))
    return lines


def say_privileges(texts: Texts, shop: Shop, view: HonourView) -> list[Html]:
    """What a member's tier brings."""
    own = shop.campaign.find_tier(view.tier)
    said = own.say_privileges(texts.language) if own else ""
    return [texts.say("honours.privileges", privileges=said)] if said else []


def say_tier(texts: Texts, tier: Tier) -> Html:
    """A tier's name behind its badge."""
    return escape(f"{tier.badge} {tier.say(texts.language)}".strip())


def say_badge(texts: Texts, shop: Shop, key: str) -> Html:
    """What stands beside a name: the badge of a tier, or the name of one that has none; empty for no tier."""
    tier = shop.campaign.find_tier(key)
    return Html("") if tier is None else escape(tier.badge or tier.say(texts.language))


def render_tier_reached(reader: Reader, notice: TierReached) -> OutgoingMessage:
    """To a member who has become something; the card that shows it comes behind, where this is a moment for it."""
    texts, shop = reader.texts, reader.shop
    tier = shop.campaign.find_tier(notice.tier)
    send = send_row(texts, shop, reader.member.code) if notice.asks else []
    keyboard = stack(send, tap_row(texts, TOP, INVITES))
    if tier is None:  # the owner has taken it out since
        return OutgoingMessage(text=texts.say("honours.reached_something"), keyboard=keyboard)
    said = tier.say_privileges(texts.language)
    lines = [
        texts.say("honours.reached", count=tier.friends, tier=say_tier(texts, tier)),
        *([texts.say("honours.privileges", privileges=said)] if said else []),
        *([texts.say("honours.card")] if notice.asks else []),
    ]
    return OutgoingMessage(text="\n\n".join(lines), keyboard=keyboard)


def render_tier_lost(reader: Reader, notice: TierLost) -> OutgoingMessage:
    """To a member who is something less: why, what they still are, and how it comes back."""
    texts, shop = reader.texts, reader.shop
    lost, own = shop.campaign.find_tier(notice.tier), shop.campaign.find_tier(notice.now)
    keyboard = stack(send_row(texts, shop, reader.member.code), tap_row(texts, INVITES))
    if lost is None:
        return OutgoingMessage(text=texts.say("honours.lost_something"), keyboard=keyboard)
    key = "honours.lapsed" if notice.lapsed else "honours.lost"
    lines = [
        texts.say(key, tier=say_tier(texts, lost)),
        *([texts.say("honours.own", tier=say_tier(texts, own))] if own else []),
        texts.say("honours.back", count=notice.missing),
    ]
    return OutgoingMessage(text="\n".join(lines), keyboard=keyboard)


def _say_own(texts: Texts, shop: Shop, own: Tier, until_at: int | None) -> Html:
    if until_at is None:
        return texts.say("honours.own", tier=say_tier(texts, own))
    return texts.say("honours.own_until", tier=say_tier(texts, own), date=texts.date(until_at, shop.zone))


NOTICES: Renderers = {TierReached: each(render_tier_reached), TierLost: each(render_tier_lost)}
