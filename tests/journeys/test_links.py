"""Every link on every way leads to its member; the cards and inline results inside Telegram are held to it in tests/handlers."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp

from bot.assets import ASSETS
from bot.core.links import CODES, Payload, compose_code, parse_payload
from bot.messages import claiming, community, guide, standing
from bot.messages.joining import notices, refusals
from bot.messages.outgoing import OutgoingMessage
from bot.messages.sharing import more
from bot.messages.sharing.networks import CHAT_NETWORKS, NETWORKS
from bot.messages.shop import Shop, Source
from bot.messages.texts import LANGUAGES, Texts
from bot.messages.visiting import compose_link_page, compose_share_page
from bot.services.members import MemberView
from bot.services.notices import Notice
from bot.services.spoken import find_by_said, give_spoken
from bot.web.pages import write_link_page, write_share_page
from bot.web.templates import Templates
from storage import Store, Tx
from storage.tables import chat_links, directory, people
from tests.easel import draw_for
from tests.messages.samples import (
    COMMANDS,
    HOSTILE,
    RENDERERS,
    list_messages,
    make_community,
    make_invites,
    make_member,
    make_rewards,
    make_shop,
    make_top,
    render_kind,
)
from tests.storage.cast import add_members

MEMBERS = [100, pytest.param(1000, marks=pytest.mark.long)]
PICTURES = 4
PLACES = (Source.PRINT, "window", "flyer2", "a" * 16)
PUBLIC = "https://share.example.org"
CHAT = -100_123

_LINK = re.compile(r"(?:start=|/[rcs]/)([0-9A-Za-z]{10}(?:-[^\s\"'<>&\\.]*)?)")
_NAMES = ["Rina", *HOSTILE.values()]
_KINDS = tuple(RENDERERS)
_PAPER = Templates(ASSETS / "web")


def make_somebody(number: int) -> MemberView:
    """A member with a random code, the same for the same number."""
    code = compose_code(random.Random(number).randrange(CODES), bytes(16))
    name = _NAMES[number % len(_NAMES)][:64]
    return make_member(name, code=code, language=LANGUAGES[number % len(LANGUAGES)])


def find_links(text: str) -> list[Payload | None]:
    """Every link in what goes out, whatever it is wrapped in."""
    return [parse_payload(found) for found in _LINK.findall(unquote(unescape(text)))]


def list_screens(texts: Texts, shop: Shop, member: MemberView, kind: type[Notice]) -> Iterator[OutgoingMessage]:
    """What a member is shown, but for the card itself; a notice of one kind among it."""
    yield notices.render_home(texts, shop, member)
    yield notices.render_welcome(texts, shop, name=member.name, code=member.code)
    yield more.render_more(texts, shop, member)
    yield standing.render_invites(texts, shop, replace(make_invites("Budi"), member=member))
    yield standing.render_rewards(texts, shop, replace(make_rewards("Budi"), member=member))
    yield standing.render_top(texts, shop, replace(make_top("Budi"), member=member))
    yield community.render_community_closed(texts, shop, replace(make_community("Budi"), member=member))
    yield claiming.render_nobody(texts, shop, member)
    for render in (guide.render_pointer, guide.render_language_chosen):
        yield render(texts, shop, member)
    yield guide.render_help(texts, shop, member, COMMANDS)
    for refuse in (refusals.render_own_code, refusals.render_unknown_code, refusals.render_already_member):
        yield refuse(texts, shop, member)
    yield from list_messages(render_kind(texts, shop, kind, member=member, code=member.code))


def list_pages(shop: Shop, member: MemberView) -> Iterator[str]:
    """What the web side answers for a member."""
    target = shop.link(member.code, Source.WEB)
    yield write_share_page(_PAPER, compose_share_page(shop, member))
    yield write_link_page(_PAPER, compose_link_page(shop, member, source="window", target=target), moves_on=True)


@pytest.mark.parametrize("members", MEMBERS)
def test_no_screen_carries_a_link_of_another(members: int) -> None:
    """Of many members, every screen, each notice in turn: each link is theirs; with a web side and without."""
    shops, found = [make_shop(), replace(make_shop(), public_url=PUBLIC)], set[str]()
    for number in range(members):
        member = make_somebody(number)
        texts, shop, kind = Texts(member.language), shops[number % 2], _KINDS[number % len(_KINDS)]
        for screen in list_screens(texts, shop, member, kind):
            links = find_links(screen.text + json.dumps(screen.keyboard.to_dict() if screen.keyboard else {}))
            assert {link and link.code for link in links} <= {member.code}
            found |= {link.source for link in links if link}
    assert found == {"", Source.COPIED, *CHAT_NETWORKS}


@pytest.mark.parametrize("members", MEMBERS)
def test_no_page_carries_a_link_of_another(members: int) -> None:
    """Of many members' share pages and link pages: the member's own link for every network, and nobody else's."""
    shop, found = replace(make_shop(), public_url=PUBLIC), set[str]()
    for number in range(members):
        member = make_somebody(number)
        for page in list_pages(shop, member):
            links = find_links(page)
            assert {link and link.code for link in links} == {member.code}
            found |= {link.source for link in links if link}
    assert found == {"", Source.PAGE, Source.WEB, "window", *NETWORKS}


@pytest.mark.long
@pytest.mark.parametrize("number", range(PICTURES))
async def test_paper_and_large_codes_are_the_members_own(number: int) -> None:
    """Read back from both sheets and from the picture of the QR code, each by its own source."""
    member, place = make_somebody(number), PLACES[number % len(PLACES)]
    pictures = draw_for(make_shop())
    for pdf, count in zip(await pictures.render_print_sheets(member, place), (10, 1), strict=True):
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
        codes = [code.text for code in zxingcpp.read_barcodes(page)]
        assert [link for text in codes for link in find_links(text)] == [Payload(member.code, place)] * count
    large = cv2.imdecode(np.frombuffer(await pictures.draw_qr(member), np.uint8), cv2.IMREAD_COLOR)
    assert [link for code in zxingcpp.read_barcodes(large) for link in find_links(code.text)] == [
        Payload(member.code, Source.QR)
    ]


@pytest.mark.parametrize("members", MEMBERS)
async def test_what_is_said_finds_the_one_who_is_meant(store: Store, members: int) -> None:
    """Many spoken codes, names, codes and invite links of the group: each is one member's, and nobody else's."""
    assert await store.write(count_wrong, members) == 0


def count_wrong(tx: Tx, count: int) -> int:
    """How many of so many members are mistaken for another, by any way."""
    members = add_members(tx, count)
    said = {member.id: give_spoken(tx, member) for member in members}
    for member in members:
        chat_links.add(tx, member.id, CHAT, f"https://t.me/+{member.code}")
    return sum(
        [found and found.id for found in (find_by_said(tx, said[member.id]), people.find_by_code(tx, member.code))]
        != [member.id] * 2
        or [found.id for found in directory.list_by_name(tx, member.profile.first_name.casefold(), limit=2)]
        != [member.id]
        or chat_links.find_owner(tx, f"https://t.me/+{member.code}") != member.id
        for member in members
    )
