from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from urllib.parse import unquote

import cv2
import numpy as np
import pytest

from bot.core.links import CODES, Payload, compose_code, parse_payload
from bot.handlers.sharing.inline import compose_results
from bot.messages.outgoing import OutgoingMessage
from bot.messages.own_words import render_words_preview
from bot.messages.sharing.screens import render_inline_invitation, render_qr, render_share
from bot.messages.shop import Shop, Source
from bot.messages.texts import LANGUAGES, Texts
from bot.services.members import MemberView
from bot.services.sharing.cards import InlineView
from tests.easel import draw_for
from tests.handlers.sharing_stage import STORIES
from tests.messages.samples import HOSTILE, PHOTO, make_member, make_shop

MEMBERS = [30, pytest.param(1000, marks=pytest.mark.long)]
PICTURES = [3, pytest.param(15, marks=pytest.mark.long)]
"""Drawn and read back; the way from link to picture is the same for all."""

_LINK = re.compile(r"\?start=([0-9A-Za-z_-]+)")
_NAMES = ["Rina", *HOSTILE.values()]


def make_somebody(number: int) -> MemberView:
    """A member with a random code; every other one has words of their own."""
    return make_member(
        _NAMES[number % len(_NAMES)][:64],
        code=compose_code(secrets.randbelow(CODES), bytes(16)),
        language=LANGUAGES[number % len(LANGUAGES)],
        own_words="Like home" * (number % 2),
    )


def list_everything(shop: Shop, member: MemberView, story: str) -> Iterator[str]:
    """Whatever inside Telegram carries this member's link, as it goes to Telegram."""
    texts = Texts(member.language)
    screens: list[OutgoingMessage] = [
        render_share(texts, shop, member, PHOTO, story),
        render_words_preview(texts, shop, member, PHOTO, story),
        render_qr(texts, shop, member, PHOTO),
    ]
    for screen in screens:
        yield screen.text
        yield json.dumps(screen.keyboard.to_dict() if screen.keyboard else {})
    guest = render_inline_invitation(texts, shop, member, story, Source.GUEST)
    yield guest.caption + json.dumps(guest.keyboard.to_dict())
    known = {key: f"file-{key}" for key in STORIES[::2]}
    view = InlineView(member=member, versions=dict.fromkeys(STORIES, "v"), file_ids=known)
    yield from (json.dumps(result.to_dict()) for result in compose_results(shop, view, ""))


@pytest.mark.parametrize("members", MEMBERS)
@pytest.mark.parametrize("inline_mode", [True, False])
def test_every_link_on_every_way_leads_to_its_member(*, inline_mode: bool, members: int) -> None:
    """Members with hostile names: none of their links is anybody else's, and all say how they travelled."""
    shop, sources = make_shop(inline_mode=inline_mode), set()
    for number in range(members):
        member = make_somebody(number)
        for text in list_everything(shop, member, STORIES[number % len(STORIES)]):
            links = [parse_payload(found) for found in _LINK.findall(unquote(text))]
            assert {link.code for link in links if link} <= {member.code}
            assert None not in links
            sources |= {link.source for link in links if link}
    assert sources == {"fwd", "copy", "share", "inline", "guest"}


@pytest.mark.parametrize("count", PICTURES)
async def test_every_code_on_a_card_leads_to_its_member(count: int) -> None:
    """Read back from the picture, in every story and language, with own words and without."""
    shop = make_shop()
    pictures = draw_for(shop)
    for number in range(count):
        member = make_somebody(number)
        jpeg = await pictures.draw_card(member, STORIES[number % len(STORIES)])
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        decoded, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
        assert parse_payload(decoded.partition("?start=")[2]) == Payload(member.code, "qr")
