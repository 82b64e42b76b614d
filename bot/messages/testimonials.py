"""What members say for all to read: asked for, agreed to, made a story, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message

from bot.core.own_words import WORDS_LIMIT, decide_words
from bot.core.testimonials import TESTIMONIALS_SHOWN
from bot.messages.buttons import MENU
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.own_words import say_refusal
from bot.messages.shop import Shop
from bot.messages.taking_part_buttons import SAY_BACK, SAY_LOOK, SAY_NEW, SAY_NOT, SAY_SHOW, SAYING
from bot.messages.texts import Html, Texts, show_name
from bot.services.testimonials.notices import TestimonialCame, TestimonialShown
from bot.services.testimonials.testimonials import OfferedView, OwnView
from storage.testimonial import TestimonialState

YES = "yes"
_STATES = {
    TestimonialState.OFFERED: "testimonials.offered",
    TestimonialState.SHOWN: "testimonials.shown",
    TestimonialState.DECLINED: "testimonials.declined",
}


def say_headline(texts: Texts, name: str) -> str:
    """In somebody's words."""
    return texts.plain("testimonials.headline", name=name) if name else texts.plain("testimonials.headline_nameless")


def render_own(texts: Texts, shop: Shop, view: OwnView) -> OutgoingMessage:
    """What the member says, where it stands, and the ways to say it anew and to take it back."""
    brand = shop.brand(texts.language)
    if view.said is None:
        blocks, rows = [texts.say("testimonials.none", brand=brand)], [tap_row(texts, SAY_NEW)]
    else:
        blocks = [_quote(texts, view.said.words, view.said.name), texts.say(_STATES[view.said.state], brand=brand)]
        anew = make_button(texts, SAY_NEW, label=texts.plain("testimonials.anew"))
        rows = [tap_row(texts, SAY_BACK), [anew]]
    if view.waiting:
        rows.append([make_button(texts, SAY_LOOK, label=texts.plain("testimonials.waiting", count=view.waiting))])
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows, tap_row(texts, MENU)))


def ask_words(texts: Texts, shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """What do you like?"""
    text = texts.say("testimonials.ask", brand=shop.brand(texts.language), limit=WORDS_LIMIT)
    return OutgoingMessage(text=text)


def read_words(message: Message) -> str | None:
    """A line that may stand on a card."""
    ruling = decide_words(message.text or "", [str(entity.type) for entity in message.entities])
    return ruling.words if ruling.fault is None else None


def refuse_words(texts: Texts, _data: Mapping[str, Any], message: Message) -> Html | None:
    """Why it cannot stand on a card."""
    ruling = decide_words(message.text or "", [str(entity.type) for entity in message.entities])
    return None if ruling.fault is None else say_refusal(texts, ruling.fault, len(ruling.words))


def ask_consent(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """May all read it?"""
    blocks = [_quote(texts, str(data["words"]), str(data["author"])), texts.say("testimonials.consent")]
    return OutgoingMessage(text=Html("\n\n".join(blocks)))


def list_answers(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """The tap of consent."""
    return {YES: texts.plain("testimonials.agree")}


def render_offered(texts: Texts, _shop: Shop, view: OfferedView) -> OutgoingMessage:
    """What a member says, for whoever runs the shop to make a story of."""
    said = view.said
    if said is None:
        return OutgoingMessage(text=texts.say("testimonials.nothing"), keyboard=stack(tap_row(texts, MENU)))
    blocks = [_quote(texts, said.words, said.name), texts.say("testimonials.may")]
    if view.full:
        blocks.append(texts.say("testimonials.full", count=TESTIMONIALS_SHOWN))
    rows: list[Row] = [
        [make_button(texts, SAY_SHOW, said.person_id, said.made_at, style=PRIMARY)],
        [make_button(texts, SAY_NOT, said.person_id, said.made_at)],
    ]
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows))


def _quote(texts: Texts, words: str, name: str) -> Html:
    headline = Html(f"<b>{show_name(texts, say_headline(texts, name), limit=WORDS_LIMIT)}</b>")
    return Html(f"{headline}\n{texts.say('words.quote', words=words)}")


def _render_came(reader: Reader, _notice: TestimonialCame) -> OutgoingMessage:
    return OutgoingMessage(text=reader.texts.say("testimonials.came"), keyboard=stack(tap_row(reader.texts, SAY_LOOK)))


def _render_shown(reader: Reader, _notice: TestimonialShown) -> OutgoingMessage:
    texts = reader.texts
    text = texts.say("testimonials.told", brand=reader.shop.brand(texts.language))
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, SAYING, MENU)))


NOTICES: Renderers = {TestimonialCame: each(_render_came), TestimonialShown: each(_render_shown)}
