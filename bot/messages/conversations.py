"""What every dialogue has in common: the buttons under a question, and the words for leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.messages.buttons import FLOW_BACK, FLOW_CANCEL, FLOW_PICK, FLOW_SKIP, MENU
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts


def compose_question(
    texts: Texts,
    question: OutgoingMessage,
    flow: str,
    step: str,
    *,
    choices: Mapping[str, str],
    can_go_back: bool,
    can_skip: bool,
) -> OutgoingMessage:
    """A question with what can be tapped instead of typing, and the ways back, on and out below."""
    rows = [[make_button(texts, FLOW_PICK, flow, step, key, label=label)] for key, label in choices.items()]
    back = [make_button(texts, FLOW_BACK, flow, step)] if can_go_back else []
    skip = [make_button(texts, FLOW_SKIP, flow, step)] if can_skip else []
    return replace(question, keyboard=stack(*rows, [*back, *skip], [make_button(texts, FLOW_CANCEL, flow)]))


def render_cancelled(texts: Texts) -> OutgoingMessage:
    """Left as was wished."""
    return OutgoingMessage(text=texts.say("conversation.cancelled"), keyboard=stack(tap_row(texts, MENU)))


def render_nothing(texts: Texts) -> OutgoingMessage:
    """There is nothing to leave."""
    return OutgoingMessage(text=texts.say("conversation.nothing"), keyboard=stack(tap_row(texts, MENU)))


def render_not_yours(texts: Texts) -> OutgoingMessage:
    """What somebody was in the middle of is not open to them any more."""
    return OutgoingMessage(text=texts.say("conversation.not_yours"), keyboard=stack(tap_row(texts, MENU)))


def render_over(texts: Texts) -> OutgoingMessage:
    """A button of a question that waits for no answer any more."""
    return OutgoingMessage(text=texts.say("conversation.over"), keyboard=stack(tap_row(texts, MENU)))
