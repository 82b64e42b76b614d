"""Cards and QR codes for whoever hands them out: drawn off the event loop, the pixel libraries imported at the first one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.messages.printing import say_print_hint
from bot.messages.sharing.card_texts import compose_face
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.members import MemberView
from bot.services.sharing.cards import ComputeVersion

if TYPE_CHECKING:
    from bot.cards import CardStudio, CardText

T = TypeVar("T")

DRAWING_THREADS = 1
"""It draws two hundred cards a second, far more than may be sent; each further one keeps seven megabytes for itself."""

FACES_KEPT = 64
"""A few words each; asked for with every inline query and every card on the web."""


class Pictures:
    """The studio for one shop. Callers ask for a version first, and for the picture only if nobody has it."""

    def __init__(self, shop: Shop, assets: Path) -> None:
        self._shop = shop
        self._assets = assets
        self._studio: CardStudio | None = None
        self._threads = ThreadPoolExecutor(DRAWING_THREADS, thread_name_prefix="pictures")
        self._make_face = lru_cache(maxsize=FACES_KEPT)(partial(_make_face, shop))

    async def card_version(self) -> ComputeVersion:
        """A function that names a member's card with a story as it would be drawn now."""
        studio = await self._open_studio()

        def compute_version(member: MemberView, story: str = "", /) -> str:
            face, _ = self._compose_face(studio, member, story)
            return studio.compute_version(face, name=member.name, link=self._link(member))

        return compute_version

    async def qr_version(self) -> ComputeVersion:
        """A function that names a member's QR code as it would be drawn now; no story is on it."""
        studio = await self._open_studio()

        def compute_version(member: MemberView, _story: str = "", /) -> str:
            brand = self._shop.brand(member.language)
            return studio.compute_qr_version(self._link(member), theme=self._shop.campaign.theme, caption=brand)

        return compute_version

    async def draw_card(self, member: MemberView, story: str = "") -> bytes:
        """The member's share card with the story of this key, else the first, JPEG."""
        studio = await self._open_studio()
        face, is_personal = self._compose_face(studio, member, story)
        render = studio.render_card_once if is_personal else studio.render_card
        return await self._draw(partial(render, face, name=member.name, link=self._link(member)))

    async def draw_qr(self, member: MemberView) -> bytes:
        """The member's QR code alone, JPEG."""
        studio = await self._open_studio()
        campaign, caption = self._shop.campaign, self._shop.brand(member.language)
        return await self._draw(partial(studio.render_qr, self._link(member), theme=campaign.theme, caption=caption))

    async def print_paper(self, member: MemberView, placement: str) -> tuple[bytes, bytes]:
        """Two PDFs with the member's code for a place: ten business cards on A4, and an A5 poster."""
        studio, texts = await self._open_studio(), Texts(member.language)
        face = replace(self._make_face(member.language, "", ""), scan_hint=say_print_hint(texts))
        link = self._shop.link(member.code, placement)
        return await asyncio.to_thread(studio.render_paper, face, name=member.name, link=link)

    async def _draw(self, paint: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, paint)

    def _link(self, member: MemberView) -> str:
        return self._shop.link(member.code, Source.QR)

    def _compose_face(self, studio: CardStudio, member: MemberView, story: str) -> tuple[CardText, bool]:
        """The face, and whether it is this member's alone; words that no typeface has stay in the caption."""
        told = bool(member.own_words) and studio.can_tell(member.own_words, theme=self._shop.campaign.theme)
        words = member.own_words if told else ""
        return self._make_face(member.language, story, words), told

    async def _open_studio(self) -> CardStudio:
        if self._studio is None:
            self._studio = await self._draw(partial(_make_studio, self._assets))
        return self._studio


def _make_face(shop: Shop, language: str, story: str, words: str) -> CardText:
    from bot.cards import CardText  # noqa: PLC0415 -- see the module's first line

    return CardText(**asdict(compose_face(shop, language, story, own_words=words)))


def _make_studio(assets: Path) -> CardStudio:
    from bot.cards import CardStudio  # noqa: PLC0415 -- see the module's first line

    return CardStudio(assets)
