"""The networks outside Telegram, and the address at which each takes something to share."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

from bot.messages.shop import Shop
from bot.messages.texts import Texts
from storage.frozen import frozen

X_LIMIT = 280 - 24
"""What X counts of a post beside the link, which counts 23; letters outside Latin and its neighbours count two."""


@frozen
class Load:
    """What is carried to a network."""

    headline: str
    text: str
    """The headline and what the friend gets, in lines."""
    link: str
    picture: str
    """The card's address; empty without a web side."""
    subject: str


def _whatsapp(load: Load) -> str:
    return f"https://wa.me/?text={_quote(_join(load))}"


def _x(load: Load) -> str:
    text = load.text if _weigh(load.text) <= X_LIMIT else load.headline
    return f"https://twitter.com/intent/tweet?text={_quote(text)}&url={_quote(load.link)}"


def _facebook(load: Load) -> str:
    return f"https://www.facebook.com/sharer/sharer.php?u={_quote(load.link)}"


def _line(load: Load) -> str:
    return f"https://social-plugins.line.me/lineit/share?url={_quote(load.link)}&text={_quote(load.text)}"


def _vk(load: Load) -> str:
    return f"https://vk.com/share.php?url={_quote(load.link)}&title={_quote(load.headline)}"


def _weibo(load: Load) -> str:
    picture = f"&pic={_quote(load.picture)}" if load.picture else ""
    return f"https://service.weibo.com/share/share.php?url={_quote(load.link)}&title={_quote(load.text)}{picture}"


def _qq(load: Load) -> str:
    picture = f"&pics={_quote(load.picture)}" if load.picture else ""
    title, summary = _quote(load.headline), _quote(load.text)
    return (
        f"https://connect.qq.com/widget/shareqq/index.html?url={_quote(load.link)}"
        f"&title={title}&summary={summary}{picture}"
    )


def _mail(load: Load) -> str:
    return f"mailto:?subject={_quote(load.subject)}&body={_quote(_join(load))}"


def _sms(load: Load) -> str:
    """Apple's telephones want an ampersand before `body`, all others a question mark; both read this."""
    return f"sms:?&body={_quote(_join(load))}"


NETWORKS: Mapping[str, Callable[[Load], str]] = MappingProxyType(
    {
        "whatsapp": _whatsapp,
        "x": _x,
        "facebook": _facebook,
        "line": _line,
        "vk": _vk,
        "weibo": _weibo,
        "qq": _qq,
        "sms": _sms,
        "mail": _mail,
    }
)
"""By key, which is the link's source too."""

CHAT_NETWORKS = ("whatsapp", "x", "facebook", "vk", "line")
"""Those a button in Telegram can open: they take a plain https address."""

_NAMES = {"whatsapp": "WhatsApp", "x": "X", "facebook": "Facebook", "line": "LINE", "vk": "VK", "qq": "QQ"}
"""Called the same in every language."""

_TRANSLATED = {"weibo": "web.weibo", "sms": "web.sms", "mail": "web.mail"}
_FIRST = {"zh": ("weibo", "qq"), "id": ("whatsapp", "facebook", "line", "x")}


def list_networks(language: str) -> list[str]:
    """All networks, those that are usual where the language is spoken first."""
    first = _FIRST.get(language, ())
    return [*first, *(network for network in NETWORKS if network not in first)]


def name_network(texts: Texts, network: str) -> str:
    """What people call it."""
    return _NAMES.get(network) or texts.plain(_TRANSLATED[network])


def compose_address(texts: Texts, shop: Shop, code: str, network: str) -> str:
    """Where a tap shares the member's link on a network; the link says by which."""
    return NETWORKS[network](compose_load(texts, shop, code, network))


def compose_load(texts: Texts, shop: Shop, code: str, source: str) -> Load:
    """What is carried to any network, with the link marked as coming from `source`."""
    story, brand = shop.story(texts.language), shop.brand(texts.language)
    return Load(
        headline=story.headline,
        text=texts.plain("share.draft", brand=brand, headline=story.headline, offer=story.offer),
        link=shop.short_link(code, source),
        picture=shop.card_address(code),
        subject=texts.plain("web.subject", brand=brand),
    )


def _join(load: Load) -> str:
    return f"{load.text}\n{load.link}"


def _quote(text: str) -> str:
    return quote(text, safe="")


def _weigh(text: str) -> int:
    return sum(1 if ord(char) < 0x1100 or unicodedata.category(char) == "Pd" else 2 for char in text)
