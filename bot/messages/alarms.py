"""What owners read when the bot stands still, is refused or runs out of room, and when it is over."""

from __future__ import annotations

from bot.core.alarms import LATELY_SECONDS
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.services.alarms import Alarm


def render_alarm(reader: Reader, notice: Alarm) -> OutgoingMessage:
    """What is wrong and what to do about it; or that it is over."""
    if notice.over:
        return OutgoingMessage(text=reader.texts.say(f"alarm.over.{notice.alarm}"))
    minutes = int(LATELY_SECONDS // 60)
    said = reader.texts.say(f"alarm.{notice.alarm}", count=notice.count, job=notice.job, minutes=minutes)
    return OutgoingMessage(text=said)


NOTICES: Renderers = {Alarm: each(render_alarm)}
