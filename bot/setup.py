"""`passalong setup`: three questions, a checked token, a file of settings that nobody else can read, and a first card."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from bot.assets import ASSETS
from bot.core.campaigns.campaign import BRAND_LIMIT, Campaign
from bot.core.campaigns.templates import load_template
from bot.core.names import clean_text
from bot.core.proxies import Proxy
from bot.core.setting import PREFIX
from bot.messages.outgoing import PICTURE_NAME
from bot.messages.sharing.screens import say_invitation
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.campaigns.opening import Source as CampaignSource
from bot.services.campaigns.opening import take_campaign
from bot.services.joining.joining import start
from bot.services.members import MemberView
from bot.setting_parsers import DEFAULTS, choose_proxy, parse_api_url
from bot.wire.pictures import Pictures
from bot.wire.proxies import explain, explain_page, open_session
from bot.wire.transport import find_word
from storage import open_store
from storage.frozen import frozen
from storage.records import Profile

Ask = Callable[[str], str]
"""Puts a question and returns the answer; raises EOFError where nobody can answer."""
Say = Callable[[str], None]

PATIENCE_SECONDS = 300
"""So long somebody has to press START."""
POLL_SECONDS = 10
ANSWER_SECONDS = 30.0
PRIVATE = 0o600
TEMPLATE = "cafe"
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,64}")


class SetupRefused(Exception):
    """It cannot go on; the text says why and what to do."""


@frozen
class Api:
    """The Bot API with one token."""

    session: aiohttp.ClientSession
    address: str
    proxy: Proxy | None = None

    async def call(self, method: str, form: Any = None) -> Any:
        """The result of a call.

        Raises:
            SetupRefused: Telegram refuses it, or cannot be reached.
        """
        try:
            async with self.session.post(f"{self.address}/{method}", data=form) as answer:
                body = find_word(await answer.read())
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
            said = explain(error, self.proxy) or "Telegram does not answer"
            raise SetupRefused(f"{said}. {_name_cure(self.proxy)}") from None
        if body is None:
            raise SetupRefused(f"{explain_page(answer.status, self.proxy)}. {_name_cure(self.proxy)}")
        if not body.get("ok"):
            raise SetupRefused(f"Telegram says: {body.get('description', 'no')}.")
        return body["result"]


@frozen
class Place:
    """Where a new shop's settings and database go."""

    env_file: Path
    url: str
    lines: Mapping[str, str]
    """What the file says beside the token and the owner, by names without the prefix."""
    refuse_bot: Callable[[int], str] = lambda _bot_id: ""
    """Why a bot of this number cannot be the shop's; empty where it can."""


async def set_up(*, ask: Ask, say: Say, environment: Mapping[str, str], folder: Path) -> None:
    """Ask, check, write `.env` and the database, and send the owner their first card.

    Raises:
        SetupRefused: something cannot be; nothing was overwritten.
        SettingMistake: what the environment says of Telegram's address or of a proxy cannot be.
        EOFError: nobody answers.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    url = given.get(f"{PREFIX}DATABASE_URL", f"sqlite:///{folder}/passalong.db")
    handed_on = {name: given.get(PREFIX + name, "") for name in ("BOT_API_URL", "PROXY")}
    lines = {"DATABASE_URL": url, **{name: value for name, value in handed_on.items() if value}}
    env_file = await set_up_in(Place(env_file=folder / ".env", url=url, lines=lines), given, ask=ask, say=say)
    say(f"Your first card is in your chat. The settings are in {env_file}. Now run: passalong run")


async def set_up_in(place: Place, given: Mapping[str, str], *, ask: Ask, say: Say, token: str = "") -> Path:
    """Likewise, by what is `given` of Telegram's address and a proxy; a token that is there is not asked for."""
    if place.env_file.exists():
        raise SetupRefused(f"There is a file {place.env_file} already. Look into it, or move it away and begin again.")
    async with open_api(given) as way:
        token = token or (await asyncio.to_thread(ask, "1. The bot's token, as @BotFather told it: ")).strip()
        api, bot = await check_token(way, token, place.refuse_bot)
        say(f"It belongs to @{bot['username']}.")
        owner = await _find_owner(api, ask, say, bot["username"])
        name = await asyncio.to_thread(ask, "3. The shop's name: ")
        brand = clean_text(name, limit=len(name))
        if not 1 <= len(brand) <= BRAND_LIMIT:
            raise SetupRefused(f"A shop's name has 1 to {BRAND_LIMIT} characters; this one has {len(brand)}.")
        member, campaign = await _open_shop(place.url, owner, brand)
        write_env(place.env_file, {"BOT_TOKEN": token, "ADMIN_IDS": str(owner.telegram_id), **place.lines})
        await _send_card(api, bot, member, campaign)
    return place.env_file


@asynccontextmanager
async def open_api(given: Mapping[str, str]) -> AsyncIterator[Api]:
    """The way to the Bot API that the settings name, as yet without a token.

    Raises:
        SettingMistake: they name none.
    """
    root = parse_api_url(given.get(f"{PREFIX}BOT_API_URL", DEFAULTS["BOT_API_URL"]))
    proxy = choose_proxy(given.get(f"{PREFIX}PROXY", ""), given, root)
    async with open_session(proxy, timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        yield Api(session=session, address=root, proxy=proxy)


def _name_cure(proxy: Proxy | None) -> str:
    way = f"{PREFIX}PROXY (or HTTPS_PROXY, ALL_PROXY)" if proxy else f"the network, or name a proxy in {PREFIX}PROXY"
    return f"Look at {way}, then try again."


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Write settings where only this user can read them, all at once; a file that is there is left alone.

    Raises:
        SetupRefused: it is there already, or cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(f"{PREFIX}{name}={value}\n" for name, value in values.items())
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(draft)  # where a rename would take the place of what is there
        finally:
            draft.unlink()
    except OSError as error:
        raise SetupRefused(f"{path} cannot be written: {error.strerror}.") from None


async def check_token(way: Api, token: str, refuse_bot: Callable[[int], str]) -> tuple[Api, dict[str, Any]]:
    """The Bot API with this token, and whose it is.

    Raises:
        SetupRefused: it is none, Telegram refuses it, or the bot cannot be the shop's.
    """
    if not _TOKEN.fullmatch(token):
        raise SetupRefused(
            "This is no token. @BotFather sends it when you write /newbot, or /token for a bot you have."
        )
    api = replace(way, address=f"{way.address}/bot{token}")
    bot = await api.call("getMe")
    if why := refuse_bot(bot["id"]):
        raise SetupRefused(why)
    return api, bot


async def _find_owner(api: Api, ask: Ask, say: Say, username: str) -> Profile:
    """Whoever is at this keyboard: by their number, or by pressing START behind a link that nobody else has."""
    secret = secrets.token_hex(8)
    said = await asyncio.to_thread(
        ask,
        f"2. Open https://t.me/{username}?start=setup{secret} and press START, then Enter here (or type your Telegram number): ",
    )
    if said.strip().isdecimal():
        return Profile(telegram_id=int(said), first_name="")
    say("Waiting for START …")
    return await _wait_for_start(api, f"/start setup{secret}")


async def _wait_for_start(api: Api, wanted: str) -> Profile:
    loop = asyncio.get_running_loop()
    until, offset = loop.time() + PATIENCE_SECONDS, 0
    while loop.time() < until:
        for update in await api.call("getUpdates", {"offset": str(offset), "timeout": str(POLL_SECONDS)}):
            offset = update["update_id"] + 1
            message = update.get("message") or {}
            if message.get("text") == wanted:
                await api.call("getUpdates", {"offset": str(offset), "timeout": "0"})
                return _read_profile(message["from"])
    raise SetupRefused("Nobody has pressed START behind that link. Begin again when you are ready.")


def _read_profile(sender: Mapping[str, Any]) -> Profile:
    return Profile(
        telegram_id=sender["id"],
        first_name=clean_text(sender["first_name"], limit=64),
        last_name=clean_text(sender.get("last_name", ""), limit=64),
        username=sender.get("username", ""),
        telegram_language=sender.get("language_code", ""),
    )


async def _open_shop(url: str, owner: Profile, brand: str) -> tuple[MemberView, Campaign]:
    """The shop's first campaign under its name, and its owner as its first member."""
    template = load_template(TEMPLATE)
    campaign = replace(template, slug="welcome", brand=dict.fromkeys(template.languages, brand))
    async with open_store(url) as store:
        await store.write(take_campaign, CampaignSource(campaign=campaign))
        arrival = await store.write(start, visitor=owner, payload="")
    return arrival.member, campaign


async def _send_card(api: Api, bot: Mapping[str, Any], member: MemberView, campaign: Campaign) -> None:
    shop = Shop(bot_username=bot["username"], inline_mode=False, campaign=campaign)
    image = await Pictures(shop, ASSETS).draw_card(member)
    form = aiohttp.FormData({"chat_id": str(member.telegram_id), "parse_mode": "HTML"})
    form.add_field("caption", say_invitation(Texts(member.language), shop, member, Source.FORWARDED))
    form.add_field("photo", image, filename=PICTURE_NAME, content_type="image/jpeg")
    try:
        await api.call("sendPhoto", form)
    except SetupRefused as refusal:
        words = "Everything is written, but your card could not be sent"
        raise SetupRefused(f"{words}: {refusal} Press START in the chat with the bot, then: passalong run") from None
