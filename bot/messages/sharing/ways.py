"""What the ways are called by which invitations travel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.messages.sharing.networks import NETWORKS, name_network
from bot.messages.shop import Source
from bot.messages.texts import Texts, show_plain_name
from storage.records import ShareWay

SOURCE_LIMIT = 16

_WAYS: Mapping[str, str] = MappingProxyType(
    {
        ShareWay.CARD: "counted.card",
        ShareWay.INLINE: "counted.inline",
        ShareWay.QR: "counted.qr",
        ShareWay.STORY: "counted.story",
        ShareWay.PAGE: "counted.page",
        ShareWay.PRINT: "counted.print",
        ShareWay.GUEST: "counted.guest",
        ShareWay.WORDS: "counted.words",
    }
)
_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        Source.FORWARDED: "counted.forwarded",
        Source.QR: "counted.qr",
        Source.COPIED: "counted.copied",
        Source.SHARED: "counted.shared",
        Source.INLINE: "counted.inline",
        Source.PAGE: "counted.page",
        Source.PRINT: "counted.print",
        Source.GUEST: "counted.guest",
        Source.NAME: "counted.name",
        Source.COMMUNITY: "counted.community",
        Source.WEB: "counted.web",
        Source.PLAIN: "counted.plain",
    }
)


def name_way(texts: Texts, way: str) -> str:
    """How somebody got hold of an invitation; plain text."""
    return _name(texts, _WAYS, way)


def name_source(texts: Texts, source: str) -> str:
    """How a link travelled: a way of ours, a network, or a place that a member made up, as it is; plain text."""
    return name_network(texts, source) if source in NETWORKS else _name(texts, _SOURCES, source)


def name_origin(texts: Texts, key: str) -> str:
    """Either of them, where both stand in one list; plain text."""
    return name_way(texts, key) if key in _WAYS and key not in _SOURCES else name_source(texts, key)


def _name(texts: Texts, keys: Mapping[str, str], word: str) -> str:
    key = keys.get(word)
    return texts.plain(key) if key else show_plain_name(texts, word, limit=SOURCE_LIMIT)
