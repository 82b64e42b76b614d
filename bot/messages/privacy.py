"""What is kept about a member, to be read, taken along, and forgotten."""

from __future__ import annotations

import json
from datetime import tzinfo

from bot.core.retention import compute_promised_days
from bot.core.scheduling import compose_moment
from bot.messages.buttons import FORGET, FORGET_ASK, FORGET_SURE, MENU, MYDATA, TOP
from bot.messages.face import face_row
from bot.messages.keyboards import findable_row, make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.reminding import nudges_row
from bot.messages.texts import Html, Texts
from bot.services.members import MemberView
from bot.services.privacy import PersonalData

FILE_NAME = "my-data.json"

_PROMISED = {
    "card_days": "card",
    "chat_days": "chat_join",
    "count_days": "share",
    "face_days": "face",
    "guess_days": "guess",
    "message_days": "inbox",
    "open_days": "broadcast_open",
}
"""Days that the text promises, and the tables that it speaks of."""


def render_privacy(texts: Texts, member: MemberView) -> OutgoingMessage:
    """What is kept, why, and who sees it; and what the member can switch."""
    named = texts.say("claim.findable" if member.findable else "claim.hidden")
    kept = texts.say("privacy.text", **{name: str(compute_promised_days(table)) for name, table in _PROMISED.items()})
    shown = [texts.say("face.shown")] if member.face else []
    text = Html("\n\n".join([kept, *shown, named, texts.say("nudge.kept")]))
    switches = (
        face_row(texts, shown=bool(member.face)),
        findable_row(texts, findable=member.findable),
        nudges_row(texts, nudges=member.nudges),
    )
    keyboard = stack(*switches, tap_row(texts, MYDATA, FORGET), tap_row(texts, TOP, MENU))
    return OutgoingMessage(text=text, keyboard=keyboard)


def render_forget(texts: Texts) -> OutgoingMessage:
    """What goes and what stays; the first of two taps."""
    days = str(compute_promised_days("forgotten"))
    keyboard = stack(tap_row(texts, FORGET_ASK), tap_row(texts, MYDATA, MENU))
    return OutgoingMessage(text=texts.say("forget.what", days=days), keyboard=keyboard)


def render_forget_asked(texts: Texts) -> OutgoingMessage:
    """Whether it is really meant; the second tap."""
    keep = make_button(texts, MENU, label=texts.plain("forget.keep_button"))
    return OutgoingMessage(text=texts.say("forget.sure"), keyboard=stack(tap_row(texts, FORGET_SURE), [keep]))


def render_forgotten(texts: Texts) -> OutgoingMessage:
    """The last word, without a button: each of them would make somebody known again."""
    return OutgoingMessage(text=texts.say("forget.done"))


def render_mydata(texts: Texts) -> OutgoingMessage:
    """Under the file."""
    return OutgoingMessage(text=texts.say("mydata.text"), keyboard=stack(tap_row(texts, FORGET, MENU)))


def write_mydata(data: PersonalData, zone: tzinfo) -> bytes:
    """Everything kept about a member as JSON, by table, as it lies there; moments as they were where the shop is."""
    shown = {
        table: [{name: _show(name, value, zone) for name, value in row.items()} for row in rows]
        for table, rows in data.rows.items()
    }
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()


def _show(name: str, value: object, zone: tzinfo) -> object:
    if name.endswith("_at") and isinstance(value, int):
        return compose_moment(value, zone)
    return value
