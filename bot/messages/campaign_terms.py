"""Until when something counts in a campaign, and what points are worth to the shop, as an owner says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.part_answers import NONE
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.core.campaigns.terms_answers import CHANGES, compose_terms, read_bound, read_worth
from bot.messages.liability import say_money
from bot.messages.outgoing import OutgoingMessage
from bot.messages.questions import Data, Question, ask_number
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts

_LABELS = {
    "claim": "terms.claim_button",
    "credit": "terms.credit_button",
    "hold": "terms.hold_button",
    "grace": "terms.grace_button",
    "worth": "terms.worth_button",
    "liability": "terms.liability_button",
}


def _refuse_bound(texts: Texts, data: Data, said: Any) -> Html | None:
    return texts.say("terms.wrong_sum") if read_bound(said, data["worth"][1]) is None else None


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "claim": ask_number("terms.ask.claim", DAYS_LIMIT, 3, 7, 14, 30),
        "credit": ask_number("terms.ask.credit", DAYS_LIMIT, 7, 14, 30, 90, none="terms.never"),
        "hold": ask_number("terms.ask.hold", DAYS_LIMIT, 3, 7, 14, 30),
        "grace": ask_number("terms.ask.grace", DAYS_LIMIT, 3, 7, 14, 30),
        "worth": Question(
            text="terms.ask.worth",
            read=read_worth,
            wrong=lambda texts, _: texts.say("terms.wrong_worth"),
            taps={NONE: "terms.unsaid"},
        ),
        "liability": Question(
            text="terms.ask.liability", read=str.strip, check=_refuse_bound, taps={NONE: "terms.unbounded"}
        ),
    }
)
"""By the step that asks."""


def render_terms(texts: Texts, shop: Shop, data: Data) -> OutgoingMessage:
    """All of it in sentences, to be kept or changed."""
    told = replace(shop, campaign=compose_terms(data, shop.campaign))
    lines = [Html(f"· {say(texts, told, data)}") for say in _SENTENCES]
    return OutgoingMessage(text=Html("\n".join([texts.say("terms.title"), *lines])))


def list_term_changes(texts: Texts, data: Data) -> dict[str, str]:
    """What can be changed; a bound is one of money, so that points have to be worth some."""
    return {step: texts.plain(_LABELS[step]) for step in CHANGES if step != "liability" or data.get("worth")}


def _say_days(step: str, never: str = "") -> Callable[[Texts, Shop, Data], Html]:
    def say(texts: Texts, _shop: Shop, data: Data) -> Html:
        return texts.say(_SAID[step], count=data[step]) if data.get(step) else texts.say(never)

    return say


def _say_worth(texts: Texts, shop: Shop, data: Data) -> Html:
    return (
        texts.say("terms.worth", worth=say_money(texts, shop, 1)) if data.get("worth") else texts.say("terms.no_worth")
    )


def _say_bound(texts: Texts, shop: Shop, data: Data) -> Html:
    if not data.get("liability"):
        return texts.say("terms.no_liability")
    one = replace(shop, campaign=replace(shop.campaign, worth_amount=data["liability"]))
    return texts.say("terms.liability", most=say_money(texts, one, 1))


_SAID = {"claim": "terms.claim", "credit": "terms.credit", "hold": "terms.hold", "grace": "terms.grace"}
_SENTENCES = (
    _say_days("claim"),
    _say_days("credit", "terms.no_credit"),
    _say_days("hold"),
    _say_days("grace"),
    _say_worth,
    _say_bound,
)
