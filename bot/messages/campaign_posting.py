"""When the announce chat is posted to and how often members are written to, as an owner says it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.campaigns.announcing import DAILY_HOUR, Digest
from bot.core.campaigns.news import PER_WEEK_LIMIT, read_quiet
from bot.core.campaigns.part_answers import NONE
from bot.core.campaigns.posting_answers import CHANGES, read_hours
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.messages.outgoing import OutgoingMessage
from bot.messages.questions import Data, Question, ask_number, ask_tap, ask_typed
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts

_LABELS = {
    "digest": "posting.digest_button",
    "quiet": "posting.quiet_button",
    "per_week": "posting.per_week_button",
    "after_days": "posting.after_days_button",
    "every_days": "posting.every_days_button",
    "rest_days": "posting.rest_days_button",
    "asks_days": "posting.asks_days_button",
}
_DIGESTS = {
    Digest.EACH.value: "posting.pick.each",
    Digest.HOUR.value: "posting.pick.hour",
    Digest.DAY.value: "posting.pick.day",
}
_SAID = {
    Digest.EACH.value: "posting.each",
    Digest.HOUR.value: "posting.hour",
    Digest.DAY.value: "posting.day",
}
_USUAL_HOURS = ("21-9", "22-8", "20-10")

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "digest": ask_tap("posting.ask.digest", _DIGESTS),
        "quiet": ask_typed(
            "posting.ask.quiet",
            read_hours,
            "posting.wrong_quiet",
            offer=lambda texts, *_: {hours: _say_hours(texts, hours) for hours in _USUAL_HOURS},
            taps={NONE: "posting.pick.never_quiet"},
        ),
        "per_week": ask_number("posting.ask.per_week", PER_WEEK_LIMIT, 1, 2, 3, 7, none="posting.pick.unbounded"),
        "after_days": ask_number("posting.ask.after_days", DAYS_LIMIT, 1, 3, 7, 14, none="posting.pick.unasked"),
        "every_days": ask_number("posting.ask.every_days", DAYS_LIMIT, 14, 30, 60, 90),
        "rest_days": ask_number("posting.ask.rest_days", DAYS_LIMIT, 14, 30, 60, 90),
        "asks_days": ask_number("posting.ask.asks_days", DAYS_LIMIT, 14, 30, 60, 90),
    }
)
"""By the step that asks."""


def render_posting(texts: Texts, _shop: Shop, data: Data) -> OutgoingMessage:
    """All of it in sentences, to be kept or changed."""
    lines = [
        texts.say(_SAID[data["digest"]], hour=f"{DAILY_HOUR}:00"),
        _say_quiet(texts, data["quiet"]),
        texts.say("posting.per_week", count=data["per_week"]) if data["per_week"] else texts.say("posting.unbounded"),
        *_say_asked(texts, data),
    ]
    return OutgoingMessage(text=Html("\n".join([texts.say("posting.title"), *(Html(f"· {each}") for each in lines)])))


def list_posting_changes(texts: Texts, data: Data) -> dict[str, str]:
    """What can be changed."""
    hidden = () if data.get("after_days") else ("every_days", "rest_days")
    return {step: texts.plain(_LABELS[step]) for step in CHANGES if step not in hidden}


def _say_asked(texts: Texts, data: Data) -> list[Html]:
    """Whether members are asked how it was, and how often for a share; nothing where an earlier program began to ask."""
    if "after_days" not in data:
        return []
    names = ("after_days", "every_days", "rest_days")
    asked = texts.say("posting.asked", **{name: texts.say("posting.days", count=data[name]) for name in names})
    shares = texts.say("posting.shares", count=data["asks_days"])
    return [asked if data["after_days"] else texts.say("posting.unasked"), shares]


def _say_quiet(texts: Texts, quiet: str) -> Html:
    loud = read_quiet(quiet)
    if loud is None:
        return texts.say("posting.never_quiet")
    return texts.say("posting.quiet", begins=f"{loud.closes}:00", ends=f"{loud.opens}:00")


def _say_hours(texts: Texts, quiet: str) -> str:
    loud = read_quiet(quiet)
    assert loud is not None
    return texts.plain("posting.pick.hours", begins=f"{loud.closes}:00", ends=f"{loud.opens}:00")
