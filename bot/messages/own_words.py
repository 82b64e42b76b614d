"""One's own words on the card: asked for, refused with the reason, looked at."""

from __future__ import annotations

from bot.core.own_words import WORDS_LIMIT, WordsFault
from bot.messages.buttons import MENU, SHARE, WORDS_REMOVE, WORDS_STOP
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import compose_keep_keyboard, say_caption
from bot.messages.shop import Shop, Source
from bot.messages.texts import Html, Texts
from bot.services.members import MemberView

_REFUSED = {
    WordsFault.EMPTY: "words.refused.empty",
    WordsFault.TOO_LONG: "words.refused.too_long",
    WordsFault.LINK: "words.refused.link",
    WordsFault.NAME: "words.refused.name",
    WordsFault.CONTROL: "words.refused.control",
}


def render_words_prompt(texts: Texts, member: MemberView, story: str) -> OutgoingMessage:
    """Asks for a line, and shows the one there is, which may go."""
    ask, stop = texts.say("words.prompt", limit=WORDS_LIMIT), tap_row(texts, WORDS_STOP)
    if not member.own_words:
        return OutgoingMessage(text=ask, keyboard=stack(stop))
    present = texts.say("words.present", words=texts.say("words.quote", words=member.own_words))
    remove = make_button(texts, WORDS_REMOVE, story)
    return OutgoingMessage(text=Html(f"{ask}\n\n{present}"), keyboard=stack([remove], stop))


def render_words_refusal(texts: Texts, fault: WordsFault, length: int) -> OutgoingMessage:
    """Why these words cannot stand on a card; others are welcome at once."""
    return OutgoingMessage(text=say_refusal(texts, fault, length), keyboard=stack(tap_row(texts, WORDS_STOP)))


def say_refusal(texts: Texts, fault: WordsFault, length: int) -> Html:
    """Why words of so many code points cannot stand on a card."""
    return texts.say(_REFUSED[fault], limit=WORDS_LIMIT, length=length)


def render_words_preview(texts: Texts, shop: Shop, member: MemberView, photo: Photo, story: str) -> OutgoingMessage:
    """The card as it would be with these words."""
    caption = say_caption(texts, shop, member, Source.FORWARDED, story)
    return OutgoingMessage(text=caption, photo=photo, keyboard=compose_keep_keyboard(texts, shop, story))


def render_words_stopped(texts: Texts) -> OutgoingMessage:
    """The member did not want to write after all."""
    return OutgoingMessage(text=texts.say("words.stopped"), keyboard=stack(tap_row(texts, SHARE, MENU)))
