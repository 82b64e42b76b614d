"""How it was: five faces, one tap; thanks, and what follows; perhaps one line of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.pulse import FACES, Mood
from bot.core.reminding import Ask
from bot.messages.buttons import MENU, NO_NUDGES
from bot.messages.keyboards import make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.pulse.buttons import PULSE, PULSE_ASKED
from bot.messages.shop import Shop
from bot.messages.taking_part_buttons import SAY_LINE
from bot.messages.texts import Html, Texts
from bot.services.pulse.answering import AnswerView
from bot.services.pulse.notices import PulseAsked
from bot.services.reminding.notices import CardOffered
from storage.pulse import AskCause, PulseCause

_ASKED = {
    PulseCause.JOINED: "pulse.ask.joined",
    PulseCause.PURCHASED: "pulse.ask.purchased",
    PulseCause.REDEEMED: "pulse.ask.redeemed",
}
_THANKS = {
    Mood.PLEASED: "pulse.thanks.pleased",
    Mood.BETWEEN: "pulse.thanks.between",
    Mood.DISPLEASED: "pulse.thanks.displeased",
}
_WORDS = {
    Mood.PLEASED: "pulse.words.pleased",
    Mood.BETWEEN: "pulse.words.between",
    Mood.DISPLEASED: "pulse.words.displeased",
}
_KEPT = {
    Mood.PLEASED: "pulse.kept.pleased",
    Mood.BETWEEN: "pulse.kept.between",
    Mood.DISPLEASED: "pulse.kept.displeased",
}
_OFFERED = {
    AskCause.PULSE: "pulse.offered.pulse",
    AskCause.TIER: "pulse.offered.tier",
    AskCause.REDEEMED: "pulse.offered.redeemed",
    AskCause.IDEA: "pulse.offered.idea",
    AskCause.SOLVED: "pulse.offered.solved",
}


def render_pulse(reader: Reader, notice: PulseAsked) -> OutgoingMessage:
    """The question: five faces in a row, the saddest first, and the way out."""
    texts, shop = reader.texts, reader.shop
    faces = [make_button(texts, PULSE, notice.pulse, said, label=face) for said, face in FACES.items()]
    stop = make_button(texts, PULSE_ASKED, 0, label=texts.plain("pulse.off"))
    text = texts.say(_ASKED[notice.cause], brand=shop.brand(texts.language))
    return OutgoingMessage(text=text, keyboard=stack(faces, [stop]))


def render_thanks(texts: Texts, view: AnswerView) -> OutgoingMessage:
    """What was said, and what follows; of a question that is over, that it is."""
    if view.pulse is None:
        return OutgoingMessage(text=texts.say("pulse.over"), keyboard=stack(tap_row(texts, MENU)))
    return OutgoingMessage(text=say_thanks(texts, view.mood, view.ask), keyboard=stack(tap_row(texts, MENU)))


def compose_words_data(view: AnswerView) -> dict[str, Any]:
    """What `render_words_question` has to know, as a conversation keeps it."""
    assert view.pulse is not None
    return {"pulse": view.pulse.id, "mood": view.mood.value, "ask": view.ask.value}


def render_words_question(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """Thanks, and whether somebody likes to add a line."""
    mood = Mood(data["mood"])
    return OutgoingMessage(text=Html(f"{say_thanks(texts, mood, Ask(data['ask']))}\n\n{texts.say(_WORDS[mood])}"))


def render_words_kept(texts: Texts, view: AnswerView) -> OutgoingMessage:
    """Where the line is now; where there is none, just thanks."""
    key = _KEPT[view.mood] if view.pulse is not None and view.fresh else "pulse.kept.nothing"
    tell = [make_button(texts, SAY_LINE, view.pulse.id)] if view.pulse is not None and _is_lovely(view) else []
    return OutgoingMessage(text=texts.say(key), keyboard=stack(tell, tap_row(texts, MENU)))


def _is_lovely(view: AnswerView) -> bool:
    """Whether a line was kept of somebody who is pleased."""
    return view.fresh and view.mood is Mood.PLEASED


def render_asked(texts: Texts, *, wanted: bool) -> OutgoingMessage:
    """Whether they are asked from now on, and the way back."""
    other = make_button(texts, PULSE_ASKED, int(not wanted), label=texts.plain("pulse.off" if wanted else "pulse.on"))
    return OutgoingMessage(
        text=texts.say("pulse.asked" if wanted else "pulse.unasked"), keyboard=stack([other], tap_row(texts, MENU))
    )


def say_thanks(texts: Texts, mood: Mood, ask: Ask) -> Html:
    """Thanks for an answer, and what follows from it."""
    said = texts.say(_THANKS[mood])
    return Html(f"{said}\n{texts.say('pulse.card')}") if ask is Ask.NOW else said


def render_offered(reader: Reader, notice: CardOffered) -> OutgoingMessage:
    """Why the card comes now; it follows behind."""
    texts, shop = reader.texts, reader.shop
    text = texts.say(_OFFERED.get(notice.moment, "pulse.offered.pulse"), brand=shop.brand(texts.language))
    return OutgoingMessage(
        text=text, keyboard=stack(send_row(texts, shop, reader.member.code), [make_button(texts, NO_NUDGES)])
    )


NOTICES: Renderers = {PulseAsked: each(render_pulse), CardOffered: each(render_offered)}
