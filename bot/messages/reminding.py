"""After the share: what became of a reminder, the reminder itself, and the nudge to a member who was quiet."""

from __future__ import annotations

from bot.core.reminding import Reminding
from bot.messages.buttons import COMMUNITY, MENU, NO_NUDGES, NO_REMINDERS, NUDGES, REMIND, SHARE_AGAIN, SHARE_STORY
from bot.messages.joining.notices import say_deal
from bot.messages.keyboards import Row, make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.services.reminding.notices import Nudge, Reminder
from bot.services.reminding.reminders import RemindView
from storage.records import ReferralId

_NAME_LIMIT = 32
_RESULTS = {
    Reminding.DONE: "remind.result.done",
    Reminding.TOO_SOON: "remind.result.too_soon",
    Reminding.DECLINED: "remind.result.declined",
    Reminding.UNREACHABLE: "remind.result.unreachable",
    Reminding.NOT_STARTED: "remind.result.not_started",
    Reminding.OVER: "remind.result.over",
    Reminding.NOBODY: "remind.result.nobody",
}


def say_reminded(texts: Texts, shop: Shop, view: RemindView) -> Html:
    """What became of the wish to remind a friend, above the list it came from."""
    return texts.say(
        _RESULTS[view.result],
        name=show_name(texts, view.name, first=True, limit=_NAME_LIMIT),
        date=texts.date(view.reminded_at, shop.zone),
        next=texts.date(view.next_at, shop.zone),
    )


def render_reminder(reader: Reader, notice: Reminder) -> OutgoingMessage:
    """One kind message to a friend: what is missing, what waits, and the way out."""
    texts, shop = reader.texts, reader.shop
    text = texts.say(
        "remind.notice",
        inviter=reader.show(notice.inviter),
        points=reader.shop.points(notice.points, reader.texts.language),
        brand=shop.brand(texts.language),
    )
    todo = [make_button(texts, COMMUNITY, label=texts.plain("remind.todo"))] if shop.community else []
    stop = make_button(texts, NO_REMINDERS, notice.referral)
    return OutgoingMessage(text=text, keyboard=stack(todo, [stop]))


def render_reminders_stopped(texts: Texts) -> OutgoingMessage:
    """The friend wants no more reminders."""
    return OutgoingMessage(text=texts.say("remind.stopped"), keyboard=stack(tap_row(texts, MENU)))


def render_nudge(reader: Reader, notice: Nudge) -> OutgoingMessage:
    """One fresh story to a member who was quiet: passed on as always, looked at, or never again."""
    texts, shop = reader.texts, reader.shop
    told = shop.story(texts.language, notice.story)
    blocks = [
        texts.say("nudge.text", brand=shop.brand(texts.language)),
        Html(f"<b>{escape(told.headline)}</b>\n{escape(told.text)}"),
        say_deal(texts, shop),
    ]
    see = make_button(texts, SHARE_STORY, told.key, label=texts.plain("nudge.card"))
    keyboard = stack(send_row(texts, shop, reader.member.code, told.key), [see], [make_button(texts, NO_NUDGES)])
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=keyboard)


def render_nudges_stopped(texts: Texts) -> OutgoingMessage:
    """The member wants no more nudges."""
    return OutgoingMessage(text=texts.say("nudge.stopped"), keyboard=stack(tap_row(texts, MENU)))


def nudges_row(texts: Texts, *, nudges: bool) -> Row:
    """Be nudged now and then, or never."""
    return [make_button(texts, NUDGES, int(not nudges), label=texts.plain("nudge.off" if nudges else "nudge.on"))]


def remind_rows(texts: Texts, numbered: dict[int, ReferralId], page: int) -> list[Row]:
    """A small button for each friend who may be reminded, by the number before the name; three in a row."""
    buttons = [
        make_button(texts, REMIND, referral_id, page, label=texts.plain("remind.button", number=number))
        for number, referral_id in numbered.items()
    ]
    return [buttons[first : first + 3] for first in range(0, len(buttons), 3)]


def again_row(texts: Texts) -> Row:
    """The card once more, with another story; and the way to the menu."""
    return tap_row(texts, SHARE_AGAIN, MENU)


NOTICES: Renderers = {Reminder: each(render_reminder), Nudge: each(render_nudge)}
