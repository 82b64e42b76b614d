"""The ways that leave Telegram, or lead into a group: by the web side, an invite link, on paper, by plain talk.

Each is walked to the end: the friend who came by it has been counted for the right member.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pypdfium2
import zxingcpp
from aiohttp import ClientConnectionError, ClientResponse, ClientSession

from bot.playground.demo import find_free_address
from bot.playground.page.browser import HEADERS
from bot.playground.world import Message, Person
from tests.journeys.counting import Hand
from tests.journeys.gathering import Gathering, find_invite, gather
from tests.journeys.launch_cost import Way

PUBLIC = "https://share.example.org"
PATIENCE_SECONDS = 60.0
_SHORT_LINK = re.compile(rf"{re.escape(PUBLIC)}/r/[0-9A-Za-z-]+")


@dataclass(kw_only=True)
class Street(Gathering):
    """The shop, its group and its web side, which the world knows by its public address."""

    site: str
    """Where the web side really is."""
    session: ClientSession = field(repr=False)

    async def fetch(self, address: str) -> str:
        """What a person's browser shows of a public address."""
        async with self._ask(address) as answer:
            assert answer.status == 200, answer.status
            return await answer.text()

    async def arrive(self, address: str, owner: Person) -> None:
        """Somebody new follows a short link wherever it leads, and the owner hears who came."""
        async with self._ask(address) as answer:
            assert answer.status == 302, answer.status
            target = answer.headers["Location"]
        await self.come(target, owner)

    async def come(self, link: str, owner: Person) -> None:
        """Somebody new follows a link to the bot, and the owner hears who came."""
        friend = self.add_person()
        await self.join(friend, link)
        await self.telegram.until_message(owner, friend.first_name)

    async def until_open(self) -> None:
        """Wait for the web side, which opens its door beside the bot."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    async with self.session.get(f"{self.site}/healthz"):
                        return
                except ClientConnectionError:
                    await asyncio.sleep(0.05)

    def _ask(self, address: str) -> AbstractAsyncContextManager[ClientResponse]:
        return self.session.get(address.replace(PUBLIC, self.site, 1), allow_redirects=False)


@asynccontextmanager
async def open_street(folder: Path) -> AsyncIterator[Street]:
    """Run the bot with everything there is."""
    address = find_free_address()
    settings = {"PASSALONG_PUBLIC_URL": PUBLIC, "PASSALONG_LISTEN": address}
    async with (
        ClientSession(headers=HEADERS) as session,
        gather(folder) as gathering,
        gathering.at_work(settings=settings),
    ):
        street = Street(**vars(gathering), site=f"http://{address}", session=session)
        await street.until_open()
        await street.join(street.admin)
        yield street


async def _begin(street: Street) -> tuple[Hand, Message]:
    """Somebody with their card before them."""
    anna = await street.add_member()
    return Hand(street, anna), await street.ask(anna, "/share")


async def _open_page(street: Street) -> tuple[Hand, str]:
    """One tap opens the share page in the browser."""
    hand, card = await _begin(street)
    opened = hand.follow(card, "More ways")
    assert opened.kind == "web"
    return hand, unescape(await street.fetch(opened.url))


async def _send_by_network(street: Street) -> Hand:
    hand, page = await _open_page(street)
    found = re.search(r'data-way="whatsapp" href="([^"]+)"', page)
    assert found
    hand.taps += 1
    carried = _SHORT_LINK.search(unquote(found[1]))
    assert carried
    assert carried[0].endswith("-whatsapp")
    await street.arrive(carried[0], hand.person)
    return hand


async def _copy_from_page(street: Street) -> Hand:
    hand, page = await _open_page(street)
    found = re.search(r'id="link" readonly value="([^"]+)"', page)
    assert found
    hand.taps += 1
    await street.arrive(found[1], hand.person)
    return hand


async def _invite_into_group(street: Street) -> Hand:
    anna, budi = await street.add_member(), street.add_person()
    hand, menu = Hand(street, anna), await street.ask(anna, "/start")
    hand.tap(menu, "Community")
    shown = await street.until_edited(menu, "t.me/+")
    sent = hand.share_draft(hand.follow(shown, "Invite a friend"), street.world.open_chat(anna, budi))
    street.world.open_link(budi, find_invite(sent))
    await street.telegram.until_message(anna, budi.first_name, after=menu)
    return hand


async def _print(street: Street) -> Hand:
    hand = Hand(street, await street.add_member())
    asked = hand.command("/print")
    sheet = await street.telegram.until_reply(asked, lambda message: message.content.document is not None)
    assert sheet.content.document is not None
    page = pypdfium2.PdfDocument(sheet.content.document.file.read())[0]
    (link,) = {code.text for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())}
    assert link.endswith("-print")
    await street.come(link, hand.person)
    return hand


async def _say_code(street: Street) -> Hand:
    anna = await street.add_member()
    hand, shown = Hand(street, anna), await street.ask(anna, "/spoken")
    bold = next(entity for entity in shown.entities if entity["type"] == "bold")
    await _tell(street, anna, shown.text[bold["offset"] :][: bold["length"]])
    return hand


async def _say_name(street: Street) -> Hand:
    anna = await street.add_member()
    await _tell(street, anna, anna.full_name)
    return Hand(street, anna)


async def _tell(street: Street, owner: Person, words: str) -> None:
    """Somebody new types what they were told."""
    friend = street.add_person()
    assert "recommend" in (await street.join(friend)).text
    await street.ask(friend, words)
    await street.telegram.until_message(owner, friend.first_name)


_OWN_STEPS = "Then the network's own steps."

BEYOND_TELEGRAM: tuple[Way[Street], ...] = (
    Way(name="Another network, by the share page", start="the card", walk=_send_by_network, remark=_OWN_STEPS),
    Way(
        name="Copy the short link from the share page", start="the card", walk=_copy_from_page, remark="Then paste it."
    ),
    Way(
        name="Invite into the group",
        start="the menu",
        walk=_invite_into_group,
        remark="Counts before the friend has met the bot.",
    ),
    Way(
        name="Print cards and a poster", start="the chat with the bot", walk=_print, remark="Then printer and scissors."
    ),
    Way(name="Say the spoken code", start="talking", walk=_say_code, remark="The friend types it, once."),
    Way(name="Just say one's name", start="talking", walk=_say_name, remark="The friend types it, once."),
)
