"""Whether Telegram answers, who it says we are, and how we stand in the shop's chats."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.core.setting import PREFIX
from bot.doctor.chats import check_chats
from bot.doctor.doors import judge_webhook
from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.wire.errors import NotSent
from bot.wire.proxies import explain_page, open_session
from bot.wire.transport import find_word, translate_error
from storage.tables.shops import Said

CLOCK_SECONDS = 60
PATIENCE_SECONDS = 10


async def check_telegram(settings: Settings, place: Said | None) -> AsyncIterator[Finding]:
    """Everything that only Telegram knows; nothing more where it does not answer. `place`: what holds of the shop's chats."""
    if settings.proxy is not None:
        yield Finding("proxy", str(settings.proxy))
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with open_session(settings.proxy, timeout=timeout) as session:

        async def ask(method: str, **parameters: object) -> tuple[dict[str, Any], str]:
            return await _ask(session, settings, method, parameters)

        try:
            me, date = await ask("getMe")
            if not me["ok"]:
                said = str(me.get("description", "refused"))
                yield Finding("token", said, "Ask @BotFather for the token and set it anew.")
                return
            yield Finding("token", f"belongs to @{me['result']['username']}")
            yield _check_inline(me["result"])
            yield _check_guest(me["result"])
            yield _check_clock(date)
            info, _ = await ask("getWebhookInfo")
            if (found := judge_webhook(settings, info["result"])) is not None:
                yield found
            async for finding in check_chats(settings, place, me["result"]["id"], ask):
                yield finding
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
            said = str(translate_error(error, settings.bot_token, settings.proxy))
            told = said if said.startswith("The proxy") else f"does not answer. {said}"
            yield Finding("Telegram", told, _compose_cure(settings))


async def find_username(settings: Settings) -> str | None:
    """What the bot is called; None where Telegram does not say."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    try:
        async with open_session(settings.proxy, timeout=timeout) as session:
            me, _ = await _ask(session, settings, "getMe", {})
    except (aiohttp.ClientError, OSError, NotSent):
        return None
    return str(me["result"]["username"]) if me["ok"] else None


def _compose_cure(settings: Settings) -> str:
    way = f"{PREFIX}PROXY (or HTTPS_PROXY, ALL_PROXY)" if settings.proxy else "the network"
    return f"Look at {way} and at {PREFIX}BOT_API_URL."


async def _ask(
    session: aiohttp.ClientSession, settings: Settings, method: str, parameters: dict[str, object]
) -> tuple[dict[str, Any], str]:
    """Telegram's word, and what its clock says."""
    address = f"{settings.bot_api_url}/bot{settings.bot_token}/{method}"
    async with session.post(address, json=parameters) as answer:
        said = find_word(await answer.read())
        if said is None:
            raise NotSent(explain_page(answer.status, settings.proxy))
        return said, answer.headers.get("Date", "")


def _check_inline(identity: dict[str, Any]) -> Finding:
    if identity.get("supports_inline_queries"):
        return Finding("inline mode", "on")
    cure = (
        "Send @BotFather /setinline: then a card takes three taps. Until then the buttons open Telegram's share sheet."
    )
    return Finding("inline mode", "off", cure, serious=False)


def _check_guest(identity: dict[str, Any]) -> Finding:
    if identity.get("supports_guest_queries"):
        return Finding("guest mode", "on")
    cure = "Switch it on in @BotFather's settings of this bot: then a member calls it by name in any chat, and it brings their card."
    return Finding("guest mode", "off", cure, serious=False)


def _check_clock(date: str) -> Finding:
    if not date:
        return Finding("clock", "could not be compared", "", serious=False)
    drift = time.time() - parsedate_to_datetime(date).timestamp()
    cure = "" if abs(drift) < CLOCK_SECONDS else "Set the clock, best by NTP: dates and waits depend on it."
    return Finding("clock", f"{abs(drift):.0f} s from Telegram's", cure, serious=False)
