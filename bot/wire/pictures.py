"""Cards and QR codes for whoever hands them out: drawn off the event loop, the pixel libraries imported at the first one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cards.look import compute_look
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.checking import Finding, list_misnamed
from bot.core.campaigns.look import compose_look
from bot.core.campaigns.pictures import list_card_pictures
from bot.core.pictures import Picture, PictureMistake
from bot.core.posters import Poster
from bot.core.sharing import CardFormat, CardText, CardVersions
from bot.messages.outgoing import Photo
from bot.messages.printing import say_print_hint, say_way_in
from bot.messages.sharing.card_texts import compose_card_text, compose_card_versions, compose_mark, compose_step_mark
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.members import MemberView
from bot.wire.checking import check_card, compose_longest_link, list_cards
from bot.wire.turns import Turns
from storage.records import PersonId
from storage.store import Store
from storage.tables import faces, pictures

if TYPE_CHECKING:
    from bot.cards.limits import StoryExcess
    from bot.cards.studio import CardStudio

T = TypeVar("T")

LoadPicture = Callable[[str], Awaitable[bytes | None]]
"""Reads what is kept under a SHA-256."""

LoadFace = Callable[[PersonId, str], Awaitable[bytes | None]]
"""Reads a member's photo."""

_PICTURES_KEPT = 12  # a logo and a photo for each of ten stories, some hundred kilobytes each

_SOUND_KEPT = 256  # all cards of a few campaigns; only their words are kept

TEMPLATES_KEPT = 6

DRAWING_THREADS = 1
"""It draws two hundred cards a second, far more than may be sent; each further one keeps seven megabytes for itself."""


QUEUED = 2
"""So many pictures of one shop stand before the thread at once, the next while one is drawn: who wants a thousand keeps another
shop waiting for two of them."""


class Easel:
    """What draws for all shops of a process: a thread, fonts, and the latest templates.

    Args:
        assets: Where fonts and themes lie.
        templates_kept: At most, of all shops together; one is up to four megabytes.
    """

    def __init__(self, assets: Path, *, templates_kept: int = TEMPLATES_KEPT) -> None:
        self.assets = assets
        self.threads = ThreadPoolExecutor(DRAWING_THREADS, thread_name_prefix="pictures")
        self._templates_kept = templates_kept
        self._studio: CardStudio | None = None

    def open_studio(self, find_picture: Callable[[str], bytes | None]) -> CardStudio:
        """The studio for one shop's pictures; only the drawing thread asks."""
        if self._studio is None:
            from bot.cards.studio import CardStudio  # noqa: PLC0415 -- see the module's first line

            self._studio = CardStudio(self.assets, templates_kept=self._templates_kept)
        return self._studio.serve(find_picture)


class Workshop:
    """What one shop's pictures are drawn with, and what of them is kept between two; one for all that a bot shows."""

    def __init__(
        self, easel: Easel, load_picture: LoadPicture | None = None, load_face: LoadFace | None = None
    ) -> None:
        self.easel = easel
        self._load_face = load_face
        self._load_picture = load_picture
        self.turns = Turns()
        """Who uploads a picture at this moment."""
        self._shelf: dict[str, bytes] = {}
        self.uploads: dict[str, str] = {}
        """The `file_id` of each picture that was shown by itself, by its SHA-256; a catalogue has a dozen."""
        self._studio: CardStudio | None = None
        self._places = asyncio.Semaphore(QUEUED)
        self.sound: dict[CardText, None] = {}
        """Cards that were looked at and are as they should be, the latest last."""

    async def lay_out(self, pictures: Collection[str]) -> None:
        """Have pictures of the shop at hand, by their SHA-256; one that is gone is left off the cards."""
        for sha256 in pictures:
            if self._load_picture is not None and sha256 not in self._shelf:
                loaded = await self._load_picture(sha256)
                if loaded is not None:
                    self._shelf[sha256] = loaded
        while len(self._shelf) > _PICTURES_KEPT:
            del self._shelf[next(sha256 for sha256 in self._shelf if sha256 not in pictures)]

    async def find_picture(self, sha256: str) -> bytes | None:
        """A picture of the shop, for what shows it alone; None for none, or one that is gone."""
        await self.lay_out([sha256] if sha256 else [])
        return self._shelf.get(sha256)

    async def find_face(self, member: MemberView) -> bytes | None:
        """What of a member's face shows on their cards; None for nothing, or where it is gone."""
        return await self._load_face(member.id, member.face) if member.face and self._load_face else None

    async def run(self, paint: Callable[[CardStudio], T]) -> T:
        """Have something drawn."""
        loop, context = asyncio.get_running_loop(), copy_context()  # a line in the log says whose picture it is about
        async with self._places:
            return await loop.run_in_executor(
                self.easel.threads, lambda: context.run(lambda: paint(self._open_studio()))
            )

    def note_sound(self, text: CardText, *, sound: bool) -> None:
        """Remember a card that is as it should be."""
        if sound:
            self.sound[text] = None
        while len(self.sound) > _SOUND_KEPT:
            del self.sound[next(iter(self.sound))]

    def _open_studio(self) -> CardStudio:
        """Only the drawing thread asks."""
        if self._studio is None:
            self._studio = self.easel.open_studio(self._shelf.get)
        return self._studio


def open_workshop(easel: Easel, store: Store) -> Workshop:
    """The workshop whose pictures and faces lie in this store."""
    return Workshop(
        easel,
        lambda sha256: store.read(pictures.find_content, sha256),
        lambda person_id, photo_id: store.read(faces.find_content, person_id, photo_id),
    )


class Pictures:
    """A shop's pictures, as it is at one moment.

    Callers find a picture by its version first, and have it drawn only if nobody has it.
    """

    def __init__(self, shop: Shop, assets: Path | Workshop) -> None:
        self._shop = shop
        self._workshop = assets if isinstance(assets, Workshop) else Workshop(Easel(assets))
        self._look = compute_look(self._workshop.easel.assets, shop.campaign.theme)

    @cached_property
    def versions(self) -> CardVersions:
        """What each picture would be called if it were drawn now. For it the texts of all languages are read, so a start leaves it for later."""
        return compose_card_versions(self._shop, self._look)

    @property
    def turns(self) -> Turns:
        """One upload of a member's pictures at a time."""
        return self._workshop.turns

    def of_shop(self, shop: Shop) -> Pictures:
        """Those of the shop as it is now, drawn in the same workshop."""
        renewed = Pictures(shop, self._workshop)
        _ = renewed.versions  # here, beside the loop, nobody waits for it
        return renewed

    async def draw_card(
        self, member: MemberView, story: str = "", wanted: CardFormat = CardFormat.CARD, *, friends: int = 0
    ) -> bytes:
        """The member's share card with the story of this key, else the first, JPEG; saying that so many friends have come, if any."""
        await self._lay_out(story)
        face = await self._workshop.find_face(member)
        return await self._workshop.run(partial(self._render_card, member, face, story, wanted, friends=friends))

    async def draw_qr(self, member: MemberView) -> bytes:
        """The member's QR code alone, JPEG."""
        await self._lay_out()
        return await self._workshop.run(partial(self._render_qr, member))

    async def draw_counter_code(self, link: str, caption: str) -> bytes:
        """A code to be scanned at the counter, with what is said under it, JPEG."""
        await self._lay_out()
        look = compose_look(self._shop.campaign)
        return await self._workshop.run(lambda studio: studio.render_qr(link, look, caption=caption))

    async def draw_poster(self, poster: Poster) -> bytes:
        """The picture of a post in the announce chat, JPEG."""
        await self._lay_out()
        look = compose_look(self._shop.campaign)
        return await self._workshop.run(lambda studio: studio.render_poster(poster, look))

    async def find_item_photo(self, item: str) -> Photo | None:
        """The picture of something in the catalogue, by its key; None where it has none, or it is gone."""
        found = self._shop.campaign.find_item(item)
        if found is None or not found.picture:
            return None
        if (file_id := self._workshop.uploads.get(found.picture)) is not None:
            return Photo(file_id=file_id)
        kept = await self._workshop.find_picture(found.picture)

        def render(_studio: CardStudio) -> bytes:
            from bot.cards.item_pictures import render_item_picture  # noqa: PLC0415 -- see the module's first line

            return render_item_picture(kept or b"")

        return Photo(image=await self._workshop.run(render)) if kept else None

    def note_item_photo(self, item: str, sent: Mapping[str, Any]) -> None:
        """Remember how Telegram knows it, by the message that has shown it: it is uploaded once."""
        found = self._shop.campaign.find_item(item)
        if found is not None and found.picture and (sizes := sent.get("photo")):
            self._workshop.uploads[found.picture] = sizes[-1]["file_id"]

    async def draw_page_logo(self) -> bytes:
        """The shop's logo for pages, PNG; empty where there is none, or it is gone."""
        return await self._draw_logo(on_pages=True)

    async def draw_chart_logo(self) -> bytes:
        """Likewise for the chart."""
        return await self._draw_logo(on_pages=False)

    async def _draw_logo(self, *, on_pages: bool) -> bytes:
        kept = await self._workshop.find_picture(self._shop.campaign.logo)

        def render(_studio: CardStudio) -> bytes:
            from bot.cards.logos import CHART_GROUNDS, PAGE_GROUNDS, render_logo  # noqa: PLC0415 -- as above

            return render_logo(kept, PAGE_GROUNDS if on_pages else CHART_GROUNDS) if kept else b""

        return await self._workshop.run(render)

    async def render_print_sheets(self, member: MemberView, placement: str) -> tuple[bytes, bytes]:
        """Two PDFs with the member's code for a place: ten business cards on A4, and an A5 poster."""
        await self._lay_out()
        studio = await self._workshop.run(lambda studio: studio)
        text = compose_card_text(self._shop, member.language)
        texts = Texts(member.language)
        text = replace(text, scan_hint=say_print_hint(texts))
        way_in, link = say_way_in(texts, self._shop, member.spoken_code), self._shop.link(member.code, placement)
        return await asyncio.to_thread(studio.render_print_sheets, text, name=member.name, link=link, way_in=way_in)

    async def render_shop_sheets(self, language: str, placement: str) -> tuple[bytes, bytes]:
        """Two PDFs with nobody's name: an A5 poster, and an A4 table tent for a place."""
        await self._lay_out()
        studio = await self._workshop.run(lambda studio: studio)
        texts = Texts(language)
        text = replace(compose_card_text(self._shop, language), scan_hint=say_print_hint(texts))
        way_in, link = say_way_in(texts, self._shop, ""), self._shop.placement_link(placement)
        return await asyncio.to_thread(studio.render_shop_sheets, text, link=link, way_in=way_in)

    async def check(self, campaign: Campaign) -> list[Finding]:
        """All that is not as it should be in a campaign of which nothing is missing: in its words, and on every card, drawn.

        A card takes some tenths of a second, and one that was sound before none; whoever waits for a picture comes in
        between two of them.
        """
        shop, link = replace(self._shop, campaign=campaign), compose_longest_link(self._shop.bot_username)
        found = list(list_misnamed(campaign))
        for place, text in list_cards(shop):
            if text not in self._workshop.sound:
                await self._workshop.lay_out(text.look.pictures)
                faults = await self._workshop.run(partial(check_card, text, place, link))
                self._workshop.note_sound(text, sound=not faults)
                found += faults
        return found

    async def find_excess(self, campaign: Campaign) -> StoryExcess | None:
        """The first text of a campaign that its cards cannot show well, measured with their own letters."""
        await self._workshop.lay_out(list_card_pictures(campaign))

        def find(studio: CardStudio) -> StoryExcess | None:
            from bot.cards.limits import list_campaign_excesses  # noqa: PLC0415 -- see the module's first line

            return next(list_campaign_excesses(campaign, studio), None)

        return await self._workshop.run(find)

    async def read_picture(self, data: bytes) -> Picture | PictureMistake:
        """A picture that somebody has sent, as it is kept; or why it is not taken."""

        def read(_studio: CardStudio) -> Picture | PictureMistake:
            from bot.cards.pictures import read_picture  # noqa: PLC0415 -- see the module's first line

            return read_picture(data)

        return await self._workshop.run(read)

    async def read_face(self, data: bytes) -> bytes | PictureMistake:
        """A profile photo as it is kept; or why it is not taken."""

        def read(_studio: CardStudio) -> bytes | PictureMistake:
            from bot.cards.faces import read_face  # noqa: PLC0415 -- see the module's first line

            return read_face(data)

        return await self._workshop.run(read)

    async def _lay_out(self, story: str = "") -> None:
        told = self._shop.story(self._shop.campaign.languages[0], story)
        await self._workshop.lay_out(told.look.pictures)

    def _render_card(
        self,
        member: MemberView,
        face: bytes | None,
        story: str,
        wanted: CardFormat,
        studio: CardStudio,
        *,
        friends: int,
    ) -> bytes:
        """Of a story nothing is kept where the words are this member's alone; words no typeface has stay in the caption."""
        words = member.own_words
        told = bool(words) and studio.can_tell(words, self._shop.story(member.language, story).look)
        text = compose_card_text(self._shop, member.language, story, own_words=words if told else "")
        link, mark = self._link(member, story), compose_mark(self._shop, member.language, member.tier)
        if friends:
            mark = compose_step_mark(member.language, friends, mark)
        if wanted is not CardFormat.CARD:
            return studio.render_format(text, wanted, name=member.name, link=link, face=face, mark=mark, kept=not told)
        render = studio.render_card_once if told else studio.render_card
        return render(text, name=member.name, link=link, face=face, mark=mark)

    def _render_qr(self, member: MemberView, studio: CardStudio) -> bytes:
        look, caption = compose_look(self._shop.campaign), self._shop.brand(member.language)
        return studio.render_qr(self._link(member), look, caption=caption)

    def _link(self, member: MemberView, story: str = "") -> str:
        return self._shop.link(member.code, Source.QR, story)
