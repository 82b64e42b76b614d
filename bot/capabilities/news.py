"""A member chooses what the shop may write to them about, and says where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.broadcasts.buttons import NEWS, NEWS_ZONE, NEWS_ZONE_OWN
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import news
else:
    news = late("bot.handlers.news")

CAPABILITY = Capability(
    name="news",
    roles=EVERYBODY,
    commands={Command(name="news", text="command.news", place=105): news.on_news},
    buttons={NEWS: news.on_switch, NEWS_ZONE: news.on_zone, NEWS_ZONE_OWN: news.on_zone_own},
    flows={"news": news.FLOW},
)
