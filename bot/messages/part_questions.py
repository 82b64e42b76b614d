"""What is asked about a rule, an item, a tier and a contest, what can be tapped in answer, and why something typed is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.catalogue import ITEM_LIMIT, PRICE_LIMIT, STOCK_LIMIT
from bot.core.campaigns.contest_answers import ends_too_soon, read_moment, read_prizes
from bot.core.campaigns.contests import NAME_LIMIT as CONTEST_LIMIT
from bot.core.campaigns.contests import ContestBy
from bot.core.campaigns.look import parse_colour
from bot.core.campaigns.part_answers import MORE, NONE
from bot.core.campaigns.part_reading import (
    read_day,
    read_emoji,
    read_event,
    read_gift,
    read_slug,
    read_sources,
)
from bot.core.campaigns.parts import Part
from bot.core.campaigns.reward_answers import CALLS, LIMITS, NAMED
from bot.core.campaigns.reward_blocks import CODE_LIMIT, NAME_LIMIT
from bot.core.campaigns.rewards import AMOUNT_LIMIT, HUNDRED, JOIN, NUMBER_LIMIT, SIDE_NAMES, TRIGGERS
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.core.campaigns.tier_answers import BADGES
from bot.core.campaigns.tiers import FRIENDS_LIMIT, PRIVILEGES_LIMIT, TIER_LIMIT
from bot.core.labels import parse_label
from bot.core.numbers import parse_whole_number
from bot.core.rewards.rules import MILESTONE
from bot.messages.campaign_look import PALETTE
from bot.messages.campaigns_panel import name_language
from bot.messages.questions import (
    Choices,
    Data,
    Question,
    ask_names,
    ask_number,
    ask_tap,
    ask_typed,
    ask_words,
    say_number,
)
from bot.messages.shop import Shop, Source
from bot.messages.texts import Html, Texts
from storage.facts import GrantKind

_PICKS = {
    "joined": "part.pick.joined",
    "stayed": "part.pick.stayed",
    "active": "part.pick.active",
    "purchased": "part.pick.purchased",
    "milestone": "part.pick.milestone",
    "cards_given": "part.pick.cards_given",
    "adopted": "part.pick.adopted",
    "answered": "part.pick.answered",
    "custom": "part.pick.custom",
    "inviter": "part.pick.inviter",
    "friend": "part.pick.friend",
    "points": "part.pick.points",
    "code": "part.pick.code",
    "coupon": "part.pick.coupon",
    "percent": "part.pick.percent",
    "gift": "part.pick.gift",
    "privilege": "part.pick.privilege",
    "by_hand": "part.pick.by_hand",
    "member": "part.pick.member",
    "week": "part.pick.week",
    "first": "part.pick.first",
    "budget": "part.pick.budget",
    "name": "part.pick.name",
    "source": "part.pick.source",
    "language": "part.pick.language",
    "tier": "part.pick.tier",
    "nth": "part.pick.nth",
    "label": "part.pick.label",
    "story": "part.pick.story",
    "head_start": "part.pick.head_start",
    "instead_of": "part.pick.instead_of",
    "since": "part.pick.since",
    "until": "part.pick.until",
    "hold_days": "part.pick.hold_days",
    "valid_days": "part.pick.valid_days",
    "at_limit": "part.pick.at_limit",
    "on_expiry": "part.pick.on_expiry",
    "stop": "part.pick.stop",
    "queue": "part.pick.queue",
    "tell": "part.pick.tell",
    "replace": "part.pick.replace",
}


def _pick(*keys: str) -> dict[str, str]:
    return {key: _PICKS[key] for key in keys}


def _offer_pools(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return {pool: pool for pool in data["pools"]}


def _offer_gifts(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return dict(data["gifts"])


def _offer_tiers(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return dict(data["tiers"])


def _offer_labels(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return {label: label for label in data["labels"]}


def _offer_stories(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return dict(data["stories"])


def _offer_rivals(texts: Texts, _shop: Shop, data: Data) -> Choices:
    """What can be given at the same time to the same side."""
    fits = [each for each in data["rivals"] if (each["when"], each["who"]) == (data["when"], data["who"])]
    points = data["when"] == "joined" and data["kind"] == GrantKind.POINTS
    usual = {JOIN: texts.plain("part.pick.usual")} if points else {}
    return usual | {each["key"]: each["said"] for each in fits}


def _offer_languages(_texts: Texts, _shop: Shop, data: Data) -> Choices:
    return {language: name_language(language) for language in data["languages"]}


def _offer_sides(texts: Texts, _shop: Shop, data: Data) -> Choices:
    sides = [SIDE_NAMES[side] for side in TRIGGERS[data["when"]].sides]
    called = _SIDES_OF_MANY if data["when"] == MILESTONE else _pick("inviter", "friend")
    return {side: texts.plain(key) for side, key in called.items() if side in sides}


def _offer_more(texts: Texts, _shop: Shop, data: Data) -> Choices:
    """What fits to the rule as it is."""
    fits = {
        "name": data["kind"] not in NAMED,
        "tier": bool(data["tiers"]),
        "nth": data["when"] == "purchased",
        "head_start": data["when"] == MILESTONE and data["who"] == "inviter" and data["friends"] > 1,
        "instead_of": bool(_offer_rivals(texts, _shop, data)),
        "on_expiry": data["kind"] == GrantKind.COUPON,
    }
    return {key: texts.plain(text) for key, text in _MORE.items() if fits.get(key, True)}


def _check_span(texts: Texts, data: Data, value: Any, name: str) -> Html | None:
    span = {"since": data.get("since"), "until": data.get("until"), name: value}
    if span["since"] and span["until"] and span["until"] < span["since"]:
        return texts.say("part.wrong.order", since=span["since"], until=span["until"])
    return None


def _check_times(texts: Texts, data: Data, value: Any, name: str) -> Html | None:
    span = {"begins": data.get("begins"), "ends": data.get("ends"), name: value}
    if span["begins"] and span["ends"] and ends_too_soon(span["begins"], span["ends"]):
        since, until = (span[each].replace("T", " ") for each in ("begins", "ends"))
        return texts.say("part.wrong.order", since=since, until=until)
    return None


def _check_head_start(texts: Texts, data: Data, value: Any) -> Html | None:
    highest = data["friends"] - 1
    return texts.say("part.wrong.number", highest=highest) if value > highest else None


def _check_friends(texts: Texts, data: Data, value: Any) -> Html | None:
    return texts.say("part.wrong.taken", count=value) if value in data["others"] else None


def _choose_days(data: Data) -> str:
    return "part.ask.days_stayed" if data["when"] == "stayed" else "part.ask.days_active"


def _choose_budget(data: Data) -> str:
    return "part.ask.budget_points" if data["kind"] == GrantKind.POINTS else "part.ask.budget"


_MORE = _pick(
    "name",
    "source",
    "language",
    "tier",
    "label",
    "story",
    "nth",
    "since",
    "until",
    "hold_days",
    "valid_days",
    "head_start",
    "instead_of",
    "at_limit",
    "on_expiry",
)
_WAYS = {
    Source.QR: "part.pick.qr",
    Source.FORWARDED: "part.pick.fwd",
    Source.SHARED: "part.pick.share",
    Source.PRINT: "part.pick.print",
    Source.PAGE: "part.pick.page",
    Source.COMMUNITY: "part.pick.chat",
}
_SIDES_OF_MANY = {"inviter": "part.pick.member_self", "friend": "part.pick.last_friend"}
"""Whom a number of friends can bring something."""

_GIVES = {
    "percent": ask_number("part.ask.percent", HUNDRED, 5, 10, 15, 20),
    "coupon": ask_typed("part.ask.coupon", read_slug, "part.wrong.slug", offer=_offer_pools),
    "code": ask_words("part.ask.code", CODE_LIMIT),
    "gift": ask_typed("part.ask.gift", read_gift, "part.wrong.gift", offer=_offer_gifts),
}
PICTURE = "picture"
"""The step that a picture answers."""

_ANY = {NONE: "part.pick.any"}

_REWARD = {
    "when": ask_tap("part.ask.when", _pick(*TRIGGERS)),
    "friends": ask_number("part.ask.friends", NUMBER_LIMIT, 1, 3, 5, 10),
    "days": ask_number(_choose_days, DAYS_LIMIT, 3, 7, 14, 30),
    "cards": ask_number("part.ask.cards", NUMBER_LIMIT, 1, 3, 5, 10),
    "event": ask_typed("part.ask.event", read_event, "part.wrong.event"),
    "amount": ask_number("part.ask.amount", AMOUNT_LIMIT, none="part.pick.any_amount"),
    "who": Question(text="part.ask.who", offer=_offer_sides),
    "kind": ask_tap(
        "part.ask.kind",
        {**_pick("points", "by_hand", "coupon", "code", "percent", "gift", "privilege"), "label": "part.pick.calls"},
    ),
    CALLS: ask_typed("part.ask.calls", parse_label, "part.wrong.label", offer=_offer_labels),
    "points": ask_number("part.ask.points", NUMBER_LIMIT, 25, 50, 100, 200),
    **_GIVES,
    "privilege": ask_words("part.ask.what", NAME_LIMIT),
    "by_hand": ask_words("part.ask.what", NAME_LIMIT),
    **ask_names("name", "part.ask.name", NAME_LIMIT, none="part.pick.nothing"),
    "limit": ask_tap(
        "part.ask.limit", {NONE: "part.pick.no_limit"} | _pick(*(each for each in LIMITS if each != NONE))
    ),
    "first": ask_number("part.ask.first", AMOUNT_LIMIT, 10, 20, 50, 100),
    "budget": ask_number(_choose_budget, AMOUNT_LIMIT, 100, 500, 1000, 5000),
    MORE: Question(text="part.ask.more", offer=_offer_more),
    "source": ask_typed(
        "part.ask.source", read_sources, "part.wrong.sources", taps={str(way): key for way, key in _WAYS.items()} | _ANY
    ),
    "language": Question(text="part.ask.language", offer=_offer_languages, taps=_ANY),
    "tier": Question(text="part.ask.tier", offer=_offer_tiers, taps=_ANY),
    "label": ask_typed("part.ask.label", read_slug, "part.wrong.slug", offer=_offer_labels, taps=_ANY),
    "story": Question(text="part.ask.story", offer=_offer_stories, taps=_ANY),
    "head_start": replace(
        ask_number("part.ask.head_start", NUMBER_LIMIT, none="part.pick.nothing"),
        check=_check_head_start,
        offer=lambda texts, _, data: {str(each): texts.number(each) for each in (1, 2) if each < data["friends"]},
    ),
    "instead_of": Question(text="part.ask.instead_of", offer=_offer_rivals, taps={NONE: "part.pick.besides"}),
    "nth": ask_number("part.ask.nth", NUMBER_LIMIT, 1, 2, 3, **_ANY),
    "since": ask_typed(
        "part.ask.since", read_day, "part.wrong.day", taps=_ANY, check=partial(_check_span, name="since")
    ),
    "until": ask_typed(
        "part.ask.until", read_day, "part.wrong.day", taps=_ANY, check=partial(_check_span, name="until")
    ),
    "hold_days": ask_number("part.ask.hold_days", DAYS_LIMIT, 3, 7, 14, 30, none="part.pick.at_once"),
    "valid_days": ask_number("part.ask.valid_days", DAYS_LIMIT, 7, 14, 30, 90, none="part.pick.year"),
    "at_limit": ask_tap("part.ask.at_limit", _pick("stop", "queue", "tell")),
    "on_expiry": ask_tap("part.ask.on_expiry", {"replace": "part.pick.replace", "tell": "part.pick.ended"}),
}
_ITEM = {
    **ask_names("name", "part.ask.name", ITEM_LIMIT),
    "kind": ask_tap("part.ask.kind", _pick("by_hand", "coupon", "code", "percent", "gift", "privilege")),
    **_GIVES,
    "price": ask_number("part.ask.price", PRICE_LIMIT, 20, 50, 100, 200),
    "stock": ask_number("part.ask.stock", STOCK_LIMIT, 10, 20, 50, 100, none="part.pick.unbounded"),
    "per_member": ask_number("part.ask.per_member", STOCK_LIMIT, 1, 2, 3, 5, none="part.pick.unbounded"),
    "valid_days": ask_number("part.ask.valid_days", DAYS_LIMIT, 7, 14, 30, 90),
    PICTURE: ask_tap("editor.ask.picture", {NONE: "part.pick.nothing"}),
}
_TIER = {
    **ask_names("name", "part.ask.name", TIER_LIMIT),
    "friends": Question(
        text="part.ask.friends",
        read=partial(parse_whole_number, highest=FRIENDS_LIMIT),
        wrong=partial(say_number, highest=FRIENDS_LIMIT),
        check=_check_friends,
        offer=lambda texts, _, data: {
            str(number): texts.number(number) for number in (3, 5, 10, 25) if number not in data["others"]
        },
    ),
    "badge": ask_typed(
        "part.ask.badge",
        read_emoji,
        "part.wrong.emoji",
        offer=lambda *_: BADGES,
        taps={NONE: "part.pick.nothing"},
    ),
    "colour": ask_typed(
        "part.ask.colour",
        lambda said: parse_colour(said) or None,
        "editor.wrong.colour",
        offer=lambda *_: {colour.removeprefix("#"): f"{sign} {colour}" for sign, colour in PALETTE.items()},
        taps={NONE: "part.pick.theme"},
    ),
    **ask_names("perk", "part.ask.perk", PRIVILEGES_LIMIT, none="part.pick.nothing"),
    "period": ask_number("part.ask.period", DAYS_LIMIT, 30, 90, 180, 365, none="part.pick.always"),
}
_CONTEST = {
    **ask_names("name", "part.ask.name", CONTEST_LIMIT),
    "begins": ask_typed(
        "part.ask.begins", read_moment, "part.wrong.moment", check=partial(_check_times, name="begins")
    ),
    "ends": ask_typed("part.ask.ends", read_moment, "part.wrong.moment", check=partial(_check_times, name="ends")),
    "by": ask_tap(
        "part.ask.by", {str(ContestBy.FRIENDS): "part.pick.by_friends", str(ContestBy.DRAW): "part.pick.by_draw"}
    ),
    "prizes": ask_typed("part.ask.prizes", read_prizes, "part.wrong.prizes"),
}
QUESTIONS: Mapping[Part, Mapping[str, Question]] = MappingProxyType(
    {Part.REWARD: _REWARD, Part.ITEM: _ITEM, Part.TIER: _TIER, Part.CONTEST: _CONTEST}
)
"""By the step that asks; the last step, a look at the whole, is none of them."""
