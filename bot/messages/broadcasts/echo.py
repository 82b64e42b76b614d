"""What was sent is edited or taken back, sent again to the unknown, or has stopped by itself."""

from __future__ import annotations

from bot.core.broadcasts.content import FIRST, ButtonMistake, Kind, read_content
from bot.core.broadcasts.editing import CAPTIONED, FIXED
from bot.core.broadcasts.fare import FREE_PER_SECOND
from bot.messages.broadcasts.buttons import (
    BROADCAST_DELETE,
    BROADCAST_DELETE_SURE,
    BROADCAST_EDIT,
    BROADCAST_EDIT_BUTTONS,
    BROADCAST_EDIT_NO_BUTTONS,
    BROADCAST_EDIT_VERSION,
    BROADCAST_PROGRESS,
    BROADCAST_RESEND,
    BROADCAST_RESEND_SURE,
)
from bot.messages.broadcasts.panel import say_ask_buttons
from bot.messages.buttons import (
    BROADCAST_CANCEL,
    BROADCAST_CONFIRM,
    BROADCAST_PAUSE,
    BROADCAST_RESUME,
    BROADCAST_UNKNOWN,
    Button,
)
from bot.messages.campaigns_panel import name_language
from bot.messages.keyboards import Row, broadcast_row, make_button, stack
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts, escape
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.broadcasts.notices import BroadcastSlowed, BroadcastStopped
from storage.broadcast import Action
from storage.records import DeliveryState


def render_edit_prompt(texts: Texts, view: BroadcastView, language: str = FIRST) -> OutgoingMessage:
    """Asks for the new form of a version, as far as it can have one; other versions and the buttons are a tap away."""
    of, content = view.broadcast.id, read_content(view.broadcast.content)
    asked = texts.say(_find_prompt(content.versions[language].kind))
    if language != FIRST:
        asked = Html(f"<b>{escape(name_language(language))}</b>\n\n{asked}")
    others = [
        [make_button(texts, BROADCAST_EDIT_VERSION, of, other or _FIRST, label=_name_version(texts, other))]
        for other in content.versions
        if other != language
    ]
    buttons = [make_button(texts, BROADCAST_EDIT_BUTTONS, of)]
    return OutgoingMessage(text=asked, keyboard=stack(*others, buttons))


def _find_prompt(kind: Kind) -> str:
    if kind in FIXED:
        return "broadcast.unfit.fixed"
    return "broadcast.unfit.words_only" if kind in CAPTIONED else "broadcast_echo.edit_prompt"


_FIRST = "first"
"""Stands in a button for the version of whoever has none in their language, which has no name."""


def parse_version_name(said: str) -> str:
    """The language of a version, as a button names it."""
    return FIRST if said == _FIRST else said


def _name_version(texts: Texts, language: str) -> str:
    return texts.plain("broadcast_echo.first") if language == FIRST else name_language(language)


def render_edit_buttons(texts: Texts, view: BroadcastView, mistake: ButtonMistake | None = None) -> OutgoingMessage:
    """Asks for buttons by lines; after lines that are none, which and why."""
    of, content = view.broadcast.id, read_content(view.broadcast.content)
    none = [make_button(texts, BROADCAST_EDIT_NO_BUTTONS, of)] if content.buttons else []
    back = make_button(texts, BROADCAST_EDIT, of, label=texts.plain("button.back"))
    return OutgoingMessage(text=say_ask_buttons(texts, mistake), keyboard=stack(none, [back]))


def render_edit_preview(texts: Texts, view: BroadcastView) -> OutgoingMessage:
    """Below the new form: one tap shows it to everybody."""
    confirm = make_button(texts, BROADCAST_CONFIRM, view.broadcast.id, label=texts.plain("broadcast_echo.edit"))
    more = make_button(texts, BROADCAST_EDIT, view.broadcast.id, label=texts.plain("broadcast_echo.more"))
    keyboard = stack([confirm], [more], broadcast_row(texts, view.broadcast.id, [BROADCAST_CANCEL]))
    return OutgoingMessage(text=texts.say("broadcast_echo.preview", count=view.total), keyboard=keyboard)


def render_edit_stopped(texts: Texts) -> OutgoingMessage:
    """The message stays as it is."""
    return OutgoingMessage(text=texts.say("broadcast_echo.edit_stopped"))


def render_delete_asked(texts: Texts, view: BroadcastView) -> OutgoingMessage:
    """What goes, and what Telegram does not take back."""
    count = view.counts.get(DeliveryState.SENT, 0)
    return _ask(texts, view, "broadcast_echo.delete_asked", BROADCAST_DELETE_SURE, count)


def render_resend_asked(texts: Texts, view: BroadcastView) -> OutgoingMessage:
    """What may happen to whoever has got it already."""
    count = view.counts.get(DeliveryState.UNKNOWN, 0)
    return _ask(texts, view, "broadcast_echo.resend_asked", BROADCAST_RESEND_SURE, count)


def render_stopped(reader: Reader, notice: BroadcastStopped) -> OutgoingMessage:
    """Too much went wrong: look, then go on or leave it."""
    texts = reader.texts
    text = texts.say("broadcast_echo.stopped", troubled=texts.number(notice.troubled), sent=texts.number(notice.sent))
    actions = broadcast_row(texts, notice.broadcast, [BROADCAST_RESUME, BROADCAST_CANCEL])
    return OutgoingMessage(text=text, keyboard=stack(actions))


def render_slowed(reader: Reader, notice: BroadcastSlowed) -> OutgoingMessage:
    """It goes on free of charge; whoever would rather wait may pause it."""
    actions = broadcast_row(reader.texts, notice.broadcast, [BROADCAST_PAUSE, BROADCAST_CANCEL])
    return OutgoingMessage(
        text=reader.texts.say("broadcast_fare.slowed", rate=FREE_PER_SECOND), keyboard=stack(actions)
    )


def list_echo_rows(texts: Texts, view: BroadcastView) -> list[Row]:
    """What can be done about what was sent."""
    sent, unknown = view.counts.get(DeliveryState.SENT, 0), view.counts.get(DeliveryState.UNKNOWN, 0)
    if view.doubtful and view.broadcast.of_id is not None:
        return [broadcast_row(texts, view.broadcast.of_id, [BROADCAST_UNKNOWN])]
    is_original = view.broadcast.action is Action.SEND
    found: list[list[Button]] = [[BROADCAST_EDIT, BROADCAST_DELETE]] if sent and is_original else []
    if unknown:
        found += [[BROADCAST_UNKNOWN], [BROADCAST_RESEND]] if is_original else [[BROADCAST_UNKNOWN]]
    return [broadcast_row(texts, view.broadcast.id, buttons) for buttons in found]


def _ask(texts: Texts, view: BroadcastView, key: str, sure: Button, count: int) -> OutgoingMessage:
    rows = (broadcast_row(texts, view.broadcast.id, [button]) for button in (sure, BROADCAST_PROGRESS))
    return OutgoingMessage(text=texts.say(key, count=count), keyboard=stack(*rows))


NOTICES: Renderers = {BroadcastStopped: each(render_stopped), BroadcastSlowed: each(render_slowed)}
