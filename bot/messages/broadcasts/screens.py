"""An admin writes to all members: the message, the look at it, the progress."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from telegram import InlineKeyboardMarkup

from bot.core.broadcasts.content import read_content
from bot.core.broadcasts.timing import NOW
from bot.messages.broadcasts.buttons import BROADCAST_REST, BROADCAST_STORY
from bot.messages.broadcasts.content import CAPTION_LIMIT, TEXT_LIMIT, ContentMistake, Unfit
from bot.messages.broadcasts.echo import list_echo_rows
from bot.messages.broadcasts.fare import say_fare
from bot.messages.broadcasts.when import say_skipped, say_timing
from bot.messages.buttons import (
    BROADCAST_ABANDON,
    BROADCAST_CANCEL,
    BROADCAST_PAUSE,
    BROADCAST_RESUME,
    Button,
)
from bot.messages.keyboards import broadcast_row, make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.broadcasts.authoring import BroadcastView
from storage.broadcast import Action, Broadcast, Recipient
from storage.records import BroadcastState, DeliveryState

_ACTIONS: dict[BroadcastState, tuple[Button, ...]] = {
    BroadcastState.RUNNING: (BROADCAST_PAUSE, BROADCAST_CANCEL),
    BroadcastState.PAUSED: (BROADCAST_RESUME, BROADCAST_CANCEL),
}
_UNFIT = {
    Unfit.FORWARDED: "broadcast.unfit.forwarded",
    Unfit.TEXT_TOO_LONG: "broadcast.unfit.text_too_long",
    Unfit.CAPTION_TOO_LONG: "broadcast.unfit.caption_too_long",
    Unfit.STICKER: "broadcast.unfit.sticker",
    Unfit.POLL_CLOSED: "broadcast.unfit.poll_closed",
    Unfit.POLL_MEDIA: "broadcast.unfit.poll_media",
    Unfit.QUIZ: "broadcast.unfit.quiz",
    Unfit.PLACE: "broadcast.unfit.place",
    Unfit.CONTACT: "broadcast.unfit.contact",
    Unfit.DICE: "broadcast.unfit.dice",
    Unfit.STORY: "broadcast.unfit.story",
    Unfit.OTHER: "broadcast.unfit.other",
    Unfit.TELEGRAM: "broadcast.unfit.telegram",
    Unfit.OTHER_KIND: "broadcast.unfit.other_kind",
    Unfit.WORDS_ONLY: "broadcast.unfit.words_only",
    Unfit.FIXED: "broadcast.unfit.fixed",
    Unfit.NO_ROOM: "broadcast.unfit.no_room",
}
_RUNNING = {
    Action.SEND: "broadcast.running",
    Action.EDIT: "broadcast_echo.editing",
    Action.DELETE: "broadcast_echo.deleting",
}
_SENT = {
    Action.SEND: "broadcast.sent",
    Action.EDIT: "broadcast_echo.edited",
    Action.DELETE: "broadcast_echo.deleted",
}
MOST_STORIES = 5
_STORY_WIDTH = 32
_FINAL = (DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED, DeliveryState.UNKNOWN)


def render_prompt(texts: Texts, shop: Shop) -> OutgoingMessage:
    """Asks for the message itself; one of the shop's stories is a tap."""
    told = shop.told(texts.language).stories[:MOST_STORIES]
    rows = [[make_button(texts, BROADCAST_STORY, story.key, label=_shorten(f"🖼 {story.headline}"))] for story in told]
    text = Html(f"{texts.say('broadcast.prompt')}\n\n{texts.say('broadcast.stories')}")
    return OutgoingMessage(text=text, keyboard=stack(*rows, tap_row(texts, BROADCAST_ABANDON)))


def _shorten(label: str) -> str:
    """As much of it as a telephone shows; a letter of Chinese is as wide as two."""
    width, kept = 0, ""
    for letter in label:
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width >= _STORY_WIDTH:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept


def render_unfit(texts: Texts, mistake: ContentMistake, *, is_edit: bool = False) -> OutgoingMessage:
    """Why what was sent can't go to everybody, and what can; after an edit, that the form before it still may."""
    limit = CAPTION_LIMIT if mistake.why is Unfit.CAPTION_TOO_LONG else TEXT_LIMIT
    why = texts.say(_UNFIT[mistake.why], length=mistake.length, limit=limit, said=mistake.said)
    what = texts.say("broadcast.unfit.kept" if is_edit else "broadcast.unfit.hint")
    return OutgoingMessage(text=Html(f"{why}\n\n{what}"), keyboard=_abandon(texts))


def render_progress(texts: Texts, view: BroadcastView, *, seconds_left: float | None = None) -> OutgoingMessage:
    """How far it is; edited in place. Also what remains to be said once it is over."""
    if view.broadcast.state is BroadcastState.CANCELLED and view.broadcast.started_at is None:
        return render_abandoned(texts)
    counts = {state: view.counts.get(state, 0) for state in DeliveryState}
    total = view.total
    if view.week is not None:
        counts, total = {state: view.week.counts.get(state, 0) for state in DeliveryState}, view.week.total
    lines = [_say_state(texts, view), *_say_waiting(texts, view), Html(""), *_say_counts(texts, view, counts, total)]
    lines += say_skipped(texts, view.skipped)
    if view.broadcast.state is BroadcastState.RUNNING and seconds_left is not None:
        lines.append(_say_time(texts, seconds_left))
    if read_content(view.broadcast.content).counts:
        lines.append(texts.say("broadcast.opened", count=view.opened))
    if _is_sampled(view.broadcast):
        lines += [Html(""), texts.say("broadcast.sampled")]
    if view.doubtful:
        lines += [Html(""), texts.say("broadcast_echo.doubtful", count=view.doubtful)]
    if counts[DeliveryState.UNKNOWN]:
        lines += [Html(""), texts.say("broadcast.unknown_why")]
    return OutgoingMessage(text="\n".join(lines), keyboard=_compose_keyboard(texts, view))


def render_gone(texts: Texts) -> OutgoingMessage:
    """The button belongs to a broadcast that is no draft any more."""
    return OutgoingMessage(text=texts.say("broadcast.gone"))


def render_abandoned(texts: Texts) -> OutgoingMessage:
    """The admin does not want to write after all."""
    return OutgoingMessage(text=texts.say("broadcast.cancelled_unsent"))


def render_unknown(texts: Texts, recipients: Sequence[Recipient], *, total: int | None = None) -> OutgoingMessage:
    """Those of whom nobody can say whether they got it; the first of `total` where there are more."""
    if not recipients:
        return OutgoingMessage(text=texts.say("broadcast.unknown_none"))
    ids = [f"<code>{recipient.telegram_id}</code>" for recipient in recipients]
    count = max(total or 0, len(ids))
    more = ["…"] if count > len(ids) else []
    return OutgoingMessage(text=texts.say("broadcast.unknown_list", count=count, ids=Html("\n".join(ids + more))))


def _abandon(texts: Texts) -> InlineKeyboardMarkup:
    return stack(tap_row(texts, BROADCAST_ABANDON))


def _compose_keyboard(texts: Texts, view: BroadcastView) -> InlineKeyboardMarkup | None:
    rest = [BROADCAST_REST] if _is_sampled(view.broadcast) else []
    some = (rest, _ACTIONS.get(view.broadcast.state, ()))
    rows = [*(broadcast_row(texts, view.broadcast.id, each) for each in some), *list_echo_rows(texts, view)]
    return stack(*rows) if any(rows) else None


def _is_sampled(broadcast: Broadcast) -> bool:
    """Whether it has gone to a few, and waits for its author's tap to go to the rest."""
    return broadcast.state is BroadcastState.DONE and broadcast.sample_percent is not None


def _say_waiting(texts: Texts, view: BroadcastView) -> list[Html]:
    """When it goes out, where that is not at once, and how fast, where that is paid for."""
    timed = [say_timing(texts, view.plan)] if view.plan is not None and view.plan.timing != NOW else []
    is_open = view.broadcast.state in {BroadcastState.RUNNING, BroadcastState.PAUSED}
    return timed + (say_fare(texts, view) if is_open else [])


def _say_state(texts: Texts, view: BroadcastView) -> Html:
    if view.broadcast.state is BroadcastState.RUNNING:
        return texts.say(_RUNNING[view.broadcast.action])
    keys = {
        BroadcastState.PAUSED: "broadcast.paused",
        BroadcastState.CANCELLED: "broadcast.cancelled",
        BroadcastState.DONE: "broadcast.done",
    }
    return texts.say(keys[view.broadcast.state])


def _say_counts(texts: Texts, view: BroadcastView, counts: dict[DeliveryState, int], total: int) -> list[Html]:
    total -= counts[DeliveryState.SKIPPED]
    left = max(0, total - sum(counts[state] for state in _FINAL))
    return [
        texts.say(_SENT[view.broadcast.action], count=counts[DeliveryState.SENT], total=total),
        texts.say("broadcast.left", count=left),
        texts.say("broadcast.blocked", count=counts[DeliveryState.BLOCKED]),
        texts.say("broadcast.failed", count=counts[DeliveryState.FAILED]),
        texts.say("broadcast.unknown", count=counts[DeliveryState.UNKNOWN]),
    ]


def _say_time(texts: Texts, seconds: float) -> Html:
    if seconds < 60:
        return texts.say("broadcast.soon")
    if seconds < 90 * 60:
        return texts.say("broadcast.minutes", count=round(seconds / 60))
    return texts.say("broadcast.hours", count=round(seconds / 3600))
