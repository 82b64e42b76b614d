"""What the pages of the web side say; plain text, to be escaped where it is put into a page."""

from __future__ import annotations

from enum import Enum, auto

from bot.core.sharing import CardFormat
from bot.messages.sharing.networks import Load, compose_address, compose_load, list_networks, name_network
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts, show_plain_name
from bot.services.members import MemberView
from storage.frozen import frozen


class Refusal(Enum):
    """Why there is a page other than the one asked for."""

    MISSING = auto()
    REFUSED = auto()
    BUSY = auto()
    AWAY = auto()


_REFUSALS = {
    Refusal.MISSING: ("web.missing", "web.missing_why"),
    Refusal.REFUSED: ("web.refused", "web.refused_why"),
    Refusal.BUSY: ("web.busy", "web.busy_why"),
    Refusal.AWAY: ("web.busy", "web.away_why"),
}


@frozen
class LinkPage:
    """What unfolds where a link is pasted, and what a person sees who is not sent on."""

    language: str
    brand: str
    logo: str
    """Its path; empty where the shop has none."""
    title: str
    description: str
    picture: str
    """The card's address, absolute."""
    wide_picture: str
    """The same in landscape, for what unfolds."""
    picture_words: str
    address: str
    """Of this page, absolute; contains nothing that was not checked."""
    invitation: str
    label: str
    target: str
    """Where the button leads: the bot."""


@frozen
class Exit:
    """One network on the share page."""

    network: str
    label: str
    address: str


@frozen
class SharePage:
    """A member's share page."""

    language: str
    brand: str
    logo: str
    """Its path; empty where the shop has none."""
    code: str
    load: Load
    square_picture: str
    """The card to be saved, and one for an app's story or status: absolute addresses."""
    tall_picture: str
    picture_words: str
    exits: tuple[Exit, ...]
    wechat: str
    wechat_how: str
    """It takes no links from outside, but everybody there reads QR codes off pictures."""
    bot: str
    """The bot's own address."""
    labels: dict[str, str]
    """What stands on the page, by its place in the template."""


_LABELS = {
    "why": "web.share_why",
    "sheet": "web.sheet",
    "copy": "web.copy",
    "copied": "web.copied",
    "save": "web.save",
    "tall": "button.tall",
    "link_label": "web.link",
    "networks": "web.networks",
    "back": "web.back",
}


def compose_link_page(shop: Shop, member: MemberView, *, source: str, target: str) -> LinkPage:
    """The page behind a link, in its owner's language."""
    texts, story = Texts(member.language), shop.story(member.language)
    brand = shop.brand(member.language)
    return LinkPage(
        language=texts.locale,
        brand=brand,
        logo=shop.logo_path,
        title=_compose_title(texts, brand, member.name),
        description=f"{story.headline} · {story.offer}",
        picture=shop.card_address(member.code),
        wide_picture=shop.card_address(member.code, wanted=CardFormat.WIDE),
        picture_words=texts.plain("web.card", brand=brand, headline=story.headline),
        address=shop.short_link(member.code, source),
        invitation=texts.plain("web.open_why"),
        label=texts.plain("web.open"),
        target=target,
    )


def compose_share_page(shop: Shop, member: MemberView) -> SharePage:
    """The share page, in the member's language; without a code it shares the shop itself."""
    texts = Texts(member.language)
    brand = shop.brand(member.language)
    return SharePage(
        language=texts.locale,
        brand=brand,
        logo=shop.logo_path,
        code=member.code,
        load=compose_load(texts, shop, member.code, Source.PAGE),
        square_picture=shop.card_address(member.code, wanted=CardFormat.SQUARE),
        tall_picture=shop.card_address(member.code, wanted=CardFormat.TALL),
        picture_words=texts.plain("web.card", brand=brand, headline=shop.story(member.language).headline),
        exits=tuple(_compose_exit(texts, shop, member.code, network) for network in list_networks(texts.locale)),
        wechat=texts.plain("web.wechat"),
        wechat_how=texts.plain("web.wechat_how"),
        bot=shop.address,
        labels={place: texts.plain(key) for place, key in _LABELS.items()}
        | {"title": texts.plain("web.share_title", brand=brand)},
    )


def say_refusal(language: str, refusal: Refusal) -> tuple[str, str]:
    """Title and explanation of a page that is not the one asked for."""
    texts, (title, why) = Texts(language), _REFUSALS[refusal]
    return texts.plain(title), texts.plain(why)


def say_back(language: str) -> str:
    """The way on from a page that is not the one asked for."""
    return Texts(language).plain("web.back")


def _compose_title(texts: Texts, brand: str, name: str) -> str:
    if not name:
        return texts.plain("web.invited", brand=brand)
    return texts.plain("web.invited_by", name=show_plain_name(texts, name, first=True), brand=brand)


def _compose_exit(texts: Texts, shop: Shop, code: str, network: str) -> Exit:
    label, address = name_network(texts, network), compose_address(texts, shop, code, network)
    return Exit(network=network, label=label, address=address)
