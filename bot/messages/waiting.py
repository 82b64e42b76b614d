"""Standing in line: where a member stands and what moves them; how long the line is, and letting its first in."""

from __future__ import annotations

from datetime import datetime

from bot.core.durations import SECOND
from bot.messages.buttons import LET_IN, LET_IN_SURE, QUEUE, QUEUE_UP, REWARDS
from bot.messages.keyboards import Row, make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.waiting.notices import LetIn as LetInNotice
from bot.services.waiting.notices import QueueEntered
from bot.services.waiting.waiting import QueuePlace, QueueView

COUNTS = (1, 5, 10, 25, 50, 100, 500)
"""How many can be let in with one tap."""


def say_queue(texts: Texts, view: QueuePlace) -> list[Html]:
    """Where a member stands, and how a friend moves them; nothing where there is no line."""
    if view.let_in:
        return [texts.say("queue.in")]
    if not view.jump:
        return []
    how = texts.say("queue.jump", count=view.jump)
    if not view.place:
        return [Html(f"{texts.say('queue.open', count=view.length)} {how}")]
    first = "queue.first" if view.place == 1 else "queue.place"
    said = texts.say(first, place=view.place, count=view.length)
    return [said if view.place == 1 else Html(f"{said} {how}")]


def queue_row(texts: Texts, view: QueuePlace) -> Row:
    """The way into the line, for who was a member before there was one."""
    return [make_button(texts, QUEUE_UP)] if view.jump and not view.place and not view.let_in else []


def render_queue(texts: Texts, shop: Shop, view: QueueView) -> OutgoingMessage:
    """How long the line is, and whom to let in."""
    if not view.open:
        return OutgoingMessage(text=texts.say("queue.none"))
    lines = [texts.say("queue.title", count=view.length), texts.say("queue.so_far", count=view.let_in)]
    if view.stale:
        lines.insert(0, texts.say("queue.stale"))
    elif view.count:
        lines.insert(0, texts.say("queue.done", count=view.count))
    if view.on:
        midnight = datetime.fromisoformat(view.on).replace(tzinfo=shop.zone)
        day = texts.date(int(midnight.timestamp()) * SECOND, shop.zone)
        lines.append(texts.say("queue.day", count=view.by_itself, date=day))
    buttons = [
        make_button(texts, LET_IN, count, view.let_in, label=texts.plain("queue.let_in", count=count))
        for count in COUNTS
        if count <= max(view.length, 1)
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)] if view.length else []
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*rows) if rows else None)


def render_sure(texts: Texts, view: QueueView, before: int) -> OutgoingMessage:
    """Once more, before they are told."""
    text = texts.say("queue.ask", count=min(view.count, view.length))
    keyboard = stack([make_button(texts, LET_IN_SURE, view.count, before)], [make_button(texts, QUEUE)])
    return OutgoingMessage(text=text, keyboard=keyboard)


def _render_entered(reader: Reader, notice: QueueEntered) -> OutgoingMessage:
    texts = reader.texts
    place = texts.say("queue.entered", place=notice.place)
    text = Html(f"{place} {texts.say('queue.jump', count=notice.jump)}") if notice.place > 1 else place
    return OutgoingMessage(text=text, keyboard=stack(send_row(texts, reader.shop, reader.member.code)))


def _render_let_in(reader: Reader, _notice: LetInNotice) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    text = texts.say("queue.your_turn", brand=shop.brand(texts.language))
    return OutgoingMessage(
        text=text, keyboard=stack(send_row(texts, shop, reader.member.code), tap_row(texts, REWARDS))
    )


NOTICES: Renderers = {QueueEntered: each(_render_entered), LetInNotice: each(_render_let_in)}
