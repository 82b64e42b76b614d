"""What a member wants to read in broadcasts, and where they are."""

from __future__ import annotations

from bot.messages.broadcasts.buttons import NEWS, NEWS_ZONE, NEWS_ZONE_OWN
from bot.messages.buttons import MENU
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.news import NewsView
from storage.broadcast import News

NAMES = {News.OFFERS: "news.offers", News.STORIES: "news.stories", News.RESULTS: "news.results"}


def render_news(texts: Texts, view: NewsView) -> OutgoingMessage:
    """Each kind on or off, and whose clock counts."""
    how = "news.zone_chosen" if view.is_chosen else "news.zone_by_language" if view.by_language else "news.zone_shop"
    zone = show_zone(view.zone)
    text = Html(f"{texts.say('news.text')}\n\n{texts.say(how, zone=zone)}")
    switches = [
        [make_button(texts, NEWS, kind, int(kind not in view.wanted), label=_mark(view, kind) + texts.plain(key))]
        for kind, key in NAMES.items()
    ]
    zone_row = [make_button(texts, NEWS_ZONE)]
    if view.is_chosen:
        zone_row.append(make_button(texts, NEWS_ZONE_OWN))
    return OutgoingMessage(text=text, keyboard=stack(*switches, zone_row, tap_row(texts, MENU)))


def render_zone_question(texts: Texts, *, is_wrong: bool = False) -> OutgoingMessage:
    """Asks where the member is; again, where nobody knows the place."""
    asked = texts.say("news.ask_zone")
    text = Html(f"{texts.say('news.wrong_zone')}\n\n{asked}") if is_wrong else asked
    return OutgoingMessage(text=text)


def show_zone(zone: str) -> str:
    """`Asia/Ho_Chi_Minh` as people write it."""
    return zone.replace("_", " ")


def _mark(view: NewsView, kind: News) -> str:
    return "✓ " if kind in view.wanted else "✗ "
