"""What comes with the sheets to be printed, and what a place may be called."""

from __future__ import annotations

from bot.messages.buttons import MENU, SHARE
from bot.messages.keyboards import stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts


def render_cards_sheet(texts: Texts, placement: str) -> OutgoingMessage:
    """Under the sheet of business cards: how to print it, and how to tell places apart."""
    if placement == Source.PRINT:
        return OutgoingMessage(text=texts.say("print.cards"))
    return OutgoingMessage(text=texts.say("print.cards_at", place=placement))


def render_poster_sheet(texts: Texts) -> OutgoingMessage:
    """Under the poster; from here the way leads on."""
    return OutgoingMessage(text=texts.say("print.poster"), keyboard=stack(tap_row(texts, SHARE, MENU)))


def render_placement_refused(texts: Texts) -> OutgoingMessage:
    """What was typed cannot be the name of a place."""
    return OutgoingMessage(text=texts.say("print.refused"), keyboard=stack(tap_row(texts, MENU)))


def render_shop_poster(texts: Texts, placement: str) -> OutgoingMessage:
    """Under the shop's own poster: nobody's name is on it, and newcomers are counted for its place."""
    return OutgoingMessage(text=texts.say("print.shop_poster", place=placement))


def render_shop_tent(texts: Texts) -> OutgoingMessage:
    """Under the table tent: how it is folded; from here the way leads on."""
    return OutgoingMessage(text=texts.say("print.shop_tent"), keyboard=stack(tap_row(texts, SHARE, MENU)))


def say_way_in(texts: Texts, shop: Shop, spoken_code: str) -> str:
    """For whoever cannot scan: the way in by hand, with the code to say where a member has one."""
    bot = f"@{shop.bot_username}"
    if not spoken_code:
        return texts.plain("print.way", bot=bot)
    return texts.plain("print.way_said", bot=bot, code=spoken_code)


def say_shop_file_names(placement: str) -> tuple[str, str]:
    """What poster and table tent are called."""
    return f"poster-A5-{placement}.pdf", f"tent-A4-{placement}.pdf"


def say_print_hint(texts: Texts) -> str:
    """Beside the code on paper."""
    return texts.plain("print.hint")


def say_file_names(placement: str) -> tuple[str, str]:
    """What the two files are called, so that those of several places can be told apart."""
    end = "" if placement == Source.PRINT else f"-{placement}"
    return f"cards-A4{end}.pdf", f"poster-A5{end}.pdf"
