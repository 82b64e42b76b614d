"""A question as a step of a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message

from bot.messages.outgoing import OutgoingMessage
from bot.messages.questions import Question
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.updates.flows import TEXT, Answer, OnAnswer, Step

PICTURED = frozenset({Answer.PHOTO, Answer.DOCUMENT})


def make_step(name: str, question: Question, *, on_picture: OnAnswer | None = None) -> Step:
    """The step that asks it; `on_picture` takes the answer where that is a picture."""

    def ask(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
        return OutgoingMessage(text=question.ask(texts, data, name))

    def read(message: Message) -> Any:
        return question.read(message.text or "") if question.read is not None else None

    def refuse(texts: Texts, data: Mapping[str, Any], message: Message) -> Html | None:
        return question.refuse(texts, data, message.text or "")

    typed = TEXT if question.read is not None else frozenset()
    return Step(
        name=name,
        ask=ask,
        takes=typed if on_picture is None else PICTURED,
        read=read,
        refuse=refuse,
        choices=question.list_choices,
        optional=question.optional,
        on_answer=on_picture,
    )
