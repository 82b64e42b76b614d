"""What every dialogue has in common: the buttons under a question, and the words for leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from telegram import InlineKeyboardButton

from bot.messages.buttons import FLOW_BACK, FLOW_CANCEL, FLOW_PICK, FLOW_SKIP, MENU
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts

_SHORT, _IN_ROW = 7, 4
"""Up to so many characters without letters so many stand in a row."""


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
    picks = [make_button(texts, FLOW_PICK, flow, step, key, label=label) for key, label in choices.items()]
    rows = _lay_out(picks)
    back = [make_button(texts, FLOW_BACK, flow, step)] if can_go_back else []
    skip = [make_button(texts, FLOW_SKIP, flow, step)] if can_skip else []
    return replace(question, keyboard=stack(*rows, [*back, *skip], [make_button(texts, FLOW_CANCEL, flow)]))


def _lay_out(picks: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Numbers and signs stand side by side; words have a row of their own."""
    rows: list[list[InlineKeyboardButton]] = []
    for wide, run in groupby(picks, lambda pick: _count_in_row(pick.text)):
        buttons = list(run)
        rows += [buttons[first : first + wide] for first in range(0, len(buttons), wide)]
    return rows


def _count_in_row(label: str) -> int:
    return 1 if len(label) > _SHORT or any(sign.isalpha() for sign in label) else _IN_ROW


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
