"""How updates come: whether what Telegram was told of it is what the settings say."""

from __future__ import annotations

import time
from typing import Any

from bot.core.durations import HOUR_SECONDS
from bot.core.setting import PREFIX
from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.updates.webhook import compose_door


def judge_webhook(settings: Settings, info: dict[str, Any]) -> Finding | None:
    """What is to be said of Telegram's word on the webhook; None where updates are fetched and nothing hinders that."""
    url, waiting = str(info.get("url", "")), info.get("pending_update_count", 0)
    if not settings.webhook:
        cure = "Nothing to do: the bot takes it away when it fetches updates the next time."
        return Finding("webhook", f"is set, though {PREFIX}WEBHOOK is not", cure, serious=False) if url else None
    if url != compose_door(settings.public_url, settings.shop):
        there = "leads elsewhere" if url else "is not set yet"
        return Finding("webhook", there, "Nothing to do: the bot sets it when it runs.", serious=False)
    if info.get("last_error_date", 0) > time.time() - HOUR_SECONDS and waiting:
        said = str(info.get("last_error_message", ""))[:200]
        cure = f"See that {url} can be reached from outside, and leads to the bot's web side."
        return Finding("webhook", f"Telegram cannot bring updates, and {waiting} wait: {said}", cure)
    return Finding("webhook", f"Telegram brings updates to {url}")
