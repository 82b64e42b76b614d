"""Whatever the bot hands out to be passed on, it takes back as the answer to who recommended the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from bot.assets import ASSETS
from bot.core.claiming import decide_named, parse_claim
from bot.messages import spoken
from bot.messages.joining.notices import render_home
from bot.messages.sharing import screens
from bot.messages.sharing.networks import NETWORKS, compose_address, compose_load
from bot.messages.shop import Shop, Source
from bot.messages.texts import LANGUAGES, Texts
from bot.messages.visiting import compose_link_page, compose_share_page
from bot.services.members import MemberView
from bot.services.spoken import SpokenView
from bot.web.pages import write_link_page, write_share_page
from bot.web.templates import Templates
from tests.messages.samples import CODE, HOSTILE, PHOTO, make_member, make_shop
from tests.messages.telegram_html import read_html
from tests.thinning import thin_pairs

PUBLIC = "https://share.example.org"
PLACES = [*Source, "window", "a" * 16]
SPOKEN = {"en": "maple-otter-42", "id": "kelapa-rusa-42", "zh": "月亮-苹果-42"}
_PAPER = Templates(ASSETS / "web")


def list_captions(texts: Texts, shop: Shop, member: MemberView) -> Iterator[str]:
    """The words below every card, for every story and way, and below the QR code."""
    for story in (each.key for each in shop.campaign.stories):
        yield screens.render_share(texts, shop, member, PHOTO, story).text
        for source in (Source.INLINE, Source.GUEST):
            yield screens.render_inline_invitation(texts, shop, member, story, source).caption
    yield screens.render_qr(texts, shop, member, PHOTO).text
    yield render_home(texts, shop, member).text


def list_addresses(texts: Texts, shop: Shop) -> Iterator[str]:
    """Every link, as it stands on paper, in a QR code, in a preview, behind a button."""
    for place in PLACES:
        yield from (shop.link(CODE, place), shop.short_link(CODE, place), compose_load(texts, shop, CODE, place).link)
    yield from (compose_address(texts, shop, CODE, network) for network in NETWORKS)
    yield from filter(None, [shop.page_address(CODE), shop.card_address(CODE), shop.card_address(CODE, "mina")])


def list_pages(shop: Shop, member: MemberView) -> Iterator[str]:
    """What somebody copies off the web side."""
    yield write_share_page(_PAPER, compose_share_page(shop, member))
    target = shop.link(member.code, Source.WEB)
    yield write_link_page(_PAPER, compose_link_page(shop, member, source="window", target=target), moves_on=True)


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, ["Rina", *HOSTILE]))
def test_every_caption_names_its_member(language: str, called: str) -> None:
    """Whole, as it is forwarded; with a web side and without, with words of one's own and a spoken code below."""
    texts, name = Texts(language), HOSTILE.get(called, called)
    member = make_member(name[:64], language=language, own_words="Try @the_cake, dear!", spoken_code=SPOKEN[language])
    for shop in (make_shop(), replace(make_shop(), public_url=PUBLIC)):
        for caption in list_captions(texts, shop, member):
            said = read_html(caption).text
            assert decide_named(said, shop.addresses), said
            claim = parse_claim(said, shop.addresses)
            assert (claim.payload and claim.payload.code) == CODE, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_names_its_member(language: str) -> None:
    """As it is, with what trackers hang behind it, and inside another address."""
    texts = Texts(language)
    for shop in (make_shop(), replace(make_shop(), public_url=PUBLIC)):
        for address in list_addresses(texts, shop):
            rubbish = f"{address}{'&' if '?' in address else '?'}utm_source=x&fbclid=IwAR0#top"
            for said in (address, rubbish, f"https://out.example/?to={quote(address, safe='')}", f"see {address}."):
                claim = parse_claim(said, shop.addresses)
                assert (claim.payload and claim.payload.code) == CODE, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_names_its_member(language: str) -> None:
    """However much of it was copied, source and all."""
    shop = replace(make_shop(), public_url=PUBLIC)
    for page in list_pages(shop, make_member(language=language)):
        claim = parse_claim(page[page.index("/" + CODE) - 80 :][:4000], shop.addresses)
        assert (claim.payload and claim.payload.code) == CODE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_spoken_code_is_heard_in_its_whole_message(language: str) -> None:
    """Also with the explanation around it."""
    member, shop = make_member(language=language, spoken_code=SPOKEN[language]), make_shop()
    view = SpokenView(member=member, code=SPOKEN[language], chosen=False)
    said = read_html(spoken.render_spoken(Texts(language), shop, view).text).text
    assert decide_named(said, shop.addresses)
    assert parse_claim(said, shop.addresses).words == SPOKEN[language]
