"""What is promised to members, in money, and what owners hear when that is as much as they want."""

from __future__ import annotations

from bot.core.liability import compute_worth, count_digits
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.rewards.promising import LiabilityNear
from storage.facts import LiabilityLevel


def say_money(texts: Texts, shop: Shop, points: int) -> str:
    """What points are worth to the shop, like `1,234.50 EUR`; in points where it has not said."""
    campaign = shop.campaign
    if not campaign.worth_amount:
        return shop.points(points, texts.language)
    worth = compute_worth(points, campaign.worth_amount, campaign.worth_currency)
    return f"{texts.number(float(worth), digits=count_digits(campaign.worth_currency))} {campaign.worth_currency}"


def _render_near(reader: Reader, notice: LiabilityNear) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    key = "liability.full" if notice.nearness is LiabilityLevel.FULL else "liability.near"
    worth, most = (say_money(texts, shop, points) for points in (notice.points, notice.most))
    return OutgoingMessage(text=texts.say(key, worth=worth, most=most))


NOTICES: Renderers = {LiabilityNear: each(_render_near)}
