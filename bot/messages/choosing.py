"""What members choose: the questions, what was chosen, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import Message

from bot.core.choosing import (
    CHOOSE_LINK,
    FEWEST,
    MOST,
    OPTION_LIMIT,
    OUTCOME_LIMIT,
    POLLS_SHOWN,
    QUESTION_LIMIT,
    Asked,
    parse_asked,
    pick_words,
)
from bot.messages.buttons import MENU
from bot.messages.campaigns_panel import name_language
from bot.messages.keyboards import Row, make_button, page_row, say_page, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop, compose_join_keyboard
from bot.messages.taking_part_buttons import CHOOSE, IDEA_NEW, POLL_ASK, POLL_END, VOTE
from bot.messages.texts import Html, Texts, show_name
from bot.services.choosing.choosing import AskedView, ChoosingView, PollView
from bot.services.choosing.notices import PollAnnounced, PollEnded, PollResult

YES = "yes"


def render_choosing(texts: Texts, shop: Shop, view: ChoosingView) -> OutgoingMessage:
    """A question with its options as buttons, one's own marked."""
    brand, poll = shop.brand(texts.language), view.poll
    rows = [page_row(texts, CHOOSE, view.page, view.pages), tap_row(texts, IDEA_NEW, MENU), *_manager_rows(texts, view)]
    if poll is None:
        return OutgoingMessage(text=texts.say("choosing.none", brand=brand), keyboard=stack(*rows))
    blocks = [texts.say("choosing.title", brand=brand), _say_poll(texts, poll)]
    blocks += say_page(texts, view.page, view.pages)
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*_vote_rows(texts, poll), *rows))


def ask_words(texts: Texts, _shop: Shop, data: Mapping[str, Any], place: int = 0) -> OutgoingMessage:
    """The question and its options, in one of the shop's languages."""
    language = name_language(data["languages"][place])
    if place:
        return OutgoingMessage(text=texts.say("choosing.ask_more", language=language, count=_count_options(data)))
    text = texts.say(
        "choosing.ask", language=language, fewest=FEWEST, most=MOST, question=QUESTION_LIMIT, option=OPTION_LIMIT
    )
    return OutgoingMessage(text=text)


def read_words(message: Message) -> dict[str, Any] | None:
    """A question and its options."""
    asked = parse_asked(message.text or "")
    return None if asked is None else {"question": asked.question, "options": list(asked.options)}


def refuse_words(texts: Texts, data: Mapping[str, Any], message: Message, place: int = 0) -> Html | None:
    """As many options as in the first language, and within what has room."""
    asked: Asked | None = parse_asked(message.text or "")
    if asked is None:
        return texts.say("choosing.wrong", fewest=FEWEST, most=MOST, question=QUESTION_LIMIT, option=OPTION_LIMIT)
    count = _count_options(data) if place else 0
    return texts.say("choosing.other_count", count=count) if count and len(asked.options) != count else None


def ask_sure(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """All of it once more, in every language."""
    said = [each[1] for each in data["said"] if each is not None]
    blocks = [
        Html("\n".join([_bold(texts, words["question"]), *(_line(texts, each) for each in words["options"])]))
        for words in said
    ]
    return OutgoingMessage(text=Html("\n\n".join([*blocks, texts.say("choosing.ask_sure")])))


def list_answers(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """The one that asks it."""
    return {YES: texts.plain("choosing.sure")}


def ask_outcome(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """What was chosen, and what comes of it?"""
    lines = [
        texts.say("choosing.counted", option=show_name(texts, said), count=count) for said, count in data["counts"]
    ]
    counted = Html("\n".join([_bold(texts, str(data["question"])), *lines]))
    question = texts.say("choosing.ask_outcome", limit=OUTCOME_LIMIT)
    return OutgoingMessage(text=Html(f"{counted}\n\n{question}"))


def list_counts(texts: Texts, view: PollView) -> list[tuple[str, int]]:
    """Each option with how many have chosen it."""
    return [
        (pick_words(option, texts.language), view.votes.get(place, 0)) for place, option in enumerate(view.row.options)
    ]


def render_asked(texts: Texts, shop: Shop, view: AskedView) -> OutgoingMessage:
    """It is asked, and how members hear of it."""
    keyboard = stack(tap_row(texts, CHOOSE))
    if not view.opened:
        return OutgoingMessage(text=texts.say("choosing.too_many", count=POLLS_SHOWN), keyboard=keyboard)
    blocks = [texts.say("choosing.asked")]
    if view.announced:
        blocks.append(texts.say("club.told_chat"))
    blocks.append(texts.say("choosing.tell", link=_compose_link(shop)))
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=keyboard)


def render_ended(texts: Texts, *, closed: bool) -> OutgoingMessage:
    """All who chose hear of it; or it was over."""
    text = texts.say("choosing.ended" if closed else "choosing.over")
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, CHOOSE)))


def _count_options(data: Mapping[str, Any]) -> int:
    said: Sequence[Any] = data.get("said") or ()
    return len(said[0][1]["options"]) if said and said[0] else 0


def _compose_link(shop: Shop) -> str:
    return f"{shop.address}?start={CHOOSE_LINK}"


def _bold(texts: Texts, words: str) -> Html:
    return Html(f"<b>{show_name(texts, words, limit=QUESTION_LIMIT)}</b>")


def _line(texts: Texts, words: str) -> Html:
    return texts.say("ideas.line", said=show_name(texts, words))


def _say_poll(texts: Texts, poll: PollView) -> Html:
    question = _bold(texts, pick_words(poll.row.question, texts.language))
    count = sum(poll.votes.values())
    said = texts.say("choosing.votes", count=count) if count else texts.say("choosing.nobody")
    return Html(f"{question}\n{said}")


def _vote_rows(texts: Texts, poll: PollView) -> list[Row]:
    rows = []
    for place, option in enumerate(poll.row.options):
        words = pick_words(option, texts.language)
        label = texts.plain("choosing.chosen", option=words) if place == poll.chosen else words
        rows.append([make_button(texts, VOTE, poll.row.id, place, label=label)])
    return rows


def _manager_rows(texts: Texts, view: ChoosingView) -> list[Row]:
    if not view.runs_it:
        return []
    end = [make_button(texts, POLL_END, view.poll.row.id)] if view.poll is not None else []
    return [end, tap_row(texts, POLL_ASK)]


def _render_announced(reader: Reader, notice: PollAnnounced) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    question = _bold(texts, pick_words(json.loads(notice.asked), texts.language))
    text = texts.say("choosing.announced", brand=shop.brand(texts.language), question=question)
    return OutgoingMessage(text=text, keyboard=compose_join_keyboard(texts.plain("choosing.go"), _compose_link(shop)))


def _render_ended(reader: Reader, notice: PollEnded) -> OutgoingMessage:
    return OutgoingMessage(
        text=_say_ended(reader, notice, "choosing.told"), keyboard=stack(tap_row(reader.texts, CHOOSE, MENU))
    )


def _render_result(reader: Reader, notice: PollResult) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    keyboard = compose_join_keyboard(texts.plain("button.join_too"), shop.address)
    return OutgoingMessage(text=_say_ended(reader, notice, "choosing.result"), keyboard=keyboard)


def _say_ended(reader: Reader, notice: PollEnded, key: str) -> Html:
    texts = reader.texts
    won = pick_words(json.loads(notice.won), texts.language)
    chosen = (
        texts.say("choosing.won", option=show_name(texts, won), percent=notice.percent)
        if won
        else texts.say("choosing.level")
    )
    return texts.say(
        key,
        question=_bold(texts, pick_words(json.loads(notice.asked), texts.language)),
        chosen=chosen,
        outcome=show_name(texts, notice.outcome, limit=OUTCOME_LIMIT),
        brand=reader.shop.brand(texts.language),
    )


NOTICES: Renderers = {
    PollAnnounced: each(_render_announced),
    PollEnded: each(_render_ended),
    PollResult: each(_render_result),
}
