"""A broadcast that is to go faster than is free of charge: what that costs, and what the bot has."""

from __future__ import annotations

from bot.core.broadcasts.fare import FREE_PER_SECOND, LEAST_BALANCE, PAID_PER_SECOND, Fare, compute_fare
from bot.messages.broadcasts.buttons import BROADCAST_PAY, BROADCAST_WHEN
from bot.messages.keyboards import make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.broadcasts.authoring import BroadcastView


def count_going(view: BroadcastView) -> int:
    """Who would get it as things are."""
    return view.total - sum(view.plan.skipped.values() if view.plan is not None else ())


def find_fare(view: BroadcastView, balance: int | None = None) -> Fare:
    """What it costs to send a broadcast faster to whoever would get it."""
    return compute_fare(count_going(view), view.broadcast.content, balance)


def render_fare(texts: Texts, view: BroadcastView, fare: Fare) -> OutgoingMessage:
    """Price and balance before; a tap has it go faster, or free of charge after all."""
    of, paid = view.broadcast.id, view.broadcast.paid
    lines = [
        texts.say("broadcast_fare.title"),
        Html(""),
        texts.say("broadcast_fare.free", rate=FREE_PER_SECOND, time=_say_time(texts, fare.free_seconds)),
        texts.say(
            "broadcast_fare.paid", rate=PAID_PER_SECOND, time=_say_time(texts, fare.paid_seconds), stars=fare.stars
        ),
        Html(""),
        _say_balance(texts, fare),
        texts.say("broadcast_fare.rules", rate=FREE_PER_SECOND),
    ]
    faster = make_button(texts, BROADCAST_PAY, of, 1, label=texts.plain("broadcast_fare.pay"))
    free = make_button(texts, BROADCAST_PAY, of, 0, label=texts.plain("broadcast_fare.no"))
    back = make_button(texts, BROADCAST_WHEN, of, label=texts.plain("button.back"))
    return OutgoingMessage(
        text=Html("\n".join(lines)), keyboard=stack([free] if paid else [faster] if fare.is_affordable else [], [back])
    )


def say_fare(texts: Texts, view: BroadcastView) -> list[Html]:
    """That it goes faster and what that costs; nothing where it is free of charge."""
    if not view.broadcast.paid:
        return []
    return [texts.say("broadcast_fare.chosen", rate=PAID_PER_SECOND, stars=find_fare(view).stars)]


def _say_balance(texts: Texts, fare: Fare) -> Html:
    if fare.balance is None:
        return texts.say("broadcast_fare.untold")
    has = texts.say("broadcast_fare.balance", balance=fare.balance)
    if fare.is_affordable:
        return has
    return Html(f"{has}\n{texts.say('broadcast_fare.little', least=max(LEAST_BALANCE, fare.stars))}")


def _say_time(texts: Texts, seconds: float) -> Html:
    if seconds < 60:
        return texts.say("broadcast_fare.soon")
    minutes = round(seconds / 60)
    return (
        texts.say("broadcast_fare.minutes", count=minutes)
        if minutes < 90
        else texts.say("broadcast_fare.hours", count=round(minutes / 60))
    )
