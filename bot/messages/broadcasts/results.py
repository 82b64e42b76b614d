"""What came of messages to many, in the chat."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.broadcasts.content import FIRST, BroadcastContent, Kind, Version, decide_language, read_content
from bot.core.funnel import FEW
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_plain_name
from bot.services.broadcasts.results import BroadcastResult
from storage.broadcast import Broadcast

_WORDS_LIMIT = 32
_WORDS = {Kind.TEXT: "text", Kind.POLL: "question"}
"""Where a message has its words; all others have a caption, or none."""


def say_results(texts: Texts, shop: Shop, results: list[BroadcastResult]) -> list[Html]:
    """A block for each, the latest first: what it said and when, who got it, who opened a link, whom it did not reach."""
    if not results:
        return [texts.say("stats.no_broadcasts")]
    return [Html("\n".join(_say_result(texts, shop, each))) for each in results]


def name_broadcast(texts: Texts, shop: Shop, broadcast: Broadcast) -> str:
    """The first words of it as its reader would see them; what it is, where it has none."""
    content = read_content(broadcast.content)
    version = _find_version(content, texts.language)
    words = _find_words(version, shop, texts.language)
    return show_plain_name(texts, words, limit=_WORDS_LIMIT) if words else texts.plain(f"broadcast_kind.{version.kind}")


def _find_version(content: BroadcastContent, language: str) -> Version:
    return content.versions[decide_language(content, language) if len(content.versions) > 1 else FIRST]


def _find_words(version: Version, shop: Shop, language: str) -> str:
    if version.kind is Kind.STORY:
        key = str(version.parameters.get("story", ""))
        return shop.story(language, key).headline if shop.tells(key) else key
    said = (str(part.get(_WORDS.get(version.kind, "caption")) or "") for part in _list_parts(version))
    lines = (line.strip() for words in said for line in words.splitlines())
    return next((line for line in lines if line), "")


def _list_parts(version: Version) -> Iterator[dict[str, object]]:
    yield from version.parameters.get("items", [version.parameters])


def _say_result(texts: Texts, shop: Shop, result: BroadcastResult) -> Iterator[Html]:
    at = texts.date(result.broadcast.started_at or result.broadcast.created_at, shop.zone)
    yield texts.say("stats.broadcast.title", words=name_broadcast(texts, shop, result.broadcast), date=escape(at))
    yield Html(" · ".join(_list_counts(texts, result)))


def _list_counts(texts: Texts, result: BroadcastResult) -> Iterator[Html]:
    yield texts.say("stats.broadcast.sent", number=result.sent)
    if result.opened is not None:
        yield _say_opened(texts, result.opened, result.sent)
    for key, number in (("stats.broadcast.failed", result.failed), ("stats.broadcast.unknown", result.unknown)):
        if number:
            yield texts.say(key, number=number)


def _say_opened(texts: Texts, opened: int, sent: int) -> Html:
    """What part of those who got it; of fewer than `FEW` no part is told."""
    if sent < FEW:
        return texts.say("stats.broadcast.opened", number=opened)
    return texts.say("stats.broadcast.opened_share", number=opened, share=texts.number(100 * opened / sent))
