"""The way into the dashboard, and out of it."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.messages.buttons import ADMIN
from bot.messages.campaigns_panel import back_row
from bot.messages.keyboards import stack
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.dashboard.entering import DashboardLink

ROOT = "/dashboard"


def render_link(texts: Texts, shop: Shop, link: DashboardLink) -> OutgoingMessage:
    """The way in, once, within ten minutes."""
    address = f"{shop.public_url}{ROOT}/enter/{link.token}"
    row = [InlineKeyboardButton(texts.plain("dashboard.open"), url=address, style=PRIMARY)]
    return OutgoingMessage(text=texts.say("dashboard.link"), keyboard=stack(row, back_row(texts, ADMIN)))


def render_nowhere(texts: Texts) -> OutgoingMessage:
    """There is no web side."""
    return OutgoingMessage(text=texts.say("dashboard.nowhere"), keyboard=stack(back_row(texts, ADMIN)))


def say_entering(language: str) -> dict[str, str]:
    """The page behind the link, by place."""
    texts = Texts(language)
    said = {name: texts.plain(f"dashboard.enter.{name}") for name in ("title", "why", "label")}
    return {"language": texts.locale, **said}


def say_over(language: str) -> tuple[str, str]:
    """Instead of a page for whoever may not look, or not any more."""
    texts = Texts(language)
    return texts.plain("dashboard.over.title"), texts.plain("dashboard.over.why")
